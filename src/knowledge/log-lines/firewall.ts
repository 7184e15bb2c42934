import type { Signature } from "./signature.ts";

/** Lines of firewalls in the Linux kernel: ufw, iptables, nftables, firewalld, Shorewall. */
export const firewall: readonly Signature[] = [
	{
		id: "ufw-block",
		server: "kernel (ufw)",
		looks: /\[UFW (?:BLOCK|LIMIT BLOCK|AUDIT INVALID)\] .{0,400}DPT=(?:80|443|8080|8443)\b/,
		speaksFor: "cloudflare-blocked",
		originLog: "refused-or-444",
		of: "address",
		betterThan: "firewall-drop",
		meaning: "The firewall dropped a packet to the web port",
		fix: "Compare SRC with Cloudflare's ranges; allow them",
		source: "ufw: src/ufw-init-functions, conf/before.rules",
		example:
			"Nov 24 09:14:07 web1 kernel: [12345.678] [UFW BLOCK] IN=eth0 OUT= SRC=172.68.1.2 DST=198.51.100.7 LEN=52 PROTO=TCP SPT=33210 DPT=443 SYN",
	},
	{
		id: "firewall-drop",
		server: "kernel (iptables, nftables, firewalld)",
		looks:
			/(?:[Dd]rop|DROP|[Rr]eject|REJECT|[Bb]lock|BLOCK|[Dd]en(?:y|ied)|DENY|DENIED)\S{0,40}:?\s{0,3}IN=\S{0,20} .{0,400}DPT=(?:80|443|8080|8443)\b/,
		speaksFor: "cloudflare-blocked",
		originLog: "refused-or-444",
		of: "address",
		meaning: "The firewall dropped a packet to the web port",
		fix: "Compare SRC with Cloudflare's ranges; allow them",
		source: "Linux: net/netfilter/nf_log_syslog.c",
		example:
			"Nov 24 09:14:07 web1 kernel: [12345.678] iptables-dropped: IN=eth0 OUT= MAC= SRC=172.68.1.2 DST=198.51.100.7 LEN=52 PROTO=TCP SPT=33210 DPT=443 WINDOW=64240 SYN",
	},
];

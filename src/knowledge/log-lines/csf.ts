import type { Signature } from "./signature.ts";

/** Lines of csf and lfd. */
export const csf: readonly Signature[] = [
	{
		id: "csf-block",
		server: "csf and lfd",
		looks: /lfd\[\d+\]: .{0,300}\*Blocked in csf\*|Firewall: \*TCP_IN Blocked\*/,
		speaksFor: "cloudflare-blocked",
		originLog: "refused-or-444",
		of: "address",
		betterThan: "firewall-drop",
		meaning: "The firewall blocked an IP address, and all visitors share Cloudflare's",
		fix: "Add Cloudflare's ranges to the allow list; log the visitor's IP address",
		source: "csf/lfd",
		example:
			"Nov 24 09:14:07 web1 lfd[771]: (CT) IP 172.68.1.2 (US/United States/-) found to have 301 connections - *Blocked in csf* for 1800 secs [CT_LIMIT]",
	},
];

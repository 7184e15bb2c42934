import type { Signature } from "./signature.ts";

/** Lines of the Linux kernel. */
export const kernel: readonly Signature[] = [
	{
		id: "kernel-oom",
		server: "kernel",
		looks:
			/[Oo]ut of memory: Kill(?:ed)? process \d+[ ,]\(?|oom-kill:constraint=|invoked oom-killer: |oom_reaper: reaped process \d+ /,
		speaksFor: "origin-crashed",
		originLog: "crash",
		of: "host",
		hostHealth: "restarted-or-oom",
		meaning: 'The kernel killed a process to free memory (also "Memory cgroup out of memory")',
		fix: "Check memory, limits and leaks",
		source: "torvalds/linux: mm/oom_kill.c",
		example:
			"Nov 22 11:16:41 web1 kernel: [812345.6] Out of memory: Killed process 812 (php-fpm8.2) total-vm:812345kB, anon-rss:512000kB",
	},
	{
		id: "kernel-segfault",
		server: "kernel",
		looks: /segfault at [0-9a-f]{1,16} (?:ip|rip:)|traps: \S{1,40}\[\d+\] (?:general protection|trap)/,
		speaksFor: "origin-crashed",
		originLog: "crash",
		of: "host",
		meaning: "A process crashed in native code",
		fix: "Check its extensions and modules",
		source: "torvalds/linux: arch/x86/mm/fault.c",
		example:
			"Nov 22 11:16:41 web1 kernel: [812345.6] php-fpm[812]: segfault at 18 ip 000055d0 sp 00007ffc error 4 in php-fpm8.2[55d0000+3000]",
	},
	{
		id: "kernel-conntrack",
		server: "kernel",
		looks: /nf_conntrack: table full, dropping packet/,
		speaksFor: "522",
		originLog: null,
		of: "host",
		hostHealth: "saturated",
		meaning: "The firewall's state table is full",
		fix: "Raise nf_conntrack_max",
		source: "torvalds/linux: net/netfilter/nf_conntrack_core.c",
		example: "Nov 22 11:16:41 web1 kernel: [104235.156774] nf_conntrack: nf_conntrack: table full, dropping packet",
	},
	{
		id: "kernel-synflood",
		server: "kernel",
		looks: /[Pp]ossible SYN flooding on port /,
		speaksFor: "522",
		originLog: null,
		of: "host",
		hostHealth: "saturated",
		meaning: "The accept queue overflows",
		fix: "Raise somaxconn and the backlog; add capacity",
		source: "torvalds/linux: net/ipv4/tcp_input.c",
		example:
			"Nov 22 11:16:41 web1 kernel: [601.749973] TCP: request_sock_TCP: Possible SYN flooding on port 0.0.0.0:443. Sending cookies.",
	},
];

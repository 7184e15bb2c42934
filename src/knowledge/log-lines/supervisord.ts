import type { Signature } from "./signature.ts";

/** Lines of supervisord. */
export const supervisord: readonly Signature[] = [
	{
		id: "supervisor-killed",
		server: "supervisord",
		looks: /exited: \S{1,80} \((?:terminated by SIG\w{1,8}(?: \(core dumped\))?|exit status \d{1,3}); not expected\)/,
		speaksFor: "origin-crashed",
		originLog: "crash",
		of: "host",
		meaning: "The process ended although it should not",
		fix: "Read the kernel log (OOM killer) and its own log",
		source: "Supervisor/supervisor: supervisor/process.py",
		example: "2026-11-24 09:14:07,345 INFO exited: front (terminated by SIGKILL; not expected)",
	},
	{
		id: "supervisor-fatal",
		server: "supervisord",
		looks: /gave up: \S{1,80} entered FATAL state/,
		speaksFor: "origin-crashed",
		originLog: "crash",
		hostHealth: "restarted-or-oom",
		of: "host",
		meaning: "The process ended right after each start; supervisord gave up",
		fix: "Read its own log",
		source: "Supervisor/supervisor: supervisor/process.py",
		example: "2026-11-24 09:14:07,345 INFO gave up: front entered FATAL state, too many start retries too quickly",
	},
];

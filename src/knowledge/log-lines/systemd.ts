import type { Signature } from "./signature.ts";

/** Lines of systemd. */
export const systemd: readonly Signature[] = [
	{
		id: "systemd-killed",
		server: "systemd",
		looks: /[Mm]ain process exited, code=(?:killed|dumped), status=\d+\//,
		speaksFor: "origin-crashed",
		originLog: "crash",
		hostHealth: "restarted-or-oom",
		meaning: "The service's main process was killed or crashed",
		fix: "Line before it: OOM killer, watchdog, time-out; core dump",
		source: "systemd journal; public logs",
		example: "Nov 22 11:10:11 web1 systemd[1]: gunicorn.service: Main process exited, code=killed, status=9/KILL",
	},
	{
		id: "systemd-oom",
		server: "systemd",
		looks: /has been killed by the OOM killer|Failed with result .{1,6}oom-kill/,
		speaksFor: "origin-crashed",
		originLog: "crash",
		hostHealth: "restarted-or-oom",
		meaning: "Memory limit of the unit or machine",
		fix: "MemoryMax, RAM, leak",
		source: "systemd journal; public logs",
		example: "Nov 22 11:10:09 web1 systemd[1]: gunicorn.service: A process of this unit has been killed by the OOM killer.",
	},
];

import type { Signature } from "./signature.ts";

/** Lines of Puma. */
export const puma: readonly Signature[] = [
	{
		id: "puma-worker-timeout",
		server: "puma",
		looks: /Terminating timed out worker/,
		speaksFor: "middle-timeout",
		originLog: "crash",
		of: "host",
		meaning: "The worker did not check in and was killed in the middle of its requests",
		fix: "Find what blocked it; compare worker_timeout",
		source: "puma/puma: lib/puma/cluster.rb",
		example: "[1] ! Terminating timed out worker (worker failed to check in within 60 seconds): 12",
	},
	{
		id: "puma-error",
		server: "puma",
		looks: /Puma caught this error: |Rack app \(\\?"?.{0,80}Unhandled exception|Error reached top of thread-pool: /,
		speaksFor: "500",
		originLog: "crash",
		exception: true,
		meaning: "The application raised an exception that was not caught",
		fix: "Read the trace below it",
		source: "puma/puma: lib/puma/server.rb, lib/puma/thread_pool.rb",
		example: "Puma caught this error: undefined method `total' for nil:NilClass (NoMethodError)",
	},
	{
		id: "puma-bad-request",
		server: "puma",
		looks: /HTTP parse error, malformed request/,
		speaksFor: "400",
		originLog: "refused-or-444",
		meaning: "Puma rejected a malformed request, or headers over 80 KB",
		fix: "Find the invalid header; check the size of the cookies",
		source: "puma/puma: lib/puma/log_writer.rb",
		example:
			"2026-11-24 09:14:07 +0000 HTTP parse error, malformed request: #<Puma::HttpParserError: HTTP element HEADER is longer than the (1024 * (80 + 32)) allowed length (was 114736)>",
	},
	{
		id: "puma-killer",
		server: "puma (puma_worker_killer)",
		looks: /PumaWorkerKiller: Out of memory\./,
		speaksFor: "origin-crashed",
		originLog: "crash",
		hostHealth: "restarted-or-oom",
		of: "host",
		meaning: "A worker was stopped because all of them used too much memory",
		fix: "Find the leak; use fewer workers",
		source: "zombocom/puma_worker_killer: lib/puma_worker_killer/reaper.rb",
		example: "[1] PumaWorkerKiller: Out of memory. 2 workers consuming total: 1034.5 mb out of max: 501.76 mb.",
	},
];

import type { Signature } from "./signature.ts";

/** Lines of PM2. */
export const pm2: readonly Signature[] = [
	{
		id: "pm2-exited",
		server: "node (pm2)",
		looks: /App \[[^\]]{1,60}\] exited with code \[\d+\] via signal \[SIG/,
		speaksFor: "origin-crashed",
		originLog: "crash",
		exception: true,
		of: "host",
		meaning: "The application ended (SIGINT is also printed for a plain exit)",
		fix: "Read the application's error log before it",
		source: "Unitech/pm2: lib/God.js",
		example: "PM2        | App [front:0] exited with code [1] via signal [SIGINT]",
	},
];

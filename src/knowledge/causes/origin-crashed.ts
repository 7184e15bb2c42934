import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const originCrashed = {
	articleCause: 1,
	title: "The application crashes, is killed or restarts",
	what: "The process that talks to Cloudflare goes away before it has answered: an uncaught error, no memory, a restart, a deployment.",
	fixes: [
		"Look for a stack trace, a kill line or an OOM message at that second (journalctl -k, the application's log).",
		"Look at restarts: docker ps, kubectl get pods, systemctl status.",
		"Roll the last deployment back if it began then.",
	],
	source: E520,
	prior: {
		base: 3,
		cases: 5,
		why: "first cause in the 520 page (Error 520 page) and zero bytes in the lab for Gunicorn, Node, Apache segv (measured)",
	},
	given: {
		"edge-pattern": {
			values: { all: USUAL, "some-urls": USUAL, random: SOME, bursts: RARE },
			why: "dead for all until restarted, or killed by one request; supervised workers come back in seconds",
		},
		"direct-origin": {
			values: { "closed-empty": USUAL, reset: SOME, ok: SOME, "server-error": RARE, refused: RARE },
			why: "zero bytes from the server itself, ok when only the real request kills; a front that answers 5xx would be a 502, not a 520 (measured with nginx, Apache and HAProxy), refused a 521",
		},
		variants: {
			values: { same: USUAL, "request-size": RARE },
			why: "the process dies whatever the header; a large upload can kill it",
		},
		"time-to-failure": {
			values: { instant: USUAL, seconds: SOME },
			why: "an exception or a dead process at once, memory after seconds",
		},
		"origin-log": {
			values: { crash: ALWAYS, nothing: SOME },
			why: "trace or kill line; a crash before the line leaves none (measured)",
		},
		"who-is-hit": { values: { everyone: USUAL, "under-load": RARE, "signed-in": RARE }, why: "a dead process serves nobody" },
		"what-changed": { values: { deploy: USUAL, nothing: SOME }, why: "new code or configuration fails to start" },
		"host-health": {
			values: { "restarted-or-oom": ALWAYS, saturated: RARE },
			why: "killed or restarted is the cause seen from the host",
		},
	},
} as const satisfies Cause;

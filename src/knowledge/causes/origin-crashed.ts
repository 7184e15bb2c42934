import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const originCrashed = {
	family: "process",
	articleCause: 1,
	title: "Application crash or restart",
	what: "The process died or restarted before it finished its response.",
	fixes: [
		"Find the stack trace or OOM kill at that second.",
		"Check for restarts: docker ps, kubectl get pods, systemctl status.",
		"Roll back the last deployment if the errors began then.",
	],
	source: E520,
	prior: {
		base: 3,
		why: "first cause on the Error 520 page, and zero bytes in the lab from Gunicorn, Node and Apache (measured)",
	},
	given: {
		"edge-pattern": {
			values: { all: USUAL, "some-urls": USUAL, random: SOME, bursts: RARE },
			why: "dead for all until restarted, or killed by one request; supervised workers come back in seconds",
		},
		"direct-origin": {
			values: { "closed-empty": USUAL, reset: SOME, ok: RARE, "server-error": RARE, refused: SOME },
			why: "zero bytes from the server itself, ok when only the failing request kills it; refused where a platform is in front, otherwise it is a 521; a front end that returns 5xx would be a 502 (measured with nginx, Apache and HAProxy)",
		},
		variants: {
			values: { same: USUAL, "request-bytes": RARE, "amount-of-work": RARE },
			why: "the process dies whatever the header; a large upload or a big job can kill it",
		},
		"time-to-failure": {
			values: { instant: USUAL, seconds: SOME },
			why: "an exception or a dead process at once, memory after seconds",
		},
		"origin-log": {
			values: { crash: ALWAYS, nothing: SOME },
			why: "trace or kill line; a crash before the line leaves none (measured)",
		},
		"who-is-hit": {
			values: { everyone: USUAL, "signed-in": SOME, "under-load": RARE },
			why: "a dead process serves no one; what kills it often runs only after signing in",
		},
		"what-changed": { values: { deploy: USUAL, nothing: SOME }, why: "new code or configuration fails to start" },
		"host-health": {
			values: { "restarted-or-oom": ALWAYS, saturated: RARE },
			why: "killed or restarted is the same cause, seen on the host",
		},
		"other-codes": {
			values: { none: USUAL, "refused-or-tls": SOME, "origin-5xx": SOME },
			why: "nothing listens until it is back, or a front end responds for it",
		},
		"edge-saw": { values: { "no-status": ALWAYS }, why: "a dead process sends no status" },
	},
} as const satisfies Cause;

import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const closedMidResponse = {
	articleCause: 1,
	title: "The origin closes the connection in the middle of its answer",
	what: "A worker dies, is killed or times out while it sends. What was sent goes on to the visitor and is cut there; before the headers are out it is a 520.",
	fixes: [
		"Look for a killed or timed-out worker in the application's log at that second.",
		"Compare worker time-outs (PHP-FPM, Gunicorn, uWSGI) with how long the request takes.",
		"Count Content-Length after compression, or leave it to the server.",
	],
	source: E520,
	prior: {
		base: 1,
		cases: 0,
		why: "article cause 1, but a head already passed on gives a cut 200, not a 520 (Cloudflare's open-source proxy; Cloudflare's documentation)",
	},
	given: {
		"edge-pattern": {
			values: { "some-urls": USUAL, random: SOME, bursts: RARE },
			why: "a death while writing follows the URL that does the work (article cause 1)",
		},
		"direct-origin": {
			values: { "closed-mid-body": ALWAYS, reset: RARE },
			why: "content shorter than promised (Cloudflare's open-source proxy)",
		},
		variants: {
			values: { same: USUAL, "method-agent-or-encoding": SOME },
			why: "wrong length after compression follows Accept-Encoding",
		},
		"time-to-failure": {
			values: { seconds: USUAL, instant: SOME, "round-number": SOME },
			why: "dies after work has begun, or at a worker limit",
		},
		"origin-log": {
			values: { crash: USUAL, "complete-200": SOME },
			why: "worker dies; nginx still books 200 with fewer bytes (measured)",
		},
		"host-health": { values: { "restarted-or-oom": SOME, normal: USUAL }, why: "a worker, not the host, dies" },
	},
} as const satisfies Cause;

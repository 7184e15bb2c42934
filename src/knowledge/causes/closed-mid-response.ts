import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const closedMidResponse = {
	family: "bytes",
	articleCause: 1,
	title: "Response cut off midway",
	what: "The origin closes the connection before the response is complete.",
	fixes: [
		"Look for a killed or timed-out worker at that second.",
		"Compare worker timeouts (PHP-FPM, Gunicorn, uWSGI) with how long the request takes.",
		"Compute Content-Length after compression, or leave it to the server.",
	],
	source: E520,
	prior: {
		base: 1,
		why: "headers already passed on give a cut 200, not a 520 (Cloudflare's open-source proxy; Cloudflare's documentation)",
	},
	given: {
		"edge-pattern": {
			values: { "some-urls": USUAL, random: SOME, bursts: RARE, all: RARE },
			why: "a death while writing follows the URL that does the work; a layer that always promises too much cuts every page",
		},
		"direct-origin": {
			values: { "closed-mid-body": ALWAYS, reset: RARE },
			why: "content shorter than promised (Cloudflare's open-source proxy)",
		},
		variants: {
			values: { same: USUAL, encoding: SOME, "response-size": SOME },
			why: "a wrong length after compression follows Accept-Encoding; a longer response is cut more easily",
		},
		"time-to-failure": {
			values: { seconds: USUAL, instant: SOME, "round-number": SOME },
			why: "dies after work has begun, or at a worker limit",
		},
		"origin-log": {
			values: { crash: USUAL, "complete-200": SOME },
			why: "the worker dies; nginx still logs 200 with fewer bytes (measured)",
		},
		"host-health": { values: { "restarted-or-oom": SOME, normal: USUAL }, why: "a worker, not the host, dies" },
		"edge-saw": { values: { success: ALWAYS, "no-status": SOME }, why: "the status came before the close" },
	},
} as const satisfies Cause;

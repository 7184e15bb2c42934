import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { LIMITS } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const requestTooLarge = {
	family: "size",
	articleCause: null,
	title: "Request too large for the origin",
	what: "The URL, cookies or upload exceed a limit at the origin.",
	fixes: [
		"Look for 400, 413, 414 or 431 in the access log.",
		"nginx: large_client_header_buffers and client_max_body_size; Apache: LimitRequestFieldSize.",
		"Shorten the URL or the cookies.",
	],
	source: LIMITS,
	prior: {
		base: 1,
		why: "origins return 4xx themselves; a 520 only where a hop closes the connection (log line nginx-client-too-large)",
	},
	given: {
		"edge-pattern": { values: { "some-urls": ALWAYS, "not-reproduced": SOME }, why: "only the long URL, cookie or body" },
		"direct-origin": {
			values: { ok: SOME, "closed-empty": SOME, reset: RARE },
			why: "a short request works, a repeated one is cut off",
		},
		variants: { values: { "request-bytes": ALWAYS, cookies: SOME }, why: "the size in bytes is the cause" },
		"time-to-failure": { values: { instant: ALWAYS }, why: "rejected while reading the headers" },
		"origin-log": { values: { "refused-or-444": ALWAYS, nothing: RARE }, why: "400, 413, 414, 431, 494 (log lines)" },
		"who-is-hit": {
			values: { everyone: SOME, "signed-in": SOME, "one-client": RARE },
			why: "many cookies, or one caller's long filter",
		},
		"what-changed": { values: { nothing: USUAL, deploy: SOME }, why: "data grows" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
		"edge-saw": {
			values: { "no-status": USUAL, error: SOME },
			why: "a hop closes the connection, or something relabels its 4xx",
		},
	},
} as const satisfies Cause;

import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { LIMITS } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const requestTooLarge = {
	articleCause: null,
	title: "The request is too large for the origin",
	what: "A long address, many cookies or a large body passes Cloudflare (16 KB of address, 128 KB of headers, 100 MB of content) and is too much for the origin, which hangs up.",
	fixes: [
		"Look for 400, 413, 414, 431 or 494 in the access log at that second.",
		"nginx: large_client_header_buffers and client_max_body_size; Apache: LimitRequestFieldSize.",
		"Shorten the address or the cookies.",
	],
	source: LIMITS,
	prior: {
		base: 1,
		cases: 1,
		why: "origins answer 4xx themselves; a 520 only where a hop hangs up (log line nginx-client-too-large)",
	},
	given: {
		"edge-pattern": { values: { "some-urls": ALWAYS, "not-reproduced": SOME }, why: "only the long URL, jar or body" },
		"direct-origin": {
			values: { ok: SOME, "closed-empty": SOME, reset: RARE },
			why: "a short look is fine, a repeated one is cut",
		},
		variants: { values: { "request-size": ALWAYS, cookies: SOME }, why: "size is the cause" },
		"time-to-failure": { values: { instant: ALWAYS }, why: "refused while reading the head" },
		"origin-log": { values: { "refused-or-444": ALWAYS, nothing: RARE }, why: "400, 413, 414, 431, 494 (log lines)" },
		"who-is-hit": {
			values: { everyone: SOME, "signed-in": SOME, "one-client": RARE },
			why: "a filled jar or one caller's long filter",
		},
		"what-changed": { values: { nothing: USUAL, deploy: SOME }, why: "data grows" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
	},
} as const satisfies Cause;

import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { RFC9112 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const framingConflict = {
	family: "bytes",
	articleCause: 4,
	title: "Conflicting response length",
	what: "Two lengths or broken chunks leave the end of the response unclear.",
	fixes: [
		"Let one layer set Content-Length.",
		"Check middleware that compresses or rewrites.",
		"Run `origin <url>`: it names the bytes.",
	],
	source: RFC9112,
	prior: {
		base: 1,
		why: "a second Content-Length is rejected (Cloudflare's open-source proxy), other conflicts are accepted",
	},
	given: {
		"edge-pattern": {
			values: { "some-urls": ALWAYS, all: SOME, "not-reproduced": RARE },
			why: "only responses that pass through the faulty layer",
		},
		"direct-origin": { values: { malformed: USUAL, "closed-mid-body": USUAL, ok: SOME }, why: "two lengths, or a stale length" },
		variants: {
			values: { encoding: USUAL, same: SOME },
			why: "Accept-Encoding: identity removes a stale length",
		},
		"time-to-failure": { values: { instant: ALWAYS }, why: "the headers are rejected" },
		"origin-log": { values: { "complete-200": ALWAYS }, why: "the origin believes that it responded" },
		"what-changed": { values: { deploy: ALWAYS }, why: "middleware writes the header" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
		"edge-saw": { values: { success: USUAL, "no-status": SOME }, why: "the status came before the two lengths" },
		"cloudflare-features": {
			values: { none: USUAL, "worker-on-route": SOME, rules: RARE },
			why: "a Worker that passes on the length of content that it changed",
		},
	},
} as const satisfies Cause;

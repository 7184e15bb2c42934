import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { RFC9112 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const framingConflict = {
	articleCause: 4,
	title: "The response says two things about its length",
	what: "Two Content-Length fields, a wrong one, or broken chunks: parsers disagree where the message ends, and Cloudflare's refuses.",
	fixes: [
		"Let one layer set Content-Length: the application or the server, not both.",
		"Look at middleware that compresses or rewrites.",
		"Ask the origin directly: the finding names the bytes.",
	],
	source: RFC9112,
	prior: {
		base: 1,
		cases: 0,
		why: "a second Content-Length is rejected (Cloudflare's open-source proxy), other conflicts are accepted",
	},
	given: {
		"edge-pattern": {
			values: { "some-urls": ALWAYS, all: SOME, "not-reproduced": RARE },
			why: "only answers that pass the faulty layer",
		},
		"direct-origin": { values: { malformed: USUAL, "closed-mid-body": USUAL, ok: SOME }, why: "two lengths, or a stale length" },
		variants: {
			values: { "method-agent-or-encoding": USUAL, same: SOME },
			why: "Accept-Encoding: identity cures a stale length",
		},
		"time-to-failure": { values: { instant: ALWAYS }, why: "the head is refused" },
		"origin-log": { values: { "complete-200": ALWAYS }, why: "the origin believes that it answered" },
		"what-changed": { values: { deploy: ALWAYS }, why: "middleware writes the field" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
	},
} as const satisfies Cause;

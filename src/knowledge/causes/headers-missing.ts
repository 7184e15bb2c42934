import { ALWAYS, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const headersMissing = {
	family: "bytes",
	articleCause: 2,
	title: "Response without headers",
	what: "The response ends before its headers do, or only 1xx responses arrive.",
	fixes: ["Find the handler or script that returns nothing.", "Run `origin <url>` and read the first bytes."],
	source: E520,
	prior: { base: 0.1, why: "a head without headers is legal and accepted (Cloudflare's documentation)" },
	given: {
		"edge-pattern": { values: { "some-urls": USUAL, all: SOME }, why: "a handler or the whole server writes no headers" },
		"direct-origin": {
			values: { malformed: USUAL, ok: SOME },
			why: "a cut head is malformed, a bare head is legal (Cloudflare's open-source proxy)",
		},
		"origin-log": { values: { "complete-200": USUAL }, why: "the server believes that it answered" },
		"time-to-failure": { values: { instant: ALWAYS }, why: "the head itself is refused" },
		variants: { values: { same: USUAL }, why: "the writer is at fault, not the request" },
	},
} as const satisfies Cause;

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
	prior: { base: 0.1, why: "a response without headers is legal and accepted (Cloudflare's documentation)" },
	given: {
		"edge-pattern": { values: { "some-urls": USUAL, all: SOME }, why: "a handler or the whole server writes no headers" },
		"direct-origin": {
			values: { malformed: USUAL, ok: SOME },
			why: "headers that are cut off are malformed, a status line without headers is legal (Cloudflare's open-source proxy)",
		},
		"origin-log": { values: { "complete-200": USUAL }, why: "the server believes that it responded" },
		"time-to-failure": { values: { instant: ALWAYS }, why: "the headers themselves are rejected" },
		variants: { values: { same: USUAL }, why: "the code that writes it is at fault, not the request" },
	},
} as const satisfies Cause;

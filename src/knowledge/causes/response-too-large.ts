import { ALWAYS } from "../levels.ts";
import { LIMITS } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const responseTooLarge = {
	articleCause: 3,
	title: "The response is too large",
	what: "Cloudflare sets no cap on the size of response content, only on response headers (128 KB). This is seldom it.",
	fixes: ["Look at the size of the headers instead: headers shows it."],
	source: LIMITS,
	prior: { base: 0.1, cases: 0, why: "no cap on response content exists (Cloudflare's documentation)" },
	given: {
		"edge-pattern": { values: { "some-urls": ALWAYS }, why: "only the large files" },
		"origin-log": { values: { "complete-200": ALWAYS }, why: "the origin sends it whole" },
		"direct-origin": { values: { ok: ALWAYS }, why: "large is legal" },
		"time-to-failure": { values: { seconds: ALWAYS }, why: "the size must be sent first" },
	},
} as const satisfies Cause;

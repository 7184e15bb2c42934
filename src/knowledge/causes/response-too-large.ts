import { ALWAYS, RARE, SOME } from "../levels.ts";
import { LIMITS } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const responseTooLarge = {
	family: "size",
	articleCause: 3,
	title: "Response too large",
	what: "The response exceeds what something on its way can pass on. Cloudflare limits only headers.",
	fixes: [
		"Request fewer rows; if that works, page or stream it.",
		"Check the size of the headers too: `headers <url>` shows it.",
	],
	source: LIMITS,
	prior: {
		base: 0.5,
		why: "no limit on response content exists (Cloudflare's documentation); reported three times where a smaller response helped, mechanism unproven",
	},
	given: {
		"edge-pattern": { values: { "some-urls": ALWAYS }, why: "only the large files" },
		"origin-log": { values: { "complete-200": ALWAYS }, why: "the origin sends it whole" },
		"direct-origin": { values: { ok: ALWAYS, "closed-mid-body": RARE }, why: "large is legal" },
		"time-to-failure": { values: { seconds: ALWAYS }, why: "the size must be sent first" },
		variants: { values: { "response-size": ALWAYS, "amount-of-work": SOME }, why: "a smaller response passes" },
		"edge-saw": { values: { success: ALWAYS, "no-status": SOME }, why: "its headers came first" },
	},
} as const satisfies Cause;

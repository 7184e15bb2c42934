import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const headersMalformed = {
	articleCause: 4,
	title: "The origin's headers are malformed",
	what: "A line of the header section is none: a wrong byte, a missing colon, a second status line, text of a warning. curl and browsers often take it.",
	fixes: [
		"Ask the origin directly: the finding names the line and the byte.",
		"Clean values that come from users or files (cookies, redirects, file names) before they go into a header.",
		"Look for output before the headers: PHP warnings, debug prints.",
	],
	source: E520,
	prior: {
		base: 2,
		cases: 1,
		why: "documented: empty or malformed answer (Error 520 page); every parser rule of Cloudflare's open-source proxy rejects",
	},
	given: {
		"edge-pattern": {
			values: { "some-urls": ALWAYS, all: RARE, "not-reproduced": SOME },
			why: "data of some requests leaks into a field (article cause 4)",
		},
		"direct-origin": {
			values: { malformed: ALWAYS },
			why: "the bytes are wrong on every route (Cloudflare's open-source proxy)",
		},
		variants: { values: { same: USUAL, "method-agent-or-encoding": RARE }, why: "the writer is at fault" },
		"time-to-failure": { values: { instant: ALWAYS }, why: "the head itself is refused" },
		"origin-log": { values: { "complete-200": USUAL, crash: RARE }, why: "the origin believes that it answered (public cases)" },
		"who-is-hit": { values: { everyone: USUAL, "signed-in": SOME }, why: "the field carries user data for some people" },
		"what-changed": { values: { deploy: USUAL, nothing: SOME }, why: "code writes the field" },
	},
} as const satisfies Cause;

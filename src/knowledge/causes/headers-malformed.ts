import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const headersMalformed = {
	family: "bytes",
	articleCause: 4,
	title: "Malformed response headers",
	what: "A header line breaks the HTTP grammar; curl may still accept it.",
	fixes: [
		"Run `origin <url>`: it names the line and the byte.",
		"Clean values from users or files (cookies, redirects, file names) before they go into a header.",
		"Look for output before the headers: PHP warnings, debug prints.",
	],
	source: E520,
	prior: {
		base: 2,
		why: "documented: empty or malformed response (Error 520 page); every parser rule of Cloudflare's open-source proxy rejects it",
	},
	given: {
		"edge-pattern": {
			values: { "some-urls": ALWAYS, all: SOME, "not-reproduced": RARE },
			why: "data of some requests leaks into a header, or the server always writes it",
		},
		"direct-origin": {
			values: { malformed: ALWAYS },
			why: "the bytes are wrong on every route (Cloudflare's open-source proxy)",
		},
		variants: {
			values: { same: USUAL, encoding: RARE, "request-field": RARE },
			why: "the code that writes it is at fault; some of it repeats a request header",
		},
		"time-to-failure": { values: { instant: ALWAYS }, why: "the headers themselves are rejected" },
		"origin-log": { values: { "complete-200": USUAL, crash: RARE }, why: "the origin believes that it responded (public cases)" },
		"who-is-hit": { values: { everyone: USUAL, "signed-in": SOME }, why: "the header carries user data for some people" },
		"what-changed": { values: { deploy: USUAL, nothing: SOME }, why: "code writes the header" },
	},
} as const satisfies Cause;

import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { LIMITS } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const headersTooLarge = {
	family: "size",
	articleCause: 4,
	title: "Response headers over 128 KB",
	what: "The headers exceed what Cloudflare accepts, usually because of cookies.",
	fixes: [
		"Run `headers <url>` and shrink the biggest ones.",
		"Set each cookie once, and expire those that are not needed.",
		"Turn off debugging headers in production.",
	],
	source: LIMITS,
	prior: { base: 2, why: "documented: headers over 128 KB, often cookies (Error 520 page)" },
	given: {
		"edge-pattern": {
			values: { "not-reproduced": USUAL, "some-urls": USUAL, random: SOME, all: RARE },
			why: "most bytes are in cookies or on pages with many Link headers: an anonymous GET of / works (public cases), and counts that do not know cookies show it on any page",
		},
		"direct-origin": {
			values: { "header-section-too-large": USUAL, ok: SOME },
			why: "a direct request shows it, unless it needs a session",
		},
		variants: { values: { cookies: ALWAYS }, why: "cookies set again and again are the documented example (Error 520 page)" },
		"time-to-failure": { values: { instant: USUAL, seconds: SOME }, why: "rejected as soon as the headers are read" },
		"origin-log": { values: { "complete-200": ALWAYS }, why: "the origin finished its response (Cloudflare's documentation)" },
		"who-is-hit": { values: { "signed-in": ALWAYS, everyone: SOME }, why: "only a filled cookie jar grows" },
		"what-changed": { values: { deploy: USUAL }, why: "a plugin or framework adds headers" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
		"edge-saw": { values: { success: ALWAYS, "no-status": RARE }, why: "the status came before the headers that are too large" },
	},
} as const satisfies Cause;

import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const relabelled5xx = {
	family: "process",
	articleCause: null,
	title: "Application error relabeled as 520",
	what: "The application returned a 500 or 503; something in between made it a 520.",
	fixes: ["Read the application log, then find what rewrites status codes."],
	source: E520,
	prior: {
		base: 0.5,
		why: "Cloudflare passes 5xx on; only a platform in front relabels it (Cloudflare's open-source proxy)",
	},
	given: {
		"edge-pattern": { values: { "some-urls": USUAL, all: SOME }, why: "the handler that throws" },
		"direct-origin": {
			values: { "server-error": ALWAYS },
			why: "the origin itself returns 5xx (Cloudflare's open-source proxy)",
		},
		variants: { values: { same: USUAL, "request-field": RARE }, why: "the handler throws, sometimes at one value" },
		"time-to-failure": { values: { instant: USUAL, seconds: SOME }, why: "an exception" },
		"origin-log": { values: { crash: ALWAYS }, why: "the exception is logged" },
		"who-is-hit": { values: { everyone: USUAL, "signed-in": SOME }, why: "everyone who uses the handler" },
		"what-changed": { values: { deploy: USUAL, nothing: SOME }, why: "new code throws" },
		"host-health": { values: { normal: USUAL, "restarted-or-oom": RARE }, why: "the process lives on" },
		"other-codes": {
			values: { "origin-5xx": USUAL, none: SOME },
			why: "where nothing relabels them, its errors pass unchanged",
		},
		"edge-saw": {
			values: { error: ALWAYS, "no-status": RARE },
			why: "the origin sends its own status, such as 503 under an edge 520",
		},
	},
} as const satisfies Cause;

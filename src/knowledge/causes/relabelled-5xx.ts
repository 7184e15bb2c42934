import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const relabelled5xx = {
	articleCause: null,
	title: "A server error is shown as a 520",
	what: "The application answers 500 or 503, or a platform in front turns its failure into the number 520.",
	fixes: ["Look in the application's log at that second.", "Look whether a platform or proxy in between rewrites status codes."],
	source: E520,
	prior: {
		base: 0.5,
		cases: 1,
		why: "Cloudflare passes 5xx on; only a platform in front relabels (Cloudflare's open-source proxy server-error)",
	},
	given: {
		"edge-pattern": { values: { "some-urls": USUAL, all: SOME }, why: "the handler that throws" },
		"direct-origin": {
			values: { "server-error": ALWAYS },
			why: "the origin answers 5xx itself (Cloudflare's open-source proxy)",
		},
		variants: { values: { same: USUAL, "method-agent-or-encoding": RARE }, why: "the handler throws" },
		"time-to-failure": { values: { instant: USUAL, seconds: SOME }, why: "an exception" },
		"origin-log": { values: { crash: ALWAYS }, why: "the exception is logged" },
		"who-is-hit": { values: { everyone: USUAL, "signed-in": SOME }, why: "who uses the handler" },
		"what-changed": { values: { deploy: USUAL, nothing: SOME }, why: "new code throws" },
		"host-health": { values: { normal: USUAL, "restarted-or-oom": RARE }, why: "the process lives on" },
	},
} as const satisfies Cause;

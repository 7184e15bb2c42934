import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import type { Cause } from "./cause.ts";

export const edgeFeature = {
	family: "edge",
	side: "the site's Cloudflare settings",
	articleCause: null,
	title: "Cloudflare Worker or rule",
	what: "A Worker, rule or rewrite makes or changes the response.",
	fixes: [
		"Disable it for that URL as a test.",
		"Read the Worker's log (npx wrangler tail).",
		"Check whether the Worker itself returns 520.",
	],
	source: ["Cloudflare: Workers errors", "https://developers.cloudflare.com/workers/observability/errors/"],
	prior: {
		base: 0.5,
		why: "Workers fail as 1101/1102, rules as 1035-1041 or 500 (Cloudflare's documentation); a Worker may return 520 itself",
	},
	needs: {
		oneOf: ["worker-on-route", "worker-as-caller", "rules"],
		why: "without a Worker or a rule nothing at Cloudflare makes or changes the response",
	},
	given: {
		"edge-pattern": { values: { "some-urls": USUAL, all: SOME }, why: "the route of the Worker or rule" },
		"direct-origin": { values: { ok: ALWAYS }, why: "without the edge everything works" },
		variants: { values: { same: USUAL, method: RARE }, why: "the route decides, sometimes with the method" },
		"time-to-failure": { values: { instant: USUAL }, why: "code at the edge" },
		"origin-log": { values: { "complete-200": USUAL, nothing: SOME }, why: "the origin responded, or was not asked" },
		"what-changed": { values: { "tls-dns-or-cloudflare": USUAL, deploy: SOME }, why: "zone setting or Worker release" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
		"cloudflare-features": { values: { "worker-on-route": ALWAYS, rules: USUAL }, why: "the feature must be there" },
		"edge-saw": {
			values: { success: USUAL, "no-status": RARE, error: RARE },
			why: "the origin responded; what comes after it fails",
		},
	},
} as const satisfies Cause;

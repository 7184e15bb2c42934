import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import type { Cause } from "./cause.ts";

export const edgeFeature = {
	articleCause: null,
	title: "Something at Cloudflare in the way",
	what: "A Worker, a rule or a rewriting feature makes or changes the answer.",
	fixes: [
		"Switch the Worker's route or the rule off for that address as a test.",
		"Look into the Worker's log (wrangler tail).",
		"Look whether the Worker itself returns 520.",
	],
	source: ["Cloudflare: Workers errors", "https://developers.cloudflare.com/workers/observability/errors/"],
	prior: {
		base: 0.5,
		cases: 0,
		why: "Workers fail as 1101/1102, rules as 1035-1041 or 500 (Cloudflare's documentation); a Worker may return 520 itself",
	},
	given: {
		"edge-pattern": { values: { "some-urls": USUAL, all: SOME }, why: "the route of the Worker or rule" },
		"direct-origin": { values: { ok: ALWAYS }, why: "without the edge all is well" },
		variants: { values: { same: USUAL, "method-agent-or-encoding": RARE }, why: "the route decides" },
		"time-to-failure": { values: { instant: USUAL }, why: "code at the edge" },
		"origin-log": { values: { "complete-200": USUAL, nothing: SOME }, why: "the origin answered, or was not asked" },
		"what-changed": { values: { "tls-dns-or-cloudflare": USUAL, deploy: SOME }, why: "zone setting or Worker release" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
		"cloudflare-features": { values: { worker: ALWAYS, rules: USUAL }, why: "the feature must be there" },
	},
} as const satisfies Cause;

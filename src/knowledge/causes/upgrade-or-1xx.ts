import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { RFC9112 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const upgradeOr1xx = {
	articleCause: null,
	title: "An upgrade or an interim response goes wrong",
	what: "The origin switches protocols unasked, or sends 100 or 103 and no final answer.",
	fixes: [
		"Switch early hints (103) at the origin off as a test.",
		"Send 101 only to a request that asks for it.",
		"WebSockets: check that the application answers the upgrade completely.",
	],
	source: RFC9112,
	prior: { base: 0.5, cases: 1, why: "needs an upgrade or only interim responses (Cloudflare's open-source proxy); few sites" },
	given: {
		"edge-pattern": {
			values: { "some-urls": ALWAYS, "not-reproduced": SOME },
			why: "only the upgrade request; a plain GET is fine",
		},
		"direct-origin": {
			values: { malformed: ALWAYS, ok: SOME, "closed-empty": RARE },
			why: "no final head (Cloudflare's open-source proxy)",
		},
		variants: {
			values: { "method-agent-or-encoding": ALWAYS, "http-version": SOME },
			why: "Upgrade, Expect or Accept-Encoding decide",
		},
		"time-to-failure": { values: { instant: ALWAYS }, why: "the head is refused" },
		"origin-log": { values: { "complete-200": SOME, nothing: SOME }, why: "101 or a hijacked connection" },
		"who-is-hit": { values: { "one-client": USUAL, everyone: SOME }, why: "only programs that upgrade" },
		"what-changed": { values: { deploy: ALWAYS }, why: "server software handles it" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
	},
} as const satisfies Cause;

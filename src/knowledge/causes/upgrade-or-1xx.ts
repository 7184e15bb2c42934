import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { RFC9112 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const upgradeOr1xx = {
	family: "bytes",
	articleCause: null,
	title: "Broken upgrade or interim response",
	what: "The origin switches protocols unasked, or sends 100 or 103 and nothing final.",
	fixes: [
		"Turn off early hints (103) as a test.",
		"Send 101 only to a request that asks for it.",
		"WebSockets: check that the application completes the upgrade.",
	],
	source: RFC9112,
	prior: { base: 0.5, why: "needs an upgrade or only interim responses (Cloudflare's open-source proxy); few sites" },
	given: {
		"edge-pattern": {
			values: { "some-urls": ALWAYS, "not-reproduced": SOME, all: RARE },
			why: "only the upgrade request, a plain GET works; a server that upgrades unasked or stops after 103 does so for all",
		},
		"direct-origin": {
			values: { malformed: ALWAYS, ok: SOME, "closed-empty": RARE },
			why: "no final response (Cloudflare's open-source proxy)",
		},
		variants: {
			values: { "request-field": USUAL, encoding: SOME, method: SOME, "http-version": SOME },
			why: "Upgrade, Expect, Accept-Encoding or HEAD decide",
		},
		"time-to-failure": { values: { instant: ALWAYS }, why: "the headers are rejected" },
		"origin-log": {
			values: { "complete-200": SOME, nothing: SOME, "refused-or-444": RARE },
			why: "101, a hijacked connection, or an upgrade turned down",
		},
		"who-is-hit": { values: { "one-client": USUAL, everyone: SOME }, why: "only programs that upgrade" },
		"what-changed": { values: { deploy: ALWAYS }, why: "server software handles it" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
	},
} as const satisfies Cause;

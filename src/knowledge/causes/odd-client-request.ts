import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { RFC9112 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const oddClientRequest = {
	articleCause: null,
	title: "One client sends requests that break",
	what: "A program or library sends something that only it sends, and the origin or Cloudflare cannot pass it on.",
	fixes: ["Compare the request with one of curl that works: headers, length, HTTP version.", "Update the library."],
	source: RFC9112,
	prior: { base: 0.5, cases: 1, why: "needs a client that breaks HTTP" },
	given: {
		"edge-pattern": { values: { "not-reproduced": ALWAYS }, why: "our look is well formed" },
		"direct-origin": { values: { ok: ALWAYS }, why: "our look is well formed" },
		variants: { values: { "method-agent-or-encoding": ALWAYS, "http-version": RARE }, why: "another client or header set works" },
		"time-to-failure": { values: { instant: ALWAYS }, why: "refused at once" },
		"origin-log": {
			values: { "no-access": USUAL, "refused-or-444": SOME, "complete-200": RARE },
			why: "who writes a client is mostly a stranger to the server; a 400 there",
		},
		"who-is-hit": { values: { "one-client": ALWAYS }, why: "one program or library" },
		"what-changed": { values: { nothing: USUAL, deploy: SOME }, why: "the client changed, not the site" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
		"cloudflare-features": { values: { worker: SOME }, why: "a relay that builds requests" },
	},
} as const satisfies Cause;

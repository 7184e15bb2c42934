import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { RFC9112 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const oddClientRequest = {
	family: "refusal",
	articleCause: null,
	title: "Unusual request from one client",
	what: "One program sends something the origin cannot handle.",
	fixes: [
		"Compare it with a curl request that works.",
		"Check for headers that are empty, invalid or missing, a wrong length, and the HTTP version.",
		"Update the library.",
	],
	source: RFC9112,
	prior: { base: 0.5, why: "needs a client that breaks HTTP" },
	given: {
		"edge-pattern": {
			values: { "not-reproduced": ALWAYS, "some-urls": SOME },
			why: "my requests are well-formed; a malformed URL fails for everyone",
		},
		"direct-origin": { values: { ok: ALWAYS }, why: "my requests are well-formed" },
		variants: {
			values: { "request-field": ALWAYS, method: SOME, "user-agent": RARE, encoding: RARE, "http-version": RARE },
			why: "a header or the form of the request is at fault; another client sends it correctly",
		},
		"time-to-failure": { values: { instant: ALWAYS }, why: "rejected at once" },
		"origin-log": {
			values: { "no-access": USUAL, "refused-or-444": SOME, "complete-200": RARE },
			why: "client developers usually have no access to the server; a 400 there",
		},
		"who-is-hit": { values: { "one-client": ALWAYS }, why: "one program or library" },
		"what-changed": { values: { nothing: USUAL, deploy: SOME }, why: "the client changed, not the site" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
		"cloudflare-features": { values: { none: USUAL, "worker-as-caller": SOME }, why: "a relay that builds requests" },
		"edge-saw": {
			values: { "no-status": USUAL, error: SOME },
			why: "the origin closes the connection, or something relabels its 400",
		},
	},
} as const satisfies Cause;

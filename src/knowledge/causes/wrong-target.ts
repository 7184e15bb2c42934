import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { DNS } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const wrongTarget = {
	articleCause: null,
	title: "The name leads to another server",
	what: "An old address in DNS, a wrong Origin Rule or tunnel route: another machine answers, or hangs up.",
	fixes: [
		"Compare the A and AAAA records at Cloudflare with the server's address.",
		"Check Origin Rules, load balancers and tunnel routes.",
		"Look whether the request shows up in the server's log at all.",
	],
	source: DNS,
	prior: { base: 1, cases: 1, why: "another server behind the address answers or hangs up (measured)" },
	given: {
		"edge-pattern": {
			values: { all: USUAL, "some-urls": SOME },
			why: "the name points elsewhere; or one flow uses another name",
		},
		"direct-origin": {
			values: { ok: SOME, "closed-empty": SOME, refused: SOME, "no-route": SOME, "wrong-protocol": RARE, "server-error": RARE },
			why: "the right server is well, or the address is somebody else's",
		},
		variants: { values: { same: USUAL, scheme: RARE, "ip-version": RARE }, why: "the address decides" },
		"origin-log": { values: { nothing: ALWAYS }, why: "another server gets the request (Cloudflare's documentation)" },
		"who-is-hit": { values: { everyone: ALWAYS }, why: "the record is the same for all" },
		"what-changed": { values: { "tls-dns-or-cloudflare": USUAL, "firewall-or-host": USUAL }, why: "a record or a new host" },
		"host-health": { values: { normal: ALWAYS }, why: "the right server is idle" },
	},
} as const satisfies Cause;

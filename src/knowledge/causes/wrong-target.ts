import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { DNS } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const wrongTarget = {
	family: "way",
	side: "the site's Cloudflare settings",
	articleCause: null,
	title: "Requests sent to the wrong server",
	what: "An old DNS record, Origin Rule or tunnel route leads elsewhere.",
	fixes: [
		"Compare the A and AAAA records with the server's IP address.",
		"Check Origin Rules, load balancers and tunnel routes.",
		"Check whether the request appears in the server's log at all.",
	],
	source: DNS,
	prior: { base: 1, why: "another server at that IP address responds or closes the connection (measured)" },
	given: {
		"edge-pattern": {
			values: { all: USUAL, "some-urls": SOME, "some-visitors": RARE },
			why: "the name leads elsewhere; one flow uses another name; some resolvers hold the old IP address",
		},
		"direct-origin": {
			values: { ok: SOME, "closed-empty": SOME, refused: SOME, "no-route": SOME, "wrong-protocol": RARE, "server-error": RARE },
			why: "the right server works, or the IP address belongs to someone else",
		},
		variants: { values: { same: USUAL, scheme: RARE, "ip-version": RARE }, why: "the IP address decides" },
		"origin-log": { values: { nothing: ALWAYS }, why: "another server gets the request (Cloudflare's documentation)" },
		"who-is-hit": { values: { everyone: ALWAYS }, why: "the record is the same for all" },
		"what-changed": { values: { "tls-dns-or-cloudflare": USUAL, "firewall-or-host": USUAL }, why: "a record or a new host" },
		"host-health": { values: { normal: ALWAYS }, why: "the right server is idle" },
		"other-codes": {
			values: { none: USUAL, timeouts: SOME, "refused-or-tls": SOME },
			why: "the other server may reject the request or not respond",
		},
	},
} as const satisfies Cause;

import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import type { Cause } from "./cause.ts";

export const protocolMismatch = {
	family: "bytes",
	articleCause: null,
	title: "Wrong protocol on the port",
	what: "The port speaks another protocol than Cloudflare expects.",
	fixes: [
		"Compare the SSL/TLS mode with the port (`ss -ltnp`).",
		"Use Full (strict) with a certificate on port 443.",
		"Check Origin Rules that change the port.",
	],
	source: ["Cloudflare: SSL modes", "https://developers.cloudflare.com/ssl/origin-configuration/ssl-modes/"],
	prior: { base: 1, why: "Cloudflare's open-source proxy rejects non-HTTP bytes, and nginx relays them (measured)" },
	given: {
		"edge-pattern": { values: { all: USUAL, "some-urls": USUAL }, why: "the port is wrong for all, or for one scheme or port" },
		"direct-origin": {
			values: { "wrong-protocol": ALWAYS, "tls-failure": SOME, malformed: RARE },
			why: "the port speaks something else (Cloudflare's open-source proxy)",
		},
		variants: { values: { scheme: ALWAYS, "http-version": RARE }, why: "SSL mode decides the port (Error 521 page)" },
		"time-to-failure": { values: { instant: ALWAYS }, why: "first bytes are wrong" },
		"origin-log": { values: { nothing: USUAL, "refused-or-444": RARE }, why: "no request is understood; at most a 400" },
		"what-changed": { values: { "tls-dns-or-cloudflare": USUAL, deploy: SOME }, why: "TLS mode, port or new version" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
		"other-codes": { values: { none: USUAL, "refused-or-tls": SOME }, why: "a plain port under TLS gives a 525" },
		"edge-saw": { values: { "no-status": ALWAYS }, why: "no status in another protocol" },
		"who-is-hit": { values: { everyone: ALWAYS }, why: "the port is the same for all" },
	},
} as const satisfies Cause;

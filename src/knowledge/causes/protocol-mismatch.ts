import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import type { Cause } from "./cause.ts";

export const protocolMismatch = {
	articleCause: null,
	title: "The port speaks another protocol",
	what: "TLS is spoken to a plain port or plain HTTP to a TLS port, or another service listens there.",
	fixes: [
		"Compare Cloudflare's SSL/TLS mode with what the port speaks: Full (strict) with a certificate on 443 is right.",
		"Look which program listens on the port: ss -ltnp.",
		"Check Origin Rules that change the port.",
	],
	source: ["Cloudflare: SSL modes", "https://developers.cloudflare.com/ssl/origin-configuration/ssl-modes/"],
	prior: { base: 1, cases: 1, why: "non-HTTP bytes are rejected (Cloudflare's open-source proxy) and nginx relays them (8.1)" },
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
	},
} as const satisfies Cause;

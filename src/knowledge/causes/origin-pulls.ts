import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { AOP } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const originPulls = {
	articleCause: null,
	title: "The origin wants a client certificate and does not get the right one",
	what: "Authenticated Origin Pulls on one side only, an expired or other certificate: TLS ends with an alert, or nginx answers 400.",
	fixes: [
		"Switch Authenticated Origin Pulls on at Cloudflare, or stop demanding the certificate.",
		"Check which authority the origin trusts, and until when the uploaded certificate is valid.",
	],
	source: AOP,
	prior: {
		base: 1,
		cases: 1,
		why: "documented (Error 520 page); needs TLS 1.3 alert or a reset, nginx answers 400 instead (measured)",
	},
	given: {
		"edge-pattern": { values: { all: ALWAYS }, why: "every connection must show the certificate" },
		"direct-origin": {
			values: { "client-certificate-wanted": ALWAYS, "tls-failure": SOME, reset: RARE },
			why: "alert 116/42/46/48 or 400 (Cloudflare's open-source proxy, measured)",
		},
		variants: { values: { same: ALWAYS, scheme: RARE }, why: "only TLS asks for a certificate" },
		"time-to-failure": { values: { instant: ALWAYS }, why: "in or just after the handshake" },
		"origin-log": { values: { nothing: USUAL, "refused-or-444": SOME }, why: "no request is read; nginx books a 400" },
		"who-is-hit": { values: { everyone: ALWAYS }, why: "every connection must show the certificate" },
		"what-changed": { values: { "tls-dns-or-cloudflare": ALWAYS }, why: "a zone toggle or certificate" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
		"cloudflare-features": {
			values: { "origin-pulls": ALWAYS, worker: SOME },
			why: "the setting, or a Worker that should present a certificate",
		},
	},
} as const satisfies Cause;

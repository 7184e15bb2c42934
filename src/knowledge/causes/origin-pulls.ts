import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { AOP } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const originPulls = {
	family: "refusal",
	articleCause: null,
	title: "Missing or rejected client certificate",
	what: "The origin requires a client certificate and does not get the right one.",
	fixes: [
		"Turn on Authenticated Origin Pulls at Cloudflare.",
		"Or stop requiring the certificate at the origin.",
		"Check which authority the origin trusts, and when the uploaded certificate expires.",
	],
	source: AOP,
	prior: {
		base: 1,
		why: "documented (Error 520 page); needs a TLS 1.3 alert or a reset, nginx returns 400 instead (measured)",
	},
	needs: {
		oneOf: ["origin-pulls", "worker-on-route", "worker-as-caller"],
		unless: { "direct-origin": ["client-certificate-wanted"] },
		why: "sites that do not use client certificates usually have no origin that requires one",
	},
	given: {
		"edge-pattern": { values: { all: ALWAYS }, why: "every connection must show the certificate" },
		"direct-origin": {
			values: { "client-certificate-wanted": ALWAYS, "tls-failure": SOME, reset: RARE },
			why: "alert 116/42/46/48 or 400 (Cloudflare's open-source proxy, measured)",
		},
		variants: { values: { same: ALWAYS, scheme: RARE }, why: "only TLS asks for a certificate" },
		"time-to-failure": { values: { instant: ALWAYS }, why: "in or just after the handshake" },
		"origin-log": { values: { nothing: USUAL, "refused-or-444": SOME }, why: "no request is read; nginx logs a 400" },
		"who-is-hit": { values: { everyone: ALWAYS }, why: "every connection must show the certificate" },
		"what-changed": { values: { "tls-dns-or-cloudflare": ALWAYS }, why: "a zone setting or certificate" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
		"cloudflare-features": {
			values: { "origin-pulls": ALWAYS, "worker-on-route": SOME, "worker-as-caller": RARE },
			why: "the setting, or a Worker that should present a certificate",
		},
		"edge-saw": { values: { "no-status": USUAL, error: SOME }, why: "the handshake ends it; nginx returns 400 (measured)" },
	},
} as const satisfies Cause;

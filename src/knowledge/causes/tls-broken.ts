import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const tlsBroken = {
	family: "way",
	articleCause: 5,
	title: "TLS broken after the handshake",
	what: "An alert, a reset or non-TLS bytes end the connection early.",
	fixes: [
		"Read the error log of the server that terminates TLS.",
		"Look for devices on the way that inspect TLS.",
		"Test for a minute without Authenticated Origin Pulls, or with TLS 1.2.",
	],
	source: E520,
	prior: {
		base: 0.5,
		why: "reproduced only with client certificates (Cloudflare's documentation)",
	},
	given: {
		"edge-pattern": {
			values: { all: SOME, random: SOME, bursts: RARE, "some-visitors": RARE },
			why: "a device on the way, or a TLS layer that fails at times",
		},
		"direct-origin": {
			values: { "tls-failure": USUAL, reset: USUAL },
			why: "alert or reset after the handshake (Cloudflare's open-source proxy)",
		},
		variants: { values: { same: USUAL, scheme: SOME }, why: "http avoids TLS" },
		"time-to-failure": { values: { instant: USUAL, seconds: SOME }, why: "alert after the handshake" },
		"what-changed": {
			values: { "tls-dns-or-cloudflare": USUAL, "firewall-or-host": SOME },
			why: "certificate, mode or an inspecting device",
		},
		"other-codes": {
			values: { "refused-or-tls": USUAL, none: SOME },
			why: "some connections break during the handshake already: 525",
		},
		"edge-saw": { values: { "no-status": ALWAYS, success: RARE }, why: "usually before the first byte" },
		"who-is-hit": { values: { everyone: ALWAYS }, why: "it is the connection from Cloudflare, not the visitor" },
		"origin-log": { values: { nothing: USUAL, "complete-200": RARE }, why: "usually no request is read" },
	},
} as const satisfies Cause;

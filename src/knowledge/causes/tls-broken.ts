import { RARE, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const tlsBroken = {
	articleCause: 5,
	title: "TLS to the origin breaks after the handshake",
	what: "An alert, a reset or bytes that are no TLS end the connection before the answer is complete.",
	fixes: [
		"Look in the error log of the server that ends TLS; it names the alert.",
		"Look for boxes in between that inspect TLS.",
		"Try without Authenticated Origin Pulls and with TLS 1.2 for a minute.",
	],
	source: E520,
	prior: {
		base: 0.5,
		cases: 0,
		why: "article cause 5: right in kind, reproduced only with client certificates (Cloudflare's documentation)",
	},
	given: {
		"edge-pattern": {
			values: { all: SOME, random: SOME, bursts: RARE, "some-visitors": RARE },
			why: "a box on the way or a TLS layer that fails at times",
		},
		"direct-origin": {
			values: { "tls-failure": USUAL, reset: USUAL },
			why: "alert or reset after the handshake (Cloudflare's open-source proxy)",
		},
		variants: { values: { same: USUAL, scheme: SOME }, why: "http avoids TLS" },
		"time-to-failure": { values: { instant: USUAL, seconds: SOME }, why: "alert after the handshake" },
		"what-changed": {
			values: { "tls-dns-or-cloudflare": USUAL, "firewall-or-host": SOME },
			why: "certificate, mode or an inspecting box",
		},
	},
} as const satisfies Cause;

import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { H2 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const http2ToOrigin = {
	family: "bytes",
	articleCause: null,
	title: "Broken HTTP/2 to the origin",
	what: "Streams or connections break when Cloudflare uses HTTP/2.",
	fixes: [
		"Turn off HTTP/2 to Origin at Cloudflare as a test.",
		"Update the server, or turn off HTTP/2 there.",
		"Raise limits that end connections, such as http2_max_requests.",
	],
	source: H2,
	prior: {
		base: 2,
		why: 'documented twice: Error 520 page and HTTP/2 to Origin page "5xx, particularly 520"; on by default',
	},
	given: {
		"edge-pattern": {
			values: { random: ALWAYS, "some-urls": RARE, all: RARE },
			why: "GOAWAY and stream resets hit any request in flight (Cloudflare's open-source proxy)",
		},
		"direct-origin": { values: { ok: ALWAYS, malformed: RARE, "closed-mid-body": RARE }, why: "clean over HTTP/1" },
		variants: {
			values: { "http-version": USUAL, method: SOME, same: SOME },
			why: "HTTP/1.1 avoids it, and a POST cannot be replayed",
		},
		"time-to-failure": { values: { instant: USUAL, seconds: SOME }, why: "a frame, not a wait" },
		"origin-log": { values: { nothing: USUAL, "complete-200": SOME }, why: "the stream dies before or after the access line" },
		"who-is-hit": {
			values: { everyone: USUAL, "under-load": RARE },
			why: "everyone on the same connection; more streams, more of them",
		},
		"what-changed": { values: { "tls-dns-or-cloudflare": USUAL, deploy: SOME }, why: "a zone setting or a server update" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
		"cloudflare-features": { values: { "http2-to-origin": ALWAYS, none: RARE }, why: "the setting itself (on by ALPN)" },
		"edge-saw": {
			values: { success: USUAL, "no-status": USUAL },
			why: "streams break after their headers as often as before them",
		},
	},
} as const satisfies Cause;

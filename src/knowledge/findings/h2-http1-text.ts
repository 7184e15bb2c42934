import type { FindingEntry } from "./finding.ts";
import { cloudflareHttp2Off, haproxyHttp1Only, nginxHttp2Off } from "./fixes.ts";

export const h2Http1Text = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "http2-to-origin",
	say: "HTTP/1.1 text came on a connection that had agreed on HTTP/2.",
	fix: "Switch HTTP/2 off in the origin's TLS (ALPN), or make the server behind it speak it; at Cloudflare: switch HTTP/2 to Origin off.",
	why: "The origin agreed to HTTP/2 and then answered in HTTP/1.1 text. Cloudflare documents this as a 520.",
	rfc: "RFC 9113 §3.2, §3.4",
	curl: "52 (Empty reply from server)",
	accept: [],
	reject: ["Pingora", "undici", "Go", "curl"],
	fixes: [
		cloudflareHttp2Off,
		{ where: "any", do: "The part that ends TLS must not offer h2 in ALPN when the program behind it speaks HTTP/1.1 only." },
		haproxyHttp1Only,
		nginxHttp2Off,
		{
			where: "Node",
			do: "Use `https.createServer()`, or `http2.createSecureServer()` with `allowHTTP1`; do not list `h2` in `ALPNProtocols` of a plain TLS server.",
		},
	],
} as const satisfies FindingEntry;

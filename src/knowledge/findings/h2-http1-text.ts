import type { FindingEntry } from "./finding.ts";
import { cloudflareHttp2Off, haproxyHttp1Only, nginxHttp2Off } from "./fixes.ts";

export const h2Http1Text = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "http2-to-origin",
	say: "HTTP/1.1 text arrived on a connection that had negotiated HTTP/2.",
	fix: "Turn off HTTP/2 in the origin's TLS (ALPN) or at Cloudflare, or make the server behind it support HTTP/2.",
	why: "The origin negotiated HTTP/2 and then responded with HTTP/1.1 text. Cloudflare documents this as a 520.",
	rfc: "RFC 9113 §3.2, §3.4",
	curl: "52 (Empty reply from server)",
	accept: [],
	reject: ["Pingora", "undici", "Go", "curl"],
	fixes: [
		cloudflareHttp2Off,
		{
			where: "any",
			do: "The server that terminates TLS must not offer h2 in ALPN if the program behind it supports HTTP/1.1 only.",
		},
		haproxyHttp1Only,
		nginxHttp2Off,
		{
			where: "Node",
			do: "Use `https.createServer()`, or `http2.createSecureServer()` with `allowHTTP1`. Do not list `h2` in `ALPNProtocols` of a plain TLS server.",
		},
	],
} as const satisfies FindingEntry;

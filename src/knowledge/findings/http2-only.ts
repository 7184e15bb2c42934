import type { FindingEntry } from "./finding.ts";

export const http2Only = {
	shownBy: "look",
	level: "warn",
	cause: "protocol-mismatch",
	confidence: "possible",
	say: "The server supports only HTTP/2.",
	fix: "Turn on HTTP/2 to Origin at Cloudflare, or let the server offer HTTP/1.1.",
	why: "The server rejects TLS clients that do not offer HTTP/2, or responds in HTTP/2 anyway. It works while HTTP/2 to Origin is on at Cloudflare. With that setting off, Cloudflare offers HTTP/1.1 only, and visitors get a 525.",
	rfc: "RFC 7301 §3.2",
	curl: "35 (no application protocol) with --http1.1; 0 with --http2",
	accept: ["Cloudflare with HTTP/2 to Origin"],
	reject: ["Cloudflare without HTTP/2 to Origin"],
	fixes: [
		{ where: "Cloudflare", do: "Turn on HTTP/2 to Origin: Speed > Settings > Protocol Optimization." },
		{
			where: "Node",
			do: "Let the HTTP/2 server accept HTTP/1.1 as well.",
			command: "http2.createSecureServer({ allowHTTP1: true, ... })",
		},
		{ where: "Apache", do: "Offer both protocols.", command: "Protocols h2 http/1.1" },
		{ where: "any", do: "Add http/1.1 to the protocols that the server offers in TLS (ALPN)." },
	],
} as const satisfies FindingEntry;

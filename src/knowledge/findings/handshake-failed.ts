import type { FindingEntry } from "./finding.ts";

export const handshakeFailed = {
	shownBy: "look",
	level: "fault",
	cause: "tls-broken",
	confidence: "likely",
	say: "The TLS handshake failed, so I could not send a request.",
	fix: "Read the error log of the server that terminates TLS: it names the reason.",
	why: "The TLS handshake failed, so there was no request. Cloudflare shows 525 for that.",
	rfc: "RFC 8446 §6.2",
	curl: "35 (SSL connect error)",
	accept: [],
	reject: [],
	fixes: [
		{ where: "any", do: "Read the error log of the server that terminates TLS: it names the alert." },
		{
			where: "nginx",
			do: "Allow TLS 1.2 and 1.3, and common ciphers.",
			command: "ssl_protocols TLSv1.2 TLSv1.3;",
		},
		{
			where: "any",
			do: "Check that the server has a certificate for this name (SNI).",
			command: "openssl s_client -connect 127.0.0.1:443 -servername shop.example",
		},
		{ where: "any", do: "Check that a TLS server listens on the port." },
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";

export const tlsGarbage = {
	shownBy: "ending",
	level: "fault",
	cause: "tls-broken",
	say: "Non-TLS bytes arrived on the TLS connection.",
	fix: "Something writes plain text into the TLS connection, often an error message of a proxy.",
	why: "Some bytes on the encrypted connection are not TLS, so Cloudflare cannot read them. Before the headers visitors get a 520, after them a page that is cut off.",
	rfc: "RFC 8446 §5.1, §5.2",
	curl: "56 (OpenSSL SSL_read: OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number, errno 0)",
	accept: [],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache"],
	fixes: [
		{ where: "any", do: "Look for a process or module that bypasses TLS and writes to the socket, often an error text." },
		{ where: "any", do: "Look for a middlebox or load balancer that injects plain text." },
		{ where: "any", do: "Update the server and its TLS library." },
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";

export const tlsGarbage = {
	shownBy: "ending",
	level: "fault",
	cause: "tls-broken",
	say: "Bytes that are no TLS came over the TLS connection.",
	fix: "Something writes plain text past TLS, often an error message of a proxy.",
	why: "Something on the encrypted connection is not TLS. Cloudflare cannot read it: a 520 before the headers, a cut page after them.",
	rfc: "RFC 8446 §5.1, §5.2",
	curl: "56 (OpenSSL SSL_read: OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number, errno 0)",
	accept: [],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache"],
	fixes: [
		{ where: "any", do: "Look for a process or module that writes to the socket past the TLS layer, often an error text." },
		{ where: "any", do: "Look for a middle box or load balancer that injects plain text." },
		{ where: "any", do: "Update the server and its TLS library." },
	],
} as const satisfies FindingEntry;

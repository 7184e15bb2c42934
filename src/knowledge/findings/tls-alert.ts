import type { FindingEntry } from "./finding.ts";

export const tlsAlert = {
	shownBy: "ending",
	level: "fault",
	cause: "tls-broken",
	say: "A TLS alert ended the connection before the message was complete.",
	fix: "A client certificate may be demanded (Authenticated Origin Pulls), or the server's TLS broke: its error log names the alert.",
	why: "The origin ended the encrypted connection with an error after the handshake. For Cloudflare that is a 520 before the headers and a cut page after them.",
	rfc: "RFC 8446 §6.2",
	curl: "56 (OpenSSL SSL_read: OpenSSL/3.0.19: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0)",
	accept: [],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache"],
	fixes: [
		{
			where: "any",
			do: "If the alert says certificate required, the origin wants a client certificate. Turn on Authenticated Origin Pulls at Cloudflare, or stop demanding it.",
		},
		{ where: "nginx", do: "Stop demanding a client certificate.", command: "ssl_verify_client off;" },
		{
			where: "Apache",
			do: "Stop demanding a client certificate; look in `Location` and `Directory` blocks as well.",
			command: "SSLVerifyClient none",
		},
		{ where: "any", do: "For internal_error or bad_record_mac look in the TLS log, and update OpenSSL and the server." },
	],
} as const satisfies FindingEntry;

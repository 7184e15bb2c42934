import type { FindingEntry } from "./finding.ts";

export const tlsAlert = {
	shownBy: "ending",
	level: "fault",
	cause: "tls-broken",
	say: "A TLS alert ended the connection before the response was complete.",
	fix: "The origin may require a client certificate (Authenticated Origin Pulls), or its TLS failed. Its error log names the alert.",
	why: "The origin ended the encrypted connection with an error after the handshake. Before the headers visitors get a 520, after them a page that is cut off.",
	rfc: "RFC 8446 §6.2",
	curl: "56 (OpenSSL SSL_read: OpenSSL/3.0.19: error:0A00045C:SSL routines::tlsv13 alert certificate required, errno 0)",
	accept: [],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache"],
	fixes: [
		{
			where: "any",
			do: "If the alert says certificate required, the origin requires a client certificate. Turn on Authenticated Origin Pulls at Cloudflare, or stop requiring it.",
		},
		{ where: "nginx", do: "Stop requiring a client certificate.", command: "ssl_verify_client off;" },
		{
			where: "Apache",
			do: "Stop requiring a client certificate. Check `Location` and `Directory` blocks too.",
			command: "SSLVerifyClient none",
		},
		{ where: "any", do: "For internal_error or bad_record_mac, read the TLS log, and update OpenSSL and the server." },
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";
import { cloudflareHttp2Off } from "./fixes.ts";

export const h2BadField = {
	shownBy: "bytes",
	level: "fault",
	outcome: "ends",
	certainty: "high",
	cause: "http2-to-origin",
	say: "A header is not allowed in HTTP/2.",
	fix: "Remove the header or clean its value in the application. HTTP/2 does not allow Connection, Transfer-Encoding or Upgrade.",
	why: "A header that HTTP/1.1 forgives makes the response malformed in HTTP/2. Connection, Upgrade and Transfer-Encoding cause a 520. A retry over HTTP/1.1 often hides bad names and values.",
	rfc: "RFC 9113 §8.2.1, §8.2.2, §8.1.1",
	curl: "92 (HTTP/2 stream 1 was not closed cleanly: PROTOCOL_ERROR (err 1))",
	accept: [],
	reject: ["Pingora", "curl"],
	fixes: [
		{ where: "any", do: "Do not send Connection, Keep-Alive, Proxy-Connection, Transfer-Encoding or Upgrade over HTTP/2." },
		{
			where: "Apache",
			do: "If the header is Upgrade, unset it: Apache may announce `h2,h2c`.",
			command: "Header always unset Upgrade",
		},
		{
			where: "nginx",
			do: "Hide the header when nginx passes on a backend's response over HTTP/2.",
			command: "proxy_hide_header Upgrade;",
		},
		{ where: "any", do: "Write names in lower case, without spaces, and keep NUL, CR and LF out of values." },
		cloudflareHttp2Off,
	],
} as const satisfies FindingEntry;

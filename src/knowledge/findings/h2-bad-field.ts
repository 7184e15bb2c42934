import type { FindingEntry } from "./finding.ts";
import { cloudflareHttp2Off } from "./fixes.ts";

export const h2BadField = {
	shownBy: "bytes",
	level: "fault",
	outcome: "ends",
	certainty: "high",
	cause: "http2-to-origin",
	say: "A field is one that HTTP/2 does not allow.",
	fix: "Take the field out, or clean its value, in the application; Connection, Transfer-Encoding and Upgrade have no place in HTTP/2.",
	why: "A header that HTTP/1.1 forgives makes the answer malformed in HTTP/2. Connection, Upgrade and Transfer-Encoding give a 520; bad names and values are often hidden by a retry over HTTP/1.1.",
	rfc: "RFC 9113 §8.2.1, §8.2.2, §8.1.1",
	curl: "92 (HTTP/2 stream 1 was not closed cleanly: PROTOCOL_ERROR (err 1))",
	accept: [],
	reject: ["Pingora", "curl"],
	fixes: [
		{ where: "any", do: "Do not send Connection, Keep-Alive, Proxy-Connection, Transfer-Encoding or Upgrade over HTTP/2." },
		{
			where: "Apache",
			do: "If the field is Upgrade, unset it: Apache may announce `h2,h2c`.",
			command: "Header always unset Upgrade",
		},
		{ where: "nginx", do: "Hide the field when nginx passes a backend on over HTTP/2.", command: "proxy_hide_header Upgrade;" },
		{ where: "any", do: "Write names in lower case, without spaces, and keep NUL, CR and LF out of values." },
		cloudflareHttp2Off,
	],
} as const satisfies FindingEntry;

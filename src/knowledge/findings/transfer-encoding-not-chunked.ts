import type { FindingEntry } from "./finding.ts";
import { nodeNoTransferEncoding, phpNoTransferEncoding, wsgiNoTransferEncoding } from "./fixes.ts";

export const transferEncodingNotChunked = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "high",
	cause: null,
	say: "Transfer-Encoding does not end in chunked, so the content lasts until the connection closes.",
	fix: "End it with chunked, or remove it.",
	why: "Cloudflare then reads until the connection closes, and cannot tell whether the response was cut off. Go and HAProxy reject it.",
	rfc: "RFC 9112 §6.1, §6.3 item 4",
	curl: "0 (accepts it)",
	accept: ["Pingora", "workerd", "Node", "undici"],
	reject: ["Go", "Varnish"],
	fixes: [
		{ where: "any", do: "Do not set Transfer-Encoding in the application. The server chooses and writes the framing." },
		phpNoTransferEncoding,
		wsgiNoTransferEncoding,
		nodeNoTransferEncoding,
		{ where: "any", do: "Compress with Content-Encoding, not with Transfer-Encoding." },
	],
} as const satisfies FindingEntry;

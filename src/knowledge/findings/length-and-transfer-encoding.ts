import type { FindingEntry } from "./finding.ts";
import { nodeNoTransferEncoding, phpDropLength, phpNoTransferEncoding, wsgiNoTransferEncoding } from "./fixes.ts";

export const lengthAndTransferEncoding = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "high",
	cause: null,
	say: "The response has both Content-Length and Transfer-Encoding. The length is ignored.",
	fix: "Send only one of them: two parsers may see two different ends.",
	why: "Cloudflare drops the Content-Length and reads the chunks. Node and Varnish reject it. Two lengths for one response are a security risk.",
	rfc: "RFC 9112 §6.2, §6.3 item 3",
	curl: "0 (accepts it)",
	accept: ["Pingora", "workerd", "Go", "curl", "Python", "nginx", "Apache"],
	reject: ["Node", "undici", "Varnish"],
	fixes: [
		{ where: "any", do: "Send only one of them. With chunks, remove Content-Length." },
		phpDropLength,
		phpNoTransferEncoding,
		wsgiNoTransferEncoding,
		nodeNoTransferEncoding,
	],
} as const satisfies FindingEntry;

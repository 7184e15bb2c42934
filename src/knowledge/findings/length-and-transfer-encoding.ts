import type { FindingEntry } from "./finding.ts";
import { nodeNoTransferEncoding, phpDropLength, phpNoTransferEncoding, wsgiNoTransferEncoding } from "./fixes.ts";

export const lengthAndTransferEncoding = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "high",
	cause: null,
	say: "Both Content-Length and Transfer-Encoding are there; the length is ignored.",
	fix: "Send one of them: two parsers may cut the message in two places.",
	why: "Cloudflare drops the Content-Length and reads chunks. Node and Varnish refuse it. Two lengths for one answer are a security risk.",
	rfc: "RFC 9112 §6.2, §6.3 item 3",
	curl: "0 (takes it)",
	accept: ["Pingora", "workerd", "Go", "curl", "Python", "nginx", "Apache"],
	reject: ["Node", "undici", "Varnish"],
	fixes: [
		{ where: "any", do: "Send one of the two. With chunks leave out Content-Length." },
		phpDropLength,
		phpNoTransferEncoding,
		wsgiNoTransferEncoding,
		nodeNoTransferEncoding,
	],
} as const satisfies FindingEntry;

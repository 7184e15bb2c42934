import type { FindingEntry } from "./finding.ts";
import { chunksOfYourOwn, nodeWriteAndEnd, noHandmadeChunks, phpNoHandmadeChunks } from "./fixes.ts";

export const chunkEndMissing = {
	shownBy: "bytes",
	level: "fault",
	outcome: "truncates",
	certainty: "high",
	cause: "framing-conflict",
	say: "A chunk is not followed by CRLF where its size says it ends.",
	fix: "The size does not fit the data: count bytes, not characters.",
	why: "The line break after a chunk is missing, or the size is wrong. Cloudflare stops there, and the page is cut off.",
	rfc: "RFC 9112 §7.1",
	curl: "56 (Malformed encoding found in chunked-encoding)",
	accept: [],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "Python", "Apache"],
	fixes: [
		{ where: "any", do: "Count the bytes of a chunk, not the characters: ä is two bytes in UTF-8." },
		noHandmadeChunks,
		phpNoHandmadeChunks,
		nodeWriteAndEnd,
		chunksOfYourOwn,
	],
} as const satisfies FindingEntry;

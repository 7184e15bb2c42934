import type { FindingEntry } from "./finding.ts";
import { chunksOfYourOwn, nodeWriteAndEnd, noHandmadeChunks, phpNoHandmadeChunks } from "./fixes.ts";

export const chunkSizeBad = {
	shownBy: "bytes",
	level: "fault",
	outcome: "truncates",
	certainty: "high",
	cause: "framing-conflict",
	say: "A chunk's size line is not a hexadecimal number with CRLF.",
	fix: "Content got between the chunks: let one layer do the chunking.",
	why: "Cloudflare passes on what came before and then stops. Visitors get a page that is cut off.",
	rfc: "RFC 9112 §7.1",
	curl: "56 (Illegal or missing hexadecimal sequence in chunked-encoding)",
	accept: [],
	reject: ["Pingora", "workerd", "Node", "undici", "Apache"],
	fixes: [noHandmadeChunks, phpNoHandmadeChunks, nodeWriteAndEnd, chunksOfYourOwn],
} as const satisfies FindingEntry;

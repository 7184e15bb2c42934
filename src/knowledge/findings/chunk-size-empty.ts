import type { FindingEntry } from "./finding.ts";
import { chunksOfYourOwn, nodeWriteAndEnd, noHandmadeChunks, phpNoHandmadeChunks } from "./fixes.ts";

export const chunkSizeEmpty = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "medium",
	cause: null,
	say: "A chunk's size line is empty, which counts as the last chunk. The rest is lost without an error.",
	fix: "Let one layer do the chunking.",
	why: "Cloudflare's open-source parser reads an empty size line as the end. The rest of the page is lost without an error.",
	rfc: "RFC 9112 §7.1",
	curl: "56 (Illegal or missing hexadecimal sequence in chunked-encoding)",
	accept: ["Pingora", "Go"],
	reject: ["workerd", "Node", "undici", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
	fixes: [noHandmadeChunks, phpNoHandmadeChunks, nodeWriteAndEnd, chunksOfYourOwn],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";
import { nodeWriteAndEnd, noHandmadeChunks } from "./fixes.ts";

export const chunkLineTooLong = {
	shownBy: "bytes",
	level: "fault",
	outcome: "truncates",
	certainty: "high",
	cause: "framing-conflict",
	say: "A chunk's size line is longer than 64 KB.",
	fix: "Remove chunk extensions.",
	why: "Cloudflare gives up on a size line over 64 KB, and the page is cut off.",
	rfc: null,
	curl: "0 (accepts it)",
	accept: ["undici", "curl", "nginx"],
	reject: ["Pingora", "workerd", "Node", "Go", "Python", "HAProxy", "Apache", "Varnish"],
	fixes: [
		{ where: "any", do: "Do not send chunk extensions, the text after `;` in the size line." },
		noHandmadeChunks,
		nodeWriteAndEnd,
	],
} as const satisfies FindingEntry;

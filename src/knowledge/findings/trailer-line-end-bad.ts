import type { FindingEntry } from "./finding.ts";
import { nodeWriteAndEnd } from "./fixes.ts";

export const trailerLineEndBad = {
	shownBy: "bytes",
	level: "fault",
	outcome: "truncates",
	certainty: "high",
	cause: "framing-conflict",
	say: "A trailer line does not end with CRLF.",
	fix: "Remove trailers, or end them with CRLF.",
	why: "Cloudflare stops at the end of the response. Visitors may see a broken download or page.",
	rfc: "RFC 9112 §2.2, §7.1.2",
	curl: "0 (accepts it)",
	accept: ["Python"],
	reject: ["Pingora", "workerd", "Node", "undici", "Apache", "Varnish"],
	fixes: [{ where: "any", do: "End each trailer line with CRLF, or send no trailers." }, nodeWriteAndEnd],
} as const satisfies FindingEntry;

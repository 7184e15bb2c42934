import type { FindingEntry } from "./finding.ts";
import { nodeWriteAndEnd } from "./fixes.ts";

export const trailerLineEndBad = {
	shownBy: "bytes",
	level: "fault",
	outcome: "truncates",
	certainty: "high",
	cause: "framing-conflict",
	say: "A trailer line does not end with CR LF.",
	fix: "Leave trailers away, or end them with CR LF.",
	why: "Cloudflare breaks off at the end of the answer. Visitors may see a broken download or page.",
	rfc: "RFC 9112 §2.2, §7.1.2",
	curl: "0 (takes it)",
	accept: ["Python"],
	reject: ["Pingora", "workerd", "Node", "undici", "Apache", "Varnish"],
	fixes: [{ where: "any", do: "End each trailer line with CRLF, or send no trailers." }, nodeWriteAndEnd],
} as const satisfies FindingEntry;

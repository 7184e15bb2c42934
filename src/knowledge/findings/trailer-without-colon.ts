import type { FindingEntry } from "./finding.ts";
import { noHandmadeChunks } from "./fixes.ts";

export const trailerWithoutColon = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "medium",
	cause: null,
	say: "A trailer line has no colon.",
	fix: "Remove trailers, or write Name: value.",
	why: "Cloudflare's open-source parser ignores trailers. Node, Go, Apache, curl and Cloudflare Workers reject this one.",
	rfc: "RFC 9112 §5, §7.1.2",
	curl: "43 (Failed reading the chunked-encoded stream)",
	accept: ["Pingora", "Python", "nginx"],
	reject: ["workerd", "Node", "undici", "Go", "curl", "HAProxy", "Apache", "Varnish"],
	fixes: [
		{ where: "any", do: "After the last chunk, send only `Name: value` lines, or nothing but the final CRLF." },
		noHandmadeChunks,
	],
} as const satisfies FindingEntry;

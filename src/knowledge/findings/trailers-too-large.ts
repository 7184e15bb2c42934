import type { FindingEntry } from "./finding.ts";

export const trailersTooLarge = {
	shownBy: "bytes",
	level: "fault",
	outcome: "truncates",
	certainty: "high",
	cause: "framing-conflict",
	say: "The trailers exceed 64 KB.",
	fix: "Remove trailers.",
	why: "Cloudflare accepts 64 KB of trailers. Beyond that it stops at the end of the response.",
	rfc: null,
	curl: "56 (Out of memory in chunked-encoding)",
	accept: ["nginx"],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "HAProxy", "Apache", "Varnish"],
	fixes: [
		{ where: "any", do: "Send less, or send the data in the content." },
		{ where: "Node", do: "Remove `res.addTrailers()` or shorten what it adds." },
	],
} as const satisfies FindingEntry;

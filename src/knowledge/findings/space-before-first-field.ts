import type { FindingEntry } from "./finding.ts";
import { serverWritesResponse } from "./fixes.ts";

export const spaceBeforeFirstField = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "medium",
	cause: "headers-malformed",
	say: "There is whitespace before the first header.",
	fix: "Start header lines at the beginning of the line.",
	why: "Cloudflare's open-source parser rejects this. Its own build may be more lenient. Visitors may get a 520.",
	rfc: "RFC 9112 §2.2",
	curl: "43 (A libcurl function was given a bad argument)",
	accept: ["Python"],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "nginx", "HAProxy", "Apache", "Varnish"],
	fixes: [
		{ where: "any", do: "Remove the whitespace before the first header line." },
		serverWritesResponse,
		{ where: "any", do: "Check scripts that write header lines from an indented text block." },
	],
} as const satisfies FindingEntry;

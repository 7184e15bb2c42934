import type { FindingEntry } from "./finding.ts";

export const methodMatters = {
	shownBy: "look",
	level: "warn",
	cause: null,
	confidence: null,
	say: "GET works and HEAD does not.",
	fix: "Handle HEAD as GET, without content.",
	why: "GET works and HEAD does not. Health checks and caches use HEAD. Visitors do not notice.",
	rfc: "RFC 9110 §9.3.2",
	curl: "differs between curl and curl -I",
	accept: [],
	reject: [],
	fixes: [
		{ where: "any", do: "Handle HEAD as GET, without content." },
		{ where: "any", do: "Do not send content in a response to HEAD." },
	],
} as const satisfies FindingEntry;

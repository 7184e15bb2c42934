import type { FindingEntry } from "./finding.ts";

export const methodMatters = {
	shownBy: "look",
	level: "warn",
	cause: null,
	confidence: null,
	say: "GET works and HEAD does not.",
	fix: "Answer HEAD as GET, without content.",
	why: "GET works and HEAD does not. Health checks and caches use HEAD; visitors do not notice.",
	rfc: "RFC 9110 §9.3.2",
	curl: "differs between curl and curl -I",
	accept: [],
	reject: [],
	fixes: [
		{ where: "any", do: "Answer HEAD as GET, without content." },
		{ where: "any", do: "Do not send content in answer to HEAD." },
	],
} as const satisfies FindingEntry;

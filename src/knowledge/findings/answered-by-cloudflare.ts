import type { FindingEntry } from "./finding.ts";

export const answeredByCloudflare = {
	shownBy: "look",
	level: "fault",
	cause: "wrong-target",
	confidence: "likely",
	say: "That address is answered by Cloudflare itself: it is the edge, not the origin.",
	fix: "Take the address of the server behind it: Cloudflare's DNS page has it, or the hosting provider.",
	why: "The answer carries Cloudflare's own marks (Server: cloudflare and CF-RAY), so that the look went through Cloudflare after all. An origin whose record leads back to Cloudflare loops, and visitors get a 1000 or a 520.",
	rfc: null,
	curl: "0 (takes it)",
	accept: [],
	reject: [],
	fixes: [
		{ where: "any", do: "Ask again with the server's own address." },
		{ where: "Cloudflare", do: "Check that no A or AAAA record of the site holds an address of Cloudflare." },
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";

export const answeredByCloudflare = {
	shownBy: "look",
	level: "fault",
	cause: "wrong-target",
	confidence: "likely",
	say: "This IP address belongs to Cloudflare's edge, not to the origin.",
	fix: "Use the IP address of the server behind it, from Cloudflare's DNS page or the hosting provider.",
	why: "The response carries Cloudflare's own headers (Server: cloudflare and CF-RAY), so the request went through Cloudflare. An origin whose record leads back to Cloudflare loops, and visitors get a 1000 or a 520.",
	rfc: null,
	curl: "0 (accepts it)",
	accept: [],
	reject: [],
	fixes: [
		{ where: "any", do: "Ask again with the server's own IP address." },
		{ where: "Cloudflare", do: "Check that no A or AAAA record of the site contains an IP address of Cloudflare." },
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";

export const certificateOriginCa = {
	shownBy: "look",
	level: "good",
	cause: null,
	confidence: null,
	say: "The certificate is from Cloudflare's Origin CA, which Full (strict) accepts for the names in it.",
	fix: null,
	why: "The certificate is from Cloudflare's Origin CA. Cloudflare trusts it in Full (strict), for the names in it. Browsers and curl do not, and do not need to.",
	rfc: null,
	curl: "60 (curl does not know the authority)",
	accept: ["Cloudflare in all modes"],
	reject: ["browsers and curl, when they reach the origin directly"],
	fixes: [],
} as const satisfies FindingEntry;

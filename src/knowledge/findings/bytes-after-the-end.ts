import type { FindingEntry } from "./finding.ts";
import { countBytes, serverCountsLength } from "./fixes.ts";

export const bytesAfterTheEnd = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "high",
	cause: null,
	say: "More bytes follow the end of the response. They are discarded, and the connection is not used again.",
	fix: "Content-Length is too small, or something prints after the content.",
	why: "Cloudflare discards the extra bytes and does not use the connection again. Part of the page may be missing because Content-Length is too small.",
	rfc: "RFC 9112 §6.3 (last paragraph)",
	curl: "0 (accepts it)",
	accept: ["Pingora", "workerd", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
	reject: [],
	fixes: [
		serverCountsLength,
		countBytes,
		{ where: "PHP", do: "Remove output after the content, such as blank lines after `?>` or an error text." },
		{ where: "any", do: "Look for a plugin that adds to the page after its size was set." },
	],
} as const satisfies FindingEntry;

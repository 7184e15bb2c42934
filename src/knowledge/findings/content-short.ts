import type { FindingEntry } from "./finding.ts";
import { nginxReadTimeout, phpNoLengthWithCompression, readErrorLog, serverCountsLength } from "./fixes.ts";

export const contentShort = {
	shownBy: "bytes",
	level: "fault",
	outcome: "truncates",
	certainty: "high",
	cause: "closed-mid-response",
	say: "The content is shorter than Content-Length promises.",
	fix: "A worker died or timed out while sending, or the length was counted before compression.",
	why: "Cloudflare has already passed the headers on, so visitors get a page that is cut off, not a 520. Browsers say ERR_CONTENT_LENGTH_MISMATCH.",
	rfc: "RFC 9112 §6.3 item 6, §8",
	curl: "18 (transfer closed with 100 bytes remaining to read)",
	accept: [],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
	fixes: [
		readErrorLog,
		serverCountsLength,
		phpNoLengthWithCompression,
		nginxReadTimeout,
		{ where: "any", do: "Check for a full disk or temporary directory on your proxy." },
	],
} as const satisfies FindingEntry;

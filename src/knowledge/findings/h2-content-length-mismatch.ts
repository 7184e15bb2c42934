import type { FindingEntry } from "./finding.ts";
import { cloudflareHttp2Off, countBytes, phpNoLengthWithCompression, readErrorLog, serverCountsLength } from "./fixes.ts";

export const h2ContentLengthMismatch = {
	shownBy: "bytes",
	level: "fault",
	outcome: "ends",
	certainty: "high",
	cause: "http2-to-origin",
	say: "The content length differs from Content-Length.",
	fix: "Count the length after compression, or remove the header: HTTP/2 does not need it.",
	why: "Content-Length and the sent data differ. Cloudflare has passed the headers on, so visitors get a page that is cut off.",
	rfc: "RFC 9113 §8.1.1",
	curl: "92 (HTTP/2 stream 1 was not closed cleanly: PROTOCOL_ERROR (err 1))",
	accept: [],
	reject: ["Pingora", "undici", "Go", "curl"],
	fixes: [serverCountsLength, phpNoLengthWithCompression, readErrorLog, countBytes, cloudflareHttp2Off],
} as const satisfies FindingEntry;

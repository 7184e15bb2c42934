import type { FindingEntry } from "./finding.ts";
import { nginxNoAddedLength, phpDropLength, serverCountsLength } from "./fixes.ts";

export const h2ContentLengthRepeated = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "high",
	cause: null,
	say: "There are two Content-Length headers.",
	fix: "Set it once.",
	why: "Over HTTP/2 Cloudflare's open-source proxy accepts two identical lengths. curl and Node reject them, and over HTTP/1.1 Cloudflare rejects them too.",
	rfc: "RFC 9110 §8.6; RFC 9113 §8.1.1",
	curl: "92 (HTTP/2 stream 1 was not closed cleanly: PROTOCOL_ERROR (err 1))",
	accept: ["Pingora", "Go"],
	reject: ["undici", "curl"],
	fixes: [serverCountsLength, nginxNoAddedLength, phpDropLength],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";
import { shrinkBiggestFields, updateHttp2Server } from "./fixes.ts";

export const h2FieldsRefused = {
	shownBy: "bytes",
	level: "fault",
	// hyperium/h2 src/frame/headers.rs: a header list of 16 MiB, or one more name than hyperium/http's map takes, resets the stream.
	outcome: "ends",
	certainty: "high",
	cause: "headers-too-large",
	say: "The headers exceed what the HTTP/2 library accepts: 16 MB, or 24,576 different names.",
	fix: "Find the loop that writes headers.",
	why: "Cloudflare's HTTP/2 library resets the stream, so visitors get a 520. Cloudflare itself accepts about 128 KB.",
	rfc: "RFC 9113 §10.5.1",
	curl: null,
	accept: [],
	reject: ["Pingora"],
	fixes: [shrinkBiggestFields, updateHttp2Server],
} as const satisfies FindingEntry;

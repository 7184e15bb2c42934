import type { FindingEntry } from "./finding.ts";
import { cloudflareHttp2Off, shrinkBiggestFields, updateHttp2Server } from "./fixes.ts";

export const h2FieldsEndless = {
	shownBy: "bytes",
	level: "fault",
	// hyperium/h2 takes a field list of 16 MiB, so that no parser objects; Cloudflare's documented limit of 128 KB is told by
	// header-section-over-128k where these are the fields of the final response.
	outcome: "accepts",
	certainty: "medium",
	cause: "headers-too-large",
	say: "The header blocks of this connection contain more than 1 MB of headers after decompression.",
	fix: "Find the headers that repeat, and send each once.",
	why: "A few KB on the wire become megabytes of headers. Cloudflare accepts about 128 KB, so visitors get a 520.",
	rfc: "RFC 7541 §7.3; RFC 9113 §10.5.1",
	curl: null,
	accept: [],
	reject: [],
	fixes: [shrinkBiggestFields, cloudflareHttp2Off, updateHttp2Server],
} as const satisfies FindingEntry;

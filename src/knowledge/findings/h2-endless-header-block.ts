import type { FindingEntry } from "./finding.ts";
import { cloudflareHttp2Off, readErrorLog, updateHttp2Server } from "./fixes.ts";

export const h2EndlessHeaderBlock = {
	shownBy: "bytes",
	level: "fault",
	// hyperium/h2 ends the connection with ENHANCE_YOUR_CALM (src/codec/framed_read.rs, calc_max_continuation_frames); 1,000 frames were tried.
	outcome: "ends",
	certainty: "high",
	cause: "http2-to-origin",
	say: "A header block spans more than 320 CONTINUATION frames.",
	fix: "Update the HTTP/2 server. Until then turn off HTTP/2 to Origin.",
	why: "The headers never end. Cloudflare's HTTP/2 library closes the connection, so visitors get a 520.",
	rfc: "RFC 9113 §6.10, §10.5",
	curl: null,
	accept: [],
	reject: ["Pingora"],
	fixes: [cloudflareHttp2Off, updateHttp2Server, readErrorLog],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";
import { apacheHttp1Only, cloudflareHttp2Off, haproxyHttp1Only, nginxHttp2Off, updateHttp2Server } from "./fixes.ts";

export const h2EndlessFrames = {
	shownBy: "bytes",
	level: "fault",
	// hyperium/h2 answers PING and SETTINGS one at a time and does not limit how many it answers (src/proto/ping_pong.rs); it ignores what
	// it need not answer. So the stream waits, and a time limit ends it. Empty DATA alone has a bound (src/proto/streams/counts.rs): the
	// 101st frame ends the connection, unless there was content between.
	outcome: "stalls",
	certainty: "medium",
	cause: "http2-to-origin",
	say: "Frames that contain almost nothing arrive without end: more than 100 PINGs, 10 SETTINGS, 100 empty DATA frames, 1,000 frames in all, or 50,000 DATA frames of under 8 bytes.",
	fix: "Update the HTTP/2 server. Until then turn off HTTP/2 to Origin.",
	why: "The origin keeps the HTTP/2 connection busy and does not respond. Visitors wait until a time limit and get a 524 or a 520.",
	rfc: "RFC 9113 §10.5",
	curl: null,
	accept: [],
	reject: [],
	fixes: [cloudflareHttp2Off, updateHttp2Server, nginxHttp2Off, apacheHttp1Only, haproxyHttp1Only],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";
import { apacheHttp1Only, cloudflareHttp2Off, haproxyHttp1Only, nginxHttp2Off, updateHttp2Server } from "./fixes.ts";

export const h2BadFrame = {
	shownBy: "bytes",
	level: "fault",
	outcome: "ends",
	certainty: "high",
	cause: "http2-to-origin",
	say: "A frame is malformed or not allowed here.",
	fix: "Update the HTTP/2 server. Until then turn off HTTP/2 to Origin.",
	why: "The origin sends HTTP/2 frames that break the rules. Cloudflare may retry over HTTP/1.1, which hides it, or show a 520.",
	rfc: "RFC 9113 §4.2, §5.1, §6.1, §6.2",
	curl: "52 (Empty reply from server)",
	accept: [],
	reject: ["Pingora", "undici", "Go", "curl"],
	fixes: [cloudflareHttp2Off, updateHttp2Server, nginxHttp2Off, apacheHttp1Only, haproxyHttp1Only],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";
import { apacheHttp1Only, cloudflareHttp2Off, haproxyHttp1Only, nginxHttp2Off, updateHttp2Server } from "./fixes.ts";

export const h2BadSettings = {
	shownBy: "bytes",
	level: "fault",
	outcome: "ends",
	certainty: "high",
	cause: "http2-to-origin",
	say: "A SETTINGS frame contains an invalid value.",
	fix: "Update the HTTP/2 server. Until then turn off HTTP/2 to Origin.",
	why: "The SETTINGS of the origin break the rules, so Cloudflare ends the connection. Visitors get a 520 unless Cloudflare falls back.",
	rfc: "RFC 9113 §6.5, §6.5.2",
	curl: "52 (Empty reply from server)",
	accept: [],
	reject: ["Node", "curl"],
	fixes: [cloudflareHttp2Off, updateHttp2Server, nginxHttp2Off, apacheHttp1Only, haproxyHttp1Only],
} as const satisfies FindingEntry;

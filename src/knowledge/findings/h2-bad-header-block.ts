import type { FindingEntry } from "./finding.ts";
import { apacheHttp1Only, cloudflareHttp2Off, nginxHttp2Off, updateHttp2Server } from "./fixes.ts";

export const h2BadHeaderBlock = {
	shownBy: "bytes",
	level: "fault",
	outcome: "ends",
	certainty: "high",
	cause: "http2-to-origin",
	say: "The header block cannot be decompressed (HPACK), so the whole connection is lost.",
	fix: "Update the HTTP/2 server. Until then turn off HTTP/2 to Origin.",
	why: "The compressed headers cannot be decoded. Cloudflare may retry over HTTP/1.1, which hides it. If that fails, visitors get a 520.",
	rfc: "RFC 9113 §4.3; RFC 7541 §2.3.3",
	curl: "52 (Empty reply from server)",
	accept: [],
	reject: ["Pingora", "undici", "Go", "curl"],
	fixes: [
		cloudflareHttp2Off,
		updateHttp2Server,
		nginxHttp2Off,
		apacheHttp1Only,
		{
			where: "any",
			do: "Look for a middlebox that mixes several HTTP/2 connections: header compression belongs to one connection.",
		},
	],
} as const satisfies FindingEntry;

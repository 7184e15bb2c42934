import type { FindingEntry } from "./finding.ts";
import { apacheHttp1Only, cloudflareHttp2Off, nginxHttp2Off, readErrorLog, updateHttp2Server } from "./fixes.ts";

export const h2Goaway = {
	shownBy: "bytes",
	level: "fault",
	outcome: "ends",
	certainty: "high",
	cause: "http2-to-origin",
	say: "The server closed the connection (GOAWAY) without a response to this request.",
	fix: "The error name shows where to search: ENHANCE_YOUR_CALM is a limit of the server, PROTOCOL_ERROR and INTERNAL_ERROR are in its error log.",
	why: "The origin closed the whole HTTP/2 connection. Before the headers visitors get a 520, after them a page that is cut off. Over HTTP/1.1 the same origin may work.",
	rfc: "RFC 9113 §6.8, §5.4.1",
	curl: "16 (Error in the HTTP2 framing layer)",
	accept: [],
	reject: ["Pingora", "undici", "Go", "curl"],
	fixes: [cloudflareHttp2Off, readErrorLog, updateHttp2Server, nginxHttp2Off, apacheHttp1Only],
} as const satisfies FindingEntry;

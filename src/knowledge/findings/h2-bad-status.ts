import type { FindingEntry } from "./finding.ts";
import { cloudflareHttp2Off, updateHttp2Server } from "./fixes.ts";

export const h2BadStatus = {
	shownBy: "bytes",
	level: "fault",
	outcome: "ends",
	certainty: "high",
	cause: "http2-to-origin",
	say: "The status (:status) is not a three-digit number from 100 up.",
	fix: "Send a three-digit status.",
	why: "The status is not a three-digit number from 100 up. Cloudflare may retry over HTTP/1.1. If that fails, visitors get a 520.",
	rfc: "RFC 9113 §8.3.2; RFC 9110 §15",
	curl: "92 (HTTP/2 stream 1 was not closed cleanly: PROTOCOL_ERROR (err 1))",
	accept: ["Go"],
	reject: ["Pingora", "undici", "curl"],
	fixes: [
		{ where: "any", do: "Send a status from 100 to 599, as three digits. Look for a status variable that is 0 or unset." },
		{ where: "any", do: "Do not send 101: it does not exist in HTTP/2." },
		cloudflareHttp2Off,
		updateHttp2Server,
	],
} as const satisfies FindingEntry;

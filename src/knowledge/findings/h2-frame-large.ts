import type { FindingEntry } from "./finding.ts";
import { cloudflareHttp2Off, updateHttp2Server } from "./fixes.ts";

export const h2FrameLarge = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "high",
	cause: null,
	say: "A frame exceeds the 16,384 bytes that a server may send without permission.",
	fix: "Keep frames within SETTINGS_MAX_FRAME_SIZE.",
	why: "The frame exceeds 16,384 bytes, the most a server may send unless the other side allows more. Cloudflare allows 64 KB. Other clients may close the connection.",
	rfc: "RFC 9113 §4.2, §6.5.2",
	curl: "28 (Operation timed out after N milliseconds with 0 bytes received)",
	accept: ["Pingora", "Go", "curl"],
	reject: ["undici"],
	fixes: [
		updateHttp2Server,
		{
			where: "any",
			do: "In your own server, keep frames within the SETTINGS_MAX_FRAME_SIZE that the client sent, or 16,384 bytes if it sent none.",
		},
		cloudflareHttp2Off,
	],
} as const satisfies FindingEntry;

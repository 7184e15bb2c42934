import type { FindingEntry } from "./finding.ts";
import { cloudflareHttp2Off, updateHttp2Server } from "./fixes.ts";

export const h2FrameLarge = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "high",
	cause: null,
	say: "A frame is larger than the 16,384 bytes that a peer may send unasked.",
	fix: "Keep frames to SETTINGS_MAX_FRAME_SIZE.",
	why: "The frame is larger than 16,384 bytes, the most a server may send unless the other side allows more. Cloudflare allows 64 KB; other clients may break off.",
	rfc: "RFC 9113 §4.2, §6.5.2",
	curl: "28 (Operation timed out after N milliseconds with 0 bytes received)",
	accept: ["Pingora", "Go", "curl"],
	reject: ["undici"],
	fixes: [
		updateHttp2Server,
		{
			where: "any",
			do: "In your own server keep frames within the SETTINGS_MAX_FRAME_SIZE that the client sent, 16,384 bytes if it sent none.",
		},
		cloudflareHttp2Off,
	],
} as const satisfies FindingEntry;

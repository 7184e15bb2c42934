import type { FindingEntry } from "./finding.ts";
import { nginxNoAddedLength, phpDropLength, phpNoLengthWithCompression, serverCountsLength } from "./fixes.ts";

export const contentLengthDiffers = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "framing-conflict",
	say: "There are two Content-Length headers with different values.",
	fix: "Set it once, after compression and other filters.",
	why: "Cloudflare cannot parse the response, so visitors get a 520. The two Content-Length headers leave the end of the response unclear, which is a security risk.",
	rfc: "RFC 9112 §6.3 item 5",
	curl: "18 (transfer closed with 4 bytes remaining to read)",
	accept: ["Python", "Apache", "Varnish"],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "nginx", "HAProxy"],
	fixes: [
		serverCountsLength,
		nginxNoAddedLength,
		phpDropLength,
		phpNoLengthWithCompression,
		{
			where: "any",
			do: "Look for a proxy, plugin or CDN module that changes the content after the size was set, for example by compressing it.",
		},
	],
} as const satisfies FindingEntry;

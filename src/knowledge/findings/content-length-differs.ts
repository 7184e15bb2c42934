import type { FindingEntry } from "./finding.ts";
import { nginxNoAddedLength, phpDropLength, phpNoLengthWithCompression, serverCountsLength } from "./fixes.ts";

export const contentLengthDiffers = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "framing-conflict",
	say: "Content-Length stands twice with different values.",
	fix: "Set it once, after compression and other filters.",
	why: "Cloudflare cannot read the answer, so visitors get a 520. Two Content-Length lines name different sizes. It is not clear where the answer ends, and that is a security risk.",
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
			do: "Look for a proxy, plug-in or CDN module that changes the content after the size was set, for example by compressing it.",
		},
	],
} as const satisfies FindingEntry;

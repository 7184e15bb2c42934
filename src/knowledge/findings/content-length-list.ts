import type { FindingEntry } from "./finding.ts";
import { nginxNoAddedLength, phpDropLength, serverCountsLength } from "./fixes.ts";

export const contentLengthList = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "medium",
	cause: "framing-conflict",
	say: "Content-Length is a list of one number.",
	fix: "A proxy has joined two headers. Set Content-Length once.",
	why: "Cloudflare's open-source parser rejects `33, 33` as a length. Some proxies turn two identical lines into such a list.",
	rfc: "RFC 9110 §8.6; RFC 9112 §6.3 item 5",
	curl: "0 (accepts it)",
	accept: ["workerd", "curl", "Python", "nginx", "HAProxy"],
	reject: ["Pingora", "Node", "undici", "Go", "Apache", "Varnish"],
	fixes: [
		serverCountsLength,
		nginxNoAddedLength,
		phpDropLength,
		{ where: "any", do: "Look for a proxy that joins two Content-Length lines into one, and fix the server behind it." },
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";
import { nginxNoAddedLength, phpDropLength, serverCountsLength } from "./fixes.ts";

export const contentLengthRepeated = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "medium",
	cause: "framing-conflict",
	say: "There are two Content-Length headers with the same value.",
	fix: "Set it once: either the application or the server in front, not both.",
	why: "Cloudflare's open-source parser rejects a second Content-Length, even with the same value. curl and most proxies accept it, so it works in every test but not behind Cloudflare.",
	rfc: "RFC 9110 §8.6; RFC 9112 §6.3 item 5",
	curl: "0 (accepts it)",
	accept: ["workerd", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
	reject: ["Pingora", "Node", "undici"],
	fixes: [
		serverCountsLength,
		nginxNoAddedLength,
		phpDropLength,
		{ where: "Apache", do: "Remove `Header add Content-Length` or `Header always set Content-Length` from the configuration." },
	],
} as const satisfies FindingEntry;

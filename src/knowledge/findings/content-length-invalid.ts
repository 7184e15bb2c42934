import type { FindingEntry } from "./finding.ts";
import { phpDropLength, serverCountsLength } from "./fixes.ts";

export const contentLengthInvalid = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "framing-conflict",
	say: "Content-Length is not a whole number.",
	fix: "Send digits only.",
	why: "Cloudflare cannot parse the response, so visitors get a 520. Content-Length is not a whole number. curl ignores some of these and nginx nearly all.",
	rfc: "RFC 9110 §8.6; RFC 9112 §6.3 item 5",
	curl: "8 (Invalid Content-Length: value)",
	accept: ["nginx"],
	reject: ["Pingora", "workerd", "Node", "undici", "HAProxy", "Apache", "Varnish"],
	fixes: [
		serverCountsLength,
		{
			where: "any",
			do: "Send digits only, without unit, quotes, sign or decimals. Look for an empty variable, or a -1 for an unknown size.",
		},
		phpDropLength,
		{
			where: "Java",
			do: "Do not pass -1 as text for an unknown size; leave the length unset, or call `setContentLengthLong(size)`.",
		},
	],
} as const satisfies FindingEntry;

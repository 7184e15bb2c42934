import type { FindingEntry } from "./finding.ts";
import { apacheDropField, phpHeaderCall } from "./fixes.ts";

export const fieldNameTooLong = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "headers-too-large",
	say: "A header name is longer than 65,535 bytes.",
	fix: "Part of a page ended up in the headers. Find the code that writes it there.",
	why: "Cloudflare cannot parse the response, so visitors get a 520. Its parser cannot store a header name over 65,535 bytes.",
	rfc: null,
	curl: "0 (accepts it)",
	accept: ["curl"],
	reject: ["Pingora", "workerd", "Node", "undici", "Python"],
	fixes: [
		{ where: "any", do: "Find the code that puts data into the header name instead of the value." },
		phpHeaderCall,
		apacheDropField,
	],
} as const satisfies FindingEntry;

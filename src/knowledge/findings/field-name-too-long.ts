import type { FindingEntry } from "./finding.ts";
import { apacheDropField, phpHeaderCall } from "./fixes.ts";

export const fieldNameTooLong = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "headers-too-large",
	say: "A field's name is longer than 65,535 bytes.",
	fix: "Text of a page has got into the headers.",
	why: "Cloudflare cannot read the answer, so visitors get a 520. A header name over 65,535 bytes cannot be stored by its parser.",
	rfc: null,
	curl: "0 (takes it)",
	accept: ["curl"],
	reject: ["Pingora", "workerd", "Node", "undici", "Python"],
	fixes: [
		{ where: "any", do: "Find the code that puts data into the header name instead of the value." },
		phpHeaderCall,
		apacheDropField,
	],
} as const satisfies FindingEntry;

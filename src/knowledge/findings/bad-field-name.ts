import type { FindingEntry } from "./finding.ts";
import { apacheDropField, nodeSetHeader, phpHeaderCall } from "./fixes.ts";

export const badFieldName = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "medium",
	cause: "headers-malformed",
	say: "A header name contains a byte that is not allowed.",
	fix: "Use letters, digits and hyphens in header names; never text from users.",
	why: "Cloudflare's open-source parser rejects such a name, but curl accepts it. Visitors may get a 520 while your test works.",
	rfc: "RFC 9110 §5.1, §5.6.2",
	curl: "0 (accepts it)",
	accept: ["Go", "curl", "Python"],
	reject: ["Pingora", "workerd", "Node", "undici", "HAProxy", "Apache", "Varnish"],
	fixes: [
		{ where: "any", do: "Use letters, digits and hyphens in header names: no spaces, no brackets, no letters such as ä." },
		phpHeaderCall,
		{
			where: "PHP",
			do: "An error text among the headers looks like this too. Keep it out of the output.",
			command: "display_errors = Off",
		},
		apacheDropField,
		nodeSetHeader,
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";
import { phpHeaderCall } from "./fixes.ts";

export const missingColon = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "medium",
	cause: "headers-malformed",
	say: "A line in the header section has no colon.",
	fix: "Something prints into the headers (a warning, a second status line): remove it.",
	why: "Cloudflare's open-source parser rejects a header line without a colon. Visitors may get a 520.",
	rfc: "RFC 9112 §5",
	curl: "8 (Header without colon)",
	accept: ["Python"],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "HAProxy", "Varnish"],
	fixes: [
		{
			where: "any",
			do: "Find what prints text before the headers are complete, often an error message or a second status line.",
		},
		{ where: "PHP", do: "Keep error text out of the output and write it to the log.", command: "display_errors = Off" },
		phpHeaderCall,
		{ where: "any", do: "In a CGI script, print every header as `Name: value`, then one empty line." },
	],
} as const satisfies FindingEntry;

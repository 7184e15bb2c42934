import type { FindingEntry } from "./finding.ts";
import { nodeSetHeader, phpHeaderCall } from "./fixes.ts";

export const emptyFieldName = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "medium",
	cause: "headers-malformed",
	say: "A header line has no name.",
	fix: "Do not set headers with empty names.",
	why: "Cloudflare's open-source parser rejects a header line without a name. Visitors may get a 520.",
	rfc: "RFC 9110 §5.1; RFC 9112 §5",
	curl: "0 (accepts it)",
	accept: ["Go", "curl", "Python"],
	reject: ["Pingora", "workerd", "Node", "undici", "nginx", "HAProxy", "Apache", "Varnish"],
	fixes: [
		{ where: "any", do: "Find the code that sends a header whose name is an empty variable." },
		phpHeaderCall,
		nodeSetHeader,
	],
} as const satisfies FindingEntry;

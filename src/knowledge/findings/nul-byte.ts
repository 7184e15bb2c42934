import type { FindingEntry } from "./finding.ts";
import { apacheDropField, nodeSetHeader, phpHeaderCall } from "./fixes.ts";

export const nulByte = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "headers-malformed",
	say: "The header section contains a NUL byte.",
	fix: "Remove NUL bytes from header values.",
	why: "Cloudflare cannot parse the response, so visitors get a 520. The header section contains a NUL byte. Go and Python accept it.",
	rfc: "RFC 9110 §5.5",
	curl: "8 (Nul byte in header)",
	accept: ["Go", "Python", "HAProxy"],
	reject: ["Pingora", "workerd", "Node", "undici", "curl", "nginx", "Apache", "Varnish"],
	fixes: [
		{
			where: "any",
			do: "Remove NUL bytes from values before they become a header. Encode text that comes from users or files: percent-encode it in Location, or use `filename*=` in Content-Disposition.",
		},
		{ where: "any", do: "Look for a value read from a fixed-size or binary buffer, such as a file name or a cookie." },
		phpHeaderCall,
		nodeSetHeader,
		apacheDropField,
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";
import { apacheDropField, nodeSetHeader, phpHeaderCall } from "./fixes.ts";

export const nulByte = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "headers-malformed",
	say: "A NUL byte stands in the header section.",
	fix: "Take NUL bytes out of header values.",
	why: "Cloudflare cannot read the answer, so visitors get a 520. A NUL byte stands in the header section. Go and Python do not mind.",
	rfc: "RFC 9110 §5.5",
	curl: "8 (Nul byte in header)",
	accept: ["Go", "Python", "HAProxy"],
	reject: ["Pingora", "workerd", "Node", "undici", "curl", "nginx", "Apache", "Varnish"],
	fixes: [
		{
			where: "any",
			do: "Strip NUL bytes from values before they become a header. Encode text that comes from users or files, for example percent-encode it in Location or use `filename*=` in Content-Disposition.",
		},
		{ where: "any", do: "Look for a value read from a fixed-size or binary buffer, such as a file name or a cookie." },
		phpHeaderCall,
		nodeSetHeader,
		apacheDropField,
	],
} as const satisfies FindingEntry;

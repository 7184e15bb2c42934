import type { FindingEntry } from "./finding.ts";
import { apacheDropField, nodeSetHeader, phpHeaderCall } from "./fixes.ts";

export const controlInValue = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "medium",
	cause: "headers-malformed",
	say: "A header value contains a control character.",
	fix: "Encode user input before it goes into a header (cookies, redirects, file names).",
	why: "Cloudflare's open-source parser rejects control characters in a value. curl, nginx and HAProxy accept them. Visitors may get a 520.",
	rfc: "RFC 9110 §5.5",
	curl: "0 (accepts it)",
	accept: ["workerd", "Go", "curl", "Python", "nginx", "HAProxy"],
	reject: ["Pingora", "Node", "undici", "Apache", "Varnish"],
	fixes: [
		{
			where: "any",
			do: "Remove control characters from values before they become a header. Encode text that comes from users or files: percent-encode it in Location, or use `filename*=` in Content-Disposition.",
		},
		phpHeaderCall,
		nodeSetHeader,
		{
			where: "HAProxy",
			do: "If the header is not needed, remove it with `http-response del-header`. This works only when HAProxy itself can read the response.",
			command: "http-response del-header X-Example",
		},
		apacheDropField,
	],
} as const satisfies FindingEntry;

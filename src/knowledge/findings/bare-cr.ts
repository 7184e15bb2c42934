import type { FindingEntry } from "./finding.ts";
import { nginxHideField, nodeSetHeader } from "./fixes.ts";

export const bareCr = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "headers-malformed",
	say: "The header section contains a CR without an LF.",
	fix: "Remove line breaks from header values before you set them.",
	why: "Cloudflare cannot parse the response, so visitors get a 520. The header section contains a carriage return (CR) without a line feed (LF).",
	rfc: "RFC 9112 §2.2",
	curl: "0 (accepts it)",
	accept: ["Python"],
	reject: ["Pingora", "workerd", "Node", "undici", "nginx", "HAProxy", "Apache", "Varnish"],
	fixes: [
		{
			where: "any",
			do: "Remove CR and LF from values before they become a header. Encode text that comes from users or files: percent-encode it in Location, or use `filename*=` in Content-Disposition.",
		},
		{ where: "any", do: "End each header line with CRLF. A template saved with old Mac line breaks produces single CRs." },
		nodeSetHeader,
		nginxHideField,
	],
} as const satisfies FindingEntry;

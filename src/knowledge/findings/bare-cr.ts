import type { FindingEntry } from "./finding.ts";
import { nginxHideField, nodeSetHeader } from "./fixes.ts";

export const bareCr = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "headers-malformed",
	say: "A CR without LF stands in the header section.",
	fix: "Take line ends out of header values before setting them.",
	why: "Cloudflare cannot read the answer, so visitors get a 520. A carriage return stands alone in the header section.",
	rfc: "RFC 9112 §2.2",
	curl: "0 (takes it)",
	accept: ["Python"],
	reject: ["Pingora", "workerd", "Node", "undici", "nginx", "HAProxy", "Apache", "Varnish"],
	fixes: [
		{
			where: "any",
			do: "Strip CR and LF from values before they become a header. Encode text that comes from users or files, for example percent-encode it in Location or use `filename*=` in Content-Disposition.",
		},
		{ where: "any", do: "End each header line with CRLF. A template saved with old Mac line ends gives single CRs." },
		nodeSetHeader,
		nginxHideField,
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";
import { finishOpenRequests, readErrorLog } from "./fixes.ts";

export const incompleteHeaderSection = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "closed-mid-response",
	say: "The header section is not complete: it ends before its empty line.",
	fix: "The process died or was killed while it wrote the headers: look in its log at that second.",
	why: "Cloudflare cannot read the answer, so visitors get a 520. The connection ended before the empty line that ends the headers. curl and Python show it as a success.",
	rfc: "RFC 9112 §2.1, §8",
	curl: "0 (takes it)",
	accept: ["Python"],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "nginx", "HAProxy", "Apache", "Varnish"],
	fixes: [
		readErrorLog,
		{ where: "any", do: "In your own server or CGI script send an empty line (CRLF) after the last header." },
		{
			where: "PHP",
			do: "Look for a PHP-FPM worker that was killed: `request_terminate_timeout`, memory limit, segmentation fault in the log.",
		},
		finishOpenRequests,
	],
} as const satisfies FindingEntry;

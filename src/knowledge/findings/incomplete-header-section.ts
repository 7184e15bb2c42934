import type { FindingEntry } from "./finding.ts";
import { finishOpenRequests, readErrorLog } from "./fixes.ts";

export const incompleteHeaderSection = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "closed-mid-response",
	say: "The header section is incomplete: the connection closed before its empty line.",
	fix: "The process died or was killed while it wrote the headers: search its log at that second.",
	why: "Cloudflare cannot parse the response, so visitors get a 520. The connection closed before the empty line that ends the headers. curl and Python report success.",
	rfc: "RFC 9112 §2.1, §8",
	curl: "0 (accepts it)",
	accept: ["Python"],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "nginx", "HAProxy", "Apache", "Varnish"],
	fixes: [
		readErrorLog,
		{ where: "any", do: "In your own server or CGI script, send an empty line (CRLF) after the last header." },
		{
			where: "PHP",
			do: "Look for a killed PHP-FPM worker: `request_terminate_timeout`, memory limit, segmentation fault in the log.",
		},
		finishOpenRequests,
	],
} as const satisfies FindingEntry;

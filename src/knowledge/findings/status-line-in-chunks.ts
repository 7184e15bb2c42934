import type { FindingEntry } from "./finding.ts";
import { finishOpenRequests, nginxReadTimeout, readErrorLog } from "./fixes.ts";

export const statusLineInChunks = {
	shownBy: "bytes",
	level: "fault",
	outcome: "truncates",
	certainty: "high",
	cause: "closed-mid-response",
	say: "A second response begins where the next chunk should: the application failed in the middle of its response.",
	fix: "Search the application's log for an exception at that second.",
	why: "The application failed after it had sent its headers, and its server wrote an error page into the open response. Visitors get a page that is cut off.",
	rfc: "RFC 9112 §7.1",
	curl: "56 (Illegal or missing hexadecimal sequence in chunked-encoding)",
	accept: [],
	reject: ["Pingora", "workerd", "Node", "undici", "Apache"],
	fixes: [
		readErrorLog,
		{
			where: "any",
			do: "In your own application, catch errors while you stream, and close the connection instead of writing another response.",
		},
		nginxReadTimeout,
		finishOpenRequests,
	],
} as const satisfies FindingEntry;

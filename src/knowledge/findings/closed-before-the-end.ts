import type { FindingEntry } from "./finding.ts";
import { finishOpenRequests, nginxReadTimeout, readErrorLog } from "./fixes.ts";

export const closedBeforeTheEnd = {
	shownBy: "ending",
	level: "fault",
	cause: "closed-mid-response",
	say: "The connection closed before the response was complete.",
	fix: "Look for a killed or timed-out worker at that second.",
	why: "The connection closed before the response was complete. Before the end of the headers visitors get a 520, after it a page that is cut off.",
	rfc: "RFC 9112 §8; RFC 9113 §5.4.3",
	curl: "18 (HTTP/2 stream 1 was not closed cleanly before end of the underlying stream)",
	accept: [],
	reject: ["Pingora", "undici", "Go", "curl"],
	fixes: [readErrorLog, nginxReadTimeout, finishOpenRequests],
} as const satisfies FindingEntry;

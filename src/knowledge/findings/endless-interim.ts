import type { FindingEntry } from "./finding.ts";
import { readErrorLog } from "./fixes.ts";

export const endlessInterim = {
	shownBy: "bytes",
	level: "fault",
	// Pingora reads any number of interim responses (client.rs:744-751, 198-215), and so does h2: what ends it is the time limit. How long
	// Cloudflare's own build reads on is not published.
	outcome: "stalls",
	certainty: "medium",
	cause: "upgrade-or-1xx",
	say: "Interim (1xx) responses arrive without end: more than 64, or more than 64 KB, and no final response.",
	fix: "Turn off early hints (103) as a test, and find the loop that sends them.",
	why: "Cloudflare waits for the final response. While only interim responses arrive, visitors wait until a time limit and get a 524 or a 520.",
	rfc: "RFC 9110 §15.2",
	curl: null,
	accept: [],
	reject: [],
	fixes: [
		{ where: "any", do: "Send each hint once, then the final response." },
		{ where: "Node", do: "Call `res.writeEarlyHints()` once for each request, not in a timer or a loop." },
		{ where: "any", do: "Turn off Early Hints (103) at the origin until it is fixed." },
		readErrorLog,
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";
import { readErrorLog } from "./fixes.ts";

export const endlessChunks = {
	shownBy: "bytes",
	level: "fault",
	// Pingora limits one size line (body.rs:36) and neither the number of chunks nor their extensions together: it passes them on as they
	// come. Only the end of the connection, or a time limit, ends the page.
	outcome: "stalls",
	certainty: "medium",
	cause: "framing-conflict",
	say: "Tiny chunks arrive without end: more than 50,000 of under 8 bytes, or 128 KB of chunk extensions.",
	fix: "Find the loop that flushes every byte, and buffer its output.",
	why: "The response never ends. Visitors see a page that loads until something gives up, and then a broken page.",
	rfc: "RFC 9112 §7.1",
	curl: null,
	accept: [],
	reject: [],
	fixes: [
		{ where: "any", do: "Write larger pieces: flush once for each block of the page, not for each byte." },
		{ where: "any", do: "Remove chunk extensions." },
		{ where: "PHP", do: "Turn on output buffering.", command: "output_buffering = 4096" },
		readErrorLog,
	],
} as const satisfies FindingEntry;

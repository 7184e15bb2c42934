import type { FindingEntry } from "./finding.ts";

export const encodingMatters = {
	shownBy: "look",
	level: "fault",
	cause: null,
	confidence: null,
	say: "With Accept-Encoding, which Cloudflare always sends, the response is broken. Without it, it is fine.",
	fix: "Let one layer compress, and count Content-Length after that.",
	why: "With Accept-Encoding, which Cloudflare always sends, the response is broken. Without it, it is fine. curl without --compressed shows nothing wrong.",
	rfc: "RFC 9110 §12.5.3",
	curl: "0 without --compressed",
	accept: [],
	reject: [],
	fixes: [
		{ where: "any", do: "Let one layer compress: turn off compression in the application or in the server." },
		{ where: "PHP", do: "Turn off its own compression.", command: "zlib.output_compression = Off" },
		{ where: "nginx", do: "Turn it off as a test.", command: "gzip off;" },
		{ where: "any", do: "Do not set Content-Length before compressing." },
	],
} as const satisfies FindingEntry;

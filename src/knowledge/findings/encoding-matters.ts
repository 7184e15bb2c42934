import type { FindingEntry } from "./finding.ts";

export const encodingMatters = {
	shownBy: "look",
	level: "fault",
	cause: null,
	confidence: null,
	say: "With Accept-Encoding, as Cloudflare always sends it, the answer is broken; without it, it is well.",
	fix: "Let one layer compress, and count Content-Length after that.",
	why: "With Accept-Encoding, as Cloudflare always sends it, the answer is broken; without it, it is fine. curl without --compressed sees nothing.",
	rfc: "RFC 9110 §12.5.3",
	curl: "0 without --compressed",
	accept: [],
	reject: [],
	fixes: [
		{ where: "any", do: "Let one layer compress: switch compression off in the application or in the server." },
		{ where: "PHP", do: "Switch its own compression off.", command: "zlib.output_compression = Off" },
		{ where: "nginx", do: "Switch it off as a test.", command: "gzip off;" },
		{ where: "any", do: "Do not set Content-Length before compressing." },
	],
} as const satisfies FindingEntry;

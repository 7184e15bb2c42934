import type { FindingEntry } from "./finding.ts";

export const http2Worse = {
	shownBy: "look",
	level: "fault",
	cause: "http2-to-origin",
	confidence: "likely",
	say: "HTTP/1.1 works, HTTP/2 does not.",
	fix: "Turn off HTTP/2 to Origin at Cloudflare, or fix the origin's HTTP/2.",
	why: "HTTP/1.1 to the origin works, HTTP/2 does not. Cloudflare uses HTTP/2 when the origin offers it and HTTP/2 to Origin is on.",
	rfc: "RFC 9113",
	curl: "16, 52, 55 or 92 with --http2; 0 with --http1.1",
	accept: [],
	reject: [],
	fixes: [
		{ where: "Cloudflare", do: "Turn off HTTP/2 to Origin: Speed > Settings > Protocol Optimization." },
		{ where: "nginx", do: "Turn off HTTP/2.", command: "http2 off;" },
		{ where: "Apache", do: "Offer HTTP/1.1 only.", command: "Protocols http/1.1" },
		{ where: "any", do: "Update the server, and read its error log for the reason." },
	],
} as const satisfies FindingEntry;

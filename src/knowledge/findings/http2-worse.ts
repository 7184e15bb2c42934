import type { FindingEntry } from "./finding.ts";

export const http2Worse = {
	shownBy: "look",
	level: "fault",
	cause: "http2-to-origin",
	confidence: "likely",
	say: "Over HTTP/1.1 the answer is well, over HTTP/2 it is not.",
	fix: "Switch HTTP/2 to Origin off at Cloudflare, or mend the origin's HTTP/2.",
	why: "Over HTTP/1.1 the origin answers well, over HTTP/2 it does not. Cloudflare uses HTTP/2 when the origin offers it and HTTP/2 to Origin is on.",
	rfc: "RFC 9113",
	curl: "16, 52, 55 or 92 with --http2; 0 with --http1.1",
	accept: [],
	reject: [],
	fixes: [
		{ where: "Cloudflare", do: "Switch HTTP/2 to Origin off: Speed > Settings > Protocol Optimization." },
		{ where: "nginx", do: "Switch HTTP/2 off.", command: "http2 off;" },
		{ where: "Apache", do: "Offer HTTP/1.1 only.", command: "Protocols http/1.1" },
		{ where: "any", do: "Update the server; look in its error log for the reason." },
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";
import { cloudflareHttp2Off, nginxHttp2Off, nginxReadTimeout, readErrorLog } from "./fixes.ts";

export const h2StreamReset = {
	shownBy: "bytes",
	level: "fault",
	outcome: "ends",
	certainty: "high",
	cause: "http2-to-origin",
	say: "The server canceled this response (RST_STREAM) before it was complete.",
	fix: "The application behind the HTTP/2 server failed or was stopped. Read its log at that second.",
	why: "The origin canceled this response. Before the headers visitors get a 520, after them a page that is cut off. REFUSED_STREAM is retried.",
	rfc: "RFC 9113 §6.4, §5.4.2",
	curl: "92 (HTTP/2 stream 1 was not closed cleanly: INTERNAL_ERROR (err 2))",
	accept: [],
	reject: ["Pingora", "Go", "curl"],
	fixes: [
		cloudflareHttp2Off,
		readErrorLog,
		{
			where: "any",
			do: "If the code is CANCEL or INTERNAL_ERROR, look for a crashed worker or a failed backend of your proxy.",
		},
		nginxReadTimeout,
		nginxHttp2Off,
	],
} as const satisfies FindingEntry;

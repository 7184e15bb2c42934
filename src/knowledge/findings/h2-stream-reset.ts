import type { FindingEntry } from "./finding.ts";
import { cloudflareHttp2Off, nginxHttp2Off, nginxReadTimeout, readErrorLog } from "./fixes.ts";

export const h2StreamReset = {
	shownBy: "bytes",
	level: "fault",
	outcome: "ends",
	certainty: "high",
	cause: "http2-to-origin",
	say: "The server gave up this one response (RST_STREAM) before it was complete.",
	fix: "The application behind the HTTP/2 server failed or was cut off: its log at that second tells.",
	why: "The origin dropped this request. Before the headers visitors get a 520, later a cut page. REFUSED_STREAM is retried.",
	rfc: "RFC 9113 §6.4, §5.4.2",
	curl: "92 (HTTP/2 stream 1 was not closed cleanly: INTERNAL_ERROR (err 2))",
	accept: [],
	reject: ["Pingora", "Go", "curl"],
	fixes: [
		cloudflareHttp2Off,
		readErrorLog,
		{
			where: "any",
			do: "If the code is CANCEL or INTERNAL_ERROR, look for a worker that crashed or a backend of your proxy that failed.",
		},
		nginxReadTimeout,
		nginxHttp2Off,
	],
} as const satisfies FindingEntry;

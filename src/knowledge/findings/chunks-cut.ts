import type { FindingEntry } from "./finding.ts";
import { nginxReadTimeout, phpNoHandmadeChunks, readErrorLog } from "./fixes.ts";

export const chunksCut = {
	shownBy: "bytes",
	level: "fault",
	outcome: "truncates",
	certainty: "high",
	cause: "closed-mid-response",
	say: "The last chunk is missing.",
	fix: "A worker died or timed out while sending: search its log at that second.",
	why: "The last chunk is missing. Visitors get a page that is cut off, and the browser says ERR_INCOMPLETE_CHUNKED_ENCODING.",
	rfc: "RFC 9112 §7.1, §8",
	curl: "18 (transfer closed with outstanding read data remaining)",
	accept: [],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "nginx", "HAProxy", "Apache", "Varnish"],
	fixes: [
		readErrorLog,
		{
			where: "PHP",
			do: "Look for a fatal error, a time limit or a memory limit in the middle of the page: `max_execution_time`, `memory_limit`, `request_terminate_timeout`.",
		},
		nginxReadTimeout,
		{
			where: "Node",
			do: "Call `res.end()` on every path, also after an error in a stream. `stream.pipeline()` closes both ends.",
		},
		phpNoHandmadeChunks,
	],
} as const satisfies FindingEntry;

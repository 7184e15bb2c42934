import type { FindingEntry } from "./finding.ts";
import { serverWritesResponse } from "./fixes.ts";

export const leadingEmptyLines = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "high",
	cause: null,
	say: "There are empty lines before the status line. They are skipped.",
	fix: "Something prints before the headers: find the output that precedes the response.",
	why: "Cloudflare skips empty lines before the status line. curl, Go and Python reject the response, so tests with them fail.",
	rfc: "RFC 9112 §2.1",
	curl: "1 (Received HTTP/0.9 when not allowed)",
	accept: ["Pingora", "workerd", "Node", "undici", "HAProxy", "Apache", "Varnish"],
	reject: ["Go", "curl", "Python"],
	fixes: [
		{ where: "any", do: "Remove output before the status line." },
		{
			where: "any",
			do: "In your own server, send exactly the declared number of bytes on a kept-alive connection: leftover line breaks appear before the next response.",
		},
		serverWritesResponse,
	],
} as const satisfies FindingEntry;

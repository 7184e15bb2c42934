import type { FindingEntry } from "./finding.ts";
import { serverWritesResponse } from "./fixes.ts";

export const leadingEmptyLines = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "high",
	cause: null,
	say: "Empty lines stand before the status line; they are skipped.",
	fix: "Something prints before the headers: look for output ahead of the response.",
	why: "Cloudflare skips empty lines before the status line. curl, Go and Python refuse the answer, so tests with them fail.",
	rfc: "RFC 9112 §2.1",
	curl: "1 (Received HTTP/0.9 when not allowed)",
	accept: ["Pingora", "workerd", "Node", "undici", "HAProxy", "Apache", "Varnish"],
	reject: ["Go", "curl", "Python"],
	fixes: [
		{ where: "any", do: "Remove output before the status line." },
		{
			where: "any",
			do: "In your own server send exactly the declared number of bytes on a kept connection: left-over line ends show up before the next answer.",
		},
		serverWritesResponse,
	],
} as const satisfies FindingEntry;

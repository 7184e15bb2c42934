import type { FindingEntry } from "./finding.ts";
import { serverWritesResponse } from "./fixes.ts";

export const wrongVersion = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "protocol-mismatch",
	say: "The version is not exactly HTTP/1.0 or HTTP/1.1.",
	fix: "Respond with HTTP/1.1 on a connection that did not negotiate HTTP/2.",
	why: "Cloudflare cannot parse the response, so visitors get a 520. Only HTTP/1.0 and HTTP/1.1 are valid in a status line. nginx and Apache may pass others on, so it can work in a test.",
	rfc: "RFC 9112 §2.3",
	curl: "0 (accepts it)",
	accept: [],
	reject: ["Pingora", "workerd"],
	fixes: [
		{ where: "any", do: "Write exactly `HTTP/1.1` in the status line, in capitals." },
		{
			where: "PHP",
			do: "Correct the call that sets the status: use `http_response_code()` instead of `header('HTTP/2 200 OK')`.",
			command: "http_response_code(200);",
		},
		serverWritesResponse,
	],
} as const satisfies FindingEntry;

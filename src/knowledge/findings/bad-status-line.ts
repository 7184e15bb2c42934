import type { FindingEntry } from "./finding.ts";
import { serverWritesResponse } from "./fixes.ts";

export const badStatusLine = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "headers-malformed",
	say: "The version is not followed by exactly one space.",
	fix: "Write the status line as HTTP/1.1 200 OK.",
	why: "Cloudflare cannot parse the response, so visitors get a 520. Exactly one space must follow the version.",
	rfc: "RFC 9112 §4",
	curl: "1 (Unsupported HTTP version in response)",
	accept: ["Python", "Apache"],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "curl"],
	fixes: [
		{ where: "any", do: "Write `HTTP/1.1`, one space, three digits, one space, then the reason." },
		{ where: "PHP", do: "Set the status with `http_response_code()`.", command: "http_response_code(404);" },
		serverWritesResponse,
	],
} as const satisfies FindingEntry;

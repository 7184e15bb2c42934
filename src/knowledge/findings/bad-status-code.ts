import type { FindingEntry } from "./finding.ts";
import { serverWritesResponse } from "./fixes.ts";

export const badStatusCode = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "headers-malformed",
	say: "The status is not three digits.",
	fix: "Send a three-digit status. In CGI, set it with the Status header.",
	why: "Cloudflare cannot parse the response, so visitors get a 520. The status is not three digits between single spaces. nginx, HAProxy and Apache accept most such lines.",
	rfc: "RFC 9112 §4",
	curl: "1 (Unsupported response code in HTTP response)",
	accept: ["Apache"],
	reject: ["Pingora", "workerd", "Node", "undici"],
	fixes: [
		{ where: "any", do: "Send exactly three digits. A sub-status such as 404.3 belongs in the log, not in the status line." },
		{ where: "PHP", do: "Set the status with `http_response_code()`, not with `header()`.", command: "http_response_code(404);" },
		serverWritesResponse,
	],
} as const satisfies FindingEntry;

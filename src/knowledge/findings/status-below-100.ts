import type { FindingEntry } from "./finding.ts";
import { readErrorLog } from "./fixes.ts";

export const statusBelow100 = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "headers-malformed",
	say: "The status code is below 100, which does not exist.",
	fix: "Send a status from 100 to 599.",
	why: "Cloudflare cannot parse the response, so visitors get a 520. A status code below 100 does not exist.",
	rfc: "RFC 9110 §15",
	curl: "1 (Unsupported response code in HTTP response)",
	accept: ["Node", "Go", "nginx", "HAProxy", "Apache"],
	reject: ["Pingora", "workerd", "undici", "curl", "Python", "Varnish"],
	fixes: [
		{ where: "any", do: "Send a status from 100 to 599. Look for a status variable that is 0 or unset." },
		{ where: "PHP", do: "Set the status with `http_response_code()` and a real number.", command: "http_response_code(500);" },
		readErrorLog,
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";

export const controlInReason = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "headers-malformed",
	say: "The reason phrase contains a control character.",
	fix: "Remove the reason phrase, or limit it to plain text.",
	why: "Cloudflare cannot parse the response, so visitors get a 520. The text after the status contains a control character. Most clients ignore it, so it seems to work.",
	rfc: "RFC 9112 §4",
	curl: "0 (accepts it)",
	accept: ["Go", "Python", "nginx"],
	reject: ["Pingora", "workerd", "Varnish"],
	fixes: [
		{ where: "any", do: "Use a fixed reason text, or none. Do not put an error message there." },
		{ where: "Java", do: "Do not put exception text into the status line. On old servers avoid `setStatus(code, message)`." },
		{ where: "Python", do: "Give the WSGI status as a constant such as `500 Internal Server Error`." },
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";

export const bytesAfterNoContent = {
	shownBy: "bytes",
	level: "note",
	outcome: "accepts",
	certainty: "high",
	cause: null,
	say: "Bytes follow a response that has no content. They are ignored.",
	fix: null,
	why: "A 204, a 304 or a response to HEAD has no content. Cloudflare ignores the bytes and opens a new connection next time.",
	rfc: "RFC 9112 §6.3 item 1; RFC 9110 §6.4.1",
	curl: "0 (accepts it)",
	accept: ["Pingora", "workerd", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache"],
	reject: ["Node"],
	fixes: [
		{ where: "any", do: "Send no content with 204 and 304, and none to a HEAD request." },
		{ where: "PHP", do: "Stop after the status.", command: "http_response_code(204); exit;" },
		{ where: "Node", do: "End without data.", command: "res.writeHead(204).end();" },
	],
} as const satisfies FindingEntry;

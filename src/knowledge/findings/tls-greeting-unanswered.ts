import type { FindingEntry } from "./finding.ts";

export const tlsGreetingUnanswered = {
	shownBy: "look",
	level: "fault",
	cause: null,
	confidence: null,
	say: "The port does not respond to a TLS greeting.",
	fix: "Check which program listens on the port, and whether it is stuck.",
	why: "The port accepts the connection and sends nothing, neither after a TLS greeting nor after a plain request. The program behind it is stuck, or speaks another protocol. Cloudflare shows 525 for that.",
	rfc: "RFC 8446 §2",
	curl: "28 (Operation timed out), with --max-time only",
	accept: [],
	reject: [],
	fixes: [
		{ where: "any", do: "Check what listens on the port.", command: "sudo ss -ltnp" },
		{ where: "any", do: "Check whether that program is stuck: CPU, memory, worker threads, its log." },
		{ where: "Cloudflare", do: "Compare the SSL/TLS mode and the Origin Rules with the port." },
	],
} as const satisfies FindingEntry;

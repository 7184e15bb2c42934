import type { FindingEntry } from "./finding.ts";

export const tlsOnPlainPort = {
	shownBy: "look",
	level: "fault",
	cause: "protocol-mismatch",
	confidence: "likely",
	say: "The port requires TLS, but the request was plain HTTP.",
	fix: "Set Cloudflare's SSL/TLS mode to Full (strict), or use the plain port.",
	why: "The request was plain HTTP, but the port requires TLS. Cloudflare does that in the mode Flexible, or when an Origin Rule sends the request to a TLS port.",
	rfc: "RFC 8446 §5.1",
	curl: "1 or 0 (a 400 page)",
	accept: [],
	reject: [],
	fixes: [
		{ where: "Cloudflare", do: "Set SSL/TLS to Full (strict), or remove the port from the Origin Rule." },
		{ where: "nginx", do: "Serve plain HTTP on a port without `ssl`.", command: "listen 80;" },
		{ where: "any", do: "Check which port the DNS record and the Origin Rules lead to." },
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";

export const certificateUntrusted = {
	shownBy: "look",
	level: "warn",
	cause: null,
	confidence: null,
	say: "The certificate is not signed by a public authority: Full accepts it, Full (strict) returns 526.",
	fix: "Use a certificate of Cloudflare's Origin CA or of a public authority, with its chain.",
	why: "No public authority signed the certificate, or the chain is incomplete. Full accepts it. Full (strict) rejects it with a 526, unless it is from Cloudflare's own Origin CA.",
	rfc: "RFC 5280 §6.1",
	curl: "60 (unable to get local issuer certificate, self-signed certificate)",
	accept: ["Cloudflare in the mode Full"],
	reject: ["Cloudflare in the mode Full (strict)"],
	fixes: [
		{ where: "Cloudflare", do: "Create an Origin CA certificate and install it: SSL/TLS > Origin Server." },
		{ where: "nginx", do: "Send the whole chain: `ssl_certificate` needs the certificate and the intermediates in one file." },
		{ where: "any", do: "Or get a certificate from a public authority." },
	],
} as const satisfies FindingEntry;

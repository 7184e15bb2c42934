import type { FindingEntry } from "./finding.ts";

export const certificateExpired = {
	shownBy: "look",
	level: "warn",
	cause: null,
	confidence: null,
	say: "The certificate is not valid now: Full accepts it, Full (strict) returns 526.",
	fix: "Renew it and reload the server.",
	why: "Full accepts any certificate. Full (strict) rejects this one, so visitors get a 526.",
	rfc: "RFC 5280 §4.1.2.5",
	curl: "60 (certificate has expired)",
	accept: ["Cloudflare in the mode Full"],
	reject: ["Cloudflare in the mode Full (strict)"],
	fixes: [
		{ where: "any", do: "Renew the certificate and reload the server." },
		{ where: "certbot", do: "Renew it, and find out why the timer did not.", command: "certbot renew" },
		{
			where: "Cloudflare",
			do: "An Origin CA certificate is valid for up to 15 years: SSL/TLS > Origin Server > Create Certificate.",
		},
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";

export const clientCertificateWanted = {
	shownBy: "look",
	level: "note",
	cause: "origin-pulls",
	confidence: "possible",
	say: "The origin requires a client certificate (Authenticated Origin Pulls) that only Cloudflare has, so a direct request shows nothing more.",
	fix: "Check that Authenticated Origin Pulls is on at Cloudflare and that the origin trusts the certificate that Cloudflare sends.",
	why: "The origin requires a client certificate (Authenticated Origin Pulls). Only Cloudflare has it, so a direct request shows nothing more. If Cloudflare sends none or another one, visitors get a 520, a 525 or a 400.",
	rfc: "RFC 8446 §4.3.2, §6.2",
	curl: "56 (TLS 1.3) or 35 (TLS 1.2), or a 400 page of nginx",
	accept: [],
	reject: [],
	fixes: [
		{ where: "Cloudflare", do: "Turn on Authenticated Origin Pulls for the zone or the hostname: SSL/TLS > Origin Server." },
		{
			where: "nginx",
			do: "Trust Cloudflare's authority, or your own if you uploaded a certificate.",
			command: "ssl_client_certificate /etc/nginx/authenticated_origin_pull_ca.pem;",
		},
		{
			where: "nginx",
			do: "To find out whether this is the cause, accept requests without a certificate for a minute.",
			command: "ssl_verify_client optional;",
		},
		{ where: "Apache", do: "The same for Apache.", command: "SSLVerifyClient optional" },
		{ where: "any", do: "Check that the uploaded certificate has not expired." },
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";

export const certificateWrongName = {
	shownBy: "look",
	level: "warn",
	cause: null,
	confidence: null,
	say: "The certificate is for other names: Full accepts it, Full (strict) returns 526.",
	fix: "Install one for this name, or check that the server has a site with this name at all.",
	why: "The certificate is for other names. Full accepts it. Full (strict) rejects it, and visitors get a 526. The request may also have reached another site on the same server.",
	rfc: "RFC 9525 §6.3",
	curl: "60 (no alternative certificate subject name matches)",
	accept: ["Cloudflare in the mode Full"],
	reject: ["Cloudflare in the mode Full (strict)"],
	fixes: [
		{ where: "any", do: "Install a certificate that has this name." },
		{
			where: "nginx",
			do: "Check that a server block for this name exists. Otherwise the first one responds.",
			command: "server_name shop.example;",
		},
		{ where: "Apache", do: "Check ServerName and ServerAlias of the virtual host.", command: "apachectl -S" },
		{ where: "Cloudflare", do: "Or create an Origin CA certificate for the name." },
	],
} as const satisfies FindingEntry;

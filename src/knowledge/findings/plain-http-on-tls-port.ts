import type { FindingEntry } from "./finding.ts";

export const plainHttpOnTlsPort = {
	shownBy: "look",
	level: "fault",
	cause: "protocol-mismatch",
	confidence: "likely",
	say: "The port answers in plain HTTP, and TLS was spoken to it.",
	fix: "Switch TLS on for that port, or set Cloudflare's SSL/TLS mode to what the origin speaks.",
	why: "Cloudflare starts TLS with this port in the modes Full and Full (strict), and the port answers in plain HTTP. Visitors get a 525, or a 520.",
	rfc: "RFC 8446 §5.1",
	curl: "35 (SSL connect error, wrong version number)",
	accept: [],
	reject: [],
	fixes: [
		{ where: "nginx", do: "Add `ssl` to the listen line and a certificate.", command: "listen 443 ssl;" },
		{ where: "Apache", do: "Switch TLS on in that virtual host.", command: "SSLEngine on" },
		{ where: "HAProxy", do: "Add `ssl crt` to the bind line.", command: "bind :443 ssl crt /etc/haproxy/site.pem" },
		{
			where: "Cloudflare",
			do: "For the time being SSL/TLS mode Flexible asks port 80; the way to the origin is not encrypted then.",
		},
	],
} as const satisfies FindingEntry;

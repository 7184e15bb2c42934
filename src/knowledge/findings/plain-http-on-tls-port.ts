import type { FindingEntry } from "./finding.ts";

export const plainHttpOnTlsPort = {
	shownBy: "look",
	level: "fault",
	cause: "protocol-mismatch",
	confidence: "likely",
	say: "The port responds in plain HTTP where TLS is expected.",
	fix: "Turn on TLS for that port, or match Cloudflare's SSL/TLS mode to the origin.",
	why: "In the modes Full and Full (strict), Cloudflare starts TLS with this port, and the port responds in plain HTTP. Visitors get a 525 or a 520.",
	rfc: "RFC 8446 §5.1",
	curl: "35 (SSL connect error, wrong version number)",
	accept: [],
	reject: [],
	fixes: [
		{ where: "nginx", do: "Add `ssl` to the listen line and a certificate.", command: "listen 443 ssl;" },
		{ where: "Apache", do: "Turn on TLS in that virtual host.", command: "SSLEngine on" },
		{ where: "HAProxy", do: "Add `ssl crt` to the bind line.", command: "bind :443 ssl crt /etc/haproxy/site.pem" },
		{
			where: "Cloudflare",
			do: "Until then, SSL/TLS mode Flexible uses port 80. The connection to the origin is not encrypted then.",
		},
	],
} as const satisfies FindingEntry;

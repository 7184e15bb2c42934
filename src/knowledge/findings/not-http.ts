import type { FindingEntry } from "./finding.ts";

export const notHttp = {
	shownBy: "bytes",
	level: "fault",
	outcome: "rejects",
	certainty: "high",
	cause: "protocol-mismatch",
	say: "The first bytes are not an HTTP/1 response.",
	fix: "Another service listens on that port, or a program prints before its status line.",
	why: "Cloudflare cannot parse the response, so visitors get a 520. The port speaks another protocol, or text was sent before the status line.",
	rfc: "RFC 9112 §2.1, §4",
	curl: "1 (Received HTTP/0.9 when not allowed)",
	accept: [],
	reject: ["Pingora", "workerd", "Go", "curl"],
	fixes: [
		{
			where: "any",
			do: "Check that the origin's IP address and port are the web server's, not those of SSH, mail, a database or PHP-FPM.",
		},
		{
			where: "any",
			do: "Check whether the port expects TLS while Cloudflare uses plain HTTP, or the other way round. Set the SSL/TLS mode to match.",
		},
		{
			where: "nginx",
			do: "PHP-FPM speaks FastCGI: use `fastcgi_pass`, not `proxy_pass`.",
			command: "fastcgi_pass unix:/run/php/php-fpm.sock;",
		},
		{ where: "any", do: "If a load balancer sends or expects the PROXY protocol, configure both ends the same way." },
		{
			where: "any",
			do: "A CGI script that runs by itself must write a status line. Behind a web server that writes it, check that the CGI handler is used.",
		},
	],
} as const satisfies FindingEntry;

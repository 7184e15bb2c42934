import type { FindingEntry } from "./finding.ts";

export const chunkedInHttp10 = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "medium",
	cause: null,
	say: "An HTTP/1.0 response contains Transfer-Encoding.",
	fix: "Respond with HTTP/1.1.",
	why: "Cloudflare's open-source parser reads the chunks. Cloudflare Workers reject the response.",
	rfc: "RFC 9112 §6.1",
	curl: "0 (accepts it)",
	accept: ["Pingora", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
	reject: ["workerd"],
	fixes: [
		{ where: "any", do: "Respond with HTTP/1.1, or remove Transfer-Encoding and close the connection at the end." },
		{ where: "nginx", do: "Use HTTP/1.1 to the backend with `proxy_http_version`.", command: "proxy_http_version 1.1;" },
		{ where: "Apache", do: "Remove `force-response-1.0` and `downgrade-1.0` from the configuration." },
	],
} as const satisfies FindingEntry;

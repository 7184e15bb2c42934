import type { FindingEntry } from "./finding.ts";

export const foldedLine = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "medium",
	cause: null,
	say: "A header continues on the next line.",
	fix: "Write each header on one line.",
	why: "Cloudflare accepts it, but nginx, Node and Cloudflare Workers reject it. Folding is outdated.",
	rfc: "RFC 9112 §5.2",
	curl: "0 (accepts it)",
	accept: ["Pingora", "Go", "curl", "Python", "HAProxy", "Apache", "Varnish"],
	reject: ["workerd", "Node", "undici", "nginx"],
	fixes: [
		{ where: "any", do: "Send the whole value on one line." },
		{
			where: "any",
			do: "Remove line breaks from long values such as Content-Security-Policy or Set-Cookie in templates and configuration.",
		},
		{ where: "Python", do: "`email` header classes fold long values. Do not use them for HTTP headers." },
	],
} as const satisfies FindingEntry;

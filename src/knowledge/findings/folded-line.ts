import type { FindingEntry } from "./finding.ts";

export const foldedLine = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "medium",
	cause: null,
	say: "A field goes on in the next line.",
	fix: "Write each field in one line.",
	why: "Cloudflare takes it, but nginx, Node and Cloudflare Workers refuse it. Folding is outdated.",
	rfc: "RFC 9112 §5.2",
	curl: "0 (takes it)",
	accept: ["Pingora", "Go", "curl", "Python", "HAProxy", "Apache", "Varnish"],
	reject: ["workerd", "Node", "undici", "nginx"],
	fixes: [
		{ where: "any", do: "Send the whole value on one line." },
		{
			where: "any",
			do: "Take line breaks out of long values such as Content-Security-Policy or Set-Cookie in templates and configuration.",
		},
		{ where: "Python", do: "`email` header classes fold long values; do not use them for HTTP headers." },
	],
} as const satisfies FindingEntry;

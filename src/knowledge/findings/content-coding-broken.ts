import type { FindingEntry } from "./finding.ts";

export const contentCodingBroken = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "medium",
	cause: null,
	say: "The content is not in the coding that Content-Encoding names: browsers show an error, Cloudflare may return a 502.",
	fix: "Let one layer compress, and remove Content-Encoding where the content is plain.",
	why: "The content does not match Content-Encoding. Cloudflare passes it on, or shows a 502 when it has to decode it. Browsers say ERR_CONTENT_DECODING_FAILED. This is not a 520.",
	rfc: "RFC 9110 §8.4, §8.4.1",
	curl: "0 (accepts it (curl decodes only when asked))",
	accept: ["Pingora", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
	reject: ["workerd"],
	fixes: [
		{ where: "any", do: "Compress in one place only. Remove Content-Encoding when the content is not compressed." },
		{ where: "PHP", do: "Turn off PHP compression when the web server compresses.", command: "zlib.output_compression = Off" },
		{
			where: "nginx",
			do: "Request plain content from the backend and let nginx or Cloudflare compress it.",
			command: 'proxy_set_header Accept-Encoding "";',
		},
		{ where: "Apache", do: "Turn off compression as a test.", command: "SetEnv no-gzip 1" },
		{ where: "any", do: "Remove output before or after the compressed data, such as a byte order mark or an error text." },
	],
} as const satisfies FindingEntry;

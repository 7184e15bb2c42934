import type { FindingEntry } from "./finding.ts";

export const bareLf = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "high",
	cause: null,
	say: "Lines end with an LF only.",
	fix: "End header lines with CRLF.",
	why: "Cloudflare accepts it. Node and undici reject it. A bare line feed inside a value can also be an injected header.",
	rfc: "RFC 9112 §2.2",
	curl: "0 (accepts it)",
	accept: ["Pingora", "workerd", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
	reject: ["Node", "undici"],
	fixes: [
		{ where: "any", do: "End each header line with CRLF, not LF." },
		{ where: "any", do: "Remove line breaks from header values." },
		{
			where: "nginx",
			do: "Check `add_header` values that span two lines in the configuration: nginx sends the line break as it is.",
		},
		{
			where: "Python",
			do: "Run behind gunicorn or uvicorn and set headers through the framework. `http.server` writes what it is given without checking it.",
		},
	],
} as const satisfies FindingEntry;

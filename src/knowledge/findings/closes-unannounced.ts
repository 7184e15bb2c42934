import type { FindingEntry } from "./finding.ts";

export const closesUnannounced = {
	shownBy: "look",
	level: "warn",
	cause: "idle-race",
	confidence: "possible",
	say: "The server closes connections right after a response, without announcing it.",
	fix: "Send Connection: close with every response, or keep idle connections open for more than 900 s.",
	why: "The response leaves the connection open, so Cloudflare keeps it for up to 900 s and reuses it. A request that it sends just as the server closes the connection is lost. Cloudflare repeats most of these; a POST or a large upload can become a 520.",
	rfc: "RFC 9112 §9.3, §9.6",
	curl: "0 (curl opens a new connection)",
	accept: [],
	reject: [],
	fixes: [
		{
			where: "uWSGI",
			do: "Use --http with keep-alive, or a web server in front, instead of --http-socket.",
			command: "--http :8000 --http-keepalive",
		},
		{ where: "any", do: "Send `Connection: close` if the server cannot keep connections open." },
		{ where: "Node", do: "Keep idle connections longer than Cloudflare does.", command: "server.keepAliveTimeout = 905_000" },
		{ where: "nginx", do: "Raise the idle time.", command: "keepalive_timeout 905s;" },
	],
} as const satisfies FindingEntry;

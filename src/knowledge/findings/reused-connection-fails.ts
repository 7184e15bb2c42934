import type { FindingEntry } from "./finding.ts";

export const reusedConnectionFails = {
	shownBy: "look",
	level: "fault",
	cause: "idle-race",
	confidence: "possible",
	say: "The first request works, the second one on the same connection does not. Cloudflare keeps connections open, so it usually sends second requests.",
	fix: "Keep idle connections longer than 900 s, or send Connection: close as a test.",
	why: "The first request on a connection works, the second one on the same connection does not. Cloudflare keeps connections for up to 900 s, so it usually sends second requests. A POST cannot be retried and becomes a 520.",
	rfc: "RFC 9112 §9.3.1",
	curl: "0 (curl tries again on a new connection)",
	accept: [],
	reject: [],
	fixes: [
		{ where: "Node", do: "Keep idle connections longer than Cloudflare does.", command: "server.keepAliveTimeout = 905_000" },
		{
			where: "Gunicorn",
			do: "Put nginx in front, or use the gthread worker with a long `--keep-alive`.",
			command: "--keep-alive 905",
		},
		{ where: "nginx", do: "Raise the idle time.", command: "keepalive_timeout 905s;" },
		{
			where: "Apache",
			do: "Its proxy closes the connection on purpose when the backend dies on a later request: fix the backend (AH01102 in the error log).",
			command: "KeepAliveTimeout 905",
		},
		{ where: "any", do: "As a test, send `Connection: close`." },
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";

export const singleFieldRepeated = {
	shownBy: "bytes",
	level: "warn",
	outcome: "accepts",
	certainty: "high",
	cause: null,
	say: "A header that may appear only once appears twice.",
	fix: "Set it in one place.",
	why: "Cloudflare accepts it. The browser decides which of the two values counts.",
	rfc: "RFC 9110 §5.3",
	curl: "0 (accepts it)",
	accept: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "HAProxy", "Apache", "Varnish"],
	reject: [],
	fixes: [
		{ where: "any", do: "Send the header once. Usually the application and the web server both add it." },
		{
			where: "nginx",
			do: "Hide the backend's copy if nginx adds its own: `proxy_hide_header` with the name.",
			command: "proxy_hide_header Content-Type;",
		},
		{
			where: "Apache",
			do: "Use `Header set`, which replaces, instead of `Header add`.",
			command: 'Header set X-Example "value"',
		},
		{
			where: "PHP",
			do: "Leave the second argument of `header()` at its default true, which replaces the header. `header('...', false)` adds one.",
		},
	],
} as const satisfies FindingEntry;

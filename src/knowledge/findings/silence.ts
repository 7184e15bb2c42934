import type { FindingEntry } from "./finding.ts";

export const silence = {
	shownBy: "ending",
	level: "fault",
	cause: null,
	say: "The origin sent nothing more before the timeout.",
	fix: "Find what the origin waits for: a database, a lock, another service.",
	why: "The origin kept the connection open and sent nothing more. Without complete headers Cloudflare shows a 524 after its limit. After them, the page is cut off.",
	rfc: null,
	curl: "28 (Operation timed out), with --max-time only",
	accept: [],
	reject: ["Pingora", "workerd", "Node", "undici", "Go", "curl", "Python", "nginx", "Apache", "Varnish"],
	fixes: [
		{ where: "any", do: "Find what the request waits for: a slow query, a lock, another service, a full worker pool." },
		{
			where: "PHP",
			do: "Check whether all PHP-FPM workers are busy, and raise `pm.max_children` if memory allows.",
			command: "pm.max_children = 50",
		},
		{ where: "any", do: "Move work over a minute to a background job and respond at once." },
		{ where: "any", do: "If the content is complete, send Content-Length or the last chunk, or close the connection." },
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";

export const ownError = {
	shownBy: "look",
	level: "fault",
	cause: "relabelled-5xx",
	confidence: "possible",
	say: "The origin returns its own server error.",
	fix: "Read the application's log at that second.",
	why: "The origin returns its own server error. Cloudflare passes 500 and 503 on and replaces 502 and 504 with its own page. A proxy on the way may have turned it into one of Cloudflare's codes.",
	rfc: "RFC 9110 §15.6",
	curl: "0 (accepts it)",
	accept: [],
	reject: [],
	fixes: [
		{ where: "any", do: "Read the application's log at that second." },
		{
			where: "nginx",
			do: '502 and 504 come from the upstream: search the error log for "upstream".',
			command: "tail -n 50 /var/log/nginx/error.log",
		},
		{ where: "PHP", do: '503 often means a full or stopped pool: search the PHP-FPM log for "max_children".' },
	],
} as const satisfies FindingEntry;

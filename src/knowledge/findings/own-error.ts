import type { FindingEntry } from "./finding.ts";

export const ownError = {
	shownBy: "look",
	level: "fault",
	cause: "relabelled-5xx",
	confidence: "possible",
	say: "The origin answers with a server error of its own.",
	fix: "Look in the application's log at that second.",
	why: "The origin answers with a server error of its own. Cloudflare passes 500 and 503 on, puts its own page over 502 and 504, and a proxy in between may have made one of Cloudflare's numbers of it.",
	rfc: "RFC 9110 §15.6",
	curl: "0 (takes it)",
	accept: [],
	reject: [],
	fixes: [
		{ where: "any", do: "Look in the application's log at that second." },
		{
			where: "nginx",
			do: '502 and 504 come from the upstream: see the error log for "upstream".',
			command: "tail -n 50 /var/log/nginx/error.log",
		},
		{ where: "PHP", do: '503 is often a full or stopped pool: see the PHP-FPM log for "max_children".' },
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";

export const stopsAtRoundSecond = {
	shownBy: "look",
	level: "fault",
	cause: "middle-timeout",
	confidence: "likely",
	say: "The failure came at a round number of seconds, as a time-out does.",
	fix: "Find what is set to that time, from the application outwards: worker time-out, proxy, load balancer.",
	why: "The failure came at a round number of seconds, as only a time-out does: something in the middle gave up and hung up. Cloudflare itself waits 125 s.",
	rfc: null,
	curl: "52 or 18, after that time",
	accept: [],
	reject: [],
	fixes: [
		{ where: "Gunicorn", do: "Raise the worker time-out, or make the request shorter.", command: "--timeout 120" },
		{
			where: "PHP",
			do: "`request_terminate_timeout` kills the worker in mid-answer.",
			command: "request_terminate_timeout = 120s",
		},
		{ where: "HAProxy", do: "`timeout server` ends the answer.", command: "timeout server 120s" },
		{ where: "AWS", do: "The idle timeout of an Application Load Balancer is 60 s by default." },
		{ where: "any", do: "Find what is set to that number of seconds, from the application outwards." },
	],
} as const satisfies FindingEntry;

import type { FindingEntry } from "./finding.ts";

export const stopsAtRoundSecond = {
	shownBy: "look",
	level: "fault",
	cause: "middle-timeout",
	confidence: "likely",
	say: "The failure came after a round number of seconds, which suggests a timeout.",
	fix: "Find the timeout set to that number of seconds: worker, proxy or load balancer.",
	why: "The failure came after a round number of seconds, which suggests a timeout: a server on the way gave up and closed the connection. Cloudflare itself waits 125 s.",
	rfc: null,
	curl: "52 or 18, after that time",
	accept: [],
	reject: [],
	fixes: [
		{ where: "Gunicorn", do: "Raise the worker timeout, or make the request shorter.", command: "--timeout 120" },
		{
			where: "PHP",
			do: "`request_terminate_timeout` kills the worker in the middle of a response.",
			command: "request_terminate_timeout = 120s",
		},
		{ where: "HAProxy", do: "`timeout server` ends the response.", command: "timeout server 120s" },
		{ where: "AWS", do: "The idle timeout of an Application Load Balancer is 60 s by default." },
		{ where: "any", do: "Find the timeout set to that number of seconds, from the application outward." },
	],
} as const satisfies FindingEntry;

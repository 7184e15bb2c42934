import type { FindingEntry } from "./finding.ts";

export const someRequestsFail = {
	shownBy: "look",
	level: "fault",
	cause: null,
	confidence: null,
	say: "Some requests fail and others work.",
	fix: "Look for what differs from one request to the next: workers, backends, a limit.",
	why: "The same page failed for some of my requests and worked for others. No variant of the request explains it, so it depends on which worker, backend or moment a request meets.",
	rfc: null,
	curl: "differs from one request to the next",
	accept: [],
	reject: [],
	fixes: [
		{ where: "any", do: "Read the error log for the seconds of the failed requests, and compare it with the others." },
		{ where: "any", do: "Behind a load balancer, request each backend by itself: one of them may be broken." },
		{ where: "any", do: "Check whether workers crash, restart or run out." },
		{ where: "any", do: "Check for a rate or connection limit at the origin." },
	],
} as const satisfies FindingEntry;

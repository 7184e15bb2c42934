import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const middleTimeout = {
	family: "load-or-time",
	articleCause: 1,
	title: "Worker or proxy timeout",
	what: "A worker, proxy or load balancer gives up before Cloudflare's 125 s.",
	fixes: [
		"Find the timeout set to that number of seconds.",
		"Make the request faster, or move the work to the background.",
		"Keep each inner timeout shorter than the outer one.",
	],
	source: E520,
	prior: {
		base: 2,
		why: "a hop with its own limit closes with zero bytes (gunicorn sync <= 21, measured; haproxy) instead of the edge's 524",
	},
	given: {
		"edge-pattern": {
			values: { "some-urls": ALWAYS, random: RARE, all: RARE },
			why: "only the slow handler; all where a backend that everything needs is stuck",
		},
		"direct-origin": {
			values: { slow: USUAL, "closed-empty": SOME, ok: RARE },
			why: "a direct request is slow, or cut off by the same hop; past that hop it works",
		},
		variants: {
			values: { "amount-of-work": USUAL, "request-bytes": RARE, "response-size": RARE, same: USUAL },
			why: "a larger job takes longer",
		},
		"time-to-failure": {
			values: { "round-number": ALWAYS, seconds: USUAL, "two-minutes": RARE },
			why: 'always a wait: the hop\'s limit, constant; without counting people say only "seconds"',
		},
		"origin-log": {
			values: { "client-closed-499": USUAL, "complete-200": SOME, crash: SOME },
			why: "the hop gave up first, or a worker timeout line (gunicorn-timeout)",
		},
		"who-is-hit": {
			values: { everyone: USUAL, "signed-in": RARE, "under-load": RARE },
			why: "the handler is slow for everyone who may use it",
		},
		"what-changed": { values: { nothing: USUAL, deploy: SOME }, why: "data grows without a change" },
		"host-health": { values: { normal: USUAL, saturated: SOME }, why: "it waits for others" },
		"waits-for": {
			values: { "third-party": USUAL, "own-backend": USUAL, nothing: RARE },
			why: "something else is slow, and a limit ends the wait",
		},
		"other-codes": {
			values: { timeouts: USUAL, none: SOME, "origin-5xx": SOME },
			why: "the same wait meets other limits on the way: a 504 or a 524",
		},
	},
} as const satisfies Cause;

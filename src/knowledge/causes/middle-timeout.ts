import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const middleTimeout = {
	articleCause: 1,
	title: "Something in the middle gives up after its own time-out",
	what: "A worker, proxy or load balancer cuts the request at a round number of seconds, before Cloudflare's 125 s.",
	fixes: [
		"Find what is set to that number of seconds, from the application outwards.",
		"Make the request faster, or move the work to the background.",
		"Raise the time-outs so that the inner one is shorter than the outer one.",
	],
	source: E520,
	prior: {
		base: 2,
		cases: 3,
		why: "a hop with its own limit closes with zero bytes (gunicorn sync <= 21, measured; haproxy) instead of the edge's 524",
	},
	given: {
		"edge-pattern": { values: { "some-urls": ALWAYS, random: RARE }, why: "only the slow handler" },
		"direct-origin": {
			values: { slow: USUAL, "closed-empty": SOME },
			why: "repeating it directly is slow, or cut by the same hop",
		},
		variants: { values: { "request-size": USUAL, same: USUAL }, why: "a larger job takes longer" },
		"time-to-failure": {
			values: { "round-number": ALWAYS, seconds: USUAL, "two-minutes": RARE },
			why: 'always a wait: the hop\'s limit, constant; one who did not count says only "seconds"',
		},
		"origin-log": {
			values: { "client-closed-499": USUAL, "complete-200": SOME, crash: SOME },
			why: "the hop left first, or a worker time-out line (gunicorn-timeout)",
		},
		"who-is-hit": { values: { everyone: USUAL, "under-load": RARE }, why: "the handler is slow for all" },
		"what-changed": { values: { nothing: USUAL, deploy: SOME }, why: "data grows without a change" },
		"host-health": { values: { normal: USUAL, saturated: SOME }, why: "it waits for others" },
	},
} as const satisfies Cause;

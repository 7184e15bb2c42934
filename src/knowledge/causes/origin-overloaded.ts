import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const originOverloaded = {
	family: "load-or-time",
	articleCause: null,
	title: "Overloaded origin server",
	what: "Workers, connections, memory or CPU are exhausted.",
	fixes: [
		"Check load and workers at that time.",
		"Find the slow requests: a job, a query, a crawler.",
		"Raise workers only if memory allows; cache or limit the rest.",
	],
	source: E520,
	prior: {
		base: 2,
		why: "dropped or timed out before the headers counts as 520 (Error 520 page, Cloudflare's documentation)",
	},
	given: {
		"edge-pattern": {
			values: { bursts: ALWAYS, random: SOME, "not-reproduced": SOME, "some-urls": RARE, all: RARE },
			why: "everything fails together while busy, heavy pages first; my few requests come when it is idle",
		},
		"direct-origin": { values: { slow: USUAL, ok: SOME, "closed-empty": RARE, reset: RARE }, why: "queue or full backlog" },
		variants: { values: { same: ALWAYS, "amount-of-work": SOME }, why: "any request suffers, the heavy ones first" },
		"time-to-failure": {
			values: { seconds: ALWAYS, "round-number": RARE, instant: RARE, "two-minutes": RARE },
			why: "it waits in the queue first",
		},
		"origin-log": {
			values: { nothing: SOME, "client-closed-499": SOME, "complete-200": SOME, crash: RARE },
			why: "late line, 499 or no line",
		},
		"who-is-hit": {
			values: { "under-load": ALWAYS, everyone: SOME, "own-rate": RARE },
			why: "load is the cause, and a single rapid caller can produce it",
		},
		"what-changed": { values: { nothing: USUAL, deploy: SOME }, why: "traffic or a job, rarely a deployment" },
		"host-health": { values: { saturated: ALWAYS, "restarted-or-oom": RARE }, why: "full is the same cause, seen on the host" },
		"other-codes": {
			values: { timeouts: USUAL, "origin-5xx": SOME, none: SOME },
			why: "a full server also hits time limits, or returns 503",
		},
		"waits-for": {
			values: { "own-backend": USUAL, nothing: SOME, "third-party": SOME },
			why: "workers are full because they wait",
		},
		"edge-saw": { values: { "no-status": ALWAYS }, why: "the connection is dropped before a status" },
	},
} as const satisfies Cause;

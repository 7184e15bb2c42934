import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const originOverloaded = {
	articleCause: null,
	title: "The origin is overloaded",
	what: "Workers, connections, memory or processor are full. Requests wait, are dropped or cut.",
	fixes: [
		"Look at load, memory, workers and connections at that time.",
		"Find the slow requests: a job, a query, a crawler.",
		"Raise workers only if memory allows; cache or limit the rest.",
	],
	source: E520,
	prior: {
		base: 2,
		cases: 4,
		why: "dropped or timed out before headers counts as 520 (Error 520 page, Cloudflare's documentation)",
	},
	given: {
		"edge-pattern": {
			values: { bursts: ALWAYS, random: SOME, "not-reproduced": SOME, all: RARE },
			why: "everything fails together while busy; our single look comes when it is idle",
		},
		"direct-origin": { values: { slow: USUAL, ok: SOME, "closed-empty": RARE, reset: RARE }, why: "queue or full backlog" },
		variants: { values: { same: ALWAYS }, why: "any request suffers" },
		"time-to-failure": {
			values: { seconds: ALWAYS, "round-number": RARE, instant: RARE, "two-minutes": RARE },
			why: "it waits in the queue first",
		},
		"origin-log": {
			values: { nothing: SOME, "client-closed-499": SOME, "complete-200": SOME, crash: RARE },
			why: "late line, 499 or no line",
		},
		"who-is-hit": { values: { "under-load": ALWAYS, everyone: SOME }, why: "load is the cause" },
		"what-changed": { values: { nothing: USUAL, deploy: SOME }, why: "traffic or a job, seldom a deployment" },
		"host-health": { values: { saturated: ALWAYS, "restarted-or-oom": RARE }, why: "full is the cause seen from the host" },
	},
} as const satisfies Cause;

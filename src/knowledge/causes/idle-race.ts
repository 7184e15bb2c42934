import { ALWAYS, SOME, USUAL } from "../levels.ts";
import { LIMITS } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const idleRace = {
	articleCause: null,
	title: "The origin closes idle connections that Cloudflare reuses",
	what: "Cloudflare keeps connections for up to 900 s. An origin that closes them after 5 or 60 s may close just when the next request comes; a POST cannot be sent twice.",
	fixes: [
		"Keep idle connections longer than 900 s at the origin and everything in front of it.",
		"As a test, answer with Connection: close.",
	],
	source: LIMITS,
	prior: {
		base: 1,
		cases: 0,
		why: "documented (Connection limits page: 900 s, 30 s) but a GET on a reused connection is retried (Cloudflare's open-source proxy)",
	},
	given: {
		"edge-pattern": {
			values: { random: USUAL, "after-idle": SOME },
			why: "a GET on a reused connection is retried, so it shows at random, mostly on POST (Cloudflare's open-source proxy)",
		},
		"direct-origin": { values: { ok: ALWAYS }, why: "a fresh connection is fine" },
		variants: { values: { same: USUAL, "method-agent-or-encoding": SOME }, why: "only requests that cannot be replayed" },
		"time-to-failure": { values: { instant: ALWAYS }, why: "the connection is already closed" },
		"origin-log": { values: { nothing: ALWAYS }, why: "the request meets a closed socket" },
		"what-changed": { values: { nothing: USUAL, deploy: SOME }, why: "two time-outs that never fitted" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
	},
} as const satisfies Cause;

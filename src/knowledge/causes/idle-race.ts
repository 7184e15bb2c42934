import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { LIMITS } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const idleRace = {
	family: "load-or-time",
	articleCause: null,
	title: "Idle connection closed too early",
	what: "The origin closes a kept-alive connection just as Cloudflare reuses it.",
	fixes: ["Raise every keep-alive timeout at the origin above 900 s.", "As a test, send Connection: close."],
	source: LIMITS,
	prior: {
		base: 1,
		why: "documented (Connection limits page: 900 s, 30 s) but a GET on a reused connection is retried (Cloudflare's open-source proxy)",
	},
	given: {
		"edge-pattern": {
			values: { random: USUAL, "after-idle": SOME, "some-urls": RARE },
			why: "a GET on a reused connection is retried, so it shows at random, usually on POST (Cloudflare's open-source proxy)",
		},
		"direct-origin": { values: { ok: ALWAYS }, why: "a new connection works" },
		variants: { values: { same: USUAL, method: SOME }, why: "only requests that cannot be replayed" },
		"time-to-failure": { values: { instant: ALWAYS }, why: "the connection is already closed" },
		"origin-log": { values: { nothing: ALWAYS }, why: "the request reaches a closed socket" },
		"what-changed": { values: { nothing: USUAL, deploy: SOME }, why: "two timeouts that never matched" },
		"host-health": { values: { normal: ALWAYS }, why: "nothing dies" },
		"edge-saw": { values: { "no-status": ALWAYS }, why: "the connection is closed when the request comes" },
		"who-is-hit": { values: { everyone: ALWAYS }, why: "anyone who gets the closed connection" },
	},
} as const satisfies Cause;

import { ALWAYS, RARE, SOME, USUAL } from "../levels.ts";
import { E520 } from "../sources.ts";
import type { Cause } from "./cause.ts";

export const coldStart = {
	family: "process",
	articleCause: null,
	title: "Application not ready yet",
	what: "Requests arrive while the container or worker is still starting.",
	fixes: ["Add a readiness check.", "Keep one instance warm.", "Start the new version before the old one ends."],
	source: E520,
	prior: { base: 1, why: "reported on platforms whose front end is up before the application (public cases)" },
	given: {
		"edge-pattern": {
			values: { "after-idle": USUAL, bursts: USUAL, all: RARE },
			why: "asleep until the first request, or a window after each rollout",
		},
		"direct-origin": {
			values: { ok: SOME, slow: SOME, refused: SOME, "server-error": RARE, "closed-empty": RARE },
			why: "it is up again by the time I check",
		},
		variants: { values: { same: ALWAYS }, why: "any request wakes it" },
		"time-to-failure": { values: { seconds: USUAL, instant: SOME, "round-number": SOME }, why: "starting takes time" },
		"origin-log": { values: { nothing: USUAL, crash: RARE }, why: "the application is not there yet" },
		"who-is-hit": { values: { everyone: ALWAYS }, why: "nobody is served" },
		"what-changed": { values: { deploy: ALWAYS, nothing: SOME }, why: "rollouts start processes; sleeping needs no change" },
		"host-health": { values: { "restarted-or-oom": USUAL, normal: SOME }, why: "a start is a restart" },
		"other-codes": {
			values: { none: SOME, "refused-or-tls": SOME, "origin-5xx": SOME },
			why: "the port is closed, or a front end responds, until it is up",
		},
	},
} as const satisfies Cause;

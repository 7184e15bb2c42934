import type { DeskContext } from "../../src/desk/context.ts";
import { type Desk, openDesk } from "../../src/desk/desk.ts";
import { noMetrics } from "../../src/desk/metrics.ts";
import { ranges } from "../../src/looks/addresses.ts";
import { openLimits } from "../../src/looks/limits.ts";
import { memoryStore } from "../../src/store/store.ts";
import type { Lab } from "./lab.ts";

/** A desk that may look at the laboratory and nothing else on loopback's side of the world. */
export function labDesk(lab: Lab, changes: Partial<DeskContext> = {}): Desk {
	let cases = 0;
	const store = memoryStore(changes.now ?? Date.now);
	return openDesk({
		now: Date.now,
		random: () => 0.5,
		later: (ms, work) => {
			const timer = setTimeout(work, ms);
			return () => clearTimeout(timer);
		},
		newCaseId: () => `case-${++cases}`,
		rules: {
			allow: ranges(["127.0.0.0/8"]),
			resolve: lab.resolve,
			resolver: async () => {
				throw Object.assign(new Error("no such name in the laboratory"), { code: "ENOTFOUND" });
			},
		},
		lookOptions: { ca: lab.certificates.ca, insecure: false, httpVersion: 1, userAgent: "cf520-test", limitMs: 5_000 },
		originLimitMs: 1_500,
		stores: store,
		limits: openLimits({ hostPerHour: 100_000, open: 10_000 }, store.taken, Date.now),
		withCaseId: (_caseId, work) => work(),
		metrics: noMetrics,
		hashed: (key) => `hash of ${key.length}`,
		log: () => {},
		sitesAtOnce: 16,
		progressEveryMs: 50,
		...changes,
	});
}

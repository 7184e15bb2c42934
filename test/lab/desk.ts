import type { DeskContext } from "../../src/desk/context.ts";
import { type Desk, openDesk } from "../../src/desk/desk.ts";
import { noMetrics } from "../../src/desk/metrics.ts";
import { ranges } from "../../src/looks/addresses.ts";
import { openLimits } from "../../src/looks/limits.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { realClock } from "../clock.ts";
import { slowStores } from "../store/slow.ts";
import type { Lab } from "./lab.ts";

/**
 * A desk that may look at the laboratory and nothing else on loopback's side of the world. Its stores are as slow as a database over a
 * network: what only a store that never waits keeps in order fails here.
 */
export function labDesk(lab: Lab, { stores: given, ...changes }: Partial<DeskContext> = {}): Desk {
	let cases = 0;
	const clock = { ...realClock, ...(changes.now === undefined ? {} : { now: changes.now }) };
	const stores = slowStores(given ?? memoryStores(clock));
	return openDesk({
		...realClock,
		random: () => 0.5,
		newCaseId: () => `case-${++cases}`,
		rules: {
			allow: ranges(["127.0.0.0/8"]),
			resolve: lab.resolve,
			resolver: async () => {
				throw Object.assign(new Error("no such name in the laboratory"), { code: "ENOTFOUND" });
			},
		},
		lookOptions: { ca: lab.certificates.ca, insecure: false, httpVersion: 1, userAgent: "cf520-test", limitMs: 5_000 },
		originLimitMs: 1_200,
		// Nothing listens there; the port 80 of the machine that runs the tests is no part of them.
		flexiblePort: lab.originPort("refuses"),
		stores,
		limits: openLimits(
			{ hostPerHour: 100_000, open: 10_000 },
			{
				counts: stores.requestCounts,
				now: Date.now,
				hashed: (text) => text,
				storeFailed: (error) => {
					if (stores.sweepMs !== null) throw error;
				},
			},
		),
		statusPage: null,
		globalping: null,
		withCaseId: (_caseId, work) => work(),
		metrics: noMetrics,
		hashed: (key) => `hash of ${key.length}`,
		log: () => {},
		sitesAtOnce: 16,
		progressEveryMs: 50,
		version: "0.0.0-test",
		...changes,
	});
}

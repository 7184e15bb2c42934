import { memoryCases } from "../../src/core/case.ts";
import { type Desk, type DeskWorld, openDesk } from "../../src/core/desk.ts";
import { openLimits } from "../../src/core/limits.ts";
import { ranges } from "../../src/core/looks/addresses.ts";
import { words } from "../../src/reply/index.ts";
import type { Lab } from "./lab.ts";

/** A desk that may look at the laboratory and nothing else on loopback's side of the world. */
export function labDesk(lab: Lab, changes: Partial<DeskWorld> = {}): Desk {
	let cases = 0;
	return openDesk({
		now: Date.now,
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
		words,
		cases: memoryCases(),
		limits: openLimits({ hostPerHour: 100_000, personPerFiveMinutes: 100_000, open: 10_000 }, Date.now),
		log: () => {},
		sitesAtOnce: 16,
		progressEveryMs: 50,
		...changes,
	});
}

import { type Case, newCase } from "../../src/judge/case.ts";
import type { Watch } from "../../src/judge/watch.ts";
import { sqliteStores } from "../../src/store/sqlite/sqlite.ts";
import { realClock } from "../clock.ts";

/** Fills a store, and tells what it costs: `kept.ts FILE CASES WATCHES` prints the bytes of memory before and after. */

const START = Date.now();
const one = (nth: number): Case => ({
	...newCase(
		{
			id: `c${nth}`,
			code: "520",
			url: `https://shop${nth % 500}.example/checkout/${nth}`,
			workspace: "slack T1",
			rays: Array.from({ length: 6 }, (_, ray) => (0x8a7d5e2fbcd1a1c3n + BigInt(nth * 10 + ray)).toString(16)),
			messageRef: JSON.stringify(["C1", `1.${nth}`]),
			threadKey: `slack C1 1.${nth}`,
			head: {
				mood: "bad",
				blocks: [{ kind: "say", text: [{ t: "plain", s: "fails with 520. Cloudflare itself made this answer. ".repeat(10) }] }],
			},
			room: "C1",
			isOpen: true,
		},
		START,
	),
	facts: ["edge-pattern", "time-to-failure", "origin-log"].map((key) => ({
		key: key as "origin-log",
		value: "nothing",
		by: "person" as const,
		who: "Ann",
		atMs: START,
	})),
});
const watched = (nth: number): Watch => ({
	id: `w${nth}`,
	url: `https://shop${nth % 500}.example/checkout/${nth}`,
	// As many as a workspace may have.
	workspace: `slack T${nth % 500}`,
	who: "Ann",
	asker: "slack U1",
	platform: "slack",
	resumeRef: JSON.stringify({ team: "T1", channel: "C1", user: "U1", threadTs: `1.${nth}`, responseUrl: null, alone: false }),
	messageRef: JSON.stringify(["C1", `1.${nth}`]),
	threadKey: `slack C1 1.${nth}`,
	isPrivate: false,
	room: "C1",
	isOpen: true,
	caseId: `c${nth}`,
	everyMs: 60_000,
	openedAtMs: START,
	untilMs: START + 86_400_000,
	nextAtMs: START + 3_600_000,
	state: "failing",
	sinceMs: START,
	looks: 60,
	failures: 30,
	recent: Array.from({ length: 60 }, (_, look) => ({
		atMs: START + look,
		outcome: "failing" as const,
		what: "520",
		colo: "DFW",
	})),
	kept: [],
	codes: ["520"],
	colos: ["DFW"],
	announced: 0,
	toAnnounce: [],
	ended: null,
	evidence: null,
});

const [file = "", cases = "0", watches = "0"] = process.argv.slice(2);
const stores = sqliteStores(file, realClock);
const NO_LIMIT = {
	host: Number.POSITIVE_INFINITY,
	hostInAll: Number.POSITIVE_INFINITY,
	workspace: Number.POSITIVE_INFINITY,
	all: Number.POSITIVE_INFINITY,
};
const memory = () => {
	globalThis.gc?.();
	return process.memoryUsage().rss;
};
// The first write costs more, once.
for (let nth = 0; nth < 100; nth += 1) await stores.cases.open(one(nth));
const before = memory();
for (let nth = 0; nth < Number(cases); nth += 1) await stores.cases.open(one(nth));
const withCases = memory();
for (let nth = 0; nth < Number(watches); nth += 1) await stores.watches.begin(watched(nth), NO_LIMIT);
const after = memory();
process.stdout.write(
	`${JSON.stringify({ perCase: (withCases - before) / Math.max(1, Number(cases)), perWatch: (after - withCases) / Math.max(1, Number(watches)) })}\n`,
);
await stores.close();

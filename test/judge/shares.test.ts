import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { fisher, wilson } from "../../src/judge/chance.ts";
import { type AccountFact, judgeRay, judgeShares } from "../../src/judge/shares.ts";
import { isEvidenceKey, isValue } from "../../src/knowledge/evidence.ts";
import type { FakeRequest } from "../fakes/cloudflare.ts";
import { countedShares } from "../fakes/counted-shares.ts";
import { type Fault, seeded, traffic } from "../fakes/traffic.ts";

const NOW = Date.UTC(2026, 10, 25, 10);
const HOUR_MS = 3_600_000;
const WINDOW = { fromMs: NOW - HOUR_MS, toMs: NOW };

/** Evidence as one line a key. */
const said = (evidence: readonly AccountFact[]) =>
	Object.fromEntries(evidence.map(({ key, value }) => [key, typeof value === "string" ? value : [...value]]));
const judged = (requests: readonly FakeRequest[], k = 1, window = WINDOW) =>
	judgeShares(countedShares(requests, window, k, seeded(3)));

/** A few of the requests fail: so many of each hundred. */
const of = (percent: number, fits: (one: FakeRequest, minute: number) => boolean): Fault => ({
	fails: (one, minute, random) => fits(one, minute) && random() < percent / 100,
});
const NONE = "none";

interface Row {
	readonly name: string;
	readonly fault: Fault;
	readonly perMinute?: number;
	readonly expected: Readonly<Record<string, string | readonly string[] | undefined>>;
}

const everywhere = { "colo-spread": "many", "edge-saw": "no-status", "other-codes": NONE };
const ROWS: readonly Row[] = [
	{
		name: "every request fails",
		fault: of(100, () => true),
		expected: { "edge-pattern": "all", "who-is-hit": "everyone", ...everywhere },
	},
	{
		name: "every request fails since 20 minutes ago: the quiet time before does not make it random",
		fault: of(100, (_, minute) => minute >= 40),
		expected: { "edge-pattern": "all", "who-is-hit": "everyone", ...everywhere },
	},
	{
		name: "one page fails",
		fault: of(60, ({ path }) => path === "/login"),
		expected: { "edge-pattern": "some-urls", "who-is-hit": undefined, ...everywhere },
	},
	{
		name: "one method fails on several pages",
		fault: of(70, ({ method }) => method === "POST"),
		expected: { "edge-pattern": "some-urls" },
	},
	{
		name: "one page fails in bursts: the first row decides",
		fault: of(95, ({ path }, minute) => path === "/login" && [10, 30, 50].includes(minute)),
		expected: { "edge-pattern": "some-urls" },
	},
	{
		name: "one country fails",
		fault: of(80, ({ country }) => country === "JP"),
		expected: { "edge-pattern": "some-visitors", "who-is-hit": "one-network-or-country" },
	},
	{
		name: "one network fails",
		fault: of(80, ({ asn }) => asn === 3322),
		expected: { "edge-pattern": "some-visitors", "who-is-hit": "one-network-or-country" },
	},
	{
		name: "one program fails",
		fault: of(80, ({ agent }) => agent.startsWith("okhttp")),
		expected: { "edge-pattern": undefined, "who-is-hit": "one-client" },
	},
	{
		name: "requests fail in bursts",
		fault: of(50, (_, minute) => [7, 8, 31, 52].includes(minute)),
		expected: { "edge-pattern": "bursts", "who-is-hit": undefined },
	},
	{
		name: "bursts in the first minutes of a steady hour are no load: every minute has the same",
		fault: of(50, (_, minute) => [2, 3, 9, 12].includes(minute)),
		expected: { "edge-pattern": "bursts", "who-is-hit": undefined },
	},
	{
		name: "one outage of five minutes is no bursts",
		fault: of(50, (_, minute) => minute >= 20 && minute < 25),
		expected: { "edge-pattern": undefined },
	},
	{
		name: "requests fail when it is busy",
		fault: { ...of(12, (_, minute) => minute % 5 === 0), load: (minute) => (minute % 5 === 0 ? 4 : 1) },
		expected: { "edge-pattern": undefined, "who-is-hit": "under-load" },
	},
	{
		name: "now and then anything fails",
		fault: of(8, () => true),
		expected: { "edge-pattern": "random", "who-is-hit": "everyone", ...everywhere },
	},
	{
		name: "fewer than one in a hundred: noise",
		fault: of(0.4, () => true),
		perMinute: 200,
		expected: { "edge-pattern": undefined, "who-is-hit": undefined },
	},
	{
		name: "one data center fails",
		fault: of(50, ({ colo }) => colo === "NRT"),
		expected: { "colo-spread": "one" },
	},
	{
		name: "the busiest data center has nearly half of all requests anyway",
		fault: of(50, ({ colo }) => colo === "FRA"),
		expected: { "colo-spread": "one" },
	},
	{
		name: "a success came and was rejected",
		fault: { ...of(50, ({ path }) => path === "/"), origin: (random) => (random() < 0.8 ? 200 : 0) },
		expected: { "edge-saw": "success" },
	},
	{
		name: "the origin's own error was relabeled",
		fault: { ...of(50, ({ path }) => path === "/"), origin: (random) => (random() < 0.8 ? 500 : 0) },
		expected: { "edge-saw": "error" },
	},
	{
		name: "half and half without a status is neither",
		fault: { ...of(50, ({ path }) => path === "/"), origin: (random) => (random() < 0.3 ? 200 : random() < 0.5 ? 500 : 0) },
		expected: { "edge-saw": undefined },
	},
	{
		name: "other codes beside it, and a 502 of Cloudflare's own is none of the origin's",
		fault: {
			...of(8, () => true),
			otherwise: (one, random) => {
				const draw = random();
				if (draw < 0.01) return { ...one, edge: 524, origin: 0 };
				if (draw < 0.02) return { ...one, edge: 503, origin: 503 };
				return draw < 0.03 ? { ...one, edge: 502, origin: 0 } : one;
			},
		},
		expected: { "other-codes": ["timeouts", "origin-5xx"] },
	},
	{ name: "nothing fails", fault: of(0, () => true), expected: { "edge-pattern": "not-reproduced", "edge-saw": undefined } },
];

describe("what numbers are evidence for", () => {
	for (const { name, fault, perMinute = 80, expected } of ROWS)
		it(name, () => {
			const requests = traffic(NOW, 60, perMinute, fault, 5);
			const found = said(judged(requests).evidence);
			for (const [key, value] of Object.entries(expected))
				assert.deepEqual(found[key], value, `${key} of ${JSON.stringify(found)}`);
		});
});

describe("bounds of the evidence", () => {
	const page = (n: number) => ({ perMinute: 20, fails: n });
	/** So many requests of a quiet hour fail, all on one page. */
	const failing = (n: number, more: Partial<FakeRequest> = {}): FakeRequest[] => {
		let left = n;
		return traffic(
			NOW,
			60,
			page(n).perMinute,
			of(0, () => true),
			9,
		).map((one) => {
			if (one.path !== "/login" || left === 0) return one;
			left -= 1;
			return { ...one, edge: 520, origin: 0, cache: "dynamic", ...more };
		});
	};

	it("nine fails on one page say nothing of it, ten do", () => {
		assert.deepEqual(
			[9, 10].map((n) => said(judged(failing(n)).evidence)["edge-pattern"]),
			[undefined, "some-urls"],
		);
		assert.deepEqual(
			[9, 10].map((n) => said(judged(failing(n)).evidence)["edge-saw"]),
			[undefined, "no-status"],
		);
	});

	it("a hundred fails of which ten rows were seen are ten; of which nine were seen, nine", () => {
		const requests = failing(100);
		const shares = countedShares(requests, WINDOW, 1, seeded(1));
		/** The same counts, of which one row in ten was seen. */
		const sampled = (n: number) => {
			const count = { estimate: 100, n, interval: 100 / n, lower: null, upper: null };
			const statuses = [{ of: { edge: 520, origin: 0, cache: null }, count }];
			return said(judgeShares({ ...shares, statuses, fails: count }).evidence)["edge-saw"];
		};
		assert.deepEqual([9, 40].map(sampled), [undefined, "no-status"]);
	});

	it("all of 34 is not all of the host, all of 35 is", () => {
		const few = (n: number) =>
			traffic(
				NOW,
				60,
				1,
				of(100, () => true),
				4,
			).slice(0, n);
		assert.deepEqual(
			[34, 35].map((n) => said(judged(few(n)).evidence)["edge-pattern"]),
			[undefined, "all"],
		);
	});

	it("a page that most visitors ask for anyway is not some pages", () => {
		const requests = traffic(
			NOW,
			60,
			40,
			of(0, () => true),
			9,
		).map((one, nth) =>
			nth % 3 === 0
				? { ...one, path: "/", method: "GET", edge: 520, origin: 0 }
				: nth % 4 === 0
					? one
					: { ...one, path: "/", method: "GET" },
		);
		assert.equal(said(judged(requests).evidence)["edge-pattern"], undefined);
	});

	it("pages that differ by an id alone are one page", () => {
		const requests = traffic(
			NOW,
			60,
			40,
			of(0, () => true),
			9,
		).map((one, nth) => (nth % 10 === 0 ? { ...one, path: `/orders/${10_000 + nth}?x=1`, edge: 520, origin: 0 } : one));
		const { evidence, numbers } = judged(requests);
		assert.equal(numbers.pages[0]?.of.path, "/orders/…");
		// More than thirty are not listed one by one.
		assert.ok(numbers.pages.length > 0 && evidence.length > 0);
	});

	it("a status from the cache is none of the origin's", () => {
		for (const cache of ["hit", "revalidated"])
			assert.equal(said(judged(failing(40, { cache })).evidence)["edge-saw"], undefined, cache);
	});

	it("where the plan has no origin status, edge-saw stays absent", () => {
		const shares = countedShares(failing(40), WINDOW, 1, seeded(1));
		const statuses = shares.statuses?.map(({ of: one, count }) => ({ of: { ...one, origin: null }, count })) ?? null;
		assert.equal(said(judgeShares({ ...shares, statuses }).evidence)["edge-saw"], undefined);
	});

	it("no other errors are said of whole data, 20 fails and one hour only", () => {
		assert.equal(said(judged(failing(19)).evidence)["other-codes"], undefined);
		assert.equal(said(judged(failing(20)).evidence)["other-codes"], "none");
		assert.equal(said(judged(failing(60), 2).evidence)["other-codes"], undefined);
		assert.equal(said(judged(failing(20), 1, { ...WINDOW, fromMs: NOW - 24 * HOUR_MS }).evidence)["other-codes"], undefined);
	});

	it("nothing failed is said of 100 whole rows only", () => {
		const quiet = (n: number, k: number) =>
			said(
				judged(
					traffic(
						NOW,
						60,
						20,
						of(0, () => true),
					).slice(0, n),
					k,
				).evidence,
			)["edge-pattern"];
		assert.deepEqual([quiet(99, 1), quiet(100, 1), quiet(1_000, 10)], [undefined, "not-reproduced", undefined]);
	});

	it("every key and value is one that the judge takes", () => {
		for (const { fault } of ROWS)
			for (const { key, value, n } of judged(traffic(NOW, 60, 40, fault)).evidence) {
				assert.ok(isEvidenceKey(key) && [value].flat().every((one) => isValue(key, one)), `${key} ${value}`);
				assert.ok(n > 0);
			}
	});

	it("whatever is missing, it answers", () => {
		const shares = countedShares(failing(40), WINDOW, 1, seeded(1));
		for (const key of ["statuses", "paths", "methods", "colos", "countries", "networks", "agents", "minutes"])
			assert.ok(judgeShares({ ...shares, [key]: null }).numbers.total.n > 0, key);
		const empty = { fails: [], all: [], failsCut: true, allCut: true };
		assert.ok(judgeShares({ ...shares, statuses: [], paths: empty, colos: empty, minutes: empty }).numbers.total.n > 0);
	});
});

describe("a request's own row", () => {
	const row = { atMs: NOW, host: "www.example.com", method: "GET", path: "/", edge: 520, origin: 0, cache: "dynamic" };
	const rows: readonly (readonly [what: string, more: Partial<typeof row> | { origin: null }, value: string | undefined])[] = [
		["no status", {}, "no-status"],
		["a 200", { origin: 200 }, "success"],
		["a 302", { origin: 302 }, "success"],
		["a 404", { origin: 404 }, "error"],
		["a 503", { origin: 503 }, "error"],
		["a status that there is not", { origin: 101 }, undefined],
		["none told", { origin: null }, undefined],
		["an answer from the cache", { cache: "hit" }, undefined],
		["a revalidated one", { cache: "revalidated" }, undefined],
		["another code", { edge: 522 }, undefined],
		["another host of the zone", { host: "shop.example.com" }, undefined],
	];
	for (const [what, more, value] of rows)
		it(`${what}: ${value ?? "nothing"}`, () => {
			const found = { kind: "row", row: { ...row, ...more }, events: [] } as const;
			assert.deepEqual(
				judgeRay(found, { host: "www.example.com", code: 520 }),
				value === undefined ? [] : [{ key: "edge-saw", value, n: 1, own: true }],
			);
		});
	it("that is not there says nothing", () =>
		assert.deepEqual(judgeRay({ kind: "none", interval: 1, events: [] }, { host: "www.example.com", code: 520 }), []));
});

describe("when and where, in numbers", () => {
	const ENDS: readonly (readonly [what: string, fault: Fault, startedAt: number | null, endedAt: number | null])[] = [
		["an outage that is over", of(60, (_, minute) => minute >= 5 && minute < 20), 5, 20],
		["one that had begun before", of(60, (_, minute) => minute < 20), null, 20],
		["one that goes on", of(60, (_, minute) => minute >= 20), 20, null],
		["one whose end is too fresh to tell", of(20, (_, minute) => minute >= 20 && minute < 59), 20, null],
		["now and then, from beginning to end", of(8, () => true), null, null],
		["seldom: the last one may be long ago by chance", of(0.5, () => true), null, null],
	];
	for (const [what, fault, startedAt, endedAt] of ENDS)
		it(`says when it ended: ${what}`, () => {
			const { numbers } = judged(traffic(NOW - 60_000, 59, 60, fault, 5));
			const begin = NOW - 60 * 60_000;
			const minuteOf = (ms: number | null) => (ms === null ? null : Math.round((ms - begin) / 60_000));
			const began = numbers.when?.kind === "since" ? numbers.when.atMs : null;
			assert.deepEqual([minuteOf(began), minuteOf(numbers.endedAtMs)], [startedAt, endedAt]);
		});

	it("is no evidence about a page of which none failed: where it has enough requests, and where few others share the fails", () => {
		const failing = (isIt: (path: string) => boolean) =>
			traffic(
				NOW - 60_000,
				59,
				60,
				of(60, ({ path }) => isIt(path)),
				5,
			);
		const requests = failing((path) => path === "/login");
		const shares = countedShares(requests, WINDOW, 1, seeded(3));
		for (const [path, expected, isEvidence] of [
			["/login", null, true],
			["/cart", "/cart", false],
			["/never-asked", "/never-asked", false],
		] as const) {
			const { numbers, evidence } = judgeShares(shares, path);
			assert.deepEqual([numbers.otherThan, evidence.length > 0], [expected, isEvidence], path);
		}
		const few = countedShares(
			requests.filter(({ path }, nth) => path !== "/cart" || nth % 40 === 0),
			WINDOW,
			1,
			seeded(3),
		);
		assert.deepEqual(judgeShares(few, "/cart").evidence, []);
		const many = countedShares(
			failing((path) => path !== "/cart"),
			WINDOW,
			1,
			seeded(3),
		);
		assert.deepEqual(judgeShares(many, "/cart").evidence, []);
		const { numbers, evidence } = judgeShares(many, "/never-asked");
		assert.ok(evidence.length > 0, "too few to tell");
		assert.equal(numbers.otherThan, null, "nothing says that this page works");
		assert.equal(
			judgeShares({ ...shares, paths: shares.paths && { ...shares.paths, failsCut: true } }, "/cart").numbers.otherThan,
			null,
		);
	});

	it("says of other codes only whether the origin sent them", () => {
		const requests = traffic(
			NOW - 60_000,
			59,
			60,
			of(60, ({ path }) => path === "/login"),
			5,
		);
		const as = (code: number, origin: number) => {
			const rows = requests.map((one) => (one.edge === 520 ? { ...one, edge: code, origin } : one));
			const counted = countedShares(
				rows.map((one) => (one.edge === code ? { ...one, edge: 520 } : one)),
				WINDOW,
				1,
				seeded(3),
			);
			const statuses = counted.statuses?.map(({ of: { edge, ...rest }, count }) => ({
				of: { ...rest, edge: edge === 520 ? code : edge },
				count,
			}));
			return judgeShares({ ...counted, code, statuses: statuses ?? null });
		};
		for (const [code, origin, expected] of [
			[522, 0, null],
			[524, 0, null],
			[502, 0, null],
			[500, 500, "own"],
			[520, 0, "no-status"],
		] as const) {
			const { numbers, evidence } = as(code, origin);
			assert.equal(numbers.saw?.value ?? null, expected, String(code));
			assert.equal(
				evidence.some(({ key }) => key === "edge-saw"),
				code === 520,
			);
		}
	});

	it("says since when it fails where the time before was quiet", () => {
		const { numbers } = judged(
			traffic(
				NOW,
				60,
				50,
				of(40, (_, minute) => minute >= 35),
			),
		);
		assert.deepEqual(numbers.when, { kind: "since", atMs: NOW - 25 * 60_000 });
		assert.equal(
			judged(
				traffic(
					NOW,
					60,
					50,
					of(5, () => true),
				),
			).numbers.when,
			null,
		);
	});

	it("counts bursts as runs of minutes", () => {
		const { numbers } = judged(
			traffic(
				NOW,
				60,
				50,
				of(60, (_, minute) => [7, 8, 31, 52].includes(minute)),
			),
		);
		assert.deepEqual(numbers.when, { kind: "bursts", runs: 3 });
	});
});

describe("statistics", () => {
	it("Wilson's interval of known shares", () => {
		const rounded = ({ lower, upper }: { lower: number; upper: number }) => [lower.toFixed(3), upper.toFixed(3)];
		assert.deepEqual(rounded(wilson(1, 35)), ["0.901", "1.000"]);
		assert.deepEqual(rounded(wilson(0.5, 10)), ["0.237", "0.763"]);
		assert.deepEqual(rounded(wilson(0.5, 0)), ["0.000", "1.000"]);
	});

	it("Fisher's test of known tables", () => {
		// Fisher's tea: four of four cups.
		assert.ok(Math.abs(fisher(4, 4, 4, 8) - 1 / 70) < 1e-9);
		assert.ok(Math.abs(fisher(3, 4, 4, 8) - 17 / 70) < 1e-9);
		assert.equal(fisher(0, 4, 4, 8), 1);
		assert.ok(fisher(400, 420, 8_100, 18_420) < 1e-50);
		assert.ok(Number.isFinite(fisher(1e8, 1e9, 1e9, 1e12)));
	});
});

/** Traffic of one of many kinds, of any strength. */
function anyTraffic(random: () => number): FakeRequest[] {
	const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
	const kinds: readonly ((one: FakeRequest, minute: number) => boolean)[] = [
		() => true,
		({ path }) => path === "/login",
		({ path }) => path === "/cart" || path === "/account",
		({ method }) => method === "POST",
		({ country }) => country === "JP",
		({ country }) => country === "DE",
		({ asn }) => asn === 3321,
		({ agent }) => agent.startsWith("okhttp"),
		({ colo }) => colo === "NRT",
		(_, minute) => [5, 6, 25, 47].includes(minute),
		(_, minute) => minute % 5 === 0,
		(_, minute) => minute >= 40,
	];
	const [kind, load] = [pick(kinds), random() < 0.3];
	const [inside, outside] = [0.1 + 0.9 * random(), random() < 0.5 ? 0 : 0.1 * random() ** 2];
	const saw = [random() ** 3, random()] as const;
	const others = random() < 0.3 ? 0.02 * random() : 0;
	return traffic(
		NOW,
		60,
		30 + Math.floor(random() * 90),
		{
			fails: (one, minute) => random() < (kind(one, minute) ? inside : outside),
			origin: () => (random() < saw[0] ? (random() < saw[1] ? 200 : 500) : 0),
			load: (minute) => (load && minute % 5 === 0 ? 3 : 1),
			otherwise: (one) => (random() < others ? { ...one, edge: 524, origin: 0 } : one),
		},
		Math.floor(random() * 1e9),
	);
}

describe("any traffic", () => {
	const RUNS = 1_000;

	it(`sampled by ten, other evidence than of all in fewer than 5 of 100 of ${RUNS} runs with 300 fails or more`, (t) => {
		const random = seeded(20261126);
		const changes = new Map<string, number>();
		let runs = 0;
		let changed = 0;
		while (runs < RUNS) {
			const requests = anyTraffic(random);
			if (requests.filter(({ edge }) => edge === 520).length < 300) continue;
			runs += 1;
			const whole = said(judgeShares(countedShares(requests, WINDOW, 1, random)).evidence);
			const sample = said(judgeShares(countedShares(requests, WINDOW, 10, random)).evidence);
			// A key that is absent for too few rows is no change, nor is a thing that a list lacks for that; another value is one.
			const other = Object.entries(sample).filter(([key, value]) => {
				const before = whole[key];
				return before !== undefined && ![value].flat().every((one) => [before].flat().includes(one));
			});
			for (const [key, value] of other)
				changes.set(`${key} ${whole[key]} to ${value}`, (changes.get(`${key} ${whole[key]} to ${value}`) ?? 0) + 1);
			if (other.length > 0) changed += 1;
		}
		assert.ok(changed < RUNS * 0.05, `${changed} of ${RUNS}: ${JSON.stringify([...changes])}`);
		t.diagnostic(`${changed} of ${RUNS} changed: ${JSON.stringify([...changes])}`);
	});

	it("numbers add up, and nothing is evidence under its minimum of rows", () => {
		const random = seeded(4);
		for (let run = 0; run < 300; run += 1) {
			const requests = anyTraffic(random).slice(0, Math.floor(2_000 * random() ** 4) + 5);
			const k = random() < 0.5 ? 1 : 10;
			const { evidence, numbers } = judgeShares(countedShares(requests, WINDOW, k, random));
			const { total, fails, rate, pages, where, who, colo, saw } = numbers;
			for (const { key, value, n } of evidence) {
				const min =
					value === "not-reproduced" ? 100 : key === "other-codes" ? 3 : value === "all" || value === "everyone" ? 5 : 10;
				assert.ok(n >= min, `${key} ${value} of ${n}`);
			}
			for (const one of [where, who, typeof colo === "string" ? null : colo])
				if (one !== null)
					assert.ok(one.share >= 0.9 && one.share <= 1 && one.ofAll >= 0 && one.ofAll <= 0.5, JSON.stringify(one));
			assert.ok(rate >= 0 && rate <= 1 && (saw === null || (saw.share >= 0.5 && saw.share <= 1)));
			if (k === 1) {
				assert.ok(fails.estimate <= total.estimate);
				assert.ok(pages.reduce((sum, page) => sum + page.fails.estimate, 0) <= fails.estimate);
				for (const page of pages) assert.ok(page.all === null || page.fails.estimate <= page.all.estimate);
			}
		}
	});
});

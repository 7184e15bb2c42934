import assert from "node:assert/strict";
import { test } from "node:test";
import { isMixed, judgePlaces, type OwnLook, type PlacesVerdict, placeAnswer } from "../../src/judge/places.ts";
import { readPlaces, WORLD } from "../../src/read/text/places.ts";
import { type Meets, NOW, toldOf } from "../told.ts";

const FAILS: OwnLook = { fails: true, onlyThisPage: false };
const ONE_PAGE: OwnLook = { fails: true, onlyThisPage: true };
const WORKS: OwnLook = { fails: false, onlyThisPage: false };

const judged = (first: readonly Meets[], again: readonly Meets[] | null, own: OwnLook | null, places: string): PlacesVerdict => {
	const asked = places === "world" ? WORLD : readPlaces(places, true);
	assert.ok(asked !== null);
	return judgePlaces(asked, toldOf(first), again === null ? null : toldOf(again), own, NOW);
};

const times = (n: number, one: Meets): Meets[] => Array.from({ length: n }, () => one);
const eight = (...failing: number[]): Meets[] => Array.from({ length: 8 }, (_, nth) => (failing.includes(nth) ? "520" : "200"));

interface Row {
	readonly what: string;
	readonly first: readonly Meets[];
	readonly again?: readonly Meets[];
	readonly own?: OwnLook | null;
	readonly places?: string;
	readonly conclusion: PlacesVerdict["conclusion"];
	readonly evidence: Readonly<Record<string, string>>;
}

/** What places told, and what it decides: each threshold with the case on either side. */
const ROWS: readonly Row[] = [
	{
		what: "all fail, as our own requests",
		first: times(8, "520"),
		own: FAILS,
		conclusion: { kind: "everywhere" },
		evidence: { "edge-pattern": "all", "who-is-hit": "everyone", "colo-spread": "many" },
	},
	{
		what: "all fail, and another page of the host works",
		first: times(8, "520"),
		own: ONE_PAGE,
		conclusion: { kind: "everywhere" },
		evidence: { "who-is-hit": "everyone", "colo-spread": "many" },
	},
	{
		what: "all fail, and our own requests could not connect",
		first: times(8, "520"),
		own: null,
		conclusion: { kind: "everywhere" },
		evidence: { "who-is-hit": "everyone", "colo-spread": "many" },
	},
	{
		what: "all fail, and our own requests work",
		first: times(8, "520"),
		own: WORKS,
		conclusion: { kind: "everywhere" },
		evidence: { "colo-spread": "many" },
	},
	{
		what: "four fail, all in one data center",
		first: times(4, "520@FRA"),
		own: FAILS,
		conclusion: { kind: "everywhere" },
		evidence: {},
	},
	{
		what: "four fail, the others are silent",
		first: [...times(4, "520"), ...times(4, "silent")],
		own: FAILS,
		conclusion: { kind: "everywhere" },
		evidence: { "edge-pattern": "all", "who-is-hit": "everyone", "colo-spread": "many" },
	},
	{
		what: "three fail, the others are silent",
		first: [...times(3, "520"), ...times(5, "silent")],
		own: FAILS,
		conclusion: { kind: "few" },
		evidence: {},
	},
	{
		what: "none fails",
		first: times(8, "200"),
		conclusion: { kind: "nowhere", hereOnly: false },
		evidence: { "edge-pattern": "not-reproduced" },
	},
	{
		what: "none fails, but our own requests do",
		first: times(8, "200"),
		own: FAILS,
		conclusion: { kind: "nowhere", hereOnly: true },
		evidence: {},
	},
	{
		what: "none fails, three tell",
		first: [...times(3, "200"), ...times(5, "silent")],
		conclusion: { kind: "few" },
		evidence: {},
	},
	{ what: "all from the cache", first: times(8, "cached"), conclusion: { kind: "few" }, evidence: {} },
	{ what: "some fail, not asked again", first: eight(0, 1), conclusion: { kind: "mixed" }, evidence: {} },
	{
		what: "the same ones of one data center fail again",
		first: ["520@FRA", "520@FRA", ...times(6, "200")],
		again: ["520@FRA", "520@FRA", ...times(6, "200")],
		conclusion: { kind: "steady", colo: "FRA" },
		evidence: { "edge-pattern": "some-visitors", "who-is-hit": "one-network-or-country", "colo-spread": "one" },
	},
	{
		what: "the same ones of two countries fail again",
		first: eight(0, 2, 4),
		again: eight(0, 2, 4),
		conclusion: { kind: "steady", colo: null },
		evidence: { "edge-pattern": "some-visitors" },
	},
	{
		what: "the same one fails again",
		first: eight(3),
		again: eight(3),
		conclusion: { kind: "steady", colo: null },
		evidence: { "edge-pattern": "some-visitors" },
	},
	{
		what: "seven fail again, one works",
		first: eight(0, 1, 2, 3, 4, 5, 6),
		again: eight(0, 1, 2, 3, 4, 5, 6),
		conclusion: { kind: "steady", colo: null },
		evidence: { "edge-pattern": "some-visitors" },
	},
	{
		what: "others fail the second time",
		first: eight(0, 1),
		again: eight(4, 5),
		conclusion: { kind: "chance", again: 2 },
		evidence: { "edge-pattern": "random" },
	},
	{
		what: "some of the same and others fail the second time",
		first: eight(0, 1),
		again: eight(1, 5),
		conclusion: { kind: "chance", again: 2 },
		evidence: { "edge-pattern": "random" },
	},
	{
		what: "none fails the second time",
		first: eight(0, 1),
		again: eight(),
		conclusion: { kind: "chance", again: 0 },
		evidence: { "edge-pattern": "random" },
	},
	{
		what: "the failing ones do not tell the second time",
		first: eight(0, 1),
		again: ["silent", "silent", ...times(6, "200")],
		conclusion: { kind: "mixed" },
		evidence: {},
	},
	{
		what: "three tell the second time",
		first: eight(0),
		again: ["520", "200", "200", ...times(5, "silent")],
		conclusion: { kind: "mixed" },
		evidence: {},
	},
	{
		what: "challenged in most",
		first: [...times(5, "challenge"), ...times(3, "520")],
		conclusion: { kind: "challenged" },
		evidence: {},
	},
	{
		what: "challenged in half",
		first: [...times(4, "challenge"), ...times(4, "520")],
		own: FAILS,
		conclusion: { kind: "everywhere" },
		evidence: { "edge-pattern": "all", "who-is-hit": "everyone", "colo-spread": "many" },
	},
	{ what: "rejected in most", first: [...times(6, "403"), "520", "200"], conclusion: { kind: "challenged" }, evidence: {} },
	{
		what: "elsewhere in most",
		first: [...times(5, "not-cloudflare"), ...times(3, "200")],
		conclusion: { kind: "few" },
		evidence: {},
	},
	{
		what: "three asked, one fails",
		first: ["520", "200", "200"],
		own: FAILS,
		places: "germany, us, japan",
		conclusion: { kind: "list", hereOnly: false },
		evidence: {},
	},
	...(
		[
			["all work", ["200", "301", "200"], FAILS, true],
			["all work, as our own requests do", ["200", "200", "200"], { fails: false, onlyThisPage: false }, false],
			["all work, nothing known of our own requests", ["200", "200", "200"], null, false],
			["one is silent", ["200", "silent", "200"], FAILS, false],
			["one is from the cache", ["200", "cached", "200"], FAILS, false],
		] as const
	).map(([what, first, own, hereOnly]) => ({
		what: `three asked, ${what}`,
		first,
		...(own === null ? {} : { own }),
		places: "germany, us, japan",
		conclusion: { kind: "list", hereOnly } as const,
		evidence: {},
	})),
	{
		what: "four asked, one silent",
		first: ["520", "200", "200", "silent"],
		places: "germany, us, japan, brazil",
		conclusion: { kind: "few" },
		evidence: {},
	},
	{ what: "nothing told", first: [], conclusion: { kind: "few" }, evidence: {} },
];
for (const { what, first, again, own, places, conclusion, evidence } of ROWS)
	test(`${what}: ${conclusion.kind}`, () => {
		const verdict = judged(first, again ?? null, own ?? null, places ?? "world");
		assert.deepEqual(verdict.conclusion, conclusion);
		assert.deepEqual(verdict.evidence, evidence);
		assert.equal(verdict.places.length, first.length);
	});

test("numbers add up, and only failures have Ray IDs", () => {
	const verdict = judged(["520", "520", "502", "200", "cached", "silent", "challenge", "not-cloudflare"], null, null, "world");
	assert.deepEqual([verdict.failing, verdict.fine, verdict.cached, verdict.code, verdict.rays.length], [3, 1, 1, null, 3]);
	assert.equal(judged(eight(0, 1), null, null, "world").code, 520);
});

test("asked again is what is mixed and enough, and nothing else", () => {
	assert.equal(isMixed(toldOf(eight(0)), NOW), true);
	for (const same of [
		times(8, "520"),
		times(8, "200"),
		["520", "200", "200"],
		[...times(4, "520"), ...times(4, "cached")],
	] as const)
		assert.equal(isMixed(toldOf(same), NOW), false);
});

/** What one place told, and how it counts. */
const ANSWERS: readonly (readonly [meets: Meets, kind: string, code: number | null])[] = [
	["520", "failing", 520],
	["520-plain", "failing", 520],
	["502", "failing", 502],
	["530-1016", "failing", 1016],
	["503-own", "failing", 503],
	["200", "fine", 200],
	["301", "fine", 301],
	["404", "fine", 404],
	["cached", "fine", 200],
	["challenge", "challenged", 403],
	["403", "refusing", 403],
	["429", "refusing", 429],
	["1020", "refusing", 1020],
	["not-cloudflare", "not-cloudflare", 200],
	["not-cloudflare-500", "not-cloudflare", 500],
	["silent", "silent", null],
	["closed", "silent", null],
	["offline", "silent", null],
	["unfinished", "silent", null],
];
for (const [meets, kind, code] of ANSWERS)
	test(`a place that meets ${meets} is ${kind}`, () => {
		const [told] = toldOf([meets]);
		assert.ok(told !== undefined);
		const answer = placeAnswer(told, NOW);
		assert.deepEqual([answer.kind, answer.code], [kind, code]);
		assert.equal(answer.colo, ["silent", "not-cloudflare"].includes(kind) ? null : "FRA");
	});

/** Places asked for, the countries and towns that came, and whose they are. The probes of told.ts: Frankfurt, Berlin, Dallas, New York, Tokyo, Sao Paulo, London, Sydney. */
const MATCHES: readonly (readonly [
	places: string,
	cities: readonly number[],
	of: readonly (string | null)[],
	dropped: string,
	unsure: string,
])[] = [
	["germany, us, japan", [0, 2, 4], ["germany", "us", "japan"], "", ""],
	["japan, germany", [0, 4], ["germany", "japan"], "", ""],
	["germany, norway", [0], ["germany"], "norway", ""],
	["germany, frankfurt", [0, 1], ["frankfurt", "germany"], "", ""],
	["germany, de-x", [0], ["germany"], "de-x", ""],
	["texas, new york, california", [2, 3], ["texas", "new york"], "california", ""],
	["europe, asia", [4, 6], ["asia", "europe"], "", ""],
	["São Paulo, tokyo", [4, 5], ["tokyo", "São Paulo"], "", ""],
	["deutsche telekom, verizon", [1, 3], ["deutsche telekom", "verizon"], "", ""],
	["as3320", [1], ["as3320"], "", ""],
	["germany+eyeball-network", [1], ["germany+eyeball-network"], "", ""],
	["bavaria, us", [1, 2], [null, "us"], "", "bavaria"],
	["bavaria, us", [2], ["us"], "bavaria", ""],
	["bavaria, norway, us", [1, 2], [null, "us"], "norway", "bavaria"],
	["western europe", [0], ["western europe"], "", ""],
];
for (const [places, cities, of, dropped, unsure] of MATCHES)
	test(`whose result is whose: ${places} in ${cities.join(", ")}`, () => {
		const asked = readPlaces(places, true);
		assert.ok(asked !== null);
		const all = toldOf(times(8, "200"));
		const told = cities.flatMap((nth) => all[nth] ?? []);
		const verdict = judgePlaces(asked, told, null, null, NOW);
		assert.deepEqual(
			verdict.places.map((one) => one.asked?.word ?? null),
			of,
		);
		assert.deepEqual(
			[verdict.dropped, verdict.unsure].map((list) => list.map(({ word }) => word).join(", ")),
			[dropped, unsure],
		);
	});

test("another probe than the first time is not compared", () => {
	const asked = WORLD;
	const first = toldOf(eight(0));
	const moved = toldOf(eight(0)).reverse();
	assert.deepEqual(judgePlaces(asked, first, moved, null, NOW).conclusion, { kind: "mixed" });
});

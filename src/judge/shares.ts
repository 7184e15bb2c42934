import { FROM_CACHE } from "../knowledge/analytics.ts";
import type { EvidenceKey, FineValueOf } from "../knowledge/evidence.ts";
import type { Count, Part, PathOf, RayFound, Shares, Split, StatusOf } from "../services/cloudflare/shares.ts";
import { both, either, fisher, type Held, not, reaches, wilson } from "./chance.ts";
import { CODES_WITHIN_MS } from "./other-codes.ts";
import type { ChangeBefore } from "./posterior.ts";
import { shownPath } from "./shown-path.ts";

/** Fewer fails than this say nothing of what they have in common: three of four on one path is chance. */
const FAILS_MIN = 10;
/** "All" is said of fewer too: there the interval decides. */
const ALL_FAILS_MIN = 5;
/** Nearly all: the rest is another fault, or chance. */
const NEARLY_ALL = 0.9;
/** What most requests have in common anyhow says nothing when the failing ones have it too. */
const MOST = 0.5;
/** More paths than this are no longer "some". */
const PATHS_MAX = 3;
/** Below, failures are background noise; above 90 % they are not random. */
const RANDOM_MIN = 0.01;
/** A fault of many places shows in three at least, where there are so many. */
const SPREAD_MIN = 3;
/** Bursts are short: a tenth of the minutes with traffic holds four fifths of the fails. */
const BURST_MINUTES = 0.1;
const BURST_SHARE = 0.8;
/** Two fails in one of sixty minutes happen by chance, three hardly. */
const BURST_FAILS_MIN = 3;
/** Load that is higher in those minutes makes it load, not bursts; a fifth is noise of the clock. */
const BURST_LOAD_MAX = 1.2;
const BUSY_MINUTES = 0.25;
const BUSY_TIMES = 3;
const BUSY_REQUESTS_MIN = 100;
/** Where every minute has the same load, none is busy. */
const BUSY_LOAD_MIN = 1.2;
/** Of the busy minutes, so many fail: a burst that fell into one of them is not load. */
const BUSY_FAILING_MIN = 1 / 3;
/** One data center: a resolver's neighbors leak a few to another. */
const ONE_COLO = 0.95;
/** Chance of one in a thousand: several dozen things are compared. */
const CHANCE_MAX = 0.001;
/** Rates that differ by less are alike, as far as so few rows can tell. */
const LIKE_RATES = 2;
const EXPECTED_MIN = 5;
/** What the origin sent tells causes of a 520 apart, and of no other code. */
const SAW_OF = 520;
/** Half of the responses that came is enough: what cannot be parsed counts as no status. */
const SAW_MIN = 0.5;
/** One or two of a code are strays. */
const CODE_ROWS_MIN = 3;
const NO_CODES_FAILS_MIN = 20;
const NOT_REPRODUCED_ROWS_MIN = 100;
/** Fails that would have been expected in the quiet time before the first one, if nothing had begun then. */
const BEFORE_EXPECTED_MIN = 5;
/** Of a page that fails as often as somebody met it, some of so many requests would have. */
const OWN_PAGE_ROWS_MIN = 20;
/** That they would have gone on: none of ten that were expected is chance in one of 20,000. */
const AFTER_EXPECTED_MIN = 10;
const MINUTE_MS = 60_000;
/** Codes told in words. */
const OTHERS_MAX = 3;

/** Something that the account is evidence for. */
export interface AccountFact<K extends EvidenceKey = EvidenceKey> {
	readonly key: K;
	readonly value: string | readonly string[];
	/** Rows seen behind it: from 50 on it stands above what was seen from outside. */
	readonly n: number;
	/** Of the failing request itself, by its Ray ID: it stands above what many requests have in common. */
	readonly own?: true;
	/** Of `what-changed`: the settings, and how long before. */
	readonly changes?: readonly ChangeBefore[];
}

/** A part of the fails, and what part of all requests is like that. */
export interface Common {
	/** From 0 to 1. */
	readonly share: number;
	readonly ofAll: number;
}

/** What a sentence needs. What holds beside the evidence is told in words. */
export interface Numbers {
	readonly host: string;
	readonly code: number;
	readonly fromMs: number;
	readonly toMs: number;
	readonly total: Count;
	readonly fails: Count;
	/** Fails of all; from 0 to 1. */
	readonly rate: number;
	readonly where: (Common & { readonly paths: readonly PathOf[] }) | (Common & { readonly method: string }) | null;
	readonly who: (Common & { readonly by: "country" | "network" | "agent"; readonly of: string }) | null;
	/** `many`: in every data center that has enough requests. */
	readonly colo: (Common & { readonly of: string }) | "many" | null;
	readonly saw: { readonly value: FineValueOf<"edge-saw"> | "own"; readonly share: number } | null;
	readonly when: { readonly kind: "since"; readonly atMs: number } | { readonly kind: "bursts"; readonly runs: number } | null;
	/** It is over: the end of the last minute with a fail, where enough requests went well since. null: it may go on. */
	readonly endedAtMs: number | null;
	/** The page that was asked about, where the failures are of other pages alone. */
	readonly otherThan: PathOf["path"] | null;
	/** Since when it fails, where quiet traffic before shows that it began then; null: it may have failed before. */
	readonly beganAtMs: number | null;
	/** Other codes of the host. */
	readonly others: readonly { readonly code: number; readonly count: Count }[];
	/** Pages that failed, the most frequent first; ids in them are gone. `all` null: not among those that were told. */
	readonly pages: readonly { readonly of: PathOf; readonly fails: Count; readonly all: Count | null }[];
}

export interface SharesJudged {
	readonly evidence: readonly AccountFact[];
	readonly numbers: Numbers;
}

/**
 * What the numbers of a host say: evidence, and what a sentence needs. Every threshold is met by rows seen. Pure; total.
 * @param path of the page that it is about: where it is spared, the numbers are no evidence about it; null: it is about the host
 */
export function judgeShares(shares: Shares, path: string | null = null): SharesJudged {
	const seen = seenIn(shares);
	const page = path === null ? null : shownPath(path);
	// What few pages have in common is about them alone; what many have, a page with few requests may have too.
	const isOfFew = seen.urls !== null && seen.urls.ofAll < 0.5;
	const isSpared = page !== null && failsElsewhere(shares, seen, page) && (isOfFew || isAsked(shares, page));
	const numbers = { ...numbersOf(shares, seen), otherThan: isSpared ? page : null };
	return { numbers, evidence: isSpared ? [] : evidenceOf(shares, seen) };
}

/** Whether a page has enough requests that some would have failed. */
const isAsked = ({ paths }: Shares, path: string): boolean =>
	rowsSeen((paths?.all ?? []).filter(({ of }) => shownPath(of.path) === path)) >= OWN_PAGE_ROWS_MIN;

/** Whether other pages fail, and this one not once. What may be missing from a list is not judged. */
function failsElsewhere({ paths, fails }: Shares, { pages }: Seen, path: string): boolean {
	return (
		paths !== null && !paths.failsCut && fails.n >= FAILS_MIN && pages.length > 0 && pages.every(({ of }) => of.path !== path)
	);
}

/** One thing that fails have in common. */
interface Shared<T> {
	readonly of: T;
	readonly share: number;
	readonly ofAll: number;
	readonly held: Held;
}

/** What was compared. */
interface Seen {
	readonly n: number;
	readonly interval: number;
	readonly rate: number;
	readonly all: Held;
	readonly pages: readonly Page[];
	readonly urls: Shared<readonly PathOf[]> | null;
	readonly method: Shared<string> | null;
	readonly country: Shared<string> | null;
	readonly network: Shared<string> | null;
	readonly agent: Shared<string> | null;
	/** `isShort`: nearly all in few minutes, in bursts or in one. */
	readonly bursts: { readonly held: Held; readonly runs: number; readonly isShort: Held };
	readonly load: Held;
	readonly colo: Shared<string> | null;
	readonly sinceMs: number | null;
	readonly endedMs: number | null;
	/** Fails of all from the first failing minute on. */
	readonly rateSince: number;
}

const sum = (parts: readonly Part<unknown>[]): number => parts.reduce((all, { count }) => all + count.estimate, 0);
const rowsSeen = (parts: readonly Part<unknown>[]): number => parts.reduce((all, { count }) => all + count.n, 0);
const share = (part: number, whole: number): number => (whole <= 0 ? 0 : Math.min(1, part / whole));

/** The fails and all requests of a split: what was listed, or the whole where more may be missing from the list. */
const wholeOf = <K>(split: Split<K>, { fails, total }: Shares) => ({
	fails: split.failsCut ? Math.max(sum(split.fails), fails.estimate) : sum(split.fails),
	n: split.failsCut ? Math.max(rowsSeen(split.fails), fails.n) : rowsSeen(split.fails),
	all: split.allCut ? Math.max(sum(split.all), total.estimate) : sum(split.all),
	allN: split.allCut ? Math.max(rowsSeen(split.all), total.n) : rowsSeen(split.all),
});

/** How many of all requests are like a part of the fails: at most as many as the least that was listed, where they were not. */
function allLike<K>(split: Split<K>, isLike: (of: K) => boolean, failed: number): number {
	const listed = sum(split.all.filter(({ of }) => isLike(of)));
	if (listed > 0) return Math.max(listed, failed);
	return Math.max(failed, split.allCut ? (split.all.at(-1)?.count.estimate ?? 0) : 0);
}

/** The most frequent thing among the fails, with how far it is theirs alone. */
function commonest(
	split: Split<string> | null,
	shares: Shares,
	interval: number,
	{ min, ofAll }: { readonly min: number; readonly ofAll: "under" | "atMost" },
): Shared<string> | null {
	const top = split?.fails[0];
	if (split === null || top === undefined) return null;
	const whole = wholeOf(split, shares);
	const part = share(top.count.estimate, whole.fails);
	const like = share(
		allLike(split, (of) => of === top.of, top.count.estimate),
		whole.all,
	);
	return { of: top.of, share: part, ofAll: like, held: isTheirs(part, whole.n, like, whole.allN, interval, min, ofAll) };
}

/** Nearly all of enough fails, and not what most requests are. */
function isTheirs(
	part: number,
	n: number,
	like: number,
	allN: number,
	interval: number,
	min: number,
	ofAll: "under" | "atMost",
): Held {
	if (n < FAILS_MIN) return "no";
	// Exactly half is most where the table says "under", and is not where it says "at most".
	const most = ofAll === "under" || interval > 1 ? reaches(like, allN, MOST, interval) : like > MOST ? "yes" : "no";
	return both(reaches(part, n, min, interval), not(most));
}

interface Page {
	readonly of: PathOf;
	readonly fails: Count;
	readonly all: Count | null;
}

const EMPTY: Count = { estimate: 0, n: 0, interval: 1, lower: null, upper: null };
const added = (a: Count, b: Count): Count => ({
	estimate: a.estimate + b.estimate,
	n: a.n + b.n,
	interval: Math.max(a.interval, b.interval),
	lower: null,
	upper: null,
});

/** Parts of which paths differ by ids alone become one. */
function byShape(parts: readonly Part<PathOf>[]): Map<string, { of: PathOf; count: Count }> {
	const out = new Map<string, { of: PathOf; count: Count }>();
	for (const { of, count } of parts) {
		const shape = { path: shownPath(of.path), method: of.method };
		const key = `${shape.method ?? ""} ${shape.path}`;
		const before = out.get(key);
		out.set(key, { of: shape, count: before === undefined ? count : added(before.count, count) });
	}
	return out;
}

function pagesOf(split: Split<PathOf> | null): readonly Page[] {
	if (split === null) return [];
	const all = byShape(split.all);
	return [...byShape(split.fails)]
		.map(([key, { of, count }]) => ({ of, fails: count, all: all.get(key)?.count ?? null }))
		.sort((a, b) => b.fails.estimate - a.fails.estimate);
}

/** The fewest pages, three at most, that hold nearly all fails. */
function someUrls(split: Split<PathOf> | null, pages: readonly Page[], shares: Shares, interval: number) {
	if (split === null || pages.length === 0) return null;
	const whole = wholeOf(split, shares);
	const most = (nth: number) => sum(pages.slice(0, nth).map(({ of, fails }) => ({ of, count: fails })));
	let count = 1;
	while (count < Math.min(PATHS_MAX, pages.length) && most(count) < NEARLY_ALL * whole.fails) count += 1;
	const [top, failed] = [pages.slice(0, count), most(count)];
	const least = split.allCut ? (split.all.at(-1)?.count.estimate ?? 0) : 0;
	const like = top.reduce((all, page) => all + Math.max(page.fails.estimate, page.all?.estimate ?? least), 0);
	const [part, ofAll] = [share(failed, whole.fails), share(like, whole.all)];
	const held = isTheirs(part, whole.n, ofAll, whole.allN, interval, NEARLY_ALL, "atMost");
	return { of: top.map(({ of }) => of), share: part, ofAll, held };
}

/** Fails and load by minute. */
interface Minute {
	readonly atMs: number;
	readonly fails: Count;
	readonly all: Count;
}

function minutesOf(split: Split<number> | null): readonly Minute[] {
	if (split === null) return [];
	const fails = new Map(split.fails.map(({ of, count }) => [of, count]));
	const known = new Set(split.all.map(({ of }) => of));
	const only = split.fails.filter(({ of }) => !known.has(of)).map(({ of, count }) => ({ of, count }));
	return [...split.all, ...only]
		.map(({ of, count }) => ({ atMs: of, fails: fails.get(of) ?? EMPTY, all: count }))
		.sort((a, b) => a.atMs - b.atMs);
}

const failsIn = (minutes: readonly Minute[]) => minutes.reduce((all, { fails }) => all + fails.estimate, 0);
const rowsIn = (minutes: readonly Minute[]) => minutes.reduce((all, { fails }) => all + fails.n, 0);
const loadIn = (minutes: readonly Minute[]) => minutes.reduce((all, { all: load }) => all + load.estimate, 0);
const requestsIn = (minutes: readonly Minute[]) => minutes.reduce((all, { all: load }) => all + load.n, 0);

/** Neighboring minutes are one run. */
const runsOf = (minutes: readonly Minute[]): number =>
	minutes.filter(({ atMs }, nth) => nth === 0 || atMs - (minutes[nth - 1]?.atMs ?? 0) > MINUTE_MS).length;

function burstsIn(minutes: readonly Minute[], interval: number): Seen["bursts"] {
	const none = { held: "no", runs: 0, isShort: "no" } as const;
	const most = Math.floor(minutes.length * BURST_MINUTES);
	const [failed, n] = [failsIn(minutes), rowsIn(minutes)];
	if (most < 2 || n < FAILS_MIN) return none;
	const top = [...minutes]
		.sort((a, b) => b.fails.estimate - a.fails.estimate)
		.slice(0, most)
		.filter(({ fails }) => fails.n > 0);
	const inOrder = [...top].sort((a, b) => a.atMs - b.atMs);
	const rest = minutes.filter((minute) => !top.includes(minute));
	const runs = runsOf(inOrder);
	const dense = rowsIn(top) / top.length >= BURST_FAILS_MIN;
	// Without the failing ones: they are asked again.
	const [there, elsewhere] = [top, rest].map((some) => (loadIn(some) - failsIn(some)) / Math.max(1, some.length)) as [
		number,
		number,
	];
	const isCalm = there <= elsewhere * BURST_LOAD_MAX;
	const held = reaches(share(failsIn(top), failed), n, BURST_SHARE, interval);
	if (runs < 2 || !isCalm || !dense) {
		// One outage that is over is no bursts, and nothing random either.
		const isShort = dense ? held : "no";
		return { held: held === "yes" && interval > 1 ? "open" : "no", runs: 0, isShort };
	}
	return { held, runs, isShort: held };
}

/** Minutes of the top quarter by load fail three times as often as the others. */
function underLoad(minutes: readonly Minute[], interval: number): Held {
	const byLoad = [...minutes].sort((a, b) => b.all.estimate - a.all.estimate);
	const busy = byLoad.slice(0, Math.ceil(byLoad.length * BUSY_MINUTES));
	const rest = byLoad.slice(busy.length);
	if (rowsIn(minutes) < FAILS_MIN || requestsIn(busy) < BUSY_REQUESTS_MIN || requestsIn(rest) < BUSY_REQUESTS_MIN) return "no";
	const load = (some: readonly Minute[]) => loadIn(some) / Math.max(1, some.length);
	const failing = busy.filter(({ fails }) => fails.n > 0).length;
	if (load(busy) < BUSY_LOAD_MIN * load(rest) || failing < BUSY_FAILING_MIN * busy.length) return "no";
	const [a, b] = [rowsIn(busy), rowsIn(rest)];
	const rate = (some: readonly Minute[]) => failsIn(some) / Math.max(1, loadIn(some));
	// Half a fail in place of none: a ratio needs a number below the line.
	const times = rate(busy) / Math.max(rate(rest), (0.5 * interval) / Math.max(1, loadIn(rest)));
	const isChance = fisher(a, a + b, requestsIn(busy), requestsIn(minutes)) >= CHANCE_MAX;
	if (interval <= 1) return times >= BUSY_TIMES && !isChance ? "yes" : "no";
	const error = Math.exp(1.28 * Math.sqrt(1 / Math.max(1, a) + 1 / Math.max(1, b)));
	if (times / error >= BUSY_TIMES && !isChance) return "yes";
	return times * error < BUSY_TIMES ? "no" : "open";
}

/** Since when it fails, where quiet traffic before shows that it began; null: it may have failed before. */
function since(minutes: readonly Minute[]): number | null {
	const first = minutes.findIndex(({ fails }) => fails.estimate > 0);
	if (first <= 0 || rowsIn(minutes) < FAILS_MIN) return null;
	const [before, after] = [minutes.slice(0, first), minutes.slice(first)];
	const expected = requestsIn(before) * share(rowsIn(after), requestsIn(after));
	return expected >= BEFORE_EXPECTED_MIN ? (minutes[first]?.atMs ?? null) : null;
}

/** When it was over, where so many requests came since that some would have failed; null: it may go on. */
function ended(minutes: readonly Minute[]): number | null {
	const last = minutes.findLastIndex(({ fails }) => fails.estimate > 0);
	if (last < 0 || rowsIn(minutes) < FAILS_MIN) return null;
	const first = minutes.findIndex(({ fails }) => fails.estimate > 0);
	const [during, after] = [minutes.slice(first, last + 1), minutes.slice(last + 1)];
	const expected = requestsIn(after) * share(rowsIn(during), requestsIn(during));
	// By chance, the last of a few fails is long ago: the quiet time has to be longer than any between two of them.
	const quiet = (minutes.at(-1)?.atMs ?? 0) - (minutes[last]?.atMs ?? 0);
	const failing = during.filter(({ fails }) => fails.estimate > 0);
	const gaps = failing.map(({ atMs }, nth) => atMs - (failing[nth - 1]?.atMs ?? atMs));
	return expected >= AFTER_EXPECTED_MIN && quiet > Math.max(...gaps) ? (minutes[last]?.atMs ?? 0) + MINUTE_MS : null;
}

function seenIn(shares: Shares): Seen {
	const { fails, total } = shares;
	const interval = Math.max(fails.interval, total.interval);
	const rate = share(fails.estimate, total.estimate);
	const minutes = minutesOf(shares.minutes);
	const pages = pagesOf(shares.paths);
	const sinceMs = since(minutes);
	const later = sinceMs === null ? [] : minutes.filter(({ atMs }) => atMs >= sinceMs);
	const rateSince = later.length === 0 ? rate : share(failsIn(later), loadIn(later));
	const theirs = (split: Split<string> | null) => commonest(split, shares, interval, { min: NEARLY_ALL, ofAll: "under" });
	return {
		n: fails.n,
		interval,
		rate,
		all: allFail(fails, rateSince, later.length === 0 ? total.n : requestsIn(later), interval),
		pages,
		urls: someUrls(shares.paths, pages, shares, interval),
		method: commonest(shares.methods, shares, interval, { min: NEARLY_ALL, ofAll: "atMost" }),
		country: theirs(shares.countries),
		network: theirs(shares.networks),
		agent: theirs(shares.agents),
		bursts: burstsIn(minutes, interval),
		load: underLoad(minutes, interval),
		colo: oneColo(shares, interval),
		sinceMs,
		endedMs: ended(minutes),
		rateSince,
	};
}

/** Nearly every request fails, since it began: the interval decides, so that a handful of requests is not "all". */
function allFail(fails: Count, rate: number, n: number, interval: number): Held {
	if (fails.n < ALL_FAILS_MIN) return "no";
	const { lower, upper } = wilson(rate, n);
	if (lower >= NEARLY_ALL) return "yes";
	return interval > 1 && upper >= NEARLY_ALL ? "open" : "no";
}

function oneColo(shares: Shares, interval: number): Shared<string> | null {
	const found = commonest(shares.colos, shares, interval, { min: ONE_COLO, ofAll: "under" });
	const { colos } = shares;
	if (found === null || colos === null || found.held !== "yes") return found;
	const { all, n } = wholeOf(colos, shares);
	// Both at the coarser sampling.
	const rows = all / interval;
	const isChance = fisher(found.share * n, n, found.ofAll * rows, rows) >= CHANCE_MAX;
	return { ...found, held: isChance ? "no" : "yes" };
}

/** Whether three data centers or more fail at like rates. */
function failsInMany(shares: Shares): boolean {
	const { colos } = shares;
	if (colos === null) return false;
	const whole = wholeOf(colos, shares);
	if (whole.n < FAILS_MIN) return false;
	const rate = share(whole.fails, whole.all);
	const failed = new Map(colos.fails.map(({ of, count }) => [of, count.estimate]));
	const alike = colos.all.filter(({ of, count }) => {
		const own = share(failed.get(of) ?? 0, count.estimate);
		const expected = share(count.estimate, whole.all) * whole.n;
		return expected >= EXPECTED_MIN && own >= rate / LIKE_RATES && own <= rate * LIKE_RATES;
	});
	return alike.length >= SPREAD_MIN;
}

/** None of the other patterns, and fails wherever there are requests. */
function isRandom(shares: Shares, seen: Seen): Held {
	const { n, rate, interval } = seen;
	if (n < FAILS_MIN || seen.rateSince > NEARLY_ALL) return "no";
	const inMany = (split: Split<unknown> | null, of: (parts: readonly Part<unknown>[]) => number) =>
		split === null || of(split.fails) >= Math.min(SPREAD_MIN, of(split.all));
	const names = (parts: readonly Part<unknown>[]) => parts.length;
	const paths = (parts: readonly Part<unknown>[]) => new Set(parts.map(({ of }) => JSON.stringify(of))).size;
	const spread = inMany(shares.paths, paths) && inMany(shares.countries, names) && inMany(shares.colos, names);
	const others = either(
		seen.all,
		heldOf(seen.urls),
		heldOf(seen.method),
		visitors(seen),
		heldOf(seen.agent),
		seen.bursts.isShort,
		seen.load,
	);
	const isSome = both(reaches(rate, shares.total.n, RANDOM_MIN, interval), not(isMore(rate, shares.total.n, interval)));
	return both(not(others), isSome, spread ? "yes" : "no");
}

const isMore = (rate: number, n: number, interval: number): Held =>
	interval <= 1 ? (rate > NEARLY_ALL ? "yes" : "no") : reaches(rate, n, NEARLY_ALL, interval);
const heldOf = (shared: Shared<unknown> | null): Held => shared?.held ?? "no";
const visitors = (seen: Seen): Held => either(heldOf(seen.country), heldOf(seen.network));

/** The first row that holds decides; one that is open before it leaves the key out: the whole may be that. */
function firstHeld<V>(rows: readonly (readonly [Held, V])[]): V | null {
	for (const [held, value] of rows) {
		if (held === "yes") return value;
		if (held === "open") return null;
	}
	return null;
}

function evidenceOf(shares: Shares, seen: Seen): readonly AccountFact[] {
	const { fails, total } = shares;
	if (fails.estimate === 0) {
		const isWhole = total.interval <= 1 && fails.interval <= 1 && total.n >= NOT_REPRODUCED_ROWS_MIN;
		return isWhole ? [{ key: "edge-pattern", value: "not-reproduced", n: total.n }] : [];
	}
	const random = isRandom(shares, seen);
	const pattern = firstHeld<FineValueOf<"edge-pattern">>([
		[seen.all, "all"],
		[either(heldOf(seen.urls), heldOf(seen.method)), "some-urls"],
		[visitors(seen), "some-visitors"],
		[seen.bursts.held, "bursts"],
		[random, "random"],
	]);
	const who = firstHeld<FineValueOf<"who-is-hit">>([
		[seen.all, "everyone"],
		[visitors(seen), "one-network-or-country"],
		[heldOf(seen.agent), "one-client"],
		[seen.load, "under-load"],
		[random, "everyone"],
	]);
	const colo = firstHeld<FineValueOf<"colo-spread">>([
		[heldOf(seen.colo), "one"],
		[failsInMany(shares) ? "yes" : "no", "many"],
	]);
	const saw = sawIn(shares);
	const fact = (key: EvidenceKey, value: string | null): readonly AccountFact[] =>
		value === null ? [] : [{ key, value, n: seen.n }];
	return [
		...fact("edge-pattern", pattern),
		...fact("who-is-hit", who),
		...fact("colo-spread", colo),
		...fact("edge-saw", saw?.held === "yes" ? saw.value : null),
		...otherCodes(shares),
	];
}

/** Origin statuses, and the share of the fails that has to have one. */
const SAW: readonly (readonly [value: FineValueOf<"edge-saw">, isIt: (origin: number) => boolean, min: number])[] = [
	["no-status", (origin) => origin === 0, NEARLY_ALL],
	["success", (origin) => origin >= 200 && origin <= 399, SAW_MIN],
	["error", (origin) => origin >= 400 && origin <= 599, SAW_MIN],
];

/** The share of the fails that have the origin's own status, passed on. */
function passedOn({ code, statuses }: Shares): number {
	const rows = (statuses ?? []).filter(({ of }) => of.edge === code && of.origin !== null);
	return rowsSeen(rows) < FAILS_MIN ? 0 : share(sum(rows.filter(({ of }) => of.origin === code)), sum(rows));
}

/** What Cloudflare had from the origin for the fails; the first that holds. Absent where the origin's status is not told. */
function sawIn(shares: Shares): { readonly value: FineValueOf<"edge-saw">; readonly share: number; readonly held: Held } | null {
	// Under any other code, Cloudflare had no status by the code itself, or passes the origin's own on.
	if (shares.code !== SAW_OF) return null;
	const rows = (shares.statuses ?? []).filter(({ of }) => of.edge === shares.code);
	if (!rows.some(({ of }) => of.origin !== null)) return null;
	const whole = shares.statusesCut ? Math.max(sum(rows), shares.fails.estimate) : sum(rows);
	const n = rowsSeen(rows);
	if (n < FAILS_MIN) return null;
	const interval = Math.max(...rows.map(({ count }) => count.interval));
	const part = (isIt: (of: StatusOf) => boolean) => share(sum(rows.filter(({ of }) => isIt(of))), whole);
	for (const [value, isIt, min] of SAW) {
		const of = part(({ origin, cache }) => origin !== null && isIt(origin) && !(origin === 0 && FROM_CACHE.has(cache ?? "")));
		const held = reaches(of, n, min, interval);
		if (held !== "no") return { value, share: of, held };
	}
	return null;
}

/**
 * What a request's own row says: its origin status, where it is a failure that was asked about. A row that the cache answered, and one of
 * another host of the zone, says nothing. Pure.
 */
export function judgeRay(found: RayFound, { host, code }: Pick<Shares, "host" | "code">): readonly AccountFact[] {
	if (found.kind !== "row" || found.row.host !== host || found.row.edge !== code || code !== SAW_OF) return [];
	const { origin, cache } = found.row;
	if (origin === null || FROM_CACHE.has(cache ?? "")) return [];
	const value = SAW.find(([, isIt]) => isIt(origin))?.[0];
	return value === undefined ? [] : [{ key: "edge-saw", value, n: 1, own: true }];
}

const SAYS: readonly (readonly [FineValueOf<"other-codes">, (of: StatusOf) => boolean])[] = [
	["timeouts", ({ edge }) => edge === 522 || edge === 524],
	["refused-or-tls", ({ edge }) => edge === 521 || edge === 525],
	// Its own, passed on.
	["origin-5xx", ({ edge, origin }) => edge >= 500 && edge <= 504 && edge === origin],
];

/** Other codes of the host within the hour; what a wider window shows may be of another incident. */
function otherCodes(shares: Shares): readonly AccountFact[] {
	const { statuses, fails, total, statusesCut } = shares;
	if (statuses === null || shares.toMs - shares.fromMs > CODES_WITHIN_MS + MINUTE_MS) return [];
	const others = statuses.filter(({ of }) => of.edge !== shares.code);
	const rows = SAYS.map(([value, isIt]) => ({ value, n: rowsSeen(others.filter(({ of }) => isIt(of))) }));
	const held = rows.filter(({ n }) => n >= CODE_ROWS_MIN);
	const n = held.reduce((all, one) => all + one.n, 0);
	const [only] = held;
	if (only !== undefined)
		return [{ key: "other-codes", value: held.length === 1 ? only.value : held.map(({ value }) => value), n }];
	const isWhole = !statusesCut && total.interval <= 1 && fails.interval <= 1;
	const isNone = isWhole && fails.n >= NO_CODES_FAILS_MIN && rows.every((one) => one.n === 0);
	return isNone ? [{ key: "other-codes", value: "none", n: fails.n }] : [];
}

function numbersOf(shares: Shares, seen: Seen): Omit<Numbers, "otherThan"> {
	const common = <T>(shared: Shared<T> | null): (Common & { readonly of: T }) | null =>
		shared?.held === "yes" ? { of: shared.of, share: shared.share, ofAll: shared.ofAll } : null;
	const [urls, method] = [common(seen.urls), common(seen.method)];
	const who = (["country", "network", "agent"] as const).flatMap((by) => {
		const found = common(seen[by]);
		return found === null ? [] : [{ ...found, by }];
	});
	const [saw, own] = [sawIn(shares), passedOn(shares)];
	const colo = common(seen.colo);
	const others = new Map<number, Count>();
	for (const { of, count } of shares.statuses ?? [])
		if (of.edge !== shares.code) others.set(of.edge, added(others.get(of.edge) ?? EMPTY, count));
	const isBurst = seen.bursts.held === "yes" && seen.all !== "yes";
	return {
		host: shares.host,
		code: shares.code,
		fromMs: shares.fromMs,
		toMs: shares.toMs,
		total: shares.total,
		fails: shares.fails,
		rate: seen.rate,
		where:
			urls !== null
				? { paths: urls.of, share: urls.share, ofAll: urls.ofAll }
				: method === null
					? null
					: { method: method.of, share: method.share, ofAll: method.ofAll },
		who: who[0] ?? null,
		colo: colo ?? (failsInMany(shares) ? "many" : null),
		saw: saw?.held === "yes" ? { value: saw.value, share: saw.share } : own >= NEARLY_ALL ? { value: "own", share: own } : null,
		when: isBurst
			? { kind: "bursts", runs: seen.bursts.runs }
			: seen.sinceMs === null
				? null
				: { kind: "since", atMs: seen.sinceMs },
		beganAtMs: seen.sinceMs,
		endedAtMs: seen.endedMs,
		others: [...others]
			.map(([code, count]) => ({ code, count }))
			.sort((a, b) => b.count.estimate - a.count.estimate)
			.slice(0, OTHERS_MAX),
		pages: seen.pages,
	};
}

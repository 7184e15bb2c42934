import assert from "node:assert/strict";
import { test } from "node:test";
import { CLEAN_LOOKS, newWatch, type Watch, type WatchLook } from "../../src/judge/watch.ts";
import { advanceWatch, endWatch, withGap } from "../../src/judge/watch-look.ts";
import { FINDINGS } from "../../src/knowledge/findings/list.ts";
import type { Message } from "../../src/message/message.ts";
import { watchChange, watchHead, watchThreadName } from "../../src/reply/watch.ts";
import { watchEvidence } from "../../src/reply/watch-evidence.ts";
import {
	evidencePosted,
	justBegun,
	nothingFailed,
	nothingWatched,
	notYourWatch,
	nowhereToTell,
	stoppedWatching,
	tooManyWatches,
	watchEnded,
	watchedAlone,
	watchedAlready,
} from "../../src/reply/watch-replies.ts";
import { flat } from "../flat.ts";
import { words } from "../words.ts";

const START = Date.UTC(2026, 10, 22, 14);
const MINUTE = 60_000;
const ANN = "slack T1 U1";
const watch = (more: Partial<Watch> = {}): Watch => ({
	...newWatch(
		{
			id: "w1",
			url: "https://shop.example/checkout",
			workspace: "T1",
			who: "ann",
			asker: ANN,
			platform: "slack",
			isPrivate: false,
			room: null,
			isOpen: true,
			caseId: null,
			everyMs: MINUTE,
			untilMs: START + 30 * MINUTE,
		},
		START,
	),
	...more,
});

/**
 * A watch after checks a minute apart: x fails with 520, y with a response that is cut off, . works, ? is hidden, a capital is served from
 * Frankfurt, _ is ten minutes without us; then e: the time is up, s: stopped by bob, r: refused. What was told before the last of them is told.
 */
function after(signs: string, from: Watch = watch()): Watch {
	let atMs = START;
	let watched = from;
	[...signs].forEach((sign, nth) => {
		const isLast = nth === signs.length - 1;
		// An absence is told with what comes next.
		const untold = isLast && signs.at(-2) !== "_" ? { ...watched, toAnnounce: [] } : watched;
		watched = stepped(untold, sign, atMs);
		atMs += sign === "_" ? 10 * MINUTE : MINUTE;
	});
	return watched;
}

function stepped(one: Watch, sign: string, atMs: number): Watch {
	if (sign === "_") return withGap({ ...one, nextAtMs: atMs }, atMs + 10 * MINUTE);
	if (sign === "e") return endWatch(one, { why: "time", who: null, atMs });
	if (sign === "s") return endWatch(one, { why: "stopped", who: "bob", atMs });
	if (sign === "r") return endWatch(one, { why: "refused", who: null, atMs });
	const small = sign.toLowerCase();
	const what = small === "x" ? "520" : small === "y" ? "cut" : null;
	const outcome: WatchLook["outcome"] = what !== null ? "failing" : small === "?" ? "unclear" : "working";
	const colo = sign === small ? "DFW" : "FRA";
	const kept = what === null ? null : { atMs, what, ray: "a5e86f7c780ad1c3", colo, ms: 210, findings: [], around: null };
	return advanceWatch(one, { atMs, outcome, what, colo }, kept);
}

const NOW = START + 3_600_000;
const delta = (one: Watch, followers: readonly string[] = []): Message => watchChange(one, one.toAnnounce, followers, NOW);
const CLEAN = ".".repeat(CLEAN_LOOKS);
const CASE = { caseId: "c1" };

/** What happened, what is told of it, and whom it calls. */
const told: readonly (readonly [what: string, one: Watch, mood: Message["mood"], words: string, calls: string])[] = [
	[
		"a working page fails for the first time",
		after("..x"),
		"bad",
		"shop.example/checkout fails with 520 as of 14:02 UTC.\nRay ID a5e86f7c780ad1c3-DFW.\n[Check again] [Evidence]",
		"ann",
	],
	[
		"it fails again after it had worked",
		after("xx.y"),
		"bad",
		"shop.example/checkout fails again with a response cut off midway as of 14:03 UTC.\nIntermittent: 3 of 4 checks failed. Ray ID a5e86f7c780ad1c3-DFW. Before: 520.\n[Check again] [Evidence]",
		"ann",
	],
	[
		"it fails on and on after that",
		after("x.xxxxx"),
		"bad",
		"shop.example/checkout now fails on every check (520).\nRay ID a5e86f7c780ad1c3-DFW.\n[Check again] [Evidence]",
		"nobody",
	],
	[
		"it recovers",
		after(`xx${CLEAN}`),
		"good",
		"shop.example/checkout recovered at 14:02 UTC after 2 min (520).\n5 checks in a row worked.\n[Watch again] [Evidence]",
		"ann and the channel",
	],
	[
		"the page of a case recovers",
		after(`xx${CLEAN}`, watch(CASE)),
		"good",
		"shop.example/checkout recovered at 14:02 UTC after 2 min (520).\n5 checks in a row worked.\n[Report…] [Watch again] [Evidence]",
		"ann, bob and the channel",
	],
	[
		"the page of a case works from the first check on",
		after(CLEAN, watch(CASE)),
		"good",
		"shop.example/checkout recovered at 14:00 UTC.\n5 checks in a row worked.\n[Report…] [Watch again]",
		"ann, bob and the channel",
	],
	[
		"the page of a case works, and fails again",
		after("..x", watch(CASE)),
		"bad",
		"shop.example/checkout fails again with 520 as of 14:02 UTC.\nRay ID a5e86f7c780ad1c3-DFW.\n[Check again] [Evidence]",
		"ann, bob",
	],
	[
		"watched alone, it is told in a direct message, which calls by itself",
		after(`xx${CLEAN}`, watch({ ...CASE, isPrivate: true })),
		"good",
		"shop.example/checkout recovered at 14:02 UTC after 2 min (520).\n5 checks in a row worked.\n[Watch again] [Evidence]",
		"nobody",
	],
	[
		"a challenge hides it",
		after("x???"),
		"unclear",
		"shop.example/checkout is hidden behind a challenge or block as of 14:03 UTC.\nI cannot tell whether it works.",
		"nobody",
	],
	[
		"hidden, and failing as before",
		after("x???x"),
		"bad",
		"shop.example/checkout now fails on every check (520).\nRay ID a5e86f7c780ad1c3-DFW.\n[Check again] [Evidence]",
		"nobody",
	],
	["hidden, and working", after(".???."), "good", "shop.example/checkout works as of 14:04 UTC.", "nobody"],
	[
		"another code",
		after("xy"),
		"bad",
		"shop.example/checkout now fails with a response cut off midway (before: 520).\n[Check again] [Evidence]",
		"nobody",
	],
	[
		"another data center",
		after("xX"),
		"neutral",
		"shop.example/checkout is now served from another data center: Frankfurt (FRA).",
		"nobody",
	],
	[
		"nobody was there for a while, and it fails since",
		after("._x"),
		"bad",
		"shop.example/checkout fails with 520 as of 14:11 UTC.\nRay ID a5e86f7c780ad1c3-DFW. I was offline from 14:00 UTC to 14:11 UTC, so that period is unknown.\n[Check again] [Evidence]",
		"ann",
	],
	[
		"nobody was there for a while, and it is as before",
		after("._."),
		"neutral",
		"shop.example/checkout: I was offline from 14:00 UTC to 14:11 UTC, so that period is unknown.",
		"nobody",
	],
	[
		"the time is up without a failure",
		after("...e"),
		"good",
		"shop.example/checkout: time is up.\nAll 3 checks worked. An intermittent failure is still possible.\n[Watch again]",
		"ann",
	],
	[
		"the time is up after some failures",
		after("x.x.e"),
		"unclear",
		"shop.example/checkout: time is up.\nThe last check worked. 2 of 4 checks failed.\n[Watch again] [Evidence]",
		"ann",
	],
	[
		"the time is up, and every check failed",
		after("xxe", watch(CASE)),
		"bad",
		"shop.example/checkout: time is up.\nBoth checks failed.\n[Report…] [Watch again] [Evidence]",
		"ann, bob",
	],
	["somebody stopped it", after("xs"), "neutral", "shop.example/checkout: watch stopped.\n[Watch again] [Evidence]", "nobody"],
	[
		"its name leads to an internal address",
		after("xr"),
		"neutral",
		"shop.example/checkout: watch stopped. It now resolves to a private IP address.\n[Watch again] [Evidence]",
		"nobody",
	],
];

function callsOf({ notify }: Message): string {
	if (notify === undefined) return "nobody";
	const people = notify.people.map((key) => (key === ANN ? "ann" : "bob")).join(", ");
	return notify.broadcast === true ? `${people} and the channel` : people;
}

for (const [what, one, mood, words, calls] of told)
	test(`what a watch tells: ${what}`, () => {
		const told = delta(one, one.caseId === null ? [] : ["slack T1 U2", ANN]);
		assert.deepEqual([told.mood, flat(told), callsOf(told)], [mood, words, calls]);
	});

const heads: readonly (readonly [what: string, one: Watch, mood: Message["mood"], words: string])[] = [
	[
		"before the first check it names nobody, because it is posted",
		watch(),
		"neutral",
		"shop.example/checkout: watching\nChecking every 60 s until 14:30 UTC. After a failure, 5 working checks in a row end it.\n[Stop watching] [Check again]",
	],
	[
		"failing",
		after("xx..", watch(CASE)),
		"bad",
		"shop.example/checkout: watching · failing since 14:00 UTC (520)\n2 of 4 checks failed. The last 2 checks worked; 5 in a row count as recovered.\n14:00 xx.. 14:03 UTC (x failed, . OK, ? hidden)\nChecking every 60 s until 14:30 UTC, or until 5 checks in a row work. Requested by ann.\n[Stop watching] [Check again] [Evidence]",
	],
	[
		"working",
		after(".."),
		"good",
		"shop.example/checkout: watching · works since 14:00 UTC\nBoth checks worked.\n14:00 .. 14:01 UTC (x failed, . OK, ? hidden)\nChecking every 60 s until 14:30 UTC. After a failure, 5 working checks in a row end it. Requested by ann.\n[Stop watching] [Check again]",
	],
	[
		"recovered",
		after(`x${CLEAN}`),
		"good",
		"shop.example/checkout: recovered at 14:01 UTC after 1 min (520)\n1 of 6 checks failed.\n14:00 x..... 14:05 UTC (x failed, . OK, ? hidden)\nWatched for 5 min. Requested by ann.\n[Watch again] [Evidence]",
	],
	[
		"stopped",
		after("xs"),
		"neutral",
		"shop.example/checkout: watch stopped by bob\nThe only check failed.\n14:00 x 14:00 UTC (x failed, . OK, ? hidden)\nWatched for 1 min. Requested by ann.\n[Watch again] [Evidence]",
	],
	[
		"asked for by nobody in particular, in a terminal",
		after("x", watch({ platform: "terminal", who: "Somebody", asker: null })),
		"bad",
		"shop.example/checkout: watching · failing since 14:00 UTC (520)\nThe first check failed.\n14:00 x 14:00 UTC (x failed, . OK, ? hidden)\nChecking every 60 s until 14:30 UTC, or until 5 checks in a row work.\nCtrl-C stops watching.",
	],
];
for (const [what, one, mood, words] of heads)
	test(`the head of a watch: ${what}`, () => {
		const head = watchHead(one, NOW);
		assert.deepEqual([head.mood, flat(head)], [mood, words]);
	});

test("the chart of a watch has as many groups as a chat's chart takes, each called otherwise, and misses no check", () => {
	for (const [checks, everyMs] of [
		[1, 30_000],
		[7, 30_000],
		[20, 60_000],
		[21, 60_000],
		[60, 30_000],
		[60, 1_500_000],
	] as const) {
		const recent = Array.from({ length: checks }, (_, nth): WatchLook => {
			const outcome = nth % 3 === 0 ? "failing" : nth % 7 === 0 ? "unclear" : "working";
			return { atMs: START + nth * everyMs, outcome, what: outcome === "failing" ? "520" : null, colo: "DFW" };
		});
		const chart = watchHead(watch({ state: "flapping", looks: checks, failures: 1, recent }), NOW).blocks.find(
			(block) => block.kind === "chart",
		);
		assert.ok(chart !== undefined);
		const { categories, series } = chart;
		assert.ok(categories.length <= 20 && new Set(categories).size === categories.length, String(categories));
		assert.ok(categories.every((name) => /^(?:\d\d-\d\d )?\d\d:\d\d$/.test(name)));
		assert.ok(series.every(({ values }) => values.length === categories.length));
		assert.equal(
			series.flatMap(({ values }) => values).reduce((sum, n) => sum + n, 0),
			checks,
		);
	}
});

test("a thread of a watch gets another name when it recovers and when it fails again, and at nothing else", () => {
	const names = told.map(([, one]) => {
		const name = watchThreadName(one, one.toAnnounce);
		return name === null ? null : flat(name);
	});
	const expected = told.map(([what]) => {
		if (/recovers|from the first check on|calls by itself/.test(what)) return "shop.example/checkout recovered";
		return /fails again/.test(what) ? "shop.example/checkout fails again" : null;
	});
	assert.deepEqual(names, expected);
});

/** Everything that can happen in four checks. */
function* sequences(): Generator<string> {
	const signs = "xY.?_";
	for (let nth = 0; nth < signs.length ** 4; nth += 1)
		yield [0, 1, 2, 3].map((place) => signs[Math.floor(nth / signs.length ** place) % signs.length]).join("");
}

test("whatever happens, a watch says it in few words", () => {
	for (const start of [watch(), watch({ ...CASE, untilMs: NOW + 86_400_000, openedAtMs: START - 86_400_000 })])
		for (const signs of sequences())
			for (const end of ["", CLEAN, "e", "r"]) {
				const one = after(signs + end, start);
				const counts = [words(delta(one)), words(watchHead(one, NOW + 86_400_000)), words(watchEvidence(one, NOW))];
				assert.ok(
					(counts[0] ?? 0) <= 50 && (counts[1] ?? 0) <= 60 && (counts[2] ?? 0) <= 150,
					`${signs}${end}: ${counts}\n${flat(delta(one))}\n${flat(watchHead(one, NOW + 86_400_000))}`,
				);
			}
});

test("the failures of a watch, with the bytes that show a fault", () => {
	const one = after("x.y");
	const bytes = Buffer.from("HTTP/1.1 200 OK\r\nX A: 1\r\n\r\n").toString("base64");
	const kept = one.kept.map((failure, nth) =>
		nth === 1 ? { ...failure, findings: ["bad-field-name", "of-another-version"], around: { at: 0, bytes } } : failure,
	);
	const words = flat(watchEvidence({ ...one, kept }, NOW));
	assert.equal(
		words,
		[
			"Failed requests: shop.example/checkout",
			"14:00:00 UTC: 520 after 0.21 s, Ray ID a5e86f7c780ad1c3-DFW.",
			"14:02:00 UTC: response cut off after 0.21 s, Ray ID a5e86f7c780ad1c3-DFW.",
			FINDINGS["bad-field-name"].say,
			"0000 48 54 54 50 2f 31 2e 31  HTTP/1.1",
			"0008 20 32 30 30 20 4f 4b 0d   200 OK.",
			"0010 0a 58 20 41 3a 20 31 0d  .X A: 1.",
			"0018 0a 0d 0a                 ...",
		].join("\n"),
	);
});

test("who asks for a watch, or for its end, is told in one or two sentences", () => {
	const ended = after(`x${CLEAN}`);
	const replies: readonly (readonly [Message, string])[] = [
		[watchedAlready(watch(), false, START), "ann is already watching shop.example/checkout until 14:30 UTC."],
		[watchedAlready(watch(), true, START), "You are already watching shop.example/checkout until 14:30 UTC."],
		[
			watchedAlready(watch({ who: "Somebody" }), false, START),
			"Someone is already watching shop.example/checkout until 14:30 UTC.",
		],
		[
			watchedAlone(watch({ untilMs: START + 86_400_000 }), START),
			"Watching shop.example/checkout until 2026-11-23 14:00 UTC. I will message you directly.",
		],
		[watchEnded(null), "I do not know that watch."],
		[watchEnded(ended), "That watch has ended: shop.example/checkout, recovered."],
		[notYourWatch(watch()), "Only ann, the people in its channel and admins can stop watching shop.example/checkout."],
		[stoppedWatching([watch()]), "Stopped watching shop.example/checkout. The results are in its thread."],
		[stoppedWatching([watch(), watch()]), "Stopped 2 watches. The results are in their threads."],
		[nothingWatched, "I am not watching anything here or for you. To start: watch shop.example for 30m"],
		[justBegun, "Someone just started this watch."],
		[nowhereToTell(false), "I cannot post here or message you. Invite me to this channel."],
		[nowhereToTell(true), "I cannot watch this, because I cannot message you. Allow direct messages from apps, and ask again."],
		[nothingFailed, "No request has failed so far."],
		[evidencePosted(null), "The failed requests are in this thread already."],
		[
			tooManyWatches("host"),
			"This host is already watched 5 times here, which is the limit. Stop one first: unwatch shop.example",
		],
	];
	for (const [reply, words] of replies) assert.deepEqual([reply.mood, flat(reply)], ["neutral", words]);
});

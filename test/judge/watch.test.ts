import assert from "node:assert/strict";
import { test } from "node:test";
import { classify } from "../../src/judge/classify.ts";
import { CLEAN_LOOKS, newWatch, type Watch, type WatchChange, type WatchLook } from "../../src/judge/watch.ts";
import { advanceWatch, endWatch, keptFailure, RECENT_MAX, withGap } from "../../src/judge/watch-look.ts";
import type { Observation } from "../../src/looks/observation.ts";

const START = Date.UTC(2026, 10, 22, 12);
const watch = (more: Partial<Watch> = {}): Watch => ({
	...newWatch(
		{
			id: "w1",
			url: "https://shop.example/",
			workspace: null,
			who: "Ann",
			asker: null,
			platform: "test",
			isPrivate: false,
			room: null,
			isOpen: true,
			caseId: null,
			everyMs: 60_000,
			untilMs: START + 1_800_000,
		},
		START,
	),
	...more,
});

/** Looks a minute apart: x fails with 520, y with 522, . works, ? is hidden; a capital is answered by another data center. */
function after(signs: string, from: Watch = watch()): Watch {
	return [...signs].reduce((one, sign, nth) => {
		const small = sign.toLowerCase();
		const failing = small === "x" || small === "y";
		const look: WatchLook = {
			atMs: START + nth * 60_000,
			outcome: small === "?" ? "unclear" : failing ? "failing" : "working",
			what: failing ? (small === "x" ? "520" : "522") : null,
			colo: sign === small ? "DFW" : "FRA",
		};
		const kept = failing
			? {
					atMs: look.atMs,
					what: look.what ?? "",
					ray: `${nth}`,
					colo: look.colo,
					ms: 10,
					findings: [],
					around: null,
				}
			: null;
		return advanceWatch(one, look, kept);
	}, from);
}

/** What was told, in short. */
const short = (change: WatchChange): string => {
	switch (change.kind) {
		case "state":
			return `${change.from}>${change.to} after ${change.afterMs === null ? "a gap" : change.afterMs / 60_000}`;
		case "code":
			return `code ${change.from}>${change.to}`;
		case "colo":
			return `colo ${change.colo}`;
		case "gap":
			return `gap ${(change.toMs - change.fromMs) / 60_000}`;
		case "ended":
			return `ended ${change.why}`;
	}
};
const told = (one: Watch) => one.toAnnounce.map(short);

const cases: readonly (readonly [what: string, signs: string, state: string, told: readonly string[]])[] = [
	["the first look of a working page tells nothing", ".", "working", []],
	["the first look of a failing page tells nothing: the head says it", "x", "failing", []],
	["a working page that begins to fail", "..x", "failing", ["working>failing after 2"]],
	["one look that works is no recovery", "xx.", "failing", []],
	["a failure after a look that worked", "xx.x", "flapping", ["failing>flapping after 3"]],
	["now and then, and then always", "x.xxxxx", "failing", ["failing>flapping after 2", "flapping>failing after 4"]],
	["recovery", `xx${".".repeat(CLEAN_LOOKS)}`, "recovered", ["failing>recovered after 6", "ended recovered"]],
	[
		"recovery from flapping",
		`x.x${".".repeat(CLEAN_LOOKS)}`,
		"recovered",
		["failing>flapping after 2", "flapping>recovered after 5", "ended recovered"],
	],
	["a page that never failed does not recover", ".".repeat(20), "working", []],
	["another code", "xy", "failing", ["code 520>522"]],
	["codes that alternate are told once", "xyxyxy", "failing", ["code 520>522"]],
	["another data center", "xX", "failing", ["colo FRA"]],
	["data centers that alternate are told once", "xXxXx", "failing", ["colo FRA"]],
	["a hidden look says nothing", "x?x", "failing", []],
	["hidden for long", "x???", "hidden", ["failing>hidden after 3"]],
	["hidden, and failing again", "x???x", "failing", ["failing>hidden after 3", "hidden>failing after 1"]],
	["hidden looks do not stand between clean ones", "x..?...", "recovered", ["failing>recovered after 6", "ended recovered"]],
];
for (const [what, signs, state, changes] of cases)
	test(`a watch: ${what}`, () => {
		const one = after(signs);
		assert.deepEqual([one.state, told(one)], [state, changes]);
	});

test("a watch that was begun from a case recovers without having met a failure itself", () => {
	assert.deepEqual(told(after(".....", watch({ caseId: "c" }))), ["working>recovered after 4", "ended recovered"]);
});

test("the share counts every look that says something, and the newest are shown", () => {
	const one = after("x?.".repeat(50));
	assert.deepEqual([one.looks, one.failures, one.recent.length], [100, 50, RECENT_MAX]);
});

test("of what failed, the first and the last are kept", () => {
	assert.deepEqual(
		after("x.".repeat(10)).kept.map(({ ray }) => ray),
		["0", "14", "16", "18"],
	);
});

test("what was due while nobody was there is told once, and the pace goes on", () => {
	const late = withGap(watch({ nextAtMs: START }), START + 600_000);
	assert.deepEqual([told(late), late.nextAtMs], [["gap 10"], START + 600_000]);
	assert.deepEqual(told(withGap(watch({ nextAtMs: START }), START + 50_000)), [], "a little late is no absence");
	assert.deepEqual(told(withGap(late, START + 630_000)), ["gap 10"]);
	const failing = after("x.x.", watch({ everyMs: 60_000 }));
	assert.equal(
		told(withGap({ ...failing, nextAtMs: START + 240_000 }, START + 900_000)).at(-1),
		"gap 12",
		"from the last look on",
	);
	const back = { atMs: START + 600_000, outcome: "failing", what: "520", colo: "DFW" } as const;
	assert.deepEqual(told(advanceWatch(withGap(watch({ state: "working" }), START + 600_000), back, null)), [
		"gap 10",
		"working>failing after a gap",
	]);
});

test("what is kept of a failing answer shows no cookie, wherever the bytes around the fault begin", () => {
	for (const before of [0, 5, 20, 60]) {
		const bytes = Buffer.from(
			`HTTP/1.1 200 OK\r\nX-Pad: ${"p".repeat(before)}\r\nSet-Cookie: sid=sesamesesame${"s".repeat(before)}\r\nX Bad: 1\r\n\r\nhello`,
		);
		const asked = {
			route: "through-edge",
			purpose: "page",
			url: "https://shop.example/",
			method: "GET",
			startedAtMs: START,
		} as const;
		const timings = { dnsMs: null, connectedMs: 1, securedMs: null, sentMs: 1, firstByteMs: 2, lastByteMs: 2, endedMs: 3 };
		const look: Observation = {
			kind: "answered",
			asked,
			protocol: "http/1.1",
			family: 4,
			cloudflareAddress: false,
			ending: "fin",
			bytes: new Uint8Array(bytes),
			received: bytes.length,
			tls: null,
			secondOpinion: null,
			content: new Uint8Array(),
			timings,
		};
		const classification = { ...classify(look, START), kind: "broken" } as const;
		const kept = keptFailure({ look, classification });
		assert.ok(kept !== null && kept.around !== null && kept.findings.includes("bad-field-name"));
		assert.doesNotMatch(Buffer.from(kept.around.bytes, "base64").toString("latin1"), /sesame|ssss/);
	}
});

test("an ended watch stays as it ended", () => {
	const ended = endWatch(after("x"), { why: "stopped", who: "Ben", atMs: START });
	assert.deepEqual(told(endWatch(ended, { why: "time", who: null, atMs: START })), ["ended stopped"]);
	assert.equal(after("x.x", ended), ended);
});

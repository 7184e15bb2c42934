import assert from "node:assert/strict";
import { test } from "node:test";
import { partsOf } from "../../src/adapters/discord/parts.ts";
import { renderSlack } from "../../src/adapters/slack/render.ts";
import { renderTerminal } from "../../src/adapters/terminal/render.ts";
import { judgePlaces, type OwnLook } from "../../src/judge/places.ts";
import type { Message } from "../../src/message/message.ts";
import { type AskedPlaces, readPlaces, unaskedPlaces, WORLD } from "../../src/read/text/places.ts";
import { readTarget, type Target } from "../../src/read/text/target.ts";
import { askingPlaces, type PlacesResult, placesData, placesMessage, placesNotAsked } from "../../src/reply/places.ts";
import { publicPart } from "../../src/services/public-part.ts";
import { messageRefusal } from "../adapters/discord-limits.ts";
import { calledIn, messageProblems } from "../adapters/slack-limits.ts";
import { BUDGETS, within } from "../budgets.ts";
import { flat } from "../flat.ts";
import { HOSTILE } from "../hostile-words.ts";
import { record } from "../recorded.ts";
import { type Meets, NOW, toldOf } from "../told.ts";
import { words } from "../words.ts";

const target = (url: string): Target => {
	const read = readTarget(url);
	assert.ok(!("why" in read));
	return read;
};
const placesOf = (said: string): AskedPlaces => {
	const read = readPlaces(said, true);
	assert.ok(read !== null);
	return read;
};
const FAILS: OwnLook = { fails: true, onlyThisPage: false };
const times = (n: number, one: Meets): Meets[] => Array.from({ length: n }, () => one);

/** What places told, and what is said of it. */
interface Case {
	readonly first: readonly Meets[];
	readonly again?: readonly Meets[];
	readonly own?: OwnLook;
	readonly url?: string;
	readonly places?: string;
	readonly caseCode?: string | null;
	/** Sentences that people read. */
	readonly says: readonly string[];
}

const MIXED: readonly Meets[] = ["520@FRA", "520@FRA", ...times(4, "200"), "520@FRA", "200"];
const CASES: Readonly<Record<string, Case>> = {
	all: { first: times(8, "520"), own: FAILS, says: ["Every place gets the 520. It is not your network."] },
	"all-but-silent": {
		first: [...times(6, "520"), "silent", "offline"],
		own: FAILS,
		says: ["Every place that got through gets the 520."],
	},
	mixed: { first: ["520", ...times(7, "200")], says: ["520 from 1 of 8 places; the other 7 are fine."] },
	"mixed-same-again": {
		first: MIXED,
		again: MIXED,
		says: [
			"520 from 3 of 8 places; the other 5 are fine.",
			"The same three failed again, so it depends on where the visitor is, or on the data center that contacts your server.",
			"All three entered at Frankfurt (FRA).",
		],
	},
	"mixed-same-again-one-gone": {
		first: MIXED,
		again: ["520@FRA", "offline", ...times(4, "200"), "520@FRA", "200"],
		says: ["The same two failed again", "Both entered at Frankfurt (FRA)."],
	},
	"mixed-others": {
		first: ["520", "520", ...times(6, "200")],
		again: [...times(6, "200"), "520", "520"],
		says: [
			"520 from 2 of 8 places; the other 6 are fine.",
			"Different places failed the second time: this is chance or load, not location.",
		],
	},
	"mixed-none-again": {
		first: ["520", ...times(7, "200")],
		again: times(8, "200"),
		says: ["None failed the second time: this is chance or load, not location."],
	},
	"mixed-of-many-kinds": {
		first: ["520", "502", "200", "200", "cached", "silent", "challenge", "not-cloudflare"],
		says: [
			"An error from 2 of 8 places; 2 are fine, 1 from Cloudflare's cache, 1 without a response, 1 challenged, 1 without Cloudflare.",
			"DNS differs in Sydney.",
		],
	},
	none: {
		first: times(8, "200"),
		says: ["No place gets a 520 right now. It depends on the session, the moment or the visitor. Who is affected?"],
	},
	"here-only": { first: times(8, "200"), own: FAILS, says: ["No other place gets a 520, only my own requests do."] },
	challenged: {
		first: [...times(6, "challenge"), "403", "200"],
		says: ["Cloudflare challenges these places, so they cannot tell us anything."],
	},
	"too-few": {
		first: ["520", "silent", "200", "silent", "200", "silent"],
		places: "frankfurt, berlin, texas, new york, japan, brazil",
		says: [
			"From Frankfurt: 520 at Frankfurt (FRA). Berlin, New York, Brazil: no response. Texas, Japan: 200. Too few places to tell location from chance.",
		],
	},
	"fewer-than-four-asked": {
		first: ["520", "silent", "200"],
		places: "germany, berlin, us",
		says: ["From Germany: 520 at Frankfurt (FRA). Berlin: no response. US: 200.", "[Other places]"],
	},
	"fewer-than-four-asked-here-only": {
		first: ["200", "200", "200"],
		places: "germany, berlin, us",
		own: FAILS,
		says: ["From Germany, Berlin, US: 200. My own requests fail."],
	},
	"all-silent": {
		first: [...times(7, "silent"), "offline"],
		own: FAILS,
		says: ["None of 8 places got a response. They cannot tell why."],
	},
	"all-silent-of-two": { first: times(2, "silent"), places: "germany, berlin", says: ["From Germany, Berlin: no response."] },
	"dropped-place": {
		first: ["520"],
		places: "germany, norway",
		says: ["From Germany: 520 at Frankfurt (FRA).", "No probe in Norway."],
	},
	"not-sure": { first: ["520", "200"], places: "frankfurt, bavaria", says: ["Not sure which of these is Bavaria."] },
	"without-query": {
		first: times(8, "520"),
		own: FAILS,
		url: "https://shop.example/a?token=x1y2",
		says: ["Asked without the part after ?."],
	},
	"without-segment": {
		first: times(8, "520"),
		own: FAILS,
		url: "https://shop.example/reset/9f8a9f8a9f8a9f8a",
		says: ["Asked for /reset/ only: the rest of the path may be a secret."],
	},
	"too-many": {
		first: times(8, "520"),
		places: "frankfurt, berlin, texas, new york, japan, brazil, uk, australia, poland, 203.0.113.9",
		says: ["Eight at most: Poland not asked.", "Not a place: 203.0.113.9."],
	},
};

function messageOf({ first, again, own, url, places, caseCode = "520" }: Case, asks = true): Message {
	const asked = places === undefined ? WORLD : placesOf(places);
	const page = target(url ?? "https://shop.example/checkout");
	const result: PlacesResult = {
		kind: "told",
		verdict: judgePlaces(asked, toldOf(first), again === undefined ? null : toldOf(again), own ?? null, NOW),
		part: publicPart(page.path),
		caseCode,
	};
	return placesMessage(page, asked, result, asks);
}

const SENT = "https://shop.example/checkout from other places";
for (const [name, one] of Object.entries(CASES))
	test(`what other places told is said in each chat: ${name}`, (t) => {
		const message = messageOf(one);
		record(t, `places-${name}`, SENT, [{ place: "thread", message }]);
		const text = flat(message);
		for (const sentence of one.says) assert.ok(text.includes(sentence), `${sentence}\nis not in\n${text}`);
		// Every place is listed.
		const [grid] = message.blocks.filter(({ kind }) => kind === "grid");
		assert.equal(grid?.kind === "grid" && grid.rows.length, one.first.length);
		within("places", [{ words: words(message), message }]);
		const isOne = !/\d are fine, /.test(text);
		assert.ok(!isOne || words(message) <= BUDGETS.delta.words, `${words(message)} words of ${BUDGETS.delta.words}`);
	});

const LIMIT = { kind: "limit", againMs: 21 * 60_000, tokenHelps: false } as const;
const TROUBLES: Readonly<Record<string, readonly [result: PlacesResult, says: string]>> = {
	off: [{ kind: "off" }, "Other places are switched off here."],
	unreachable: [{ kind: "unreachable" }, "Other places could not be asked."],
	unauthorized: [{ kind: "unauthorized" }, "Other places could not be asked: Globalping rejects the operator's token."],
	rejected: [{ kind: "rejected" }, "Other places could not be asked: Globalping does not accept this host."],
	"not-public": [{ kind: "not-public" }, "Other places are asked for public hostnames only."],
	"no-probes": [{ kind: "no-probes" }, "No probe in Germany, US."],
	limit: [
		{ ...LIMIT, why: "tests", tokenHelps: true },
		"No more checks from other places this hour. Try again in 21 min. (The operator can set CF520_GLOBALPING_TOKEN.)",
	],
	"limit-with-token": [{ ...LIMIT, why: "tests" }, "No more checks from other places this hour. Try again in 21 min."],
	"limit-workspace": [{ ...LIMIT, why: "hour" }, "No more checks from other places this hour. Try again in 21 min."],
	"limit-host": [
		{ ...LIMIT, why: "host", againMs: 40_000 },
		"Other places were asked about this host a moment ago. Try again in 40 s.",
	],
	"limit-target": [{ ...LIMIT, why: "target" }, "This host has reached its limit of requests per hour. Try again in 21 min."],
};
for (const [name, [result, says]] of Object.entries(TROUBLES))
	test(`where other places tell nothing, it is said why: ${name}`, (t) => {
		const message = placesMessage(target("https://shop.example/checkout"), placesOf("germany, us"), result);
		record(t, `places-${name}`, SENT, [{ place: "thread", message }]);
		assert.equal(flat(message), says);
		within("delta", [{ words: words(message) }]);
	});

const UNASKED: Readonly<Record<string, readonly [said: string, isOff: boolean]>> = {
	"not-asked": ["is shop.example down in germany and japan?", false],
	"not-asked-elsewhere": ["is shop.example down elsewhere?", false],
	"not-asked-no-place": ["shop.example from my phone", false],
	"not-asked-off": ["is shop.example down in germany?", true],
};
for (const [name, [said, isOff]] of Object.entries(UNASKED))
	test(`words about places that ask none are answered in each chat: ${name}`, (t) => {
		const unasked = unaskedPlaces(said);
		assert.ok(unasked !== null);
		const message = placesNotAsked(target("https://shop.example/checkout?token=secret1"), unasked, isOff);
		record(t, `places-${name}`, said, [{ place: "only for the asker", message }]);
		assert.ok(words(message) <= 25, `${words(message)} words`);
	});

test("where another question is open, none is asked", () => {
	const none = CASES.none;
	assert.ok(none !== undefined);
	assert.doesNotMatch(flat(messageOf(none, false)), /\?/);
});

test("a site without a code of its own is not said to have a 520", () => {
	const none = CASES.none;
	assert.ok(none !== undefined);
	assert.match(flat(messageOf({ ...none, caseCode: null })), /^No place gets an error right now\./);
});

test("the first sign of life names up to three places", () => {
	const page = target("https://shop.example/checkout?token=secret1");
	assert.equal(flat(askingPlaces(page, WORLD)), "Requesting shop.example/checkout?token=*** from other places…");
	assert.match(flat(askingPlaces(page, placesOf("de, us, jp, br, fr"))), / from Germany, US, Japan and 2 more…$/);
});

/** In each chat; each takes it, and it calls nobody and links nowhere. */
function shown(one: Message): string {
	const payload = renderSlack(one, { inThread: true, calls: true });
	assert.deepEqual(messageProblems(payload), []);
	assert.deepEqual(calledIn(payload), []);
	for (const { allowedMentions, ...part } of [...partsOf(one, "container", []), ...partsOf(one, "content", [])]) {
		assert.equal(messageRefusal({ ...part, allowed_mentions: allowedMentions }), null);
		assert.deepEqual(allowedMentions?.users ?? [], []);
	}
	return renderTerminal(one, { colour: false, width: 100, askPrefix: "" });
}

for (const [what, text] of Object.entries({ ...HOSTILE, bidi: "\u202egpj.exe\u2066x", control: "a\u001b[31m\u0000b\u0007" }))
	test(`what a probe is called stays text in each chat, and fits: ${what}`, () => {
		const told = toldOf(["520", "200", "cached", "not-cloudflare", ...times(4, "520")]).map((one) => ({
			...one,
			place: {
				...one.place,
				city: text.slice(0, 60),
				country: text.slice(0, 2),
				network: text.slice(0, 80),
				region: text.slice(0, 60),
			},
		}));
		const named = { word: text.slice(0, 60), name: text.slice(0, 60), key: "x", magic: text.slice(0, 60) };
		const asked: readonly AskedPlaces[] = [
			WORLD,
			{ places: [named], words: [named.word], leftOut: [named.name, named.name], notPlaces: [named.word], key: "x" },
		];
		for (const places of asked) {
			const verdict = judgePlaces(places, told, null, null, NOW);
			const part = { path: `/${text.slice(0, 500)}`, withoutQuery: true, withoutSegment: true };
			const page = target("https://shop.example/");
			const told1 = placesMessage(page, places, { kind: "told", verdict, part, caseCode: "520" });
			for (const message of [
				told1,
				askingPlaces(page, places),
				placesMessage(page, places, { kind: "no-probes" }),
				placesNotAsked(page, { words: [named.word], places: null }, false),
				placesNotAsked(page, { words: [named.word], places }, false),
				placesNotAsked(page, { words: [named.word], places }, true),
			])
				assert.doesNotMatch(shown(message).replaceAll("\n", ""), /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
		}
	});

test("--json has each place, and nothing by which a measurement is found", () => {
	const verdict = judgePlaces(placesOf("germany, norway"), toldOf(["520"]), null, null, NOW);
	const data = placesData({ kind: "told", verdict, part: publicPart("/"), caseCode: "520" });
	assert.deepEqual(data, {
		kind: "told",
		conclusion: "list",
		failing: 1,
		fine: 0,
		code: "520",
		places: [
			{
				asked: "germany",
				city: "Frankfurt",
				country: "DE",
				network: "datacenter",
				colo: "FRA",
				code: 520,
				kind: "failing",
				again: null,
				ms: 212,
			},
		],
		dropped: ["norway"],
		evidence: {},
	});
	assert.deepEqual(placesData({ kind: "off" }), { kind: "off" });
});

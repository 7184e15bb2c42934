import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { judgeConfiguration } from "../../src/judge/configuration.ts";
import { judgeShares } from "../../src/judge/shares.ts";
import { wordsInMessage, wordsInText } from "../../src/message/count-words.ts";
import { plainText, text } from "../../src/message/text.ts";
import {
	accountMessage,
	connectByOperator,
	connected,
	connectFailed,
	connectMessage,
	disconnected,
	fromSettings,
	globalKeyRefused,
	notAToken,
	notConnected,
	onlyTheHost,
	platformsZone,
	refusedWords,
	tokenMessage,
	tokenTyped,
	tooManyAccounts,
	unreadableWords,
} from "../../src/reply/account.ts";
import {
	besideRow,
	configurationWords,
	numbersReply,
	numbersWords,
	rayNumbersWords,
	shareWords,
} from "../../src/reply/numbers.ts";
import { openCloudflare } from "../../src/services/cloudflare/cloudflare.ts";
import { isRefused, type RayFound, type Refused } from "../../src/services/cloudflare/shares.ts";
import { type FakeCloudflare, type FakeRequest, type FakeZone, startFakeCloudflare } from "../fakes/cloudflare.ts";
import { counted, countedShares } from "../fakes/counted-shares.ts";
import { type Fault, HOST, seeded, traffic } from "../fakes/traffic.ts";
import { flat } from "../flat.ts";

const NOW = Date.UTC(2026, 10, 25, 10);
const HOUR_MS = 3_600_000;
const ZONE = "023e105f4ecef8ad9ca31a8372d0c353";
const ACCESS = { key: "slack T1", token: `cfut_${"s".repeat(40)}0badc0de` };

let fake: FakeCloudflare;
before(async () => {
	fake = await startFakeCloudflare(() => NOW, seeded(3));
	fake.tokens.push({
		token: ACCESS.token,
		id: "e".repeat(32),
		kind: "user",
		status: "active",
		zones: [ZONE],
		permissions: ["zone", "analytics"],
	});
});
after(() => fake.close());

const some = (percent: number, fits: (one: FakeRequest, minute: number) => boolean, more: Partial<Fault> = {}): Fault => ({
	fails: (one, minute, random) => fits(one, minute) && random() < percent / 100,
	...more,
});

interface Golden {
	readonly fault: Fault;
	readonly zone?: Partial<FakeZone>;
	readonly each?: (one: FakeRequest, nth: number) => FakeRequest;
}

const isLogin = ({ path }: FakeRequest) => path === "/login";
/** Each as people read it: a question that asks for something else gets another golden. */
const GOLDENS: Readonly<Record<string, Golden>> = {
	all: { fault: some(100, () => true) },
	"some-urls": { fault: some(60, isLogin) },
	"some-urls-in-bursts": { fault: some(95, (one, minute) => isLogin(one) && [10, 11, 30, 50].includes(minute)) },
	"one-country": { fault: some(70, ({ country }) => country === "JP") },
	"one-client": { fault: some(80, ({ agent }) => agent.startsWith("okhttp")) },
	"one-data-center": { fault: some(50, ({ colo }) => colo === "NRT") },
	bursts: { fault: some(50, (_, minute) => [7, 8, 31, 52].includes(minute)) },
	over: { fault: some(45, (_, minute) => minute >= 5 && minute < 20) },
	"over-on-one-page": { fault: some(90, (one, minute) => isLogin(one) && minute >= 5 && minute < 20) },
	since: { fault: some(45, (_, minute) => minute >= 35) },
	"success-rejected": { fault: some(60, isLogin, { origin: (random) => (random() < 0.9 ? 200 : 0) }) },
	"error-relabeled": { fault: some(60, isLogin, { origin: (random) => (random() < 0.9 ? 503 : 0) }) },
	sampled: { fault: some(60, isLogin), zone: { sampling: 10 } },
	"without-origin-status": { fault: some(60, isLogin), zone: { without: ["dimensions_originResponseStatus"] } },
	"other-codes": {
		fault: some(8, () => true, { otherwise: (one, random) => (random() < 0.02 ? { ...one, edge: 524, origin: 0 } : one) }),
	},
	"ids-and-queries": {
		fault: some(70, isLogin),
		each: (one, nth) =>
			isLogin(one) ? { ...one, method: "GET", path: `/customers/${100_000 + (nth % 7)}/ann@example.com?token=abc` } : one,
	},
	"secret-segments": {
		fault: some(70, isLogin),
		each: (one, nth) =>
			isLogin(one) ? { ...one, path: `/reset/Zk9fQ2xYb7LpM4tRw8${"abcdefg"[nth % 7]}/AB12-CD34-EF56-GH78-JK90/done` } : one,
	},
	"hostile-path": {
		fault: some(70, isLogin),
		each: (one) => (isLogin(one) ? { ...one, path: `/<@U1>*a*\u202e${"x".repeat(200)}`, agent: "<!here> `x`" } : one),
	},
	nothing: { fault: some(0, () => true) },
};

describe("what people read of a zone's numbers", () => {
	for (const [name, { fault, zone = {}, each = (one: FakeRequest) => one }] of Object.entries(GOLDENS))
		it(name, async (t) => {
			const requests = traffic(NOW - 60_000, 59, 60, fault, 11).map(each);
			// Neither of another host nor of a Worker nor of another hour.
			const others = requests.slice(0, 300).flatMap((one) => [
				{ ...one, host: "other.example.com", edge: 520 },
				{ ...one, source: "edgeWorkerFetch", edge: 520 },
				{ ...one, atMs: one.atMs - 2 * HOUR_MS, edge: 520 },
			]);
			fake.zones.splice(0, 1, {
				id: ZONE,
				name: "example.com",
				plan: "free",
				account: ZONE,
				requests: [...requests, ...others],
				...zone,
			});
			const cloudflare = openCloudflare({ base: fake.url, userAgent: "test" }, { now: () => NOW, later: () => () => {} });
			const shares = await cloudflare.question(ACCESS).shares(ZONE, { host: HOST, code: 520, fromMs: NOW - HOUR_MS, toMs: NOW });
			if (isRefused(shares)) return assert.fail(JSON.stringify(shares));
			const { numbers, evidence } = judgeShares(shares);
			const [delta, reply] = [numbersWords(numbers, NOW), numbersReply(numbers, NOW)];
			assert.ok(wordsInText(delta) <= 50 && wordsInMessage(reply.head) <= 80);
			const table = reply.head.blocks.find(({ kind }) => kind === "grid");
			if (table?.kind === "grid") {
				assert.ok(table.rows.length <= 6);
				for (const row of table.rows) assert.ok(row.join("  ").length <= 42, row.join("  "));
			}
			const said = evidence.map(({ key, value, n }) => `${key}: ${[value].flat().join(", ")} (${n} rows)`);
			const page = [
				`# beside an answer`,
				plainText(delta),
				"",
				"# numbers",
				flat(reply.head),
				"",
				"# evidence",
				...said,
				"",
			].join("\n");
			assert.doesNotMatch(page, /token=|ann@|10000\d|\u202e|Zk9f|CD34/);
			t.assert.fileSnapshot(page, new URL(`../golden/numbers/${name}.txt`, import.meta.url).pathname, { serializers: [String] });
		});
});

describe("one Ray ID, in words", () => {
	const row = { atMs: NOW, host: HOST, method: "POST", path: "/login", edge: 520, origin: 0, cache: "dynamic" };
	const found: readonly (readonly [RayFound, number, string])[] = [
		[{ kind: "row", row, events: [] }, HOUR_MS, "This request: POST /login, 520, no status from the origin, not cached."],
		[
			{
				kind: "row",
				row: { ...row, origin: 200, cache: "hit", path: null },
				events: [{ action: "block", source: null, description: null }],
			},
			HOUR_MS,
			"This request: 520, 200 from the origin, from the cache. A security rule acted on it: block.",
		],
		[{ kind: "no-single-requests" }, 0, "Your plan's data has no single requests."],
		[{ kind: "none", interval: 1, events: [] }, 60_000, "Not there yet: these numbers lag by a few minutes."],
		[{ kind: "none", interval: 10, events: [] }, HOUR_MS, "Not in the sample, which proves nothing."],
		[{ kind: "none", interval: null, events: [] }, HOUR_MS, "Not in the sample, which proves nothing."],
		[{ kind: "none", interval: 1, events: [] }, HOUR_MS, "No request to this zone has this Ray ID."],
	];
	for (const [answer, ageMs, expected] of found)
		it(expected, () => {
			const { say, isEarly } = rayNumbersWords(answer, HOST, ageMs);
			assert.deepEqual([plainText(say), isEarly], [expected, expected.startsWith("Not there yet")]);
		});

	it("of another host of the zone names that host", () =>
		assert.equal(
			plainText(rayNumbersWords({ kind: "row", row, events: [] }, "shop.example.com", HOUR_MS).say),
			"This request to www.example.com: POST /login, 520, no status from the origin, not cached.",
		));
});

describe("what is said of an account", () => {
	const zone = { id: ZONE, name: "example.com", plan: "free", isActive: true, accountId: null };
	const verified = { id: null, expiresAtMs: null, canMore: false };
	const form = { label: "Enter the token…", action: { do: "leave" } } as const;
	const row = {
		zoneName: "example.com",
		plan: "free",
		tokenId: "ed17574386854bf7",
		by: "Ann",
		atMs: NOW,
		state: { kind: "working" },
	} as const;
	const refused = (kind: Refused) =>
		({ mood: "neutral", blocks: [{ kind: "say", text: refusedWords(kind, "example.com", NOW, NOW - 48 * 60_000) }] }) as const;
	const all = {
		"connect, with a form": connectMessage("example.com", form),
		"connect, by the operator": connectByOperator("discord:123456789012345678"),
		"connected, settings too": connected(zone, "www.example.com", verified, true, true),
		"connected, in memory, with a token that can do more": connected(
			zone,
			"example.com",
			{ ...verified, canMore: true },
			false,
			false,
		),
		"not connected, refused": connectFailed({ kind: "refused" }, "example.com", NOW, form),
		"not connected, other addresses": connectFailed({ kind: "refused", of: "address" }, "example.com", NOW, form),
		"not connected, unreachable": connectFailed({ kind: "unreachable" }, "example.com", NOW, form),
		"not connected, limited": connectFailed({ kind: "limited", untilMs: NOW + 300_000 }, "example.com", NOW, form),
		"not connected, another account": connectFailed({ kind: "zone-not-reached" }, "example.com", NOW, form),
		"a global key": globalKeyRefused,
		"no token": notAToken,
		"too many": tooManyAccounts,
		disconnected: disconnected("example.com"),
		"not connected": notConnected("example.com"),
		"set by the operator": fromSettings("example.com"),
		"account, none": accountMessage([], 0, NOW),
		"account, unreadable": accountMessage([], 1, NOW),
		"account, two": accountMessage(
			[row, { ...row, zoneName: "shop.example", plan: null, tokenId: null, state: { kind: "refused", sinceMs: NOW - HOUR_MS } }],
			0,
			NOW,
		),
		"a token in a message": tokenMessage,
		"something else behind the host": onlyTheHost("example.com"),
		"no right": refused({ kind: "no-right", needs: "analytics" }),
		"no right to list zones": refused({ kind: "no-right", needs: "zone" }),
		refused: refused({ kind: "refused" }),
		limited: refused({ kind: "limited", untilMs: NOW + 300_000 }),
		"zone not reached": refused({ kind: "zone-not-reached" }),
		"too old": refused({ kind: "too-old" }),
		unreachable: refused({ kind: "unreachable" }),
		"another key": { mood: "neutral", blocks: [{ kind: "say", text: unreadableWords }] },
		"a platform's zone": {
			mood: "neutral",
			blocks: [{ kind: "say", text: platformsZone(["a5ffb220b4c1d777", "a5ffb220b4c1d778"]) }],
		},
	} as const;

	it("reads as it is recorded, within the budgets", (t) => {
		for (const [name, message] of Object.entries(all)) {
			const max = name.startsWith("connect, ") ? 70 : 45;
			assert.ok(wordsInMessage(message) <= max, `${name}: ${wordsInMessage(message)}`);
		}
		const page = Object.entries(all)
			.map(([name, message]) => `# ${name}\n${flat(message)}\n`)
			.join("\n");
		t.assert.fileSnapshot(page, new URL("../golden/numbers/account.txt", import.meta.url).pathname, { serializers: [String] });
	});

	it("settings that speak are one sentence", () => {
		const none = { ssl: null, http: null, pulls: null, routes: null, isPartly: false };
		const about = { url: `https://${HOST}/`, beganAtMs: NOW, speaksHttp2: false };
		const said = (more: object) => {
			const words = configurationWords(judgeConfiguration({ ...none, ...more }, about), NOW);
			return words === null ? null : plainText(words);
		};
		const ssl = { value: "flexible", modifiedAtMs: null };
		assert.deepEqual(
			[
				{},
				{ ssl },
				{ ssl: { ...ssl, modifiedAtMs: NOW - HOUR_MS } },
				{ routes: [{ pattern: `${HOST}/*`, isOn: true }] },
				{ pulls: { value: "on", modifiedAtMs: null } },
			].map(said),
			[
				null,
				"The SSL/TLS mode is Flexible: Cloudflare sends plain HTTP to your server.",
				"The setting SSL/TLS mode was changed at 09:00:00 UTC, before they started.",
				"A Worker runs on this URL.",
				"Authenticated Origin Pulls is on: your server must accept Cloudflare's certificate.",
			],
		);
	});
});

describe("numbers of a sentence", () => {
	it("are rounded to neither nothing nor all", () => {
		const rows: readonly (readonly [number, string])[] = [
			[0, "0%"],
			[0.0004, "under 0.1%"],
			[0.0229, "2.3%"],
			[0.02, "2%"],
			[0.0996, "10%"],
			[0.954, "95%"],
			[0.994, "over 99%"],
			[0.9999, "over 99%"],
			[1, "100%"],
		];
		for (const [share, words] of rows) assert.equal(shareWords(share), words);
	});

	it("add up, whatever the traffic is, within the budgets", () => {
		const random = seeded(8);
		for (let run = 0; run < 400; run += 1) {
			const [rate, k] = [random() ** 2, random() < 0.5 ? 1 : 10];
			const path = ["/login", "/cart", "/"][run % 3];
			const requests = traffic(
				NOW,
				60,
				1 + Math.floor(random() * 30),
				some(100 * rate, (one) => run % 2 === 0 || one.path === path),
				run,
			);
			const { numbers } = judgeShares(countedShares(requests, { fromMs: NOW - HOUR_MS, toMs: NOW }, k, random));
			const words = plainText(numbersWords(numbers, NOW));
			assert.ok(words.split(/\s+/).length <= 52 && wordsInMessage(numbersReply(numbers, NOW).head) <= 80);
			const [, failed, of, percent] =
				/([\d,]+) of ([\d,]+) requests to \S+ got a 520 \((?:under |over )?([\d.]+)%\)/.exec(words) ?? [];
			if (failed === undefined || of === undefined) {
				assert.match(words, /none of|counted no requests/);
				continue;
			}
			const [a, b] = [failed, of].map((text) => Number(text.replaceAll(",", ""))) as [number, number];
			assert.ok(a <= b, words);
			assert.ok(Math.abs((100 * a) / b - Number(percent)) <= 1, words);
			const bounds = /between ([\d,]+) and ([\d,]+)\./.exec(
				flat(numbersReply({ ...numbers, where: null, colo: null, who: null, saw: null, when: null, others: [] }, NOW).head),
			);
			if (k === 1) assert.equal(bounds, null);
			else {
				const [low, high] = [bounds?.[1], bounds?.[2]].map((text) => Number(text?.replaceAll(",", ""))) as [number, number];
				assert.ok(low <= a && a <= high, words);
			}
			for (const [, share] of words.matchAll(/(\d+)% of them/g)) assert.ok(Number(share) <= 100);
		}
	});

	it("of a count without bounds come from the rows that were seen", () => {
		const shares = countedShares([], { fromMs: NOW - HOUR_MS, toMs: NOW }, 1, Math.random);
		const fails = { ...counted(100, 10), lower: null, upper: null };
		const { numbers } = judgeShares({ ...shares, fails, total: counted(5_000, 10) });
		assert.match(flat(numbersReply(numbers, NOW).head), /about 1,000 of 50,000 [\s\S]*Sampled 1 in 10: between 814 and 1,186\./);
		// No intervals in a head.
		assert.match(plainText(numbersWords(numbers, NOW)), /about 1,000 of 50,000 .* Sampled 1 in 10\.$/);
	});

	it("are fewer words where a head has no room", () => {
		const shares = countedShares([], { fromMs: NOW - HOUR_MS, toMs: NOW }, 1, Math.random);
		const { numbers } = judgeShares({ ...shares, fails: counted(421, 1), total: counted(18_420, 1) });
		const said = (more: object, max: number) => plainText(numbersWords({ ...numbers, ...more }, NOW, null, max));
		assert.equal(said({}, 16), "In the last hour, 421 of 18,420 requests to www.example.com got a 520 (2.3%).");
		assert.equal(said({}, 13), "Last hour: 421 of 18,420 got 520.");
		assert.equal(said({}, 0), "Last hour: 421/18,420 failed.");
		assert.equal(said({ fails: counted(0, 1) }, 7), "Last hour: none of 18,420 got 520.");
		assert.equal(said({ fromMs: NOW - 3 * HOUR_MS }, 8), "Last 3 h: 421 of 18,420 got 520.");
		assert.equal(said({ fromMs: NOW - 9 * HOUR_MS, toMs: NOW - 8 * HOUR_MS }, 7), "Around then: 421 of 18,420 got 520.");
	});

	it("say that a plan gives less than was asked for", () => {
		const shares = countedShares([], { fromMs: NOW - 24 * HOUR_MS, toMs: NOW }, 1, Math.random);
		const { numbers } = judgeShares({ ...shares, fails: counted(421, 1), total: counted(18_420, 1) });
		const said = (askedMs: number | null) => flat(numbersReply(numbers, NOW, [], askedMs).head);
		assert.match(said(72 * HOUR_MS), /^In the last 24 h, [\s\S]*This plan gives no more than 24 h at once\./);
		for (const askedMs of [null, 24 * HOUR_MS]) assert.doesNotMatch(said(askedMs), /This plan/);
	});

	it("beside a request's own row give way to it", () => {
		const row = { say: text`One two three four.`, brief: text`One two.`, isEarly: false };
		const others = (max: number) => (max >= 5 ? text`Five words of the numbers.` : text`Three words least.`);
		const said = (max: number) => plainText(besideRow(row, others, max));
		assert.deepEqual(
			[said(9), said(7), said(4), said(3)],
			[
				"One two three four. Five words of the numbers.",
				"One two three four. Three words least.",
				"One two three four.",
				"One two.",
			],
		);
	});
});

for (const [platform, canReplyPrivately, isAlone] of [
	["terminal", true, true],
	["discord", true, true],
	["discord", false, false],
	["slack", true, false],
] as const)
	it(`a token typed on ${platform}, ${canReplyPrivately ? "with" : "without"} private replies`, () => {
		const said = flat(tokenTyped({ platform, canReplyPrivately }).message);
		assert.equal(/typed where it may be kept/.test(said), isAlone, said);
		assert.equal(/anyone here could have copied it/.test(said), !isAlone, said);
	});

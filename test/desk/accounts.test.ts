import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { Accounts } from "../../src/desk/accounts.ts";
import type { AccountsContext, DeskContext } from "../../src/desk/context.ts";
import type { Conversation } from "../../src/desk/conversation.ts";
import { openDesk } from "../../src/desk/desk.ts";
import { noMetrics } from "../../src/desk/metrics.ts";
import type { Stores } from "../../src/desk/stores.ts";
import { openLimits } from "../../src/looks/limits.ts";
import type { Message } from "../../src/message/message.ts";
import { plainText } from "../../src/message/text.ts";
import { openCloudflare } from "../../src/services/cloudflare/cloudflare.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { chat } from "../chat.ts";
import { realClock } from "../clock.ts";
import { type FakeCloudflare, type FakeFault, type FakeToken, type FakeZone, startFakeCloudflare } from "../fakes/cloudflare.ts";
import { HOST, seeded, traffic } from "../fakes/traffic.ts";
import { flat } from "../flat.ts";
import { anAccess } from "../store/values.ts";

const NOW = Date.UTC(2026, 10, 25, 10);
const HOUR_MS = 3_600_000;
const ZONE = "023e105f4ecef8ad9ca31a8372d0c353";
const SECRET = `cfut_${"s".repeat(40)}0badc0de`;
const RAY = { id: "a5ffb220b4c1d777", receivedAtMs: NOW - 10 * 60_000 };

let nowMs = NOW;
let fake: FakeCloudflare;
const requests = traffic(NOW - 60_000, 59, 40, { fails: ({ path }, _, random) => path === "/login" && random() < 0.6 });

before(async () => {
	fake = await startFakeCloudflare(() => nowMs, seeded(7));
});
after(() => fake.close());
const aToken = (more: Partial<FakeToken> = {}): FakeToken => ({
	token: SECRET,
	id: "ed17574386854bf78a67040be0a770b0",
	kind: "user",
	status: "active",
	zones: [ZONE],
	permissions: ["zone", "analytics"],
	...more,
});
const aZone = (more: Partial<FakeZone> = {}): FakeZone => ({
	id: ZONE,
	name: "example.com",
	plan: "free",
	account: ZONE,
	requests,
	...more,
});
beforeEach(() => {
	nowMs = NOW;
	fake.tokens.splice(0, 9, aToken());
	fake.zones.splice(0, 9, aZone());
	fake.faults.splice(0);
	(fake.log as unknown[]).splice(0);
});

/** A workspace with a connected zone, and everything that is told and logged there. */
async function open(more: Partial<AccountsContext> = {}, own: AccountsContext["own"] = null, given?: Stores) {
	const clock = { ...realClock, now: () => nowMs };
	const stores = given ?? memoryStores(clock);
	const logged: unknown[] = [];
	const later = (_: number, work: () => void) => {
		queueMicrotask(work);
		return () => {};
	};
	const client = openCloudflare({ base: fake.url, userAgent: "cf520-test" }, { now: clock.now, later });
	let ids = 0;
	const context: DeskContext = {
		...clock,
		random: () => 0.5,
		newCaseId: () => `case-${++ids}`,
		rules: {
			allow: null,
			resolve: new Map(),
			resolver: async () => {
				throw Object.assign(new Error("no name"), { code: "ENOTFOUND" });
			},
		},
		lookOptions: { ca: null, insecure: false, httpVersion: 1, userAgent: "cf520-test", limitMs: 1_000 },
		originLimitMs: 1_000,
		stores,
		limits: openLimits(
			{ hostPerHour: 1_000, open: 100 },
			{ counts: stores.requestCounts, now: clock.now, hashed: (text) => text, storeFailed: () => {} },
		),
		withCaseId: (_caseId, work) => work(),
		metrics: noMetrics,
		hashed: (key) => `hash of ${key.length}`,
		log: (line) => void logged.push(line),
		sitesAtOnce: 4,
		progressEveryMs: 50,
		version: "0.0.0-test",
		statusPage: null,
		globalping: null,
		accounts: { client, own, ...more },
	};
	const desk = openDesk(context);
	const told: { readonly alone: boolean; readonly text: string }[] = [];
	const asker = (changes: Partial<Conversation<Message>> = {}) =>
		chat({
			platform: "slack",
			workspace: "slack T1",
			asker: "slack U1",
			begin: async (message) => void told.push({ alone: false, text: flat(message) }),
			replyPrivately: async (message) => void told.push({ alone: true, text: flat(message) }),
			...changes,
		});
	const ask = async (text: string, changes: Partial<Conversation<Message>> = {}) => {
		told.length = 0;
		await desk.handle(text, asker(changes), "Ann");
		return told.map((one) => `${one.alone ? "(alone) " : ""}${one.text}`).join("\n");
	};
	return { desk, stores, logged, ask, asker, accounts: new Accounts(context) };
}
const connectedOpen = async (more: Partial<AccountsContext> = {}) => {
	const opened = await open(more);
	await opened.stores.accesses.put(anAccess({ zoneId: ZONE, zoneName: "example.com", token: SECRET }));
	return opened;
};
const ABOUT = { url: `https://${HOST}/`, code: 520 };
const ADMIN = { isAdmin: async () => "yes" as const };

describe("for whom an account speaks", () => {
	const room = { key: "r", isOpen: true, hasOutsiders: true };
	const rows: readonly (readonly [string, Partial<Conversation<Message>>, "here" | "alone" | "not"])[] = [
		["a full member in a channel of the workspace", {}, "here"],
		["a full member in a direct message", { room: { key: "d", isOpen: false, hasOutsiders: false, isDirect: true } }, "here"],
		["an admin in a shared channel", { room, ...ADMIN }, "alone"],
		["a full member in a shared channel", { room }, "not"],
		["a guest of another organization", { isOutsider: true, ...ADMIN }, "not"],
		["a guest", { isFullMember: async () => "no" }, "not"],
		["a person of whom Slack tells nothing", { isFullMember: async () => "unknown" }, "not"],
		["another workspace", { workspace: "slack T2" }, "not"],
		["no workspace", { workspace: null }, "not"],
		[
			"somebody's own Discord",
			{ platform: "discord", workspace: "discord person 5", isFullMember: async () => "unknown" },
			"not",
		],
	];
	for (const [who, changes, expected] of rows)
		it(`${who}: ${expected}`, async () => {
			const { ask, asker, accounts } = await connectedOpen();
			const said = await ask(`numbers ${HOST}`, changes);
			assert.equal(/\d+ of [\d,]+ requests/.test(said), expected !== "not", said);
			assert.equal(said.startsWith("(alone) "), expected !== "here");
			if (expected === "not") assert.equal(fake.log.length, 0, "not one request");
			(fake.log as unknown[]).splice(0);
			const beside = await accounts.numbersFor(ABOUT, asker(changes));
			const ray = await accounts.numbersFor({ ...ABOUT, ray: RAY }, asker(changes));
			assert.deepEqual([beside !== null, ray?.row != null], [expected === "here", expected === "here"]);
			if (expected !== "here") assert.equal(fake.log.length, 0);
		});

	it("a site below a platform's domain is for the platform to read", async () => {
		const { ask } = await connectedOpen();
		const expected = /^\(alone\) That zone is not yours to read\. Send a Ray ID to the platform's support\.$/;
		assert.match(await ask("numbers shop.onrender.com"), expected);
		assert.match(await ask("connect shop.onrender.com", ADMIN), expected);
		assert.doesNotMatch(await ask("connect onrender.com", ADMIN), expected);
		assert.equal(fake.log.length, 0);
	});

	it("where Slack does not say who is a full member, that is said, with the scope that tells it", async () => {
		const { ask } = await connectedOpen();
		assert.match(await ask(`numbers ${HOST}`, { isFullMember: async () => "unknown" }), /^\(alone\) .*users:read/);
		assert.match(await ask(`numbers ${HOST}`, { isFullMember: async () => "no" }), /^\(alone\) I show .*only to full members/);
	});

	it("a host of no connected zone costs no request and no word", async () => {
		const { ask, asker, accounts } = await connectedOpen();
		assert.equal(await accounts.numbersFor({ ...ABOUT, url: "https://notexample.com/" }, asker()), null);
		assert.match(await ask("numbers shop.example"), /^\(alone\) shop\.example is not connected/);
		assert.equal(fake.log.length, 0);
	});
});

describe("numbers", () => {
	it("come with evidence, within the words of a delta, and again within a minute without a request", async () => {
		const { asker, accounts } = await connectedOpen();
		const found = await accounts.numbersFor(ABOUT, asker());
		assert.match(
			plainText(found?.say(50) ?? []),
			/^In the last hour, \d+ of [\d,]+ requests to www\.example\.com got a 520 .* All of them are POST \/login/,
		);
		assert.deepEqual(
			found?.evidence.map(({ key, value }) => [key, value]),
			[
				["edge-pattern", "some-urls"],
				["colo-spread", "many"],
				["edge-saw", "no-status"],
				["other-codes", "none"],
			],
		);
		const asked = fake.log.length;
		assert.ok(asked <= 6, `${asked} requests: limits, numbers and four settings`);
		await Promise.all([accounts.numbersFor(ABOUT, asker()), accounts.numbersFor(ABOUT, asker())]);
		assert.equal(fake.log.length, asked);
		nowMs += 61_000;
		await accounts.numbersFor(ABOUT, asker());
		assert.ok(fake.log.length > asked);
	});

	it("of an hour with few fails are those of a day that has more", async () => {
		const before = requests.filter(({ edge }) => edge === 520).map((one) => ({ ...one, atMs: one.atMs - 5 * HOUR_MS }));
		const few = requests.filter(({ edge }, nth) => edge !== 520 || nth % 40 === 0);
		fake.zones.splice(0, 1, aZone({ requests: [...few, ...before] }));
		const { ask } = await connectedOpen();
		assert.match(await ask(`numbers ${HOST}`), /^In the last 24 h, /);
		fake.zones.splice(0, 1, aZone({ requests: few }));
		assert.match(await (await connectedOpen()).ask(`numbers ${HOST}`), /^In the last hour, /);
		// A day of few is more than an hour of fewer: ten are evidence, nine are not.
		const nine = requests.filter(({ edge }) => edge === 520).slice(0, 9);
		const quiet = few.filter(({ edge }) => edge !== 520);
		fake.zones.splice(0, 1, aZone({ requests: [...quiet, ...nine, ...before.slice(0, 3)] }));
		assert.match(await (await connectedOpen()).ask(`numbers ${HOST}`), /^In the last 24 h, 12 of /);
	});

	const CODES: readonly (readonly [what: string, code: number, origin: number, words: RegExp])[] = [
		["a host whose failures are 522", 522, 0, /^In the last hour, \d+ of [\d,]+ requests to \S+ got a 522/],
		["a host whose own server sends 500", 500, 500, /got a 500 .*\n.*In all of them, your server sent the 500 itself\./],
	];
	for (const [what, edge, origin, words] of CODES)
		it(`of ${what} are those of that code`, async () => {
			const failed = requests.map((one) => (one.edge === 520 ? { ...one, edge, origin } : one));
			fake.zones.splice(0, 1, aZone({ requests: failed }));
			const { ask, accounts, asker } = await connectedOpen();
			const said = await ask(`numbers ${HOST}`);
			assert.match(said, words);
			assert.doesNotMatch(said, /the connection ended first|a 520/);
			assert.ok(fake.log.length <= 8, `${fake.log.length} requests: limits, numbers twice or thrice, four settings`);
			// Of a page of which nothing else is known, they are told, and no evidence of a 520.
			const beside = await accounts.numbersFor({ ...ABOUT, code: null }, asker());
			assert.match(plainText(beside?.say(50) ?? []), new RegExp(`got a ${edge}`));
			assert.deepEqual(beside?.evidence, []);
			// One or two of them are strays.
			const few = requests.map((one, nth) => ({ ...one, edge: nth === 0 ? edge : 200 }));
			fake.zones.splice(0, 1, aZone({ requests: few }));
			assert.match(await (await connectedOpen()).ask(`numbers ${HOST}`), /none of [\d,]+ requests to \S+ got a 520/);
		});

	it("of the time that was asked for", async () => {
		const { ask } = await connectedOpen();
		assert.match(await ask(`numbers ${HOST} since 3h`), /^In the last 3 h, /);
	});

	it("of a longer time than the plan gives at once say so", async () => {
		const { ask } = await connectedOpen();
		assert.match(await ask(`numbers ${HOST} since 90d`), /^In the last 24 h, [\s\S]*This plan gives no more than 24 h at once\./);
		assert.match(
			await ask(`numbers ${HOST} since 300d`),
			/^In the last 24 h, [\s\S]*This plan gives no more than 24 h at once\./,
		);
		assert.match(await ask(`numbers ${HOST} since 0m`), /^In the last 5 min, /);
		assert.doesNotMatch(await ask(`numbers ${HOST} since 24h`), /This plan/);
		fake.zones.splice(0, 1, aZone({ plan: "enterprise" }));
		const { ask: enterprise } = await connectedOpen();
		assert.match(await enterprise(`numbers ${HOST} since 30d`), /^In the last 30 days, /);
		assert.match(await enterprise(`numbers ${HOST} since 300d`), /^In the last 31 days, [\s\S]*no more than 31 days at once\./);
	});

	const FAULTS: readonly (readonly [FakeFault, RegExp])[] = [
		["html", /no usable answer/],
		["lost", /no usable answer/],
		["big", /no usable answer/],
		["redirect", /no usable answer/],
		["null", /no usable answer/],
		["types", /no usable answer/],
		["deep", /no usable answer/],
		["later", /no usable answer/],
		["budget", /limit of requests is reached/],
		["forbidden", /may not read this zone's analytics/],
	];
	for (const [fault, words] of FAULTS)
		it(`that do not come (${fault}) are one sentence, and nothing is kept of it`, async () => {
			const { ask } = await connectedOpen();
			fake.redirectTo = `${fake.url}/elsewhere`;
			await ask(`numbers ${HOST}`);
			nowMs += 61_000;
			fake.faults.push(...Array.from({ length: 4 }, () => fault));
			const said = await ask(`numbers ${HOST}`);
			assert.match(said, words);
			assert.ok(said.startsWith("(alone) ") && said.split(/\s+/).length <= 25, said);
			fake.faults.splice(0);
			nowMs += 6 * 60_000;
			assert.match(await ask(`numbers ${HOST}`), /requests to www\.example\.com/);
		});

	it("of a host without requests, and of a plan without any of the parts, are what there is", async () => {
		const { ask } = await connectedOpen();
		assert.match(await ask("numbers quiet.example.com"), /Cloudflare counted no requests to quiet\.example\.com/);
		const without = ["clientRequestPath", "coloCode", "clientCountryName", "userAgent", "datetimeMinute", "originResponseStatus"];
		fake.zones.splice(0, 1, aZone({ without: without.map((name) => `dimensions_${name}`) }));
		assert.match(await (await connectedOpen()).ask(`numbers ${HOST}`), /^In the last hour, \d+ of [\d,]+ requests/);
	});

	it("of a Ray ID are its own row", async () => {
		const [one] = requests;
		assert.ok(one !== undefined);
		fake.zones.splice(
			0,
			1,
			aZone({
				requests: [
					{ ...one, ray: RAY.id, atMs: RAY.receivedAtMs, method: "POST", path: "/login", edge: 520, origin: 0, cache: "dynamic" },
				],
			}),
		);
		const { asker, accounts } = await connectedOpen();
		assert.equal(
			plainText((await accounts.numbersFor({ ...ABOUT, ray: RAY }, asker()))?.row?.say ?? []),
			"This request: POST /login, 520, no status from the origin, not cached.",
		);
	});

	it("never reject: a broken store and a broken Cloudflare cost a sentence at most", async () => {
		const { asker, accounts, stores } = await connectedOpen();
		fake.faults.push("html", "html");
		assert.match(plainText((await accounts.numbersFor(ABOUT, asker()))?.say(50) ?? []), /no usable answer/);
		const broken = { ...stores, accesses: { ...stores.accesses, of: async () => Promise.reject(new Error("disk")) } };
		assert.equal(await (await open({}, null, broken)).accounts.numbersFor(ABOUT, asker()), null);
	});
});

describe("a token that Cloudflare no longer takes", () => {
	it("is told, at the third time for good and once, and then not asked any more", async () => {
		const { ask, asker, accounts, stores } = await connectedOpen();
		fake.tokens.splice(0, 1, aToken({ status: "disabled" }));
		const said = [];
		for (let nth = 0; nth < 6; nth += 1) {
			nowMs += 61_000;
			said.push((await accounts.numbersFor(ABOUT, asker())) === null ? "" : "refused");
		}
		assert.deepEqual(said, ["refused", "refused", "refused", "", "", ""]);
		assert.equal(fake.log.length, 3);
		assert.deepEqual((await stores.accesses.of(anAccess()))[0], {
			...anAccess({ zoneId: ZONE, zoneName: "example.com", token: SECRET }),
			state: { kind: "refused", sinceMs: NOW + 3 * 61_000 },
		});
		assert.match(
			await ask(`numbers ${HOST}`),
			/Cloudflare has refused the token since 10:03:03 UTC\. A new one: connect example\.com/,
		);
		assert.equal(fake.log.length, 3);
	});

	it("is fine again when one of three works", async () => {
		const { asker, accounts } = await connectedOpen();
		for (let nth = 0; nth < 6; nth += 1) {
			nowMs += 61_000;
			fake.tokens.splice(0, 1, aToken(nth % 3 === 2 ? {} : { status: "disabled" }));
			assert.notEqual(await accounts.numbersFor(ABOUT, asker()), null, String(nth));
		}
	});

	it("over Cloudflare's limit, nothing is asked until then", async () => {
		const { ask, asker, accounts } = await connectedOpen();
		fake.faults.push("budget");
		assert.match(
			plainText((await accounts.numbersFor(ABOUT, asker()))?.say(50) ?? []),
			/limit of requests is reached\. I can ask again at 10:03:32 UTC/,
		);
		assert.equal(await accounts.numbersFor(ABOUT, asker()), null);
		assert.match(await ask(`numbers ${HOST}`), /I can ask again at 10:03:32 UTC/);
		assert.equal(fake.log.length, 1);
		nowMs += 213_000;
		assert.match(await ask(`numbers ${HOST}`), /requests to www/);
	});

	it("that is kept and cannot be read is asked for anew", async () => {
		const { stores } = await open();
		const lost = { ...stores, accesses: { ...stores.accesses, of: async () => [{ unreadable: true } as const] } };
		const { ask, accounts, asker } = await open({}, null, lost);
		assert.match(await ask(`numbers ${HOST}`), /because CF520_KEY changed\. Connect the zone again\./);
		assert.match(await ask("account", ADMIN), /because CF520_KEY changed/);
		assert.equal(await accounts.numbersFor(ABOUT, asker()), null);
		assert.equal(fake.log.length, 0);
	});
});

describe("connect", () => {
	const tokenForm = () => ({ label: "Enter the token…", action: { do: "leave" } }) as const;

	it("is for admins, and offers the private form or names what the operator sets", async () => {
		const { ask } = await open({ tokenForm });
		assert.match(await ask(`connect ${HOST}`), /Only admins can do that/);
		assert.match(await ask(`connect ${HOST}`, ADMIN), /^\(alone\) Connect www\.example\.com[\s\S]*\[Enter the token…\]/);
		const { ask: elsewhere } = await open();
		assert.match(await elsewhere(`connect ${HOST}`, ADMIN), /CF520_CLOUDFLARE_WORKSPACE=slack:T1,/);
		assert.match(
			await elsewhere(`connect ${HOST}`, { platform: "terminal", workspace: null }),
			/CF520_CLOUDFLARE_WORKSPACE=terminal,/,
		);
		assert.equal(fake.log.length, 0);
	});

	it("with anything behind the host but a polite word or another host is answered as a token in a message, and uses nothing", async () => {
		const { ask, stores, logged } = await open({ tokenForm });
		for (const changes of [ADMIN, {}]) {
			const said = await ask(`connect ${HOST} ${SECRET}`, changes);
			assert.match(said, /^\(alone\) That looks like a Cloudflare API token\. I did not use it\./);
			assert.ok(!said.includes(SECRET.slice(5, 20)));
		}
		for (const more of ["please", "now", "shop.example", "checkout.shop.example.com", "to my zone, thanks"]) {
			const said = await ask(`connect ${HOST} ${more}`, ADMIN);
			assert.match(
				said,
				/^\(alone\) Write only the host, because anything after it could be a secret: connect www\.example\.com$/,
			);
		}
		// Chats hand on what they have masked.
		for (const token of [
			"hunter2",
			"?token=hunter2",
			"eyJhbGciOi.eyJzdWIiOi.SflKxwRJSM",
			"*".repeat(SECRET.length),
			"0123456789abcdef0123456789abcdef01234",
			`token: ${"aB3-".repeat(10)}`,
		])
			assert.match(await ask(`connect ${HOST} ${token}`, ADMIN), /That looks like a Cloudflare API token/);
		assert.deepEqual([await stores.accesses.of(anAccess()), fake.log.length], [[], 0]);
		assert.ok(!/hunter2|ssss/.test(JSON.stringify(logged)));
	});

	it("a token in any other message is told beside the answer, once", async () => {
		const { ask } = await open();
		assert.match(await ask(SECRET), /^\(alone\) That looks like a Cloudflare API token/);
		const both = await ask(`explain 520 ${SECRET}`);
		assert.equal(both.match(/That looks like a Cloudflare API token/g)?.length, 1);
		assert.ok(!both.includes("ssss"));
	});

	const submitted = async (token: string, changes: Partial<Conversation<Message>> = ADMIN) => {
		const opened = await open();
		const said = flat(await opened.accounts.submitted(HOST, token, opened.asker(changes), "Ann"));
		return { ...opened, said };
	};

	it("checks a token, keeps it for its zone and says what it can read", async () => {
		const { said, stores, logged } = await submitted(` ${SECRET}\n`);
		assert.match(
			said,
			/^example\.com is connected\nThe token can read example\.com's numbers, but not its settings\.\nWithout CF520_KEY, I forget the token/,
		);
		assert.deepEqual(await stores.accesses.of(anAccess()), [
			anAccess({ zoneId: ZONE, zoneName: "example.com", token: SECRET, atMs: NOW }),
		]);
		assert.ok(!`${said}${JSON.stringify(logged)}`.includes(SECRET));
	});

	const refused: readonly (readonly [string, Partial<FakeToken>, string, RegExp, number])[] = [
		["a new global key", {}, `cfk_${"a".repeat(48)}`, /global API key, which can do everything/, 0],
		["an old global key", {}, "0123456789abcdef0123456789abcdef01234", /global API key/, 0],
		["what is no token", {}, "hunter2", /not an API token/, 0],
		["one that Cloudflare does not know", { token: "other" }, SECRET, /has refused this token\. Copy it again/, 1],
		["one for other addresses", { isElsewhere: true }, SECRET, /limited to other IP addresses than mine/, 1],
		["one for another zone", { zones: [] }, SECRET, /does not cover www\.example\.com/, 2],
		[
			"one without analytics",
			{ permissions: ["zone"] },
			SECRET,
			/may not read this zone's analytics\. It needs Zone → Analytics → Read/,
			6,
		],
	];
	for (const [what, token, given, words, calls] of refused)
		it(`${what} is not kept`, async () => {
			fake.tokens.splice(0, 1, aToken(token));
			const { said, stores } = await submitted(given);
			assert.match(said, words);
			assert.match(said, /\[Enter the token…\]/, "the way back to the form");
			assert.doesNotMatch(said, /so there are no numbers/);
			assert.deepEqual(await stores.accesses.of(anAccess()), []);
			assert.ok(fake.log.length <= calls, String(fake.log.length));
		});

	for (const fault of ["html", "lost", "null", "types", "later", "budget"] as const)
		it(`nothing is connected where it cannot be checked (${fault}), and that is said`, async () => {
			fake.faults.push(...Array.from({ length: 12 }, () => fault));
			const { said, stores } = await submitted(SECRET);
			assert.match(said, /^www\.example\.com is not connected\n.*(?:could not check the token)/);
			assert.match(said, /\[Enter the token…\]/);
			assert.deepEqual(await stores.accesses.of(anAccess()), []);
		});

	it("then asks for the numbers of the host that was asked for", async () => {
		const { asker, accounts } = await open();
		const { blocks } = await accounts.submitted(HOST, SECRET, asker(ADMIN), "Ann");
		const next = blocks.flatMap((block) => (block.kind === "buttons" ? block.buttons : []));
		assert.deepEqual(
			next.map(({ action }) => action),
			[{ do: "ask", text: `numbers ${HOST}` }],
		);
	});

	it("reaches the desk past every question, and goes when the bot leaves the workspace", async () => {
		const { desk, asker, stores, logged } = await open();
		assert.match(flat(await desk.connectZone(HOST, SECRET, asker(ADMIN), "Ann")), /is connected/);
		assert.equal((await stores.accesses.of(anAccess())).length, 1);
		await desk.workspaceLeft("slack", "slack T2", NOW);
		assert.equal((await stores.accesses.of(anAccess())).length, 1, "another workspace");
		await desk.workspaceLeft("slack", "slack T1", NOW);
		assert.deepEqual(await stores.accesses.of(anAccess()), []);
		const line = {
			event: "workspace-left",
			audit: true,
			platform: "slack",
			leftAt: new Date(NOW).toISOString(),
			cases: 0,
			watches: 0,
		};
		assert.deepEqual(
			logged.filter((one) => (one as { event?: string }).event === "workspace-left"),
			[
				{ ...line, workspace: "slack T2", zones: 0 },
				{ ...line, workspace: "slack T1", zones: 1 },
			],
		);
	});

	it("of somebody who is no admin is not even tried", async () => {
		const { said } = await submitted(SECRET, {});
		assert.match(said, /Only admins can do that/);
		assert.equal(fake.log.length, 0);
	});
});

describe("disconnect and account", () => {
	it("an answer that was none is listed, until one comes", async () => {
		const { ask } = await connectedOpen();
		fake.tokens.splice(0, 1, aToken({ status: "disabled" }));
		await ask(`numbers ${HOST}`);
		assert.match(await ask("account", ADMIN), /token ed17…, at 10:00:00 UTC Cloudflare refused the token$/);
		fake.tokens.splice(0, 1, aToken());
		nowMs += 61_000;
		await ask(`numbers ${HOST}`);
		assert.match(await ask("account", ADMIN), /token ed17…$/);
	});

	it("list what is connected, and delete it here", async () => {
		const { ask, stores } = await connectedOpen();
		assert.match(
			await ask("account", ADMIN),
			/^\(alone\) 1 connected zone\nexample\.com \(free\): since 2026-11-22 by Ann, token ed17…$/,
		);
		assert.match(await ask("account"), /Only admins/);
		assert.match(await ask(`disconnect ${HOST}`), /Only admins/);
		assert.equal((await stores.accesses.of(anAccess())).length, 1);
		assert.match(
			await ask(`disconnect ${HOST}`, ADMIN),
			/I deleted the token for example\.com here\. Delete it at Cloudflare too/,
		);
		assert.deepEqual(await stores.accesses.of(anAccess()), []);
		assert.match(await ask(`disconnect ${HOST}`, ADMIN), /not connected/);
	});
});

describe("forget", () => {
	for (const [host, words, isKept] of [
		["example.com", /I also deleted the Cloudflare token for example\.com\. Delete it at Cloudflare too/, false],
		[HOST, /The zone example\.com stays connected\. To end that: disconnect example\.com/, true],
		[
			"other.example",
			/^\(alone\) Deleted 0 cases and 0 watches of other\.example and its subdomains\. Messages already posted stay\.$/,
			true,
		],
	] as const)
		it(`${host} says what becomes of the zone's token`, async () => {
			const { ask, stores } = await connectedOpen();
			assert.match(await ask(`forget ${host}`, ADMIN), words);
			assert.equal((await stores.accesses.of(anAccess())).length, isKept ? 1 : 0);
		});
});

describe("the operator's own token", () => {
	const own = { token: SECRET, platform: "discord", workspace: "discord 5" };
	const inServer = { platform: "discord", workspace: "discord 5", isFullMember: async () => "unknown" as const };

	it("speaks in its own server alone, about its zone alone", async () => {
		const { ask, asker, accounts } = await open({}, own);
		assert.match(await ask(`numbers ${HOST}`, inServer), /requests to www\.example\.com got a 520/);
		assert.equal(await accounts.numbersFor({ ...ABOUT, url: "https://shop.example/" }, asker(inServer)), null);
		(fake.log as unknown[]).splice(0);
		assert.match(await ask(`numbers ${HOST}`, { ...inServer, workspace: "discord 6" }), /not connected/);
		assert.match(await ask(`numbers ${HOST}`), /not connected/);
		assert.equal(fake.log.length, 0);
		assert.match(await ask(`disconnect ${HOST}`, { ...inServer, ...ADMIN }), /The operator set the token for example\.com/);
	});

	const FAILS: readonly (readonly [what: string, fault: FakeFault | Partial<FakeToken>, words: RegExp])[] = [
		...(["html", "lost", "big", "redirect", "null", "types", "deep", "later", "budget"] as const).map(
			(fault) => [fault, fault, /^\(alone\) Cloudflare's API gave no usable answer/] as const,
		),
		["forbidden", "forbidden", /^\(alone\) The token may not read this zone\. It needs Zone → Zone → Read/],
		[
			"a token that is refused",
			{ status: "disabled" },
			/has refused the token\. The operator can set a new one: CF520_CLOUDFLARE/,
		],
		["a token for other addresses", { isElsewhere: true }, /limited to other IP addresses than mine/],
		["a token without the right", { permissions: [] }, /It needs Zone → Zone → Read/],
	];
	for (const [what, fault, words] of FAILS)
		it(`that cannot be asked (${what}) is told by its reason, and not as a zone that nobody connected`, async () => {
			fake.redirectTo = `${fake.url}/elsewhere`;
			if (typeof fault === "string") fake.faults.push(...Array.from({ length: 9 }, () => fault));
			else fake.tokens.splice(0, 1, aToken(fault));
			const { ask } = await open({}, own);
			const said = await ask(`numbers ${HOST}`, inServer);
			assert.match(said, words);
			assert.doesNotMatch(said, /not connected|An admin/);
			assert.doesNotMatch(await ask(`disconnect ${HOST}`, { ...inServer, ...ADMIN }), /not connected/);
		});

	it("is listed by its zones, at the terminal too, with the last answer that was none", async () => {
		const { ask } = await open({}, own);
		const admin = { ...inServer, ...ADMIN };
		assert.match(await ask("account", admin), /A zone set by the operator in CF520_CLOUDFLARE_TOKEN/);
		await ask(`numbers ${HOST}`, inServer);
		assert.match(await ask("account", admin), /1 connected zone\nexample\.com: set by the operator in CF520_CLOUDFLARE_TOKEN$/);
		const terminal = { platform: "terminal", workspace: null, asker: null } as const;
		const { ask: there } = await open({}, { token: SECRET, platform: "terminal", workspace: "terminal" });
		fake.tokens.splice(0, 1, aToken({ status: "disabled" }));
		await there(`numbers ${HOST}`, terminal);
		assert.match(await there("account", terminal), /in CF520_CLOUDFLARE_TOKEN, at 10:00:00 UTC Cloudflare refused the token\./);
		const { ask: without } = await open();
		assert.match(await without("account", terminal), /No zone is connected\. To connect one, set CF520_CLOUDFLARE_TOKEN\./);
	});

	it("of a terminal speaks at the terminal", async () => {
		const { ask } = await open({}, { token: SECRET, platform: "terminal", workspace: "terminal" });
		assert.match(
			await ask(`numbers ${HOST}`, { platform: "terminal", workspace: null, asker: null }),
			/requests to www\.example\.com/,
		);
	});

	it("that is refused three times is asked no more", async () => {
		fake.tokens.splice(0, 1, aToken({ status: "disabled" }));
		const { asker, accounts } = await open({}, own);
		for (let nth = 0; nth < 6; nth += 1) {
			nowMs += 61_000;
			await accounts.numbersFor(ABOUT, asker(inServer));
		}
		assert.equal(fake.log.length, 3);
	});
});

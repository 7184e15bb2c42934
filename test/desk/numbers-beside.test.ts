import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { withSaid } from "../../src/desk/case-changes.ts";
import type { Conversation } from "../../src/desk/conversation.ts";
import { type Case, type Fact, newCase, nextQuestion, rankCase, staysBeside } from "../../src/judge/case.ts";
import { SETTING_BRINGS } from "../../src/knowledge/analytics.ts";
import { wordsInMessage } from "../../src/message/count-words.ts";
import { type Message, message, title } from "../../src/message/message.ts";
import { text } from "../../src/message/text.ts";
import { openCloudflare } from "../../src/services/cloudflare/cloudflare.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { chat } from "../chat.ts";
import { realClock } from "../clock.ts";
import {
	type FakeCloudflare,
	type FakePermission,
	type FakeRequest,
	type FakeToken,
	type FakeZone,
	startFakeCloudflare,
} from "../fakes/cloudflare.ts";
import { seeded, traffic } from "../fakes/traffic.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { anAccess } from "../store/values.ts";

/** What a connected account adds to answers about sites and Ray IDs of its zone: for whom, where, and as which evidence. */

const NOW = Date.UTC(2026, 10, 25, 10);
const ZONE = "023e105f4ecef8ad9ca31a8372d0c353";
const SECRET = `cfut_${"s".repeat(40)}0badc0de`;
let nowMs = NOW;
const now = () => nowMs;
let permissions: readonly FakePermission[] = [];

let lab: Lab;
let fake: FakeCloudflare;
before(async () => {
	[lab, fake] = await Promise.all([openLab({ now }), startFakeCloudflare(now, seeded(7))]);
});
after(() => Promise.all([lab.close(), fake.close()]));

const failing = traffic(NOW - 60_000, 59, 60, { fails: ({ path }, _minute, random) => path === "/login" && random() < 0.6 });
const of = (host: string, requests: readonly FakeRequest[]) => requests.map((one) => ({ ...one, host }));

beforeEach(() => {
	fake.tokens.splice(0, 9, {
		token: SECRET,
		id: "ed17574386854bf78a67040be0a770b0",
		kind: "user",
		status: "active",
		zones: [ZONE],
		permissions: [],
	});
	nowMs = NOW;
	permissions = ["zone", "analytics"];
	fake.faults.splice(0);
	(fake.log as unknown[]).splice(0);
});

/** One question in a workspace that has a connected zone: what stands at the end. */
async function asked(
	what: string,
	{
		host,
		requests = failing,
		known,
		routes = [],
		settings = {},
		...changes
	}: Partial<Conversation<Message>> & {
		readonly host: string;
		readonly requests?: readonly FakeRequest[];
		/** A case of before. */
		readonly known?: Case;
		readonly routes?: FakeZone["routes"] & object;
		readonly settings?: FakeZone["settings"] & object;
	},
) {
	const zone = { id: ZONE, name: "lab.example", plan: "free", account: ZONE, requests: of(host, requests) } as const;
	fake.zones.splice(0, 9, { ...zone, routes, settings });
	fake.tokens.splice(0, 1, { ...(fake.tokens[0] as FakeToken), permissions });
	const stores = memoryStores({ ...realClock, now });
	await stores.accesses.put(anAccess({ zoneId: ZONE, zoneName: "lab.example", token: SECRET }));
	if (known !== undefined) await stores.cases.open(known);
	const later = (_ms: number, work: () => void) => {
		queueMicrotask(work);
		return () => {};
	};
	const client = openCloudflare({ base: fake.url, userAgent: "cf520-test" }, { now, later });
	const messages = new Map<string, Message>();
	const post = (message: Message): string => {
		const ref = `m${messages.size + 1}`;
		messages.set(ref, message);
		return ref;
	};
	let head: string | null = null;
	const conversation = chat({
		platform: "slack",
		workspace: "slack T1",
		asker: "slack U1",
		begin: async (message) => {
			head = post(message);
		},
		update: async (message) => void messages.set(head ?? post(message), message),
		followUp: async (message) => post(message),
		edit: async (ref, message) => void messages.set(ref, message),
		location: () => ({ messageRef: head, threadKey: head === null ? null : "slack C1 m1" }),
		...changes,
	});
	const outcome = await labDesk(lab, { stores, now, accounts: { client, own: null } }).handle(what, conversation, "Ann");
	const [first] = messages.values();
	assert.ok(first !== undefined);
	return { outcome, head: first, texts: [...messages.values()].map(flat), one: await stores.cases.get("case-1") };
}

const HOST = "closes-empty.lab.example";
const site = () => lab.url("closes-empty", "/login");

test("a site's answer says how many fail by the owner's account, in the head, and the case has it as analytics", async () => {
	const { head, texts, one, outcome } = await asked(site(), { host: HOST });
	assert.match(flat(head), /In the last hour, \d+ of [\d,]+ requests to closes-empty\.lab\.example got a 520/);
	assert.ok(wordsInMessage(head) <= 60, `${wordsInMessage(head)} words: ${flat(head)}`);
	const facts = Object.fromEntries((one?.facts ?? []).map((fact) => [fact.key, fact]));
	assert.equal(facts["edge-pattern"]?.by, "analytics");
	assert.equal(facts["edge-pattern"]?.value, "some-urls");
	assert.ok((facts["edge-pattern"]?.n ?? 0) >= 50);
	assert.equal(facts["edge-saw"]?.value, "no-status");
	assert.ok(texts.filter((text) => /I cannot run this|I do not know/.test(text)).length <= 1, "one question is open");
	assert.equal((outcome.reply.data.beside as readonly { readonly service: string }[])[0]?.service, "account");
	for (const text of texts) assert.ok(!text.includes(SECRET));
});

const WHO: readonly (readonly [who: string, changes: Partial<Conversation<Message>>])[] = [
	["a shared channel", { room: { key: "r", isOpen: true, hasOutsiders: true }, isAdmin: async () => "yes" }],
	["a guest", { isFullMember: async () => "no" }],
	["a person of another organization", { isOutsider: true }],
	["another workspace", { workspace: "slack T2" }],
	["no workspace", { workspace: null }],
];
for (const [who, changes] of WHO)
	test(`nothing of an account is said or asked for ${who}`, async () => {
		const { texts, one } = await asked(site(), { host: HOST, ...changes });
		assert.ok(texts.every((text) => !/In the last hour/.test(text)));
		assert.ok(one?.facts.every(({ by }) => by !== "analytics"));
		assert.deepEqual(fake.log, []);
	});

test("a page that works here and fails for some is no healthy page: analytics stand above our own requests", async () => {
	const { one, head } = await asked(lab.url("healthy"), { host: "healthy.lab.example" });
	assert.match(flat(head), /^healthy\.lab\.example\S* works/);
	assert.match(flat(head), /In the last hour, \d+ of/);
	assert.ok(wordsInMessage(head) <= 45, `${wordsInMessage(head)} words: ${flat(head)}`);
	assert.equal(one?.facts.find(({ key }) => key === "edge-pattern")?.value, "some-urls");
});

const RAY = "a5ffb220b4c1d777";
/** A request of 19 minutes ago, with a Ray ID that says so. */
const own = (more: Partial<FakeRequest>): readonly FakeRequest[] => [
	...failing,
	{ ...(failing[0] as FakeRequest), ray: RAY, atMs: Date.UTC(2026, 10, 25, 9, 41, 7), path: "/login", method: "POST", ...more },
];
const PAGE = () => `Error 520 at ${site()} Ray ID: ${RAY}-DFW`;

test("an error page's Ray ID tells its own request, which is evidence above what others have in common, in four requests", async () => {
	const { one, texts } = await asked(PAGE(), { host: HOST, requests: own({ edge: 520, origin: 200, cache: "dynamic" }) });
	assert.match(texts.join("\n"), /This request: POST \/login, 520, 200 from the origin, not cached\./);
	const saw = one?.facts.find(({ key }) => key === "edge-saw");
	assert.deepEqual([saw?.value, saw?.by, saw?.own, saw?.n], ["success", "analytics", true, 1]);
	assert.equal(one?.facts.find(({ key }) => key === "edge-pattern")?.value, "some-urls");
	const asks = fake.log.filter(({ path }) => path.endsWith("/graphql"));
	assert.ok(asks.length <= 4, `${asks.length} requests`);
});

const NOT_ITS_OWN: readonly (readonly [what: string, more: Partial<FakeRequest>])[] = [
	["of another code", { edge: 522, origin: 200 }],
	["answered from the cache", { edge: 520, origin: 200, cache: "hit" }],
];
for (const [what, more] of NOT_ITS_OWN)
	test(`a row ${what} is told, and no evidence`, async () => {
		const { one, texts } = await asked(PAGE(), { host: HOST, requests: own(more) });
		assert.match(texts.join("\n"), /This request: POST \/login/);
		const saw = one?.facts.find(({ key }) => key === "edge-saw");
		assert.deepEqual([saw?.value, saw?.own], ["no-status", undefined]);
	});

/** A case about the page, in the thread that a Ray ID is pasted in. */
const aCase = (more: Partial<Case> = {}) => ({
	...newCase(
		{
			id: "case-1",
			url: site(),
			code: "520",
			workspace: "slack T1",
			rays: [],
			head: message("bad", title(text`It fails`)),
			asker: null,
			threadKey: "slack C1 case",
			messageRef: "m9",
		},
		NOW,
	),
	...more,
});
const inThread = { location: () => ({ messageRef: "m1", threadKey: "slack C1 case" }) };

test("a Ray ID in the thread of a case: its own row is evidence of that case", async () => {
	const requests = own({ edge: 520, origin: 200, cache: "dynamic" });
	const { one } = await asked(`${RAY}-DFW`, { host: HOST, requests, known: aCase(), ...inThread });
	const saw = one?.facts.find(({ key }) => key === "edge-saw");
	assert.deepEqual([saw?.value, saw?.by, saw?.own], ["success", "analytics", true]);
});

test("a Ray ID of another site in the thread of a case is evidence of nothing there", async () => {
	const elsewhere = aCase({ url: "https://other.lab.example/" });
	const requests = own({ edge: 520, origin: 200, cache: "dynamic" });
	const { one, texts } = await asked(`${site()} ${RAY}-DFW`, { host: HOST, requests, known: elsewhere, ...inThread });
	assert.match(texts.join("\n"), /This request: POST \/login/);
	assert.ok(one?.facts.every(({ by }) => by !== "analytics"));
});

test("a Ray ID that is too fresh for the numbers can be asked about again, and is found then", async () => {
	// Half a minute old.
	const fresh = "a5ffcd0c8b4c1d77";
	const requests = [...failing, { ...(own({})[0] as FakeRequest), ray: fresh, atMs: NOW - 30_000, edge: 520, origin: 0 }];
	for (const what of [`${site()} ${fresh}-DFW`, `Error 520 at ${site()} Ray ID: ${fresh}-DFW`]) {
		nowMs = NOW;
		const { head, texts } = await asked(what, { host: HOST, requests });
		assert.match(texts.join("\n"), /Not there yet: these numbers lag by a few minutes\./);
		const all = head.blocks.flatMap((block) => (block.kind === "buttons" ? block.buttons : []));
		const again = all.find(({ label }) => label === "Ask again");
		assert.ok(again?.action.do === "ask", flat(head));
		nowMs = NOW + 3 * 60_000;
		const later = await asked(again.action.text, { host: HOST, requests });
		assert.match(later.texts.join("\n"), /This request: [A-Z]+ \S+, 520, no status from the origin/);
		assert.doesNotMatch(later.texts.join("\n"), /Ask again/);
	}
});

test("a Worker counts on the path that was asked about", async () => {
	const { host } = new URL(site());
	const routes = [{ pattern: `${host.replace(/:.*/, "")}/login*`, script: "w" }];
	for (const [path, expected] of [
		["/login?next=/a", "worker-on-route"],
		["/", undefined],
	] as const) {
		permissions = ["zone", "analytics", "settings", "routes"];
		const { one } = await asked(lab.url("closes-empty", path), { host: HOST, routes });
		assert.equal(one?.facts.find(({ key }) => key === "cloudflare-features")?.value, expected, path);
	}
});

test("HTTP/2 to the origin counts where a direct request has shown that the origin takes it", async () => {
	const settings = { origin_max_http_version: { value: "2", modified_on: null } };
	for (const speaksHttp2 of [true, false]) {
		permissions = ["zone", "analytics", "settings"];
		const known = aCase({ speaksHttp2 });
		const { one } = await asked("check again", { host: HOST, settings, known, ...inThread });
		assert.equal(one?.facts.find(({ key }) => key === "cloudflare-features")?.value, speaksHttp2 ? "http2-to-origin" : undefined);
	}
});

const BEGUN = traffic(NOW - 60_000, 59, 60, { fails: (_one, minute, random) => minute >= 20 && random() < 0.97 });
const BEGAN = NOW - 40 * 60_000;
const MINUTE_MS = 60_000;
const CHANGED: readonly (readonly [what: string, setting: string, value: string, beforeMs: number])[] = [
	["SSL mode, five minutes before", "ssl", "full", 5 * MINUTE_MS],
	["SSL mode, 20 hours before", "ssl", "full", 20 * 60 * MINUTE_MS],
	["origin pulls turned on, 20 hours before", "tls_client_auth", "on", 20 * 60 * MINUTE_MS],
	["HTTP/2 to the origin, an hour before", "origin_max_http_version", "2", 60 * MINUTE_MS],
];
for (const [what, setting, value, beforeMs] of CHANGED)
	test(`a setting that was changed before it began (${what}) names no cause and rules none out`, async () => {
		permissions = ["zone", "analytics", "settings"];
		const without = await asked(site(), { host: HOST, requests: BEGUN });
		permissions = ["zone", "analytics", "settings"];
		const settings = { [setting]: { value, modified_on: new Date(BEGAN - beforeMs).toISOString() } };
		const { one } = await asked(site(), { host: HOST, requests: BEGUN, settings });
		assert.ok(one != null && without.one != null);
		assert.equal(one.facts.find(({ key }) => key === "what-changed")?.by, "analytics");
		assert.equal(
			without.one.facts.find(({ key }) => key === "what-changed"),
			undefined,
		);
		// What a setting turns on is evidence of its own, beside that it was changed.
		const fact = (of: Case) => ({ ...of, facts: of.facts.filter(({ key }) => key !== "cloudflare-features") });
		const [was, is] = [rankCase(fact(without.one)), rankCase(fact(one))];
		assert.equal(is.abstains || is.ranked[0]?.cause === was.ranked[0]?.cause, true, JSON.stringify(is.ranked.slice(0, 3)));
		const added = is.ruledOut.filter(({ cause }) => !was.ruledOut.some((other) => other.cause === cause));
		assert.deepEqual(added, []);
		const before = new Map(was.ranked.map(({ cause, probability }) => [cause, probability]));
		const raised = is.ranked.filter(({ cause, probability }) => probability > (before.get(cause) ?? 0) + 1e-9);
		const brings: Readonly<Record<string, readonly string[]>> = {
			ssl: SETTING_BRINGS.ssl,
			tls_client_auth: SETTING_BRINGS.pulls,
			origin_max_http_version: SETTING_BRINGS.http,
		};
		assert.ok(
			raised.every(({ cause }) => brings[setting]?.includes(cause)),
			JSON.stringify(raised),
		);
		assert.notEqual(nextQuestion(one), undefined);
	});

test("a change before a window in which it fails from the beginning is no change before it began", async () => {
	permissions = ["zone", "analytics", "settings"];
	const settings = { ssl: { value: "full", modified_on: new Date(NOW - 5 * 60 * MINUTE_MS).toISOString() } };
	const { one, texts } = await asked(site(), { host: HOST, settings });
	assert.equal(
		one?.facts.find(({ key }) => key === "what-changed"),
		undefined,
	);
	assert.doesNotMatch(texts.join("\n"), /was changed at/);
});

test("where a setting was changed, what a person says was changed is noted without asking back", async () => {
	permissions = ["zone", "analytics", "settings"];
	const settings = { ssl: { value: "full", modified_on: new Date(BEGAN - 5 * MINUTE_MS).toISOString() } };
	const { one } = await asked(site(), { host: HOST, requests: BEGUN, settings });
	assert.ok(one != null);
	const action = { do: "answer", case: one.id, key: "what-changed", value: "deploy" } as const;
	const { after, post } = withSaid(one, { action, who: "Ann", asker: "test ann", resumed: false, atMs: NOW });
	assert.equal(post.kind, "change");
	assert.deepEqual(
		after.facts.filter(({ key }) => key === "what-changed").map(({ by, value }) => [by, value]),
		[["person", "deploy"]],
	);
});

test("what a person says changed takes the place of a setting's change, and is not taken by it", () => {
	const of = (by: Fact["by"]): Fact => ({ key: "what-changed", value: "deploy", by, who: "Ann", atMs: NOW });
	assert.equal(staysBeside(of("person"), of("analytics")), true);
	assert.equal(staysBeside(of("analytics"), of("person")), false);
});

test("failures of another page are told as such in the head of a page's case, and are no evidence of it", async () => {
	const { head, one } = await asked(lab.url("closes-empty", "/cart?coupon=secret1"), { host: HOST });
	assert.match(flat(head), /All of them are POST \/login|none on this page|none here/);
	assert.doesNotMatch(flat(head), /secret1/);
	assert.ok(wordsInMessage(head) <= 60, flat(head));
	assert.ok(
		one?.facts.every(({ by }) => by !== "analytics"),
		JSON.stringify(one?.facts),
	);
});

test("under the head of a page that works, failures that are over are told with their end", async () => {
	const requests = traffic(NOW - 60_000, 59, 60, {
		fails: (_one, minute, random) => minute >= 5 && minute < 20 && random() < 0.4,
	});
	const { head } = await asked(lab.url("healthy", "/"), { host: "healthy.lab.example", requests });
	assert.match(flat(head), /They came from 09:05 to 09:20 UTC, none since\.|none since 09:20 UTC/);
	assert.ok(wordsInMessage(head) <= 60, flat(head));
});

test("the head of a page without any request of its own says too that the failures are of another one", async () => {
	const { head } = await asked(lab.url("some-urls", "/checkout"), { host: "some-urls.lab.example" });
	assert.match(flat(head), /All of them are POST \/login|none on this page|none here/);
	assert.ok(wordsInMessage(head) <= 60, flat(head));
});

test("an answer about a page that returns a 500 has the numbers of its code", async () => {
	const requests = failing.map((row) => (row.edge === 520 ? { ...row, edge: 500, origin: 500 } : row));
	const { texts } = await asked(lab.url("own-500", "/login"), { host: "own-500.lab.example", requests });
	assert.match(texts.join("\n"), /\d+ of [\d,]+ .*got a? ?500/);
});

for (const fault of ["html", "forbidden", "lost"] as const)
	test(`an account that cannot be asked (${fault}) costs a sentence at most, and the answer is whole`, async () => {
		fake.faults.push(...Array.from({ length: 9 }, () => fault));
		const { head, one } = await asked(site(), { host: HOST });
		assert.match(flat(head), /fails with 520/);
		assert.ok(one?.facts.every(({ by }) => by !== "analytics"));
	});

for (const [said, words] of [
	["numbers since 3h", /In the last 3 h, \d+ of [\d,]+ requests to closes-empty\.lab\.example got a 520/],
	["numbers", /In the last hour, \d+ of [\d,]+ requests to closes-empty\.lab\.example/],
	["Numbers since 08:00?", /In the last 2 h, /],
] as const)
	test(`${said}, in the thread of a case, means its host`, async () => {
		const { texts } = await asked(said, { host: HOST, known: aCase(), ...inThread });
		assert.match(texts.join("\n"), words);
	});

test("numbers, in the thread of a case about the host, are those of its code", async () => {
	const { texts } = await asked(`numbers ${HOST}`, {
		host: HOST,
		requests: failing.map((one) => (one.edge === 520 ? { ...one, edge: 522 } : one)),
		location: () => ({ messageRef: "m9", threadKey: "slack C1 case" }),
		known: newCase(
			{
				id: "case-0",
				url: site(),
				code: "522",
				workspace: "slack T1",
				rays: [],
				head: message("bad"),
				asker: null,
				threadKey: "slack C1 case",
			},
			NOW,
		),
	});
	assert.match(texts.join("\n"), /got a 522/);
});

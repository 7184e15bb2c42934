import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Conversation } from "../../src/desk/conversation.ts";
import { type Case, newCase } from "../../src/judge/case.ts";
import { wordsInMessage } from "../../src/message/count-words.ts";
import { type Message, message } from "../../src/message/message.ts";
import { openCloudflare } from "../../src/services/cloudflare/cloudflare.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { chat } from "../chat.ts";
import { realClock } from "../clock.ts";
import { type FakeCloudflare, type FakeRequest, startFakeCloudflare } from "../fakes/cloudflare.ts";
import { seeded, traffic } from "../fakes/traffic.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { anAccess } from "../store/values.ts";

/** What a connected account adds to answers about sites and Ray IDs of its zone: for whom, where, and as which evidence. */

const NOW = Date.UTC(2026, 10, 25, 10);
const ZONE = "023e105f4ecef8ad9ca31a8372d0c353";
const SECRET = `cfut_${"s".repeat(40)}0badc0de`;
const now = () => NOW;

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
		permissions: ["zone", "analytics"],
	});
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
		...changes
	}: Partial<Conversation<Message>> & {
		readonly host: string;
		readonly requests?: readonly FakeRequest[];
		/** A case of before. */
		readonly known?: Case;
	},
) {
	fake.zones.splice(0, 9, { id: ZONE, name: "lab.example", plan: "free", account: ZONE, requests: of(host, requests) });
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

test("a Ray ID of a site tells its own request, and the numbers around it", async () => {
	const requests = failing.map((one, nth) =>
		nth === 0 ? { ...one, ray: "a5ffb220b4c1d777", path: "/login", method: "POST", edge: 520, origin: 0 } : one,
	);
	const { texts } = await asked(`https://${HOST}/login Ray ID: a5ffb220b4c1d777-DFW`, { host: HOST, requests });
	assert.match(
		texts.join("\n"),
		/This request: |Your plan's data has no single requests\.|Not in the sample|No request to this zone/,
	);
});

for (const fault of ["html", "forbidden", "lost"] as const)
	test(`an account that cannot be asked (${fault}) costs a sentence at most, and the answer is whole`, async () => {
		fake.faults.push(...Array.from({ length: 9 }, () => fault));
		const { head, one } = await asked(site(), { host: HOST });
		assert.match(flat(head), /fails with 520/);
		assert.ok(one?.facts.every(({ by }) => by !== "analytics"));
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

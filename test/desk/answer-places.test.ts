import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { DeskContext } from "../../src/desk/context.ts";
import type { Stores } from "../../src/desk/stores.ts";
import { wordsInMessage } from "../../src/message/count-words.ts";
import { type Message, SIGN } from "../../src/message/message.ts";
import type { DeskAction } from "../../src/read/action.ts";
import { caseHead } from "../../src/reply/case-head.ts";
import { reportHtml } from "../../src/reply/html/report.ts";
import { statement } from "../../src/reply/report.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { chat } from "../chat.ts";
import { realClock } from "../clock.ts";
import { type ScriptedPlaces, scriptedPlaces } from "../fakes/places.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { normal } from "../normal.ts";
import { type Meets, NOW } from "../told.ts";

/** Other places, asked in chats: where it is posted, what it does to the case, and what it costs. */

let lab: Lab;
const now = () => NOW;
before(async () => {
	lab = await openLab({ now });
});
after(() => lab.close());

/** The pause before the second round is over at once. */
const later = (ms: number, work: () => void) => realClock.later(ms === 2_000 ? 0 : ms, work);
const times = (n: number, one: Meets): Meets[] => Array.from({ length: n }, () => one);

/** A thread: its messages as they stand, and how often each was written. */
function thread(ofCase: string | null = null, named = "m") {
	const messages = new Map<string, Message>();
	const writes = new Map<string, number>();
	const alone: Message[] = [];
	const put = (ref: string, message: Message) => {
		messages.set(ref, message);
		writes.set(ref, (writes.get(ref) ?? 0) + 1);
		return ref;
	};
	const speaks = (changes: Parameters<typeof chat>[0] = {}) => {
		let head: string | null = null;
		return chat({
			begin: async (message) => {
				head = put(`${named}${messages.size + 1}`, message);
			},
			update: async (message) => {
				head = put(head ?? `${named}${messages.size + 1}`, message);
			},
			followUp: async (message) => put(`${named}${messages.size + 1}`, message),
			edit: async (ref, message) => void put(ref, message),
			replyPrivately: async (message) => void alone.push(message),
			location: () => ({ messageRef: head, threadKey: ofCase ?? (head === null ? null : "test C1 m1") }),
			asker: "test alice",
			workspace: "test T1",
			channel: "C1",
			room: { key: "test C1", isOpen: true, hasOutsiders: false },
			...changes,
		});
	};
	const texts = () => [...messages.values()].map((one) => normal(flat(one)));
	return { messages, writes, alone, speaks, texts };
}

interface Asked {
	readonly stores?: Stores;
	readonly changes?: Partial<DeskContext>;
	readonly chat?: Parameters<typeof chat>[0];
}

async function asks(
	what: string | DeskAction,
	places: ScriptedPlaces | null,
	{ stores = memoryStores({ ...realClock, now }), changes = {}, chat: of = {} }: Asked = {},
	here = thread(),
) {
	const desk = labDesk(lab, { stores, now, later, globalping: places, ...changes });
	const outcome = await desk.handle(what, here.speaks(of), "alice");
	return { outcome, here, one: await stores.cases.get("case-1"), desk, stores };
}

const isPlaces = (text: string) => !text.includes("fails with") && /\bplace|From Germany/.test(text.split("\n")[0] ?? "");
/** The one message that is about other places, and how often it was written. */
function placesIn({ messages, writes }: ReturnType<typeof thread>) {
	const all = [...messages].filter(([, message]) => isPlaces(flat(message)));
	const [[ref, message] = ["", null]] = all;
	assert.ok(message !== null && all.length === 1, `${all.length} messages about places`);
	return { ref, message, text: normal(flat(message)), writes: writes.get(ref) };
}

/** By what the places meet: what the case of a failing page then holds by them. */
const ENTER: readonly (readonly [what: string, rounds: readonly (readonly Meets[])[], says: RegExp, facts: object])[] = [
	[
		"everywhere",
		[times(8, "520")],
		/^Every place gets the 520\. It is not your network\./,
		{ "who-is-hit": "everyone", "colo-spread": "many" },
	],
	[
		"by chance",
		[[...times(3, "520"), ...times(5, "200")], times(8, "200")],
		/None failed the second time/,
		{ "edge-pattern": "random" },
	],
	["here only", [times(8, "200")], /^No other place gets a 520, only my own requests do\./, {}],
	["nowhere to tell", [times(8, "silent")], /^None of 8 places got a response\. They cannot tell why\./, {}],
];
for (const [what, rounds, says, facts] of ENTER)
	test(`what other places told enters the case of the page, by a source of its own: ${what}`, async () => {
		const { here, one, outcome } = await asks(`${lab.url("closes-empty", "/checkout")} from world`, scriptedPlaces(...rounds));
		const { message, text, writes } = placesIn(here);
		assert.match(text, says);
		assert.equal(writes, 2, "posted once, edited once");
		assert.ok(wordsInMessage(message) <= 60, `${wordsInMessage(message)} words`);
		assert.deepEqual(
			Object.fromEntries((one?.facts ?? []).filter(({ by }) => by === "places").map(({ key, value }) => [key, value])),
			facts,
		);
		assert.equal(outcome.kind, "answered");
		assert.equal((outcome.reply.data.places as { readonly kind: string }).kind, "told");
		// One question is open, and it is below the head.
		assert.equal(here.texts().filter((said) => /I cannot run this|I do not know/.test(said)).length, 1);
	});

test("places that were named are each told of, under the page's own verdict", async () => {
	const places = scriptedPlaces(["520", "200", "200"]);
	const { here } = await asks(`is ${lab.url("closes-empty", "/checkout")} 520 from germany, us and japan?`, places);
	const [head = ""] = here.texts();
	assert.match(head, /fails with 520/);
	assert.match(placesIn(here).text, /^From Germany: 520/);
	assert.deepEqual(places.calls.length, 1);
});

test("a page that works is offered other places, and none is asked before it is pressed", async () => {
	const places = scriptedPlaces(times(8, "200"));
	const { here, one, stores } = await asks(`is ${lab.url("healthy")} down only for me?`, places);
	assert.match(here.texts()[0] ?? "", /\[Other places\]/);
	assert.deepEqual(places.calls, []);
	assert.ok(one !== null);
	const seen = lab.edge.requests.length;
	await asks({ do: "case-places", case: "case-1" }, places, { stores }, here);
	assert.match(placesIn(here).text, /^No place gets an error right now\..* Who is affected\?/);
	assert.equal(places.calls.length, 1);
	assert.equal(lab.edge.requests.length, seen, "nothing else is requested");
});

test("the button of a page without a case asks for its URL; a case of another page is left alone", async () => {
	const { stores, here } = await asks(lab.url("closes-empty", "/checkout"), null);
	const facts = (await stores.cases.get("case-1"))?.facts;
	await asks({ do: "places", url: lab.url("own-500") }, scriptedPlaces(times(8, "520")), { stores }, here);
	assert.match(placesIn(here).text, /^Every place gets the 520/);
	assert.deepEqual((await stores.cases.get("case-1"))?.facts, facts);
});

test("where other places are off, no one is offered them, and who asks is told", async () => {
	const { here } = await asks(`${lab.url("closes-empty", "/checkout")} from germany`, null);
	assert.ok(here.texts().every((text) => !text.includes("[Other places]")));
	assert.match(here.texts().at(-1) ?? "", /^Other places are switched off here\./);
});

/** Words about places that ask none, and what the asker alone is told. */
const NOT_ASKED: readonly (readonly [behind: string, says: RegExp])[] = [
	["is only down in Japan?", /^I checked from here; Japan was not asked\..*\[Ask this place\]/s],
	["fails in germany and the us", /^I checked from here; Germany, US were not asked\..*\[Ask these places\]/s],
	["from my phone", /^I cannot check from "my phone", because it is not a place\..*\[Other places\]/s],
	["--from", /^No place was named\..*\[Other places\]/s],
];
for (const [behind, says] of NOT_ASKED)
	test(`words about places that ask none are told to the asker alone: ${behind}`, async () => {
		const url = lab.url("healthy");
		const places = scriptedPlaces();
		const { here, outcome } = await asks(`${url} ${behind}`, places);
		assert.deepEqual(places.calls, [], "no third party is asked");
		assert.match(here.texts()[0] ?? "", /works/);
		assert.equal(here.alone.length, 1);
		assert.match(normal(flat(here.alone[0] ?? assert.fail())), says);
		assert.equal((outcome.reply.data.places as { readonly kind: string }).kind, "not-asked");
		const button = here.alone[0]?.blocks.flatMap((block) => (block.kind === "buttons" ? block.buttons : []))[0];
		assert.ok(button?.action.do === "ask" || button?.action.do === "places");
		await asks(button.action.do === "ask" ? button.action.text : button.action, places);
		assert.equal(places.calls.length, 1, "the button asks");
	});

test("words about places are told also where nothing could be requested from here, and where other places are off", async () => {
	const { here } = await asks("https://nowhere-at-all.dev/ is down in germany", scriptedPlaces());
	assert.match(flat(here.alone.at(-1) ?? assert.fail()), /Germany was not asked/);
	const off = await asks(`${lab.url("healthy")} fails in germany`, null);
	assert.equal(flat(off.here.alone[0] ?? assert.fail()), "I can only check from here; Germany was not asked.");
	const headers = await asks(`headers ${lab.url("healthy")} from germany`, scriptedPlaces());
	assert.match(flat(headers.here.alone[0] ?? assert.fail()), /Germany was not asked/);
	const program = await asks(`${lab.url("closes-empty", "/checkout")} 520 error from nginx`, scriptedPlaces());
	assert.deepEqual(program.here.alone, []);
});

test("a name that does not exist here is asked from elsewhere all the same; a name of internal use is not", async () => {
	const places = scriptedPlaces(times(8, "200"));
	const { here } = await asks("https://nowhere-at-all.dev/ from world", places);
	assert.equal(here.alone.length, 1, "why nothing was requested from here is private");
	assert.match(placesIn(here).text, /^No place gets an error right now/);
	assert.equal(placesIn(here).ref, "m1", "it is the head");
	const none = scriptedPlaces();
	await asks("https://intranet.internal/ from world", none);
	assert.deepEqual(none.calls, []);
});

test("who asked is mentioned when other places took long, in a message of its own", async () => {
	let nowMs = NOW;
	const places = scriptedPlaces(times(8, "520"));
	const slow: ScriptedPlaces = {
		...places,
		read: async (measurement, signal) => {
			nowMs += 11_000;
			return places.read(measurement, signal);
		},
	};
	const { here } = await asks(`${lab.url("closes-empty", "/checkout")} from world`, slow, { changes: { now: () => nowMs } });
	const calls = [...here.messages.values()].filter(({ notify }) => notify !== undefined);
	assert.deepEqual(
		calls.map(({ notify, ...message }) => [notify?.people, flat(message)]),
		[[["test alice"], "Other places have answered, see above."]],
	);
});

test("a stop cuts other places off: nothing half is said, and where questions outlive the process it goes on later", async () => {
	for (const durable of [false, true]) {
		const stores = { ...memoryStores({ ...realClock, now }), durable };
		const begun = Promise.withResolvers<void>();
		const hanging: ScriptedPlaces = {
			...scriptedPlaces(["520", "unfinished"]),
			read: (_measurement, signal) =>
				new Promise((resolve) => {
					begun.resolve();
					signal?.addEventListener("abort", () => resolve([]));
				}),
		};
		const here = thread();
		const desk = labDesk(lab, { stores, now, globalping: hanging });
		const asked = desk.handle(`${lab.url("closes-empty", "/checkout")} from world`, here.speaks(), "alice");
		await begun.promise;
		await desk.stop(100);
		assert.equal((await asked).kind, "interrupted");
		const last = here.texts().findLast((text) => /other places…|interrupted|restart/i.test(text)) ?? "";
		assert.match(last, durable ? /from other places…$/ : /Ask again|again/);
	}
});

test("given up while other places are asked: their message says so, and the answer before it stands", async () => {
	const clock = { now, later: (_ms: number, _work: () => void) => () => {} };
	const stores = { ...memoryStores(clock), durable: true };
	const begun = Promise.withResolvers<void>();
	const hanging: ScriptedPlaces = {
		...scriptedPlaces(["520", "unfinished"]),
		read: () => {
			begun.resolve();
			return new Promise(() => {});
		},
	};
	const here = thread();
	const question = `${lab.url("closes-empty", "/checkout")} from world`;
	const first = labDesk(lab, { stores, ...clock, globalping: hanging });
	const id = (await first.accept("event", "test", {})) ?? "";
	void first.handle(question, here.speaks(), "alice", { id });
	await begun.promise;
	const before = here.texts();
	await stores.inbox.release();
	const second = labDesk(lab, { stores, ...clock });
	assert.deepEqual(
		(await second.unfinished("test")).map((one) => one.id),
		[id],
	);
	await second.handle(question, here.speaks(), "alice", { id, resumed: true, deaths: 2, expired: true });
	const after = here.texts();
	assert.match(before.at(-1) ?? "", /from other places…$/);
	assert.match(after.at(-1) ?? "", /^I was stopped twice while working on this question/);
	assert.deepEqual(after.slice(0, -1), before.slice(0, -1));
	assert.deepEqual(here.alone, []);
});

test("in a thread that has a case, places alone are of its page", async () => {
	const { stores, here } = await asks(lab.url("closes-empty", "/checkout"), null);
	const places = scriptedPlaces(["520", "200"]);
	await asks(
		"from germany and the us",
		places,
		{ stores, chat: { location: () => ({ messageRef: "m9", threadKey: "test C1 m1" }) } },
		here,
	);
	assert.match(places.calls[0] ?? "", /closes-empty\.lab\.example\/checkout/);
	assert.match(placesIn(here).text, /^From Germany: 520/);
});

/** What is said in the thread of a case: what other places are asked for, or what the asker alone is told. */
const IN_THREAD: readonly (readonly [said: string, calls: readonly string[], alone: RegExp | null])[] = [
	["check again from germany", ["de"], null],
	["recheck from japan please", ["jp"], null],
	["try other places", ["world"], null],
	["everywhere?", ["world"], null],
	["from mars", ["mars"], null],
	["recheck from mars", ["mars"], null],
	["is it down in japan?", [], /^I checked from here; Japan was not asked\./],
	["does it fail in the us too?", [], /^I checked from here; US was not asked\./],
	["what about germany?", ["de"], null],
	["what about japan?", ["jp"], null],
	["and japan?", ["jp"], null],
	["ok, and in the us?", ["us"], null],
	["how about germany and japan?", ["de,jp"], null],
	["Japan?", ["jp"], null],
	["what is going on in germany?", ["de"], null],
	["from nginx?", [], null],
	["and the deploy?", [], null],
	["and it is?", [], null],
	["from my phone", [], /^I cannot check from "my phone", because it is not a place\./],
	["is everyone seeing this?", [], /^I checked from one place only\.\n\[Other places\]/],
	["who else sees it?", [], /^I checked from one place only\.\n\[Other places\]/],
	["check again", [], null],
	["is it fixed?", [], null],
	["we deployed to our server in Frankfurt 10 minutes ago", [], null],
	["520 error from nginx", [], null],
];
for (const [said, calls, alone] of IN_THREAD)
	test(`in the thread of a case no words about places are dropped silently: ${said}`, async () => {
		const { stores, here } = await asks(lab.url("closes-empty", "/checkout"), null);
		const places = scriptedPlaces();
		const inIt = { location: () => ({ messageRef: "m9", threadKey: "test C1 m1" }) };
		await asks(said, places, { stores, chat: inIt }, here);
		assert.deepEqual(
			places.calls.map((call) => call.split(" ").at(-1)),
			calls,
		);
		// Where the case stands is no answer to a question about places.
		if (calls.length > 0 || alone !== null) assert.doesNotMatch(here.texts().join("\n"), /Ruled out:/);
		const told = here.alone.map((one) => flat(one)).filter((one) => /asked|cannot check|one place only/.test(one));
		assert.equal(told.length, alone === null ? 0 : 1, told.join("\n"));
		if (alone !== null) assert.match(told[0] ?? "", alone);
	});

/** Asked again in the channel, while the page has an open case there: what is said of other places, and what the case then has. */
const AGAIN: readonly (readonly [
	what: string,
	path: string,
	meets: Meets,
	laterMs: number,
	says: RegExp,
	hereOnly: boolean | null,
])[] = [
	["its page, which fails here alone", "/checkout", "200", 1_000, /^No other place gets a 520, only my own requests do\./, true],
	["its page, which fails everywhere", "/checkout", "520", 1_000, /^Every place gets the 520\./, false],
	["its page, long after the last look", "/checkout", "200", 400_000, /^No place gets a 520 right now\./, false],
	["another page of its host", "/other", "200", 1_000, /^No place gets an error right now\./, null],
];
for (const [what, path, meets, laterMs, says, hereOnly] of AGAIN)
	test(`asked where a case is open, other places are judged with it: ${what}`, async () => {
		const { stores } = await asks(lab.url("closes-empty", "/checkout"), null);
		const here = thread("test C1 n1", "n");
		const places = scriptedPlaces(times(8, meets));
		const changes = { now: () => NOW + laterMs };
		const { one } = await asks(`${lab.url("closes-empty", path)} from world`, places, { stores, changes }, here);
		assert.match(here.texts()[0] ?? "", /already has an open case/);
		assert.match(placesIn(here).text, says);
		assert.equal(one?.places?.hereOnly ?? null, hereOnly);
		assert.equal(
			one?.facts.some(({ by }) => by === "places"),
			meets === "520" || laterMs > 300_000,
		);
	});

test("where other places work, the head says that it fails only from here, the evidence that they were asked", async () => {
	const { stores, here } = await asks(`${lab.url("closes-empty", "/checkout")} from world`, scriptedPlaces(times(8, "200")));
	assert.match(here.texts()[0] ?? "", /fails with 520 · only from here, not from 8 other places/);
	await asks({ do: "evidence", case: "case-1" }, null, { stores }, here);
	const evidence = here.texts().at(-1) ?? "";
	assert.match(evidence, /I tested from one location \(DFW\)\.\n.*Other places at \S+ UTC: 8 of 8 work\./);
	assert.doesNotMatch(evidence, /one location only/);
	const one = await stores.cases.get("case-1");
	assert.ok(one !== null);
	assert.match(reportHtml(one, NOW, "0"), /Other places at \S+ UTC: 8 of 8 work\./);
	for (const audience of ["host", "developer", "cloudflare"] as const)
		assert.match(statement(one, audience, NOW), /Other places at \S+ UTC: 8 of 8 work\./);
	assert.doesNotMatch(statement(one, "status", NOW), /places/);
});

test("evidence that was posted before other places were asked is posted again with them", async () => {
	const { stores, here } = await asks(lab.url("closes-empty", "/checkout"), null);
	await asks({ do: "evidence", case: "case-1" }, null, { stores }, here);
	assert.match(here.texts().at(-1) ?? "", /I tested from one location only \(DFW\)/);
	await asks({ do: "case-places", case: "case-1" }, scriptedPlaces(times(8, "520")), { stores }, here);
	await asks({ do: "evidence", case: "case-1" }, null, { stores }, here);
	assert.match(here.texts().at(-1) ?? "", /Other places at \S+ UTC: 8 of 8 get the 520\./);
});

/** [Other places] again: how many tables there are, and how many are told that the result is there. */
const PRESSES: readonly (readonly [what: string, atOnce: number, laterMs: number, tables: number, alone: number])[] = [
	["three at once", 3, 0, 1, 2],
	["again within the minute", 1, 59_000, 1, 1],
	["again after it", 1, 61_000, 2, 0],
];
for (const [what, atOnce, laterMs, tables, alone] of PRESSES)
	test(`one measurement is told once in a thread: ${what}`, async () => {
		let nowMs = NOW;
		const { stores, here } = await asks(lab.url("closes-empty", "/checkout"), null);
		const places = scriptedPlaces(times(8, "520"), times(8, "520"));
		const desk = labDesk(lab, { stores, now: () => nowMs, later, globalping: places });
		const inIt = { location: () => ({ messageRef: "m9", threadKey: "test C1 m1" }) };
		const presses = () => desk.handle({ do: "case-places", case: "case-1" }, here.speaks(inIt), "bob");
		await Promise.all(Array.from({ length: atOnce }, presses));
		if (laterMs > 0) {
			nowMs += laterMs;
			await presses();
		}
		assert.equal(here.texts().filter((text) => /^Every place gets the 520/.test(text)).length, tables);
		assert.deepEqual(
			here.alone.map((one) => flat(one)),
			Array.from({ length: alone }, () => "Other places were asked a moment ago. The result is in the thread."),
		);
	});

test("pressed elsewhere, or where they could not be asked, the answer is told again", async () => {
	const { stores, here } = await asks(lab.url("closes-empty", "/checkout"), null);
	const desk = labDesk(lab, { stores, now, later, globalping: scriptedPlaces(times(8, "520")) });
	const press = (where: ReturnType<typeof thread>) => desk.handle({ do: "case-places", case: "case-1" }, where.speaks(), "bob");
	await press(here);
	const there = thread("test C1 n1", "n");
	await press(there);
	assert.match(placesIn(there).text, /^Every place gets the 520/);
	const dead = labDesk(lab, { stores, now, later, globalping: scriptedPlaces({ kind: "unreachable" }, { kind: "unreachable" }) });
	for (const _ of [1, 2]) await dead.handle({ do: "case-places", case: "case-1" }, here.speaks(), "bob");
	assert.equal(here.texts().filter((text) => /could not be asked/.test(text)).length, 2);
	assert.deepEqual(here.alone, []);
});

const eight = (failing: number): Meets[] => [...times(failing, "520"), ...times(8 - failing, "200")];
const IN_IT = { location: () => ({ messageRef: "m9", threadKey: "test C1 m1" }) };

/** The head of the case as it stands, and the newest message besides; each with the sign of its state. */
async function stands({ messages }: ReturnType<typeof thread>, stores: Stores) {
	const one = await stores.cases.get("case-1");
	assert.ok(one !== null);
	const signed = (told: Message) => `${SIGN[told.mood] ?? ""} ${normal(flat(told))}`.trimStart();
	const message = caseHead(one);
	const head = signed(message);
	const others = [...messages.values()].map(signed).filter((text) => text.split("\n")[0] !== head.split("\n")[0]);
	return {
		head,
		words: wordsInMessage(message),
		last: others.at(-1) ?? "",
	};
}

/** By the page, what of eight places fails, and what happens so long after: the head, and what the newest message of the thread says. */
const STANDS: readonly (readonly [
	what: string,
	page: readonly [host: string, path: string],
	failing: number,
	laterMs: number,
	head: RegExp,
	last: RegExp,
])[] = [
	["failing here alone", ["closes-empty", "/"], 0, 60_000, /520 · only from here, not from 8 other places\n/, /still 520/],
	["failing in most places", ["closes-empty", "/"], 6, 60_000, /520 · .*, also from 6 of 8 places\n/, /still 520/],
	["failing everywhere", ["closes-empty", "/"], 8, 60_000, /520 · .*, also from 8 of 8 places\n/, /still 520/],
	["long ago", ["closes-empty", "/"], 0, 31 * 60_000, /520 · (?!.*places)/, /still 520/],
	[
		"working here alone",
		["healthy", "/"],
		6,
		60_000,
		/^🟠 \S+ works from here, fails from 6 of 8 places\n(?!.*Failing for you)/s,
		/^🟠 Still works from here \(\d of \d\), fails from 6 of 8 places\n\[Watch\]/,
	],
	["working here alone, long ago", ["healthy", "/"], 6, 31 * 60_000, /^🟢 \S+ works\n/, /^🟢 Still works/],
	["working in all places", ["healthy", "/"], 0, 60_000, /^🟢 \S+ works\n/, /^🟢 Still works/],
];
for (const [what, [host, path], failing, laterMs, head, last] of STANDS)
	test(`what other places told stays in the head of a page that is checked again: ${what}`, async () => {
		const { stores, here } = await asks(lab.url(host, path), null);
		const places = scriptedPlaces(eight(failing), eight(failing));
		await asks({ do: "case-places", case: "case-1" }, places, { stores, chat: IN_IT }, here);
		if (laterMs < 1_800_000) assert.match((await stands(here, stores)).head, head);
		const changes = { now: () => NOW + laterMs };
		await asks({ do: "recheck", case: "case-1" }, null, { stores, changes, chat: IN_IT }, here);
		const now = await stands(here, stores);
		assert.match(now.head, head);
		assert.match(now.last, last);
		if (laterMs < 1_800_000) assert.doesNotMatch(now.last, /Solved\?/);
		assert.ok(now.words <= 60, `${now.words} words`);
	});

/** "Is it just us?", by what other places told before, and how long ago. */
const JUST_US: readonly (readonly [host: string, failing: number, said: string, laterMs: number, answer: RegExp])[] = [
	["closes-empty", 0, "is it just us?", 60_000, /^8 of 8 other places work \(\S+ UTC\)\. Only my own requests fail\./],
	["closes-empty", 6, "is it down only for me?", 60_000, /^No: 6 of 8 other places get a 520 \(\S+ UTC\)\.\n/],
	["closes-empty", 8, "is it just me?", 60_000, /^No: 8 of 8 other places get a 520 \(\S+ UTC\)\.\n/],
	["healthy", 6, "is it just us?", 60_000, /^No: 6 of 8 other places get a 520 \(\S+ UTC\)\. It works from here\./],
	["healthy", 0, "is it only me?", 60_000, /^8 of 8 other places work \(\S+ UTC\)\.\n/],
	["healthy", 0, "is it only me?", 31 * 60_000, /^(?!.*other places)/s],
];
for (const [host, failing, said, laterMs, answer] of JUST_US)
	test(`"${said}" is answered with what other places told ${laterMs / 60_000} min ago: ${host}, ${failing} of 8 fail`, async () => {
		const { stores, here } = await asks(lab.url(host), null);
		const places = scriptedPlaces(eight(failing), eight(failing));
		await asks({ do: "case-places", case: "case-1" }, places, { stores, chat: IN_IT }, here);
		const changes = { now: () => NOW + laterMs };
		await asks(said, null, { stores, changes, chat: IN_IT }, here);
		assert.match((await stands(here, stores)).last, answer);
	});

test("once our own requests meet another outcome, the head says nothing of what other places told before", async () => {
	const { stores, here } = await asks(lab.url("closes-empty"), null);
	await asks({ do: "case-places", case: "case-1" }, scriptedPlaces(eight(6), eight(6)), { stores, chat: IN_IT }, here);
	await stores.cases.change("case-1", (one) => ({ ...one, url: lab.url("healthy") }));
	await asks({ do: "recheck", case: "case-1" }, null, { stores, chat: IN_IT }, here);
	assert.match((await stands(here, stores)).head, /^🟢 \S+ works\n/);
	assert.equal((await stores.cases.get("case-1"))?.places?.outdated, true);
});

test("where our own requests work, other places that fail are not judged as if those failed too", async () => {
	const { stores, here } = await asks(lab.url("healthy"), null);
	await asks({ do: "case-places", case: "case-1" }, scriptedPlaces(eight(6), eight(6)), { stores, chat: IN_IT }, here);
	const changes = { now: () => NOW + 120_000 };
	await asks({ do: "case-places", case: "case-1" }, scriptedPlaces(eight(0)), { stores, changes, chat: IN_IT }, here);
	assert.doesNotMatch((await stands(here, stores)).last, /only my own requests/);
	assert.match((await stands(here, stores)).head, /^🟢 \S+ works\n/);
});

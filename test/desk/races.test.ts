import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Conversation } from "../../src/desk/conversation.ts";
import { openLimits } from "../../src/looks/limits.ts";
import type { Message } from "../../src/message/message.ts";
import { caseHead } from "../../src/reply/case-head.ts";
import { memoryStores, sqliteStores } from "../../src/store/sqlite/sqlite.ts";
import { chat } from "../chat.ts";
import { handClock, realClock } from "../clock.ts";
import { scriptedPlaces } from "../fakes/places.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";

/** Two things at once through a desk whose stores are slow: nothing of either is lost, and nothing is done twice. */

let lab: Lab;
const folder = mkdtempSync(join(tmpdir(), "cf520-races-"));
before(async () => {
	lab = await openLab();
});
after(async () => {
	await lab.close();
	rmSync(folder, { recursive: true, force: true });
});
let files = 0;
const file = () => join(folder, `${++files}.sqlite`);

/** A promise that is kept by hand. */
const gate = () => Promise.withResolvers<void>();
const turns = async (nth = 200) => {
	for (let turn = 0; turn < nth; turn += 1) await setImmediate();
};

/** What one thread shows; what is asked in it waits for nothing, because each is told in private. */
function thread() {
	const posted: string[] = [];
	const alone: string[] = [];
	const state = { head: "" };
	const shown = async (message: Message) => {
		state.head = flat(message);
	};
	const asked = (changes: Partial<Conversation<Message>> = {}) =>
		chat({
			begin: shown,
			update: shown,
			followUp: async (message) => {
				posted.push(flat(message));
				return null;
			},
			replyPrivately: async (message) => void alone.push(flat(message)),
			location: () => ({ messageRef: "head", threadKey: "thread" }),
			edit: (_ref, message) => shown(message),
			...changes,
		});
	const inNoLane = (changes: Partial<Conversation<Message>> = {}) =>
		asked({ location: () => ({ messageRef: null, threadKey: null }), ...changes });
	return { posted, alone, state, asked, inNoLane };
}

test("of many answers to one case at once every one counts and is posted once, and the head shows them all", async () => {
	const stores = memoryStores(realClock);
	const desk = labDesk(lab, { stores, globalping: scriptedPlaces() });
	const { asked, inNoLane, posted, state } = thread();
	await desk.handle(lab.url("closes-empty", "/many"), asked());
	const before = posted.length;
	const answers = [
		["who-is-hit", "everyone"],
		["what-changed", "deploy"],
		["host-health", "saturated"],
		["origin-log", "crash"],
	] as const;
	await Promise.all(
		answers.map(([key, value]) => desk.handle({ do: "answer", case: "case-1", key, value }, inNoLane(), `about ${key}`)),
	);
	const one = await stores.cases.get("case-1");
	const people = one?.facts.filter(({ by }) => by === "person") ?? [];
	assert.deepEqual(people.map(({ key }) => key).toSorted(), answers.map(([key]) => key).toSorted());
	for (const [key] of answers)
		assert.equal(posted.slice(before).filter((line) => line.startsWith(`about ${key} said `)).length, 1, posted.join("\n"));
	assert.ok(one !== null);
	assert.equal(state.head, flat(caseHead(one)));
});

test("an edit of the head that arrives late does not hide what somebody else said meanwhile", async () => {
	const desk = labDesk(lab);
	const { asked, inNoLane, state } = thread();
	await desk.handle(lab.url("closes-empty", "/late"), asked());
	const late = gate();
	const onItsWay = gate();
	let first = true;
	const slow = inNoLane({
		edit: async (_ref, message) => {
			if (first) {
				first = false;
				onItsWay.resolve();
				await late.promise;
			}
			state.head = flat(message);
		},
	});
	const ann = desk.handle({ do: "answer", case: "case-1", key: "who-is-hit", value: "everyone" }, slow, "Ann");
	await onItsWay.promise;
	await desk.handle({ do: "answer", case: "case-1", key: "what-changed", value: "deploy" }, inNoLane(), "Ben");
	const both = state.head;
	late.resolve();
	await ann;
	assert.equal(state.head, both);
});

test("of two who close a case at once one does, and the other is told that it is closed", async () => {
	const desk = labDesk(lab);
	const { asked, inNoLane, posted, alone } = thread();
	await desk.handle(lab.url("closes-empty", "/closed"), asked());
	const before = posted.length;
	const close = (cause: string, who: string) => desk.handle({ do: "it-was", case: "case-1", cause }, inNoLane(), who);
	await Promise.all([close("origin-crashed", "Ann"), close("cold-start", "Ben")]);
	assert.deepEqual([posted.length - before, alone.length], [1, 1]);
});

test("two who ask about one host in one thread at once have one case", async () => {
	const stores = memoryStores(realClock);
	const desk = labDesk(lab, { stores });
	const { asked } = thread();
	const page = `${lab.url("closes-empty", "/page")} Error 520 Ray ID: 8a7d5e2fbcd1a1c3`;
	await Promise.all([desk.handle(lab.url("closes-empty", "/page"), asked()), desk.handle(page, asked())]);
	assert.equal((await stores.cases.ofHost(null, "closes-empty.lab.example", 10)).length, 1);
});

test("what is forgotten while it is answered stays forgotten", async () => {
	const stores = memoryStores(realClock);
	const desk = labDesk(lab, { stores });
	const { asked } = thread();
	let gone: Promise<unknown> | null = null;
	const conversation = asked({
		workspace: "slack T1",
		followUp: async () => {
			gone ??= stores.forget("slack T1", "closes-empty.lab.example");
			await gone;
			return null;
		},
	});
	const { kind } = await desk.handle(lab.url("closes-empty", "/forgotten"), conversation);
	assert.deepEqual([kind, await stores.cases.get("case-1")], ["answered", null]);
});

test("two admins who decide at once both get what they decided", async () => {
	const stores = memoryStores(realClock);
	const desk = labDesk(lab, { stores });
	const { inNoLane } = thread();
	const admin = () => inNoLane({ workspace: "slack T1", channel: "C1", isAdmin: async () => "yes" });
	await Promise.all(
		["admin retention 14d", "admin limits person 10", "admin channels here"].map((what) => desk.handle(what, admin())),
	);
	const { keepDays, perPerson, channels } = await stores.policies.of("slack T1");
	assert.deepEqual([keepDays, perPerson, channels], [14, 10, ["C1"]]);
});

test("a page that two have watched at once is watched once, and the other is told so", async () => {
	const stores = memoryStores(realClock);
	const desk = labDesk(lab, { stores });
	const { inNoLane, alone } = thread();
	const asked = () => inNoLane({ asker: null, resumeRef: () => "{}" });
	const kinds = await Promise.all([1, 2, 3].map(() => desk.handle(`watch ${lab.url("healthy", "/once")}`, asked())));
	assert.deepEqual(kinds.map(({ kind }) => kind).toSorted(), ["answered", "refused", "refused"]);
	assert.deepEqual([(await stores.watches.open({}, 10)).length, alone.length], [1, 2]);
});

test("a watch whose head could not be posted anywhere is none: the page is free again", async () => {
	const stores = memoryStores(realClock);
	const desk = labDesk(lab, { stores });
	const { inNoLane, state } = thread();
	const nowhere = inNoLane({ resumeRef: () => null });
	assert.equal((await desk.handle(`watch ${lab.url("healthy", "/nowhere")}`, nowhere)).kind, "refused");
	assert.match(state.head, /^I cannot post here or message you\./, "in place of the head that said it was watched");
	const broken = inNoLane({ begin: () => Promise.reject(new Error("rate limited")) });
	assert.equal((await desk.handle(`watch ${lab.url("healthy", "/nowhere")}`, broken)).kind, "broke");
	const { kind } = await desk.handle(`watch ${lab.url("healthy", "/nowhere")}`, inNoLane({ resumeRef: () => "{}" }));
	assert.deepEqual([kind, (await stores.watches.open({}, 10)).length], ["answered", 1]);
});

test("questions at once go to a host as often as may be, not once more", async () => {
	const counts = memoryStores(realClock).requestCounts;
	const limits = openLimits(
		{ hostPerHour: 20, open: 50 },
		{ counts, now: Date.now, hashed: (text) => text, storeFailed: () => {} },
	);
	const desk = labDesk(lab, { limits });
	const { inNoLane } = thread();
	const before = lab.edge.requests.length;
	const outcomes = await Promise.all(
		Array.from({ length: 8 }, (_, nth) => desk.handle(lab.url("healthy", `/limit${nth}`), inNoLane())),
	);
	const answered = outcomes.filter(({ kind }) => kind === "answered").length;
	assert.deepEqual([answered > 0, outcomes.filter(({ kind }) => kind === "refused").length], [true, 8 - answered]);
	assert.ok(lab.edge.requests.length - before <= 20);
});

test("what waits in a thread when the bot stops is told so, and another process goes on with it at once", async (t) => {
	const path = file();
	const stores = sqliteStores(path, realClock, { leaseMs: 15_000 });
	const next = sqliteStores(path, realClock, { leaseMs: 15_000 });
	t.after(() => Promise.all([stores.close(), next.close()]));
	const desk = labDesk(lab, { stores });
	const { asked, alone } = thread();
	const held = gate();
	const accepted = async (event: string) => (await desk.accept(event, "test", { event })) ?? "";
	const ids = [await accepted("1"), await accepted("2")];
	const first = desk.handle(
		"8a7d5e2fbcd1a1c3-DFW",
		asked({
			begin: () => held.promise,
		}),
		"Ann",
		{ id: ids[0] ?? "" },
	);
	const second = desk.handle("8a7d5e2fbcd1a1c3-FRA", asked(), "Ben", { id: ids[1] ?? "" });
	await turns();
	const stopped = desk.stop(2_000);
	assert.equal((await second).kind, "interrupted");
	assert.match(alone.join("\n"), /I am restarting/);
	held.resolve();
	await Promise.all([first, stopped]);
	const left = await next.inbox.unfinished("test", 10);
	assert.deepEqual(
		left.map(({ id, deaths }) => [id, deaths]),
		[[ids[1], 0]],
		"a stop is no death",
	);
});

test("who was away for too long says nothing more, and does not call that broken", async () => {
	const path = file();
	const clock = handClock(Date.UTC(2026, 10, 22, 12));
	const frozen = sqliteStores(path, clock.frozen(), { leaseMs: 15_000 });
	const other = sqliteStores(path, clock, { leaseMs: 15_000 });
	const events: string[] = [];
	const desk = labDesk(lab, { stores: frozen, log: ({ event }) => events.push(event) });
	const { asked, posted, alone } = thread();
	const id = (await desk.accept("event", "test", {})) ?? "";
	const awake = gate();
	const begun = gate();
	const conversation = asked({
		begin: async () => {
			begun.resolve();
			await awake.promise;
		},
	});
	const outcome = desk.handle(lab.url("closes-empty"), conversation, "Ann", { id });
	await begun.promise;
	clock.turn(15_000);
	assert.equal((await other.inbox.unfinished("test", 10))[0]?.id, id);
	awake.resolve();
	assert.equal((await outcome).kind, "interrupted");
	assert.deepEqual([posted, alone, events], [[], [], []]);
	assert.deepEqual(await other.inbox.outbox(id).get("0"), { messageRef: "head", sent: true }, "the other edits what is there");
	await other.inbox.end(id);
	await Promise.all([frozen.close(), other.close()]);
});

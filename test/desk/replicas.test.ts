import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { DeskContext } from "../../src/desk/context.ts";
import type { Desk } from "../../src/desk/desk.ts";
import type { Stores } from "../../src/desk/stores.ts";
import { memoryStores, sqliteStores } from "../../src/store/sqlite/sqlite.ts";
import { chat } from "../chat.ts";
import { type HandClock, handClock } from "../clock.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";
import { cutStores } from "../store/away.ts";

/** Several processes serve one bot: what one leaves, another goes on with. */

let lab: Lab;
const folder = mkdtempSync(join(tmpdir(), "cf520-replicas-"));
before(async () => {
	lab = await openLab();
});
after(async () => {
	await lab.close();
	rmSync(folder, { recursive: true });
});

const NOW = Date.UTC(2026, 10, 26, 12);
const LEASE_MS = 15_000;
let files = 0;
const file = () => join(folder, `${++files}.sqlite`);

const quiet = async () => {
	for (let turns = 0; turns < 200; turns += 1) await setImmediate();
};
const gate = () => Promise.withResolvers<void>();

/** One thread of a chat; `held` keeps what is said in it. */
function thread() {
	const said: string[] = [];
	const alone: string[] = [];
	const asked = (held: Promise<void> | null = null) =>
		chat({
			begin: async (message) => {
				said.push(flat(message));
				await held;
			},
			followUp: async (message) => {
				await held;
				return String(said.push(flat(message)));
			},
			replyPrivately: async (message) => void alone.push(flat(message)),
			location: () => ({ messageRef: "head", threadKey: "test C1 t1" }),
			asker: "test alice",
			workspace: "test T1",
		});
	return { said, alone, asked };
}

/** One process. */
function replica(stores: Stores, clock: HandClock, changes: Partial<DeskContext> = {}) {
	const desk = labDesk(lab, { stores, now: clock.now, later: clock.later, ...changes });
	return {
		desk,
		/** Goes on with what others left. */
		sweeps: (run: (id: string, body: string, desk: Desk) => unknown) =>
			desk.sharing?.sweep("test", async () => {
				for (const { id, body } of await desk.unfinished("test")) run(id, JSON.parse(body), desk);
			}),
	};
}

/** A process that stops in the middle of some questions of a thread, or is killed or frozen there; and the next one. */
for (const [how, leaves] of [
	["stops", async (desk: Desk, clock: HandClock) => turned(desk.stop(0), clock)],
	["is gone without a word", async () => {}],
] as const)
	test(`what a process that ${how} has accepted is answered once by another one, in its order`, async (t) => {
		const path = file();
		const clock = handClock(NOW);
		const frozen = how === "stops" ? clock : { ...clock, later: clock.frozen().later };
		const [first, second] = [frozen, clock].map((one) => sqliteStores(path, one, { leaseMs: LEASE_MS }));
		assert.ok(first !== undefined && second !== undefined);
		t.after(() => Promise.all([first.close(), second.close()]));
		const [old, next] = [replica(first, clock), replica(second, clock)];
		const { said, alone, asked } = thread();
		const questions = ["8a7d5e2fbcd1a1c3-DFW", "8a7d5e2fbcd1a1c3-FRA", "explain 520"];
		const stuck = gate();
		for (const [nth, question] of questions.entries()) {
			const id = await old.desk.accept(`event ${nth}`, "test", question);
			assert.ok(id !== null);
			void old.desk.handle(question, asked(nth === 0 ? stuck.promise : null), "Alice", { id });
			await quiet();
		}
		assert.equal(said.length, 1);
		next.sweeps((id, question, desk) => void desk.handle(question, asked(), "Alice", { id, resumed: true }));
		await quiet();
		assert.equal(said.length, 1, "what is alive is left alone");
		await leaves(old.desk, clock);
		clock.turn(LEASE_MS + LEASE_MS / 3);
		await quiet();
		// The process that was away comes back, and says nothing more.
		stuck.resolve();
		await quiet();
		const all = [...said, ...alone.filter((text) => !/I am restarting/.test(text))].join("\n");
		for (const place of [/Dallas/, /Frankfurt/, /520/]) assert.match(all, place);
		assert.equal(said.filter((text) => /Frankfurt/.test(text)).length, 1);
		assert.equal(said.filter((text) => /Dallas/.test(text)).length, 1);
		assert.deepEqual(await second.inbox.unfinished("test", 10), []);
	});

/** What comes of some work, while the clock is turned. */
async function turned<T>(work: Promise<T>, clock: HandClock): Promise<T> {
	let isDone = false;
	void work.finally(() => {
		isDone = true;
	});
	while (!isDone) {
		await setImmediate();
		clock.turn(10);
	}
	return work;
}

test("there is one sweep at a time, for every chat, at once, every few seconds, when others let go, and none after the end", async () => {
	const clock = handClock(NOW);
	let freed = () => {};
	const stores = cutStores({
		...memoryStores(clock),
		sweepMs: 5_000,
		whenFreed: (work) => {
			freed = work;
		},
	});
	const { desk } = replica(stores, clock);
	const swept: string[] = [];
	let running = 0;
	let most = 0;
	for (const platform of ["slack", "discord"])
		desk.sharing?.sweep(platform, async () => {
			running += 1;
			most = Math.max(most, running);
			await quiet();
			swept.push(platform);
			running -= 1;
		});
	for (let turns = 0; turns < 6; turns += 1) await quiet();
	assert.deepEqual([...new Set(swept.splice(0))], ["slack", "discord"]);
	clock.turn(4_999);
	await quiet();
	assert.deepEqual(swept, []);
	clock.turn(1);
	freed();
	freed();
	for (let turns = 0; turns < 6; turns += 1) await quiet();
	assert.deepEqual(swept.splice(0), ["slack", "discord", "slack", "discord"]);
	desk.disconnect("slack");
	clock.turn(5_000);
	await quiet();
	await quiet();
	assert.deepEqual(swept.splice(0), ["discord"]);
	await turned(desk.stop(0), clock);
	freed();
	clock.turn(60_000);
	await quiet();
	assert.deepEqual([swept, most], [[], 1]);
});

test("what only one process may do at a time is done by each in turn, soon after one that ended, and without a database too", async (t) => {
	const path = file();
	const clock = handClock(NOW);
	const all = [1, 2, 3].map(() => sqliteStores(path, clock, { leaseMs: LEASE_MS }));
	t.after(() => Promise.all(all.map((one) => one.close())));
	let running = 0;
	let most = 0;
	const work = async () => {
		running += 1;
		most = Math.max(most, running);
		await quiet();
		running -= 1;
		return "done";
	};
	const desks = all.map((stores) => replica(stores, clock).desk);
	const done = await turned(Promise.all(desks.map((desk) => desk.inTurn("commands", work))), clock);
	assert.deepEqual([done, most], [["done", "done", "done"], 1]);
	assert.ok(await all[0]?.leases.hold("commands", 10_000));
	const began = clock.now();
	const begins = async () => clock.now() - began;
	const waited = await turned(desks[1]?.inTurn("commands", begins) ?? Promise.resolve(0), clock);
	assert.ok(waited >= 10_000 && waited <= 11_000, `${waited} ms`);
	const cut = cutStores({ ...memoryStores(clock), sweepMs: 5_000 });
	cut.answer("away");
	assert.equal(await replica(cut, clock).desk.inTurn("commands", work), "done");
});

test("watches pause while the database is away: no look, no word; they go on when it is back", async () => {
	const clock = handClock(NOW);
	const stores = cutStores({ ...memoryStores(clock), sweepMs: 5_000 });
	const events: string[] = [];
	const { desk } = replica(stores, clock, { log: ({ event }) => events.push(event) });
	const { said, asked } = thread();
	const conversation = () => ({ ...asked(), resumeRef: () => "later" });
	desk.connect("test", conversation);
	await desk.handle(`watch ${lab.url("closes-empty")} every 30s`, conversation(), "Alice", {
		id: (await desk.accept("event", "test", "watch")) ?? "",
	});
	const looks = () => lab.edge.requests.length;
	const minutes = async (many: number) => {
		for (let seconds = 0; seconds < many * 60; seconds += 5) {
			clock.turn(5_000);
			await quiet();
		}
	};
	const first = looks();
	await minutes(1);
	assert.ok(looks() > first, "it is watched");
	await quiet();
	stores.answer("away");
	// One that had begun ends.
	await minutes(1);
	const [before, told] = [looks(), said.length];
	await minutes(10);
	assert.deepEqual([looks(), said.length], [before, told]);
	stores.answer("answers");
	await minutes(2);
	assert.ok(looks() > before, "it goes on");
	assert.deepEqual(
		events.filter((event) => /^store|^watch/.test(event)),
		["store-away", "store-back"],
	);
});

test("replicas that hear a channel together offer help once a thread, and five times a channel", async () => {
	const clock = handClock(NOW);
	const stores = { ...memoryStores(clock), sweepMs: 5_000 };
	await stores.policies.change("test T1", (one) => ({ ...one, listens: [{ channel: "C1", to: "everywhere" }] }));
	const desks = [replica(stores, clock).desk, replica(stores, clock).desk];
	const offered = async (thread: string) => {
		const conversation = chat({
			workspace: "test T1",
			channel: "C1",
			location: () => ({ messageRef: null, threadKey: `test C1 ${thread}` }),
		});
		const all = await Promise.all(desks.map((desk) => desk.hears("https://shop.example/ shows error 520", conversation, false)));
		return all.filter((one) => one?.do === "offer").length;
	};
	const all: number[] = [];
	for (let nth = 0; nth < 8; nth += 1) all.push(await offered(`t${nth}`));
	assert.deepEqual(all, [1, 1, 1, 1, 1, 0, 0, 0]);
	clock.turn(600_000);
	assert.equal(await offered("t0"), 1);
});

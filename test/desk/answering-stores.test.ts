import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { answeringStores } from "../../src/desk/answering-stores.ts";
import { type Stores, TakenOver } from "../../src/desk/stores.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { handClock } from "../clock.ts";
import { aCase, NOW } from "../store/values.ts";

/** What a full disk costs: a line in the log, never an answer. */

const full = () => Promise.reject(new Error("database or disk is full"));

function opened(changes: (stores: Stores) => Partial<Stores>) {
	const events: string[] = [];
	const working = memoryStores(handClock(NOW));
	const stores = answeringStores({ ...working, ...changes(working) }, ({ event, caseId }) => events.push(`${event} ${caseId}`));
	return { stores, working, events };
}

test("what cannot be accepted is answered all the same, its messages and its end are nobody's matter", async () => {
	const { stores, events } = opened(({ inbox }) => ({ inbox: { ...inbox, open: full, end: full } }));
	assert.equal(await stores.inbox.open("q", "event", "test", "{}"), true);
	const outbox = stores.inbox.outbox("q");
	await outbox.sending("0");
	await outbox.sent("0", "ref");
	assert.equal(await outbox.get("0"), null);
	await stores.inbox.end("q");
	assert.deepEqual(events, ["store-failed q"]);
});

test("what is not kept takes its turn in its thread too", async () => {
	const { stores } = opened(() => ({}));
	const order: string[] = [];
	const turn = (id: string, max = 2) =>
		stores.inbox.turn(id, "t", max).then((what) => {
			order.push(`${id} ${what}`);
		});
	await turn("a");
	const second = turn("b");
	await turn("c");
	assert.deepEqual(order, ["a now", "c full"]);
	await stores.inbox.end("a");
	await second;
	await stores.inbox.end("b");
	await turn("c");
	assert.deepEqual(order.slice(2), ["b now", "c now"]);
});

test("a turn, a message or an end that fails is logged, and the question goes on", async () => {
	const { stores, events } = opened(({ inbox }) => ({
		inbox: { ...inbox, turn: full, end: full, outbox: () => ({ get: full, sending: full, failed: full, sent: full }) },
	}));
	assert.equal(await stores.inbox.open("q", "event", "test", "{}"), true);
	assert.equal(await stores.inbox.turn("q", "t", 20), "now");
	const outbox = stores.inbox.outbox("q");
	assert.equal(await outbox.get("0"), null);
	for (const note of [outbox.sending, outbox.failed]) await note("0");
	await outbox.sent("0", null);
	await stores.inbox.end("q");
	assert.deepEqual(new Set(events), new Set(["store-failed q"]));
	assert.equal(events.length, 6);
});

test("a case that cannot be kept is told as it would be", async () => {
	const { stores, working, events } = opened(({ cases }) => ({ cases: { ...cases, open: full, change: full } }));
	assert.deepEqual(await stores.cases.open(aCase("a")), aCase("a"));
	assert.equal(await stores.cases.change("a", (one) => one), null);
	await working.cases.open(aCase("a"));
	const changed = await stores.cases.change("a", (one) => ({ ...one, code: "525" }));
	assert.deepEqual([changed?.before.code, changed?.after.code], ["520", "525"]);
	assert.equal(events.length, 3);
});

test("that another process goes on is no failure of the store: it is not logged, and it ends the question", async () => {
	const taken = () => Promise.reject(new TakenOver());
	const { stores, events } = opened(({ inbox, watches }) => ({
		inbox: { ...inbox, turn: taken, outbox: () => ({ get: full, sending: taken, failed: taken, sent: taken }) },
		watches: { ...watches, outbox: () => ({ get: full, sending: taken, failed: taken, sent: taken }) },
	}));
	await stores.inbox.open("q", "event", "test", "{}");
	await assert.rejects(stores.inbox.turn("q", "t", 20), TakenOver);
	for (const outbox of [stores.inbox.outbox("q"), stores.watches.outbox("w", 1)])
		await assert.rejects(outbox.sending("0"), TakenOver);
	await setImmediate();
	assert.deepEqual(events, []);
});

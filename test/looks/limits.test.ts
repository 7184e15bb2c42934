import assert from "node:assert/strict";
import { test } from "node:test";
import { openLimits } from "../../src/looks/limits.ts";
import { memoryStore } from "../../src/store/store.ts";

const MOST = { perPerson: 3, perChannel: 5, perWorkspace: 6 };
const limits = (now: () => number) => openLimits({ hostPerHour: 30, open: 2 }, memoryStore(now).taken, now);
const from = (person: string | null, channel: string | null = null, workspace: string | null = null) => ({
	person,
	channel,
	workspace,
	most: MOST,
});

test("a host is looked at so often in an hour, whoever asks, and again when the hour has moved on", () => {
	let now = 0;
	const one = limits(() => now);
	assert.deepEqual([one.take("a", 10), one.take("a", 10), one.take("a", 10)], [null, null, null]);
	now = 600_000;
	assert.deepEqual(one.take("a", 10), { why: "host", againMs: 3_000_000 });
	assert.equal(one.take("b", 10), null, "another host has its own");
	now = 3_600_001;
	assert.equal(one.take("a", 10), null);
});

test("a new process opens no new account for a host, and an origin's address is written nowhere", () => {
	const { taken } = memoryStore(() => 0);
	const open = () => openLimits({ hostPerHour: 30, open: 2 }, taken, () => 0);
	assert.equal(open().take("a", 25), null);
	assert.deepEqual(open().take("a", 25), { why: "host", againMs: 3_600_000 });
	const one = open();
	assert.equal(one.takeAddress("198.51.100.7", 25), null);
	assert.equal(one.takeAddress("198.51.100.7", 25)?.why, "host");
	assert.deepEqual(taken.since("198.51.100.7", -1), []);
});

test("a person, a channel and a workspace ask so often in five minutes, whatever the hosts", () => {
	let now = 0;
	const one = limits(() => now);
	for (let nth = 0; nth < 3; nth += 1) assert.equal(one.ask(from("ann", "C1", "T1")), null);
	assert.deepEqual(one.ask(from("ann", "C1", "T1")), { why: "person", againMs: 300_000 });
	for (let nth = 0; nth < 2; nth += 1) assert.equal(one.ask(from("ben", "C1", "T1")), null);
	assert.equal(one.ask(from("cem", "C1", "T1"))?.why, "channel");
	assert.equal(one.ask(from("cem", "C2", "T1")), null);
	assert.equal(one.ask(from("dan", "C3", "T1"))?.why, "workspace");
	assert.equal(one.ask(from("dan", "C3", "T2")), null, "another workspace has its own");
	assert.equal(one.ask(from(null)), null, "a terminal is nobody in particular");
	now = 300_001;
	assert.equal(one.ask(from("ann", "C1", "T1")), null);
});

test("what is refused takes no room", () => {
	const one = limits(() => 0);
	assert.notEqual(one.take("a", 31), null);
	for (const nth of [1, 2, 3]) assert.equal(one.take("a", 10), null, String(nth));
});

test("so many questions are open at a time", () => {
	const one = limits(() => 0);
	const first = one.begin();
	assert.ok(first !== null && one.begin() !== null);
	assert.equal(one.begin(), null);
	first();
	first();
	assert.notEqual(one.begin(), null);
	assert.equal(one.begin(), null);
});

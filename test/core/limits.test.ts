import assert from "node:assert/strict";
import { test } from "node:test";
import { openLimits } from "../../src/core/limits.ts";

const limits = (now: () => number) => openLimits({ hostPerHour: 30, personPerFiveMinutes: 3, open: 2 }, now);

test("a host is looked at so often in an hour, whoever asks, and again when the hour has moved on", () => {
	let now = 0;
	const one = limits(() => now);
	assert.deepEqual([one.take("a", "ann", 10), one.take("a", "ben", 10), one.take("a", "cem", 10)], [null, null, null]);
	now = 600_000;
	assert.deepEqual(one.take("a", "dan", 10), { why: "host", againMs: 3_000_000 });
	assert.equal(one.take("b", "dan", 10), null, "another host has its own");
	now = 3_600_001;
	assert.equal(one.take("a", "dan", 10), null);
});

test("a person asks so often in five minutes, whatever the hosts", () => {
	let now = 0;
	const one = limits(() => now);
	for (const host of ["a", "b", "c"]) assert.equal(one.take(host, "ann", 1), null);
	assert.deepEqual(one.take("d", "ann", 1), { why: "person", againMs: 300_000 });
	assert.equal(one.take("d", "ben", 1), null);
	now = 300_001;
	assert.equal(one.take("d", "ann", 1), null);
});

test("what is refused takes no room", () => {
	const one = limits(() => 0);
	assert.notEqual(one.take("a", "ann", 31), null);
	for (const nth of [1, 2, 3]) assert.equal(one.take("a", "ann", 10), null, String(nth));
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

import assert from "node:assert/strict";
import { test } from "node:test";
import { keyedQueue } from "../../src/desk/keyed-queue.ts";

/** Work that ends when it is told to. */
function work(name: string, order: string[]) {
	let end: () => void = () => {};
	const ended = new Promise<void>((resolve) => {
		end = resolve;
	});
	return {
		end: () => end(),
		run: async () => {
			order.push(`${name} begins`);
			await ended;
			order.push(`${name} ends`);
			return name;
		},
	};
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

test("under one key, one after the other in the order in which they came; other keys do not wait", async () => {
	const order: string[] = [];
	const lines = keyedQueue(10);
	const [a, b, c] = ["a", "b", "c"].map((name) => work(name, order)) as [
		ReturnType<typeof work>,
		ReturnType<typeof work>,
		ReturnType<typeof work>,
	];
	const all = [lines.enqueue("thread", a.run), lines.enqueue("thread", b.run), lines.enqueue("other", c.run)];
	b.end();
	c.end();
	await settle();
	assert.deepEqual([order, lines.waiting], [["a begins", "c begins", "c ends"], 1]);
	a.end();
	assert.deepEqual(await Promise.all(all), ["a", "b", "c"]);
	assert.deepEqual(order.slice(3), ["a ends", "b begins", "b ends"]);
	assert.equal(lines.waiting, 0);
});

test("what fails does not hold up what comes after it", async () => {
	const lines = keyedQueue(10);
	const failing = lines.enqueue("thread", async () => {
		throw new Error("broke");
	});
	const next = lines.enqueue("thread", async () => "next");
	await assert.rejects(async () => failing, /broke/);
	assert.equal(await next, "next");
});

test("too much under one key is not taken, until there is room again", async () => {
	const order: string[] = [];
	const lines = keyedQueue(2);
	const first = work("first", order);
	const running = lines.enqueue("thread", first.run);
	const second = lines.enqueue("thread", async () => "second");
	assert.equal(
		lines.enqueue("thread", async () => "third"),
		null,
	);
	assert.notEqual(
		lines.enqueue("other", async () => "other"),
		null,
	);
	assert.notEqual(
		lines.enqueue(null, async () => "of no thread"),
		null,
	);
	first.end();
	await Promise.all([running, second]);
	assert.equal(await lines.enqueue("thread", async () => "third"), "third");
});

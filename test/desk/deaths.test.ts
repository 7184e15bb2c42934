import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { Desk } from "../../src/desk/desk.ts";
import type { Stores } from "../../src/desk/stores.ts";
import { sqliteStores } from "../../src/store/sqlite/sqlite.ts";
import { chat } from "../chat.ts";
import { handClock, realClock } from "../clock.ts";
import { flat } from "../flat.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";

/** Processes that end while they work on a question: what their successors make of it. One that ends is left as it is; nothing is closed. */

let lab: Lab;
const folder = mkdtempSync(join(tmpdir(), "cf520-deaths-"));
const left: Stores[] = [];
before(async () => {
	lab = await openLab();
});
after(async () => {
	for (const stores of left) await stores.close();
	await lab.close();
	rmSync(folder, { recursive: true, force: true });
});
let files = 0;

const DALLAS = /Dallas/;
const GAVE_UP = /I was stopped twice while working on this question/;

/** People's questions by their names, and what each was told, in order. */
function place() {
	const path = join(folder, `${++files}.sqlite`);
	const told: string[] = [];
	/** Whose questions end the process: they never come to an end in it. */
	const fatal = new Set<string>();
	const under: string[] = [];
	const conversation = (who: string, threadKey: string | null) =>
		chat({
			asker: `test ${who}`,
			deduplicates: true,
			location: () => ({ messageRef: "head", threadKey }),
			begin: async (message) => {
				// What is given up is told without working on it.
				const words = flat(message);
				if (!GAVE_UP.test(words)) under.push(who);
				if (fatal.has(who) && !GAVE_UP.test(words)) await new Promise(() => {});
				told.push(`${who}: ${words}`);
			},
			replyPrivately: async (message) => void told.push(`${who}: ${flat(message)}`),
		});
	const run = (desk: Desk, id: string, { who, thread }: { who: string; thread: string | null }, more = {}) =>
		void desk.handle("8a7d5e2fbcd1a1c3-DFW", conversation(who, thread), who, { id, ...more });
	const process = async () => {
		under.length = 0;
		const stores = sqliteStores(path, realClock);
		left.push(stores);
		const clock = handClock(Date.now());
		let cases = 0;
		const newCaseId = () => `case-${left.length}-${++cases}`;
		const desk = labDesk(lab, { stores, newCaseId, later: clock.later });
		for (const { id, body, deaths, expired } of await desk.unfinished("test"))
			run(desk, id, JSON.parse(body), { resumed: true, deaths, expired });
		const ask = async (who: string, thread: string | null = null) => {
			const id = (await desk.accept(`event ${left.length}-${++cases}`, "test", { who, thread })) ?? "";
			run(desk, id, { who, thread });
		};
		return { ask, lives: (ms: number) => clock.turn(ms) };
	};
	return { told, fatal, under, process };
}
const turns = async (nth = 400) => {
	for (let turn = 0; turn < nth; turn += 1) await setImmediate();
};
test("a question that ends the process at each start is given up at the third, and everybody else's is answered", async () => {
	const { told, fatal, under, process } = place();
	for (const who of ["eve", "ann", "ben"]) fatal.add(who);
	const first = await process();
	for (const who of ["eve", "eve", "ann", "ben"]) await first.ask(who);
	await turns();
	assert.deepEqual(under.toSorted(), ["ann", "ben", "eve", "eve"]);
	fatal.delete("ann");
	fatal.delete("ben");
	const second = await process();
	await turns();
	assert.deepEqual(under, [], "last: a process that is ended at once from outside is nobody's fault");
	second.lives(2_000);
	await turns();
	assert.deepEqual([under, told], [["eve", "eve"], []], "one person's at a time: nobody knows yet whose it is");
	const third = await process();
	await turns();
	third.lives(2_000);
	await turns();
	assert.deepEqual(under, ["ann", "ben"], "nothing of eve's is worked on again");
	const of = (who: string) => told.filter((one) => one.startsWith(`${who}: `));
	assert.deepEqual([of("ann").length, of("ben").length, of("eve").length], [1, 1, 2]);
	for (const one of [...of("ann"), ...of("ben")]) assert.match(one, DALLAS);
	for (const one of of("eve")) assert.match(one, GAVE_UP);
});

test("what only waited in its thread is not to blame, and comes when the one before it is given up", async () => {
	const { told, fatal, process } = place();
	fatal.add("eve");
	const first = await process();
	await first.ask("eve", "thread");
	await turns();
	await first.ask("ann", "thread");
	for (let death = 0; death < 2; death += 1) {
		await turns();
		assert.deepEqual(told, []);
		const next = await process();
		await turns();
		next.lives(2_000);
	}
	await turns();
	assert.deepEqual(
		told.map((one) => [one.slice(0, 3), DALLAS.test(one), GAVE_UP.test(one)]),
		[
			["eve", false, true],
			["ann", true, false],
		],
	);
});

test("what is asked anew does not wait for what may end the process", async () => {
	const { told, fatal, under, process } = place();
	fatal.add("eve");
	await (await process()).ask("eve");
	await turns();
	const second = await process();
	await turns();
	second.lives(2_000);
	await turns();
	await second.ask("ann");
	await turns();
	assert.deepEqual(under, ["eve", "ann"]);
	assert.match(told.join("\n"), /^ann: .*Dallas/s);
});

test("what runs long without ending the process does not hold up everybody else's", async () => {
	const { told, fatal, under, process } = place();
	for (const who of ["eve", "ann"]) fatal.add(who);
	const first = await process();
	for (const who of ["eve", "ann"]) await first.ask(who);
	await turns();
	fatal.delete("ann");
	const second = await process();
	await turns();
	second.lives(2_000);
	await turns();
	assert.deepEqual([under, told], [["eve"], []]);
	second.lives(20_000);
	await turns();
	assert.match(told.join("\n"), /^ann: .*Dallas/s);
});

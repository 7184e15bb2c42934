import assert from "node:assert/strict";
import { test } from "node:test";
import { type Asker, NO_BOUND, NoRoom, openTurns, type Turns } from "../../src/looks/turns.ts";

const never = new AbortController().signal;
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Lets `names` (workspace and person, `T1/U1`) in, in their order; says who holds a place, and gives one back by name. */
function house(all: number, perWorkspace: number, perPerson: number, waiting = { all: 100, perWorkspace: 100, perPerson: 100 }) {
	const turns = openTurns({ all, perWorkspace, perPerson, waiting });
	const inside: { readonly name: string; readonly leave: () => void }[] = [];
	return {
		ask: (name: string, signal = never) => {
			const [workspace = "", person = ""] = name.split("/");
			const asked = turns.enter({ workspace, person }, signal);
			void asked.then(
				(leave) => inside.push({ name, leave }),
				() => {},
			);
			return asked;
		},
		inside: async () => {
			await settle();
			return inside.map(({ name }) => name);
		},
		leave: (name: string) => {
			const [one] = inside.splice(
				inside.findIndex((those) => those.name === name),
				1,
			);
			one?.leave();
			one?.leave();
		},
	};
}

test("places go round by workspace, then by person", async () => {
	const { ask, inside, leave } = house(1, 1, 1);
	for (const name of ["T1/a", "T1/a", "T1/a", "T1/b", "T2/c", "T2/c", "T3/d"]) void ask(name);
	const order: string[] = [];
	for (let turn = 0; turn < 7; turn += 1) {
		const [name = ""] = await inside();
		order.push(name);
		leave(name);
	}
	// The first one found the house empty; from then on everybody comes before anybody comes again.
	assert.deepEqual(order, ["T1/a", "T1/a", "T2/c", "T3/d", "T1/b", "T2/c", "T1/a"]);
});

test("a person and a workspace hold a share, however many places are free", async () => {
	const { ask, inside, leave } = house(10, 3, 2);
	for (const name of ["T1/a", "T1/a", "T1/a", "T1/b", "T1/c", "T2/a"]) void ask(name);
	assert.deepEqual(await inside(), ["T1/a", "T1/a", "T1/b", "T2/a"]);
	leave("T1/b");
	assert.deepEqual(await inside(), ["T1/a", "T1/a", "T2/a", "T1/c"]);
	leave("T1/a");
	assert.deepEqual(await inside(), ["T1/a", "T2/a", "T1/c", "T1/a"]);
});

test("who gives up waiting leaves no gap, and a full row takes nobody", async () => {
	const { ask, inside, leave } = house(1, 1, 1, { all: 2, perWorkspace: 2, perPerson: 1 });
	const gone = new AbortController();
	void ask("T1/a");
	await inside();
	const waits = ask("T2/b", gone.signal);
	await assert.rejects(ask("T2/b"), NoRoom);
	void ask("T3/c");
	await assert.rejects(ask("T4/d"), NoRoom);
	gone.abort(new Error("enough"));
	await assert.rejects(waits, /enough/);
	await assert.rejects(ask("T5/e", gone.signal), /enough/);
	void ask("T4/d");
	leave("T1/a");
	assert.deepEqual(await inside(), ["T3/c"]);
	leave("T3/c");
	assert.deepEqual(await inside(), ["T4/d"]);
});

/** Places of which nobody has two, and a workspace as many as it gets. */
const shared = (all: number) => openTurns({ all, perWorkspace: all, perPerson: 1, waiting: NO_BOUND });
const asker = (person: string, workspace = "T1"): Asker => ({ workspace, person });

/** Work that ends when it is told to. */
function started(turns: Turns, order: string[]) {
	const ends = new Map<string, () => void>();
	return {
		take: (name: string, who: Asker) =>
			turns.take(who, () => {
				order.push(name);
				return new Promise<void>((end) => ends.set(name, end));
			}),
		end: async (name: string) => {
			ends.get(name)?.();
			await settle();
		},
	};
}

test("the workspace that holds the fewest places comes first; nobody has two", async () => {
	const order: string[] = [];
	const turns = shared(2);
	const { take, end } = started(turns, order);
	for (const name of ["a1", "a2", "a3"]) void take(name, asker("A"));
	for (const name of ["b1", "b2"]) void take(name, asker("B"));
	void take("x1", asker("X", "T2"));
	await settle();
	assert.deepEqual(order, ["a1", "b1"]);
	await end("a1");
	assert.deepEqual(order.slice(2), ["x1"]);
	await end("x1");
	assert.deepEqual(order.slice(3), ["a2"]);
	await end("b1");
	assert.deepEqual(order.slice(4), ["b2"]);
	await end("b2");
	// A place is free, and all that waits is of somebody who has one.
	assert.deepEqual([order.length, turns.waiting], [5, 1]);
	await end("a2");
	assert.deepEqual([order.slice(5), turns.waiting], [["a3"], 0]);
});

test("work that fails gives its place back", async () => {
	const turns = shared(1);
	await assert.rejects(turns.take(asker("A"), () => Promise.reject(new Error("no"))));
	assert.equal(await turns.take(asker("B"), async () => "done"), "done");
});

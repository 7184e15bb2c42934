import assert from "node:assert/strict";
import { after, before, it } from "node:test";
import type { openDesk } from "../../src/desk/desk.ts";
import type { Arrival } from "../../src/desk/handle.ts";
import { textOf } from "../../src/desk/held-text.ts";
import { readInPlace } from "../../src/desk/text-readers.ts";
import { READ_MS_MAX } from "../../src/desk/workers.ts";
import { plainTitle } from "../../src/message/message.ts";
import { chat } from "../chat.ts";
import { realClock } from "../clock.ts";
import { labDesk } from "../lab/desk.ts";
import { type Lab, openLab } from "../lab/lab.ts";

type Desk = ReturnType<typeof openDesk>;

let lab: Lab;
before(async () => {
	lab = await openLab();
});
after(() => lab.close());

const LINE = "2026/11/22 12:00:05 [error] 7#7: *1 upstream prematurely closed connection while reading upstream";
const LONG = `${LINE}\n`.repeat(100);
const by = (person: string) => chat({ asker: person, channel: "C1", workspace: "T1" });
/** How it ended, and the first sentence that was told. */
const asking = async (desk: Desk, text: string, person = "U1", asked: Arrival = {}) => {
	const { kind, reply } = await desk.handle(text, by(person), "ann", asked);
	return [kind, plainTitle(reply.head, 200)];
};

it("a long text and a file are read in a worker, the text first, so that a verb in it counts", async () => {
	const desk = labDesk(lab);
	assert.deepEqual(await asking(desk, LONG), ["answered", "100 lines"]);
	assert.deepEqual(await asking(desk, "", "U1", { files: async () => LINE }), ["answered", "1 line: 1 known error, 0 requests."]);
	const [kind, said] = await asking(desk, "explain 520", "U1", { files: async () => LINE });
	assert.deepEqual([kind, /no page about/.test(said ?? "")], ["misread", true]);
	assert.deepEqual(await asking(desk, "explain 520", "U1", { files: async () => "" }), await asking(desk, "explain 520"));
});

it("a text that takes too long is told in two sentences, and the next one is read", async () => {
	let late = true;
	const desk = labDesk(lab, {
		later: (ms, work) => {
			if (ms !== READ_MS_MAX || !late) return realClock.later(ms, work);
			late = false;
			work();
			return () => {};
		},
	});
	const { kind, reply } = await desk.handle(LONG, by("U1"));
	assert.deepEqual([kind, reply.private, reply.refusal], ["refused", true, "not-read"]);
	assert.match(plainTitle(reply.head, 200), /^I stopped reading that text after 10 s/);
	assert.deepEqual(await asking(desk, LONG), ["answered", "100 lines"]);
});

it("what is pasted counts toward a person's limits, and files are not even fetched beyond them", async () => {
	const desk = labDesk(lab);
	for (let nth = 0; nth < 5; nth += 1)
		for (const paste of [LINE, LONG, "HTTP/1.1 200 OK\nX Bad: 1\n\nhello"])
			assert.equal((await asking(desk, paste))[0], "answered");
	const fetched: string[] = [];
	const files = async () => {
		fetched.push("a file");
		return LINE;
	};
	for (const [text, asked] of [
		[LINE, {}],
		[LONG, {}],
		["", { files }],
	] as const) {
		const [kind, said] = await asking(desk, text, "U1", asked);
		assert.deepEqual([kind, /^You have used your \d+ checks for 5 minutes/.test(said ?? "")], ["refused", true]);
	}
	assert.deepEqual(fetched, []);
	assert.equal((await asking(desk, "help"))[0], "answered", "a word is no paste");
	assert.equal((await asking(desk, "", "U2", { files }))[0], "answered");
});

it("a stop ends what is read, and says so", async () => {
	const desk = labDesk(lab);
	const all = ["U1", "U1", "U2", "U3"].map((person) => asking(desk, LONG.repeat(80), person));
	await desk.stop(0);
	assert.deepEqual(
		(await Promise.all(all)).map(([kind]) => kind),
		["interrupted", "interrupted", "interrupted", "interrupted"],
	);
});

it("before it is acknowledged, only the beginning of a text is read", async () => {
	const desk = labDesk(lab);
	const far = " ".repeat(5_000);
	assert.match(desk.addressProblem("origin shop.example 198.51.100.7") ?? "", /a private IP address/);
	assert.match(desk.addressProblem(`origin shop.example ${far}198.51.100.7`) ?? "", /Enter an IP address such as/);
	assert.equal(await desk.isPrivate(`watch shop.example ${far}privately`, chat()), false);
});

it("four files are in memory at the same time, and their bytes are handed to the thread that reads them", async () => {
	const desk = labDesk(lab);
	const gates: (() => void)[] = [];
	const held: Uint8Array<ArrayBuffer>[] = [];
	const fetched = (person: string) =>
		asking(desk, "", person, {
			files: async () => {
				await new Promise<void>((open) => gates.push(open));
				const bytes = new Uint8Array(Buffer.from(LONG));
				held.push(bytes);
				return [bytes];
			},
		});
	const all = Array.from({ length: 10 }, (_, nth) => fetched(`U${nth}`));
	while (gates.length < 4) await new Promise((resolve) => setImmediate(resolve));
	for (let nth = 0; nth < 50; nth += 1) await new Promise((resolve) => setImmediate(resolve));
	assert.equal(gates.length, 4);
	for (let opened = 0; opened < 10; opened += 1) {
		while (gates.length <= opened) await new Promise((resolve) => setImmediate(resolve));
		gates[opened]?.();
	}
	for (const [kind, said] of await Promise.all(all)) assert.deepEqual([kind, said], ["answered", "100 lines"]);
	assert.deepEqual(new Set(held.map((bytes) => bytes.length)), new Set([0]), "nothing of them is left here");
});

it("log lines stay bytes between the two threads' readings, and mean what they said", () => {
	const read = readInPlace("question", { text: [new Uint8Array(Buffer.from(`${LONG}café\n`))], nowMs: 0 });
	assert.ok(read.kind === "logs" && typeof read.text !== "string");
	assert.ok(read.text.every((part) => typeof part !== "string"));
	assert.equal(textOf(read.text), `${LONG}café`);
	assert.equal(textOf(["explain 520", Uint8Array.of(0x63, 0xe9), new Uint8Array(Buffer.from("é"))]), "explain 520\ncé\né");
});

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { describe, it } from "node:test";
import { readInPlace, type TextJobs } from "../../src/desk/text-readers.ts";
import { openTextWorkers, openThreads, type TextWorkers } from "../../src/desk/workers.ts";
import type { Asker } from "../../src/looks/turns.ts";
import { HOSTILE_TEXTS } from "../hostile-texts.ts";

const asker = (person: string, workspace = "T1"): Asker => ({ workspace, person });
const settle = () => new Promise((resolve) => setImmediate(resolve));

/** Workers that do what they are told, and a deadline that passes when `late` is called. */
function rogues() {
	const lines: unknown[] = [];
	const stopping = new AbortController();
	const timers = new Set<() => void>();
	const workers = openTextWorkers({
		later: (_ms, work) => {
			timers.add(work);
			return () => void timers.delete(work);
		},
		log: (line) => lines.push(line),
		signal: stopping.signal,
		openPool: (log) => openThreads(log, new URL("./rogue-worker.ts", import.meta.url), { maxOldGenerationSizeMb: 16 }),
	});
	return {
		lines,
		stop: () => stopping.abort(),
		told: (what: string, person = "U1") =>
			// Only this test's worker takes such an input.
			workers.read("logs", { do: what } as unknown as TextJobs["logs"]["input"], asker(person)),
		late: () => {
			for (const work of [...timers]) work();
		},
		running: async (count: number) => {
			while (timers.size < count) await settle();
		},
	};
}

describe("a worker that goes wrong takes nothing with it", () => {
	it("does not end: it is ended at the deadline, and the next text is read", async () => {
		const { told, late, running, lines } = rogues();
		const hangs = told("hang");
		await running(1);
		late();
		assert.deepEqual(await hangs, { value: null, notRead: "time" });
		assert.deepEqual(await told("fine"), { value: "fine", notRead: null });
		assert.deepEqual(lines, [{ event: "text-not-read", reader: "logs", why: "time" }]);
	});

	it("takes more memory than it may", async () => {
		const { told } = rogues();
		assert.deepEqual(await told("eat"), { value: null, notRead: "memory" });
		assert.deepEqual(await told("fine"), { value: "fine", notRead: null });
	});

	it("ends by itself", async () => {
		const { told } = rogues();
		assert.deepEqual(await told("exit"), { value: null, notRead: "memory" });
		assert.deepEqual(await told("fine"), { value: "fine", notRead: null });
	});

	it("throws: that is a fault of ours, and told as one", async () => {
		const { told } = rogues();
		await assert.rejects(told("throw"), /a fault of ours/);
		assert.deepEqual(await told("fine"), { value: "fine", notRead: null });
	});

	it("all threads hang, and other people's texts are read after the deadline", async () => {
		const { told, late, running } = rogues();
		const hanging = [told("hang", "U1"), told("hang", "U2"), told("hang", "U1")];
		const fine = told("fine", "U3");
		await running(2);
		late();
		assert.deepEqual(await fine, { value: "fine", notRead: null });
		await running(1);
		late();
		assert.deepEqual(
			(await Promise.all(hanging)).map((one) => one.notRead),
			["time", "time", "time"],
		);
	});

	it("everything stops: what is read and what waits ends at once", async () => {
		const { told, stop, running } = rogues();
		const all = [told("hang"), told("hang"), told("fine")];
		await running(1);
		stop();
		assert.deepEqual(
			(await Promise.all(all)).map((one) => one.notRead),
			["stopped", "stopped", "stopped"],
		);
	});

	it("knows no secret of the environment", async () => {
		const { told } = rogues();
		assert.deepEqual(await told("environment"), { value: [], notRead: null });
	});
});

/** Bytes of any kind, compared as bytes. */
const flat = (value: unknown): unknown =>
	JSON.parse(
		JSON.stringify(structuredClone(value), (_, one: unknown) =>
			ArrayBuffer.isView(one) ? Buffer.from(one as Uint8Array).toString("hex") : one,
		),
	);

describe("a worker reads as this thread does", () => {
	const nowMs = Date.UTC(2026, 10, 22);
	const open = (): TextWorkers => openTextWorkers({ later: () => () => {}, log: () => {}, signal: new AbortController().signal });
	const folder = new URL("../fixtures/pastes/", import.meta.url);
	const texts = [
		...readdirSync(folder).map((name) => readFileSync(new URL(name, folder), "utf8")),
		...Object.values(HOSTILE_TEXTS).map((make) => make(5_000)),
	];

	it("every paste and every hostile text", async () => {
		const workers = open();
		const value = async <T>(reading: Promise<{ readonly value: T }>) => (await reading).value;
		for (const text of texts) {
			const input = { text, nowMs };
			const question = readInPlace("question", input);
			assert.deepEqual(flat(await value(workers.read("question", input, asker("U1")))), flat(question));
			if (question.kind === "autopsy")
				assert.deepEqual(
					flat(await value(workers.read("paste", { paste: question.paste, host: null }, asker("U1")))),
					flat(readInPlace("paste", { paste: question.paste, host: null })),
				);
			const logs = { text, nearMs: nowMs, nowMs, failing: null };
			assert.deepEqual(flat(await value(workers.read("logs", logs, asker("U1")))), flat(readInPlace("logs", logs)));
		}
	});
});

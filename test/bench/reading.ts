import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { understand } from "../../src/judge/understand.ts";
import { textCases } from "../read/understood.ts";

type Tell = (bench: string, figures: Record<string, number>, value: number, limit: number) => void;

const SHORT_CHARS = 4_000;
const LONG_CHARS = 900_000;
/** In the thread that answers the chats, and in a thread of its own. */
const SHORT_MS_MAX = 3;
const LONG_MS_MAX = 300;

/** What people really bring, one text after the other, to this length. */
function pasteOf(chars: number): string {
	const all = textCases("texts.jsonl").map(({ text }) => text);
	let out = "";
	for (let nth = 0; out.length < chars; nth += 1) out += `${all[nth % all.length]}\n`;
	return out.slice(0, chars);
}

/** The whole reading of a text: 4,000 characters in place, 900,000 in a worker thread; the best of several. */
export async function benchReading(tell: Tell): Promise<void> {
	const text = pasteOf(SHORT_CHARS);
	let best = Number.POSITIVE_INFINITY;
	for (let nth = 0; nth < 60; nth += 1) {
		const started = performance.now();
		understand(text, {}, 0);
		best = Math.min(best, performance.now() - started);
	}
	tell("read-4kb-ms", { ms: best }, best, SHORT_MS_MAX);
	const worker = new Worker(new URL("reading-worker.ts", import.meta.url), { workerData: pasteOf(LONG_CHARS) });
	const [ms] = (await once(worker, "message")) as [number];
	tell("read-900kb-in-a-worker-ms", { ms }, ms, LONG_MS_MAX);
	await worker.terminate();
}

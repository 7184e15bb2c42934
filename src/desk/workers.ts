import { type Asker, NO_BOUND, openTurns } from "../looks/turns.ts";
import { handedOver } from "./held-text.ts";
import type { TextJobs, TextReader } from "./text-readers.ts";

/** Worker threads: the thread that acknowledges has a core of its own on a machine with two. */
const THREADS_MAX = 2;
/** How long a reader may take, in milliseconds: the longest text takes a tenth of that on a slow machine. */
export const READ_MS_MAX = 10_000;
/** Milliseconds after which an idle worker ends. */
const IDLE_MS = 30_000;
/** What one worker may hold, in megabytes (Node.js, `worker.resourceLimits`): several times what the longest text needs. */
const MEMORY_MB = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 8, stackSizeMb: 4 } as const;
/** Below the thread that acknowledges (nice(2), Linux only). */
const NICE = 5;

/** Why a text was not read: its time was up, it took too much memory, or everything ends. */
type NotRead = "time" | "memory" | "stopped";

/** What a reader made of a text, or why there is nothing. */
type ReadText<R extends TextReader> =
	| { readonly value: TextJobs[R]["output"]; readonly notRead: null }
	| { readonly value: null; readonly notRead: NotRead };

/** Threads that read one text each. */
interface Pool {
	/** @param options `transferList`: what passes to the thread, and is gone here */
	run(
		task: { readonly reader: TextReader; readonly input: object },
		options: { readonly signal: AbortSignal; readonly transferList: ArrayBuffer[] },
	): Promise<unknown>;
}

/** Reads texts apart from the thread that acknowledges. */
export interface TextWorkers {
	/** Reads a text in a worker, when it is this person's turn. Rejects when a reader throws, which is a bug. */
	read<R extends TextReader>(reader: R, input: TextJobs[R]["input"], asker: Asker): Promise<ReadText<R>>;
	/** How many texts wait for a worker. */
	readonly waiting: number;
}

interface WorkersContext {
	/** Does some work after so many milliseconds; the result takes that back. */
	readonly later: (ms: number, work: () => void) => () => void;
	readonly log: (line: { readonly event: string; readonly [key: string]: unknown }) => void;
	/** Ends what is being read. */
	readonly signal: AbortSignal;
	/** Opens the threads at the first text. */
	readonly openPool?: (log: WorkersContext["log"]) => Promise<Pool>;
	readonly limitMs?: number;
}

/** Opens nothing yet: threads begin with the first text. */
export function openTextWorkers({
	later,
	log,
	signal,
	openPool = openThreads,
	limitMs = READ_MS_MAX,
}: WorkersContext): TextWorkers {
	const turns = openTurns({ all: THREADS_MAX, perWorkspace: THREADS_MAX, perPerson: 1, waiting: NO_BOUND });
	let pool: Promise<Pool> | null = null;
	return {
		get waiting() {
			return turns.waiting;
		},
		read: (reader, input, asker) =>
			turns.take(asker, async () => {
				if (signal.aborted) return { value: null, notRead: "stopped" };
				pool ??= openPool(log);
				return runIn(await pool, reader, input);
			}),
	};

	async function runIn<R extends TextReader>(threads: Pool, reader: R, input: TextJobs[R]["input"]): Promise<ReadText<R>> {
		const end = new AbortController();
		let notRead: NotRead | null = null;
		const give = (why: NotRead) => {
			notRead ??= why;
			end.abort();
		};
		const onStop = () => give("stopped");
		signal.addEventListener("abort", onStop, { once: true });
		const takeBack = later(limitMs, () => give("time"));
		const transferList = "text" in input ? handedOver(input.text) : [];
		try {
			// The table of readers says what comes back for each.
			const value = (await threads.run({ reader, input }, { signal: end.signal, transferList })) as TextJobs[R]["output"];
			return { value, notRead: null };
		} catch (error) {
			notRead ??= died(error) ? "memory" : null;
			if (notRead === null) throw error;
			log({ event: "text-not-read", reader, why: notRead });
			return { value: null, notRead };
		} finally {
			takeBack();
			signal.removeEventListener("abort", onStop);
		}
	}
}

/** Whether the worker is gone, rather than that the reader threw. A reader does nothing by which a thread could end but take memory. */
const died = (error: unknown): boolean =>
	error instanceof Error &&
	(("code" in error && error.code === "ERR_WORKER_OUT_OF_MEMORY") || /^worker exited with code/.test(error.message));

/** @param file what each thread runs: a module with one function as its default */
export async function openThreads(
	log: WorkersContext["log"],
	file = new URL("./text-worker.ts", import.meta.url),
	resourceLimits: typeof MEMORY_MB | { readonly maxOldGenerationSizeMb: number } = MEMORY_MB,
): Promise<Pool> {
	// Loaded with the first long text: most questions in a terminal need none of it.
	const { Piscina } = await import("piscina");
	const pool = new Piscina({
		filename: file.href,
		minThreads: 0,
		maxThreads: THREADS_MAX,
		idleTimeout: IDLE_MS,
		niceIncrement: NICE,
		resourceLimits,
		// Readers get neither environment nor flags of the process.
		env: {},
		execArgv: [],
		recordTiming: false,
	});
	pool.on("error", (error: Error) => log({ event: "reader-died", error: error.name }));
	return pool;
}

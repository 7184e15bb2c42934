import type { DeskContext } from "./context.ts";
import { StoreAway } from "./stores.ts";

/** How often a store that is away is asked whether it is back. */
const AGAIN_MS = 1_000;

/** Whether the store that several processes share answers, as the last call tells. Each change is one line in the log. */
export class StoreState {
	readonly #context: Pick<DeskContext, "later" | "log" | "metrics">;
	readonly #probe: () => Promise<unknown>;
	readonly #listeners: (() => void)[] = [];
	#waiting: ((isBack: boolean) => void)[] = [];
	#isAway = false;
	#isClosed = false;
	#cancel: () => void = () => {};

	/** @param probe asks the store anything */
	constructor(context: Pick<DeskContext, "later" | "log" | "metrics">, probe: () => Promise<unknown>) {
		this.#context = context;
		this.#probe = probe;
	}

	get isAway(): boolean {
		return this.#isAway;
	}

	/**
	 * Learns from what a call comes to.
	 * @param op port and method; null: it may wait for others, and its time says nothing
	 */
	watch<T>(op: string | null, work: Promise<T>): Promise<T> {
		const began = performance.now();
		work.then(
			() => {
				if (op !== null) this.#context.metrics.storeCalled(op, (performance.now() - began) / 1_000);
				this.#answered();
			},
			(error: unknown) => (error instanceof StoreAway ? this.#away() : this.#answered()),
		);
		return work;
	}

	/** Called whenever the store is back. */
	onBack(listener: () => void): void {
		this.#listeners.push(listener);
	}

	/** Whether the store answers, within so many milliseconds. */
	back(ms: number): Promise<boolean> {
		if (!this.#isAway) return Promise.resolve(true);
		if (this.#isClosed) return Promise.resolve(false);
		return new Promise((resolve) => {
			const cancel = this.#context.later(ms, () => {
				this.#waiting = this.#waiting.filter((one) => one !== done);
				resolve(false);
			});
			const done = (isBack: boolean) => {
				cancel();
				resolve(isBack);
			};
			this.#waiting.push(done);
		});
	}

	/** Asks no more. */
	close(): void {
		this.#isClosed = true;
		this.#cancel();
		this.#release(false);
	}

	#away(): void {
		if (this.#isAway) return;
		this.#isAway = true;
		this.#context.log({ event: "store-away", say: "The database does not answer. Nothing is answered until it does." });
		this.#probeSoon();
	}

	#answered(): void {
		if (!this.#isAway) return;
		this.#isAway = false;
		this.#cancel();
		this.#context.log({ event: "store-back" });
		this.#release(true);
		for (const listener of this.#listeners) listener();
	}

	#release(isBack: boolean): void {
		const waiting = this.#waiting;
		this.#waiting = [];
		for (const done of waiting) done(isBack);
	}

	#probeSoon(): void {
		if (this.#isClosed) return;
		this.#cancel = this.#context.later(AGAIN_MS, () => {
			void this.watch(null, this.#probe())
				.catch(() => {})
				.then(() => {
					if (this.#isAway) this.#probeSoon();
				});
		});
	}
}

import { nameOf } from "../read/error.ts";
import type { DeskContext } from "./context.ts";
import { type SharedStores, sharedStores } from "./shared-stores.ts";
import { StoreAway, type Stores } from "./stores.ts";

/** What a chat needs where several processes answer it together. */
export interface Sharing {
	/** Whether the store answers, within so many milliseconds. */
	back(ms: number): Promise<boolean>;
	/** As {@link DeskContext.later}. */
	readonly later: DeskContext["later"];
	/**
	 * Takes up what others left: now, every few seconds and when the store is back; one sweep at a time.
	 * @param sweep rejects while the store is away
	 */
	sweep(platform: string, sweep: () => Promise<void>): void;
}

/** Several processes on one store: what this one has to do for that. */
export class Replicas implements Sharing {
	readonly #context: Pick<DeskContext, "later" | "log" | "metrics" | "now">;
	readonly #shared: SharedStores;
	readonly #everyMs: number;
	readonly #sweeps = new Map<string, () => Promise<void>>();
	#isSweeping = false;
	#isDue = false;
	#isClosed = false;
	#cancel: () => void = () => {};

	/** @param everyMs as {@link Stores.sweepMs} */
	constructor(stores: Stores, everyMs: number, context: Pick<DeskContext, "later" | "log" | "metrics" | "now">) {
		this.#context = context;
		this.#everyMs = everyMs;
		this.#shared = sharedStores(stores, context);
		this.#shared.state.onBack(() => void this.#sweepNow());
		stores.whenFreed?.(() => void this.#sweepNow());
	}

	get stores(): Stores {
		return this.#shared.stores;
	}

	/** The store went away in the middle of a question of ours. */
	leave(id: string): void {
		this.#shared.leave(id);
	}

	/** A question is another process's now. */
	lose(id: string): void {
		this.#shared.lose(id);
	}

	back(ms: number): Promise<boolean> {
		return this.#shared.state.back(ms);
	}

	later(ms: number, work: () => void): () => void {
		return this.#context.later(ms, work);
	}

	sweep(platform: string, sweep: () => Promise<void>): void {
		this.#sweeps.set(platform, sweep);
		void this.#sweepNow();
	}

	/** A chat is gone. */
	leaveOff(platform: string): void {
		this.#sweeps.delete(platform);
	}

	/** Before the end: what is remembered is written, if that is possible now. Never rejects. */
	settle(): Promise<void> {
		return this.#shared.settle().catch(() => {});
	}

	/** Takes up nothing more: what we release is for others. */
	close(): void {
		this.#isClosed = true;
		this.#cancel();
		this.#shared.state.close();
	}

	#soon(): void {
		this.#cancel();
		if (!this.#isClosed && this.#sweeps.size > 0) this.#cancel = this.#context.later(this.#everyMs, () => void this.#sweepNow());
	}

	async #sweepNow(): Promise<void> {
		this.#cancel();
		if (this.#isSweeping) {
			this.#isDue = true;
			return;
		}
		this.#isSweeping = true;
		do {
			this.#isDue = false;
			try {
				await this.#shared.settle();
				for (const [, sweep] of [...this.#sweeps]) if (!this.#isClosed) await sweep();
			} catch (error) {
				// That it is away, the log says already; it is swept when it is back.
				if (!(error instanceof StoreAway)) this.#context.log({ event: "store-failed", caseId: "", error: nameOf(error) });
			}
		} while (this.#isDue && !this.#isClosed);
		this.#isSweeping = false;
		this.#soon();
	}
}

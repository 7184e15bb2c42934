import type { DeskContext } from "./context.ts";
import { despiteStore } from "./store-failure.ts";
import type { Outbox, Unfinished } from "./stores.ts";

/** So often an unfinished question is resumed: one that ends the process each time must not do so for ever. */
const TRIES_MAX = 10;
/** Nobody waits for an answer any longer. */
const LATE_MS = 3_600_000;

/** What was accepted and is not finished: kept before it is acknowledged, ended once it is answered. */
export class Inbox {
	readonly #context: DeskContext;
	/** What this process has taken on: no other start of a chat resumes it. */
	readonly #mine = new Set<string>();

	constructor(context: DeskContext) {
		this.#context = context;
	}

	/** As `Desk.accept`. */
	accept(event: string, platform: string, body: unknown): string | null {
		const { inbox } = this.#context.stores;
		const id = this.#context.newCaseId();
		if (!despiteStore(this.#context, id, () => inbox.open(id, event, platform, JSON.stringify(body)), true)) return null;
		this.#mine.add(id);
		return id;
	}

	/** It is answered to its end, or there is nothing to answer. */
	end(id: string): void {
		this.#mine.delete(id);
		despiteStore(this.#context, id, () => this.#context.stores.inbox.end(id), undefined);
	}

	/** What a process before this one accepted and did not finish. */
	unfinished(platform: string): Unfinished[] {
		const { log, now, stores } = this.#context;
		return stores.inbox.unfinished(platform).flatMap((one) => {
			if (this.#mine.has(one.id)) return [];
			if (one.body === "") {
				// Written with another key: nobody can read any more who asked what.
				log({ event: "unreadable", caseId: one.id });
				this.end(one.id);
				return [];
			}
			this.#mine.add(one.id);
			const expired = one.tries >= TRIES_MAX || now() - one.atMs >= LATE_MS;
			if (expired) log({ event: "given-up", caseId: one.id, tries: one.tries });
			return { ...one, expired };
		});
	}

	/** Where the messages of an answer stand. */
	outbox(id: string): Outbox {
		const kept = this.#context.stores.inbox.outbox(id);
		const tried = <T>(work: () => T, otherwise: T): T => despiteStore(this.#context, id, work, otherwise);
		return {
			get: (slot) => tried(() => kept.get(slot), null),
			sending: (slot) => tried(() => kept.sending(slot), undefined),
			failed: (slot) => tried(() => kept.failed(slot), undefined),
			sent: (slot, ref) => tried(() => kept.sent(slot, ref), undefined),
		};
	}
}

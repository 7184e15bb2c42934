import type { DeskContext } from "./context.ts";
import type { Unfinished } from "./stores.ts";

/** After so many processes that ended while they worked on a question it is given up: it may be why they did. */
export const DEATHS_MAX = 2;
/** No one expects an answer after this time. */
const LATE_MS = 3_600_000;
const AT_ONCE_MAX = 100;

/** A question to resume. */
export interface Resumable extends Unfinished {
	readonly body: string;
	/** Given up: too old, or it ended the process too often. The asker is told so. */
	readonly expired: boolean;
}

/** What was accepted and is not finished: kept before it is acknowledged, ended once it is answered. */
export class AcceptedQuestions {
	readonly #context: DeskContext;

	constructor(context: DeskContext) {
		this.#context = context;
	}

	/** As `Desk.accept`. */
	async accept(event: string, platform: string, body: unknown, workspace: string | null): Promise<string | null> {
		const id = this.#context.newCaseId();
		return (await this.#context.stores.inbox.open(id, event, platform, JSON.stringify(body), workspace)) ? id : null;
	}

	/** What a process before this one, or one that ended, accepted and did not finish. It is ours from now on. */
	async unfinished(platform: string): Promise<Resumable[]> {
		const all: Resumable[] = [];
		for (;;) {
			const some = await this.#context.stores.inbox.unfinished(platform, AT_ONCE_MAX);
			// What may have ended a process comes last.
			if (some.length === 0) return all.sort((a, b) => a.deaths - b.deaths);
			for (const one of some) {
				const resumable = await this.#resumable(one);
				if (resumable !== null) all.push(resumable);
			}
		}
	}

	/** null: encrypted with another key, and unreadable. */
	async #resumable({ body, ...one }: Unfinished): Promise<Resumable | null> {
		const { log, now, stores } = this.#context;
		if (body === null) {
			log({ event: "unreadable", caseId: one.id });
			await stores.inbox.end(one.id);
			return null;
		}
		const expired = one.deaths >= DEATHS_MAX || now() - one.atMs >= LATE_MS;
		if (expired) log({ event: "given-up", caseId: one.id, deaths: one.deaths });
		return { ...one, body, expired };
	}
}

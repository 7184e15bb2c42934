import type { Message } from "../message/message.ts";

/** Everything that answers one question. */
export interface Reply {
	/** Only for the person who asked. */
	readonly private: boolean;
	/** The head message: the state in a few lines. */
	readonly head: Message;
	/** What follows in its thread, in order. */
	readonly thread: readonly Message[];
	/** Why nothing was looked at or done, as a fixed word; absent where something was. */
	readonly refusal?: string;
	/** The same as data, for `--json` (DESIGN: contracts). */
	readonly data: Readonly<Record<string, unknown>>;
}

/** The data of a reply for which nothing was requested or judged. */
export const nothing = { verdict: null, ranked: [], ruledOut: [], findings: [], rays: [], pattern: null, next: null, looks: [] };

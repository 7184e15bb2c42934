import { randomUUID } from "node:crypto";
import type { Message } from "../../message/message.ts";

interface Held {
	readonly user: string;
	readonly messages: Message[];
}

/** A person's unread rests: more than any burst of questions where the bot cannot post. */
const HELD_MAX = 200;

/**
 * What follows a head that only its asker can see, until they ask for it: where the bot cannot post, one short message is enough, and Slack
 * takes five of them. In memory, bounded; the newest are kept.
 */
export class HeldBack {
	readonly #held = new Map<string, Held>();

	/** @returns the key to ask for it with */
	begin(user: string, first: Message): string {
		const key = randomUUID();
		this.#held.set(key, { user, messages: [first] });
		for (const old of this.#held.keys()) {
			if (this.#held.size <= HELD_MAX) break;
			this.#held.delete(old);
		}
		return key;
	}

	add(key: string, message: Message): void {
		this.#held.get(key)?.messages.push(message);
	}

	/** What was held back from this person, once; null when it is gone. */
	take(key: string, user: string): readonly Message[] | null {
		const held = this.#held.get(key);
		if (held === undefined || held.user !== user) return null;
		this.#held.delete(key);
		return held.messages;
	}
}

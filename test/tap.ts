import type { Conversation, ConversationOpener } from "../src/desk/conversation.ts";
import type { Desk } from "../src/desk/desk.ts";
import type { Block, Button, Message } from "../src/message/message.ts";
import { words } from "./words.ts";

/** One message as it stands, free of any chat. */
export interface Told {
	readonly place: "head" | "thread" | "alone";
	message: Message;
	/** Where it can be edited; null: it cannot. */
	ref: string | null;
}

/** What a step put on the screen, by words. */
export interface Added {
	readonly place: Told["place"];
	/** Words that were not there before: of a new message all of them, of an edited one those of its changed lines. */
	readonly words: number;
	readonly isNew: boolean;
	readonly message: Message;
}

/** Listens between the desk and a chat: what is told in neutral words, whatever the chat makes of it. */
export class Tap {
	readonly told: Told[] = [];
	readonly #before = new Map<Told, Message>();

	/** The same desk, listened to. */
	over<D extends Desk>(desk: D): D {
		return {
			...desk,
			handle: (what, conversation, who, asked) => desk.handle(what, this.#listened(conversation), who, asked),
			connect: (platform, open) => desk.connect(platform, this.#opener(open)),
		};
	}

	/** What changed since this was called last. */
	news(): readonly Added[] {
		const added = this.told.flatMap((one): Added[] => {
			const before = this.#before.get(one);
			this.#before.set(one, one.message);
			const { place, message } = one;
			if (before === undefined) return [{ place, message, isNew: true, words: words(message) }];
			const fresh = freshBlocks(before, message);
			return JSON.stringify(before) === JSON.stringify(message)
				? []
				: [{ place, message, isNew: false, words: words({ ...message, blocks: fresh }) }];
		});
		return added;
	}

	/** The newest control with such a label that stands, in a row or in a menu. */
	offered(fits: (button: Button) => boolean): Button | null {
		for (const { message } of this.told.toReversed()) {
			const rows = message.blocks.filter((block) => block.kind === "buttons").toReversed();
			for (const { buttons, menus = [] } of rows) {
				const found = [...buttons, ...menus.flatMap(({ options }) => options)].find(fits);
				if (found !== undefined) return found;
			}
		}
		return null;
	}

	#opener(open: ConversationOpener): ConversationOpener {
		return (ref) => {
			const conversation = open(ref);
			return conversation === null ? null : this.#listened(conversation);
		};
	}

	#put(place: Told["place"], message: Message, ref: string | null): Told {
		const one = { place, message, ref };
		this.told.push(one);
		return one;
	}

	#listened(conversation: Conversation<Message>): Conversation<Message> {
		let head: Told | null = null;
		const told: Partial<Conversation<Message>> = {
			begin: async (message, key) => {
				head = this.#put(this.told.some(({ place }) => place === "head") ? "thread" : "head", message, null);
				await conversation.begin(message, key);
				head.ref = conversation.location().messageRef;
			},
			progress: async (message) => {
				if (head !== null) head.message = message;
				await conversation.progress(message);
			},
			update: async (message) => {
				if (head !== null) head.message = message;
				else this.#put("alone", message, null);
				await conversation.update(message);
			},
			followUp: async (message, key) => {
				const one = this.#put("thread", message, null);
				one.ref = await conversation.followUp(message, key);
				return one.ref;
			},
			replyPrivately: async (message) => {
				this.#put("alone", message, null);
				await conversation.replyPrivately(message);
			},
			askAddress: async (url, why) => {
				this.#put("alone", why, null);
				await conversation.askAddress(url, why);
			},
			edit: async (ref, message) => {
				const one = this.told.find((each) => each.ref === ref);
				if (one !== undefined) one.message = message;
				await conversation.edit(ref, message);
			},
		};
		return new Proxy(conversation, {
			get: (target, key) => {
				if (key in told) return Reflect.get(told, key);
				const value: unknown = Reflect.get(target, key, target);
				return typeof value === "function" ? value.bind(target) : value;
			},
		});
	}
}

/** The blocks that were not there before. */
function freshBlocks(before: Message, after: Message): readonly Block[] {
	const known = new Set(before.blocks.map((block) => JSON.stringify(block)));
	return after.blocks.filter((block) => !known.has(JSON.stringify(block)));
}

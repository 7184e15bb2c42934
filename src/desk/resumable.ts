import type { Message } from "../message/message.ts";
import type { Conversation } from "./conversation.ts";
import type { Slots } from "./stores.ts";

/** A conversation that remembers what it said, over the end of the process. */
export interface ResumableConversation extends Conversation<Message> {
	/** It was begun by a process before this one. */
	readonly again: boolean;
	/** Something of it stands already. */
	begun(): boolean;
	/** Its head stands, or may stand, from a process before this one. */
	stood(): boolean;
}

/**
 * Every message is noted before it goes out and once it stands. Taken up again, what stands is edited instead of said twice; what was on
 * its way when the process ended is said under the same key where the chat makes one message of it, and else only to the asker, marked
 * as perhaps told before. So in public nothing is lost and nothing stands twice.
 * @param id the question's, part of the keys
 * @param from how many messages under the head were said before, where this goes on with them
 * @param marked the message with the words that it may have been told before
 */
export function resumable(
	room: Conversation<Message>,
	id: string,
	slots: Slots,
	again: boolean,
	marked: (message: Message) => Message,
	from = 0,
): ResumableConversation {
	let said = from;
	let whispered = 0;
	let begun = false;
	/** What throws did not go out: a chat that only lost its answer does not throw. */
	const out = async <T>(slot: string, say: () => Promise<T>): Promise<T> => {
		slots.meant(slot);
		try {
			return await say();
		} catch (error) {
			slots.not(slot);
			throw error;
		}
	};
	const whisper = async (message: Message, say: (message: Message) => Promise<void>): Promise<void> => {
		whispered += 1;
		const slot = `p${whispered}`;
		const before = slots.get(slot);
		if (before?.sure) return;
		await out(slot, () => say(before === null ? message : marked(message)));
		slots.stands(slot, null);
	};
	return {
		again,
		begun: () => begun,
		stood: () => again && slots.get("0") !== null,
		begin: async (head) => {
			const before = slots.get("0");
			if (before === null || (!before.sure && room.keyed)) {
				await out("0", () => room.begin(head, `${id}.0`));
				slots.stands("0", room.where().ref);
			} else room.adopt(before.ref);
			begun = true;
		},
		progress: (head) => room.progress(head),
		// An edit says the same thing twice without harm; a whisper does not.
		update: (head) => (room.where().ref === null ? whisper(head, (one) => room.update(one)) : room.update(head)),
		followUp: async (message) => {
			said += 1;
			const slot = String(said);
			const before = slots.get(slot);
			if (before === null || (!before.sure && room.keyed)) {
				const ref = await out(slot, () => room.followUp(message, `${id}.${slot}`));
				slots.stands(slot, ref);
				return ref;
			}
			if (before.ref !== null) await room.edit(before.ref, message);
			else if (!before.sure) {
				await room.privateReply(marked(message));
				slots.stands(slot, null);
			}
			return before.ref;
		},
		privateReply: (message) => whisper(message, (one) => room.privateReply(one)),
		attach: async (name, content) => {
			if (slots.get("f") !== null) return;
			slots.meant("f");
			await room.attach(name, content);
		},
		adopt: (ref) => room.adopt(ref),
		askAddress: (url, why) => room.askAddress(url, why),
		edit: (ref, head) => room.edit(ref, head),
		where: () => room.where(),
		open: () => room.open(),
		door: (alone) => room.door(alone),
		isAdmin: () => room.isAdmin(),
		keyed: room.keyed,
		whispers: room.whispers,
		asker: room.asker,
		channel: room.channel,
		workspace: room.workspace,
		platform: room.platform,
	};
}

/** For what is over with the process: nothing is noted. */
export const noSlots: Slots = { get: () => null, meant: () => {}, not: () => {}, stands: () => {} };

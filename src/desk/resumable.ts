import type { Message } from "../message/message.ts";
import { type Conversation, Delayed } from "./conversation.ts";
import type { Outbox } from "./stores.ts";

/** A conversation that remembers what it said, over the end of the process. */
export interface ResumableConversation extends Conversation<Message> {
	/** The question's id: that of the case, for a button of a case that nobody accepted. */
	readonly question: string;
	/** Its id in the inbox, which it shares with no other. */
	readonly inboxId: string;
	/** It was begun by a process before this one. */
	readonly resumed: boolean;
	/** Posts a head that no later one replaces. Where it may have arrived before, only the asker reads it, with a note that says so. */
	post(head: Message): Promise<void>;
	/**
	 * As `edit`, for a message that people wait for: where the chat delays the edit, it is posted anew under the head.
	 * @returns where it stands
	 */
	change(ref: string, message: Message): Promise<string | null>;
	/** A part of it was already posted. */
	hasBegun(): boolean;
	/** An earlier process posted its head, or may have. */
	mayStand(): Promise<boolean>;
	/**
	 * The same conversation with messages under names of their own: however many others a resumed answer posts, each of these is found again.
	 * @param name a letter
	 */
	apart(name: string): ResumableConversation;
	/** The reference of the next message under the head from an earlier process; null when unknown. */
	nextStands(): Promise<string | null>;
}

/**
 * Every message is stored before it is sent and once it has arrived. After a restart, an arrived message is edited instead of posted twice;
 * one that was being sent is posted under the same key where the chat deduplicates, else only to the asker with a note that it may be a
 * repetition. So in public nothing is lost or doubled.
 * @param id the question's ID, part of the keys
 * @param from how many messages under the head were said before, where this goes on with them; what their keys begin with; the id in the
 *   inbox, where that is another
 * @param marked the message with the words that it may have been told before
 */
export function resumable(
	conversation: Conversation<Message>,
	id: string,
	outbox: Outbox,
	resumed: boolean,
	marked: (message: Message) => Message,
	from: { readonly said?: number; readonly key?: string; readonly inboxId?: string } = {},
): ResumableConversation {
	const { key: keys = `${id}.`, inboxId = id } = from;
	const { out, sayOnce } = sayingOnce(conversation, outbox, keys, marked);
	let said = from.said ?? 0;
	let whispered = 0;
	let begun = false;
	let changed = 0;
	let instead = { state: "", count: 0 };
	/** What was frozen and goes on may have been taken over: it must not write over what its successor said. */
	const isOurs = async (): Promise<void> => {
		if (begun) await outbox.sending("0");
	};
	const whisper = async (message: Message, say: (message: Message) => Promise<void>, isMarked = false): Promise<void> => {
		whispered += 1;
		const slot = `p${whispered}`;
		const before = await outbox.get(slot);
		if (before?.sent) return;
		await out(slot, () => say(before === null || isMarked ? message : marked(message)));
		await outbox.sent(slot, null);
	};
	/** Whether an earlier process may have posted the head, and nobody can tell. */
	const begin = async (head: Message): Promise<boolean> => {
		const before = await outbox.get("0");
		const isUnsure = before !== null && !before.sent && !conversation.deduplicates;
		if (before === null || (!before.sent && conversation.deduplicates)) {
			await out("0", () => conversation.begin(head, `${keys}0`));
			await outbox.sent("0", conversation.location().messageRef);
		} else conversation.resumeAt(before.messageRef);
		begun = true;
		return isUnsure;
	};
	/** What a head says whose edit the chat delays, as a message: each state once. Later states edit the head as ever. */
	const sayInstead = async (head: Message): Promise<void> => {
		const state = JSON.stringify([head.mood, head.blocks[0]]);
		if (state === instead.state) return;
		instead = { state, count: instead.count + 1 };
		await sayOnce(`${INSTEAD}${instead.count}`, head);
	};
	return {
		question: id,
		inboxId,
		resumed,
		post: async (head) => {
			if (await begin(head)) await whisper(marked(head), (one) => conversation.replyPrivately(one), true);
		},
		hasBegun: () => begun,
		apart: (name) => resumable(conversation, id, outboxWithin(outbox, name), resumed, marked, { key: `${id}.${name}`, inboxId }),
		mayStand: async () => resumed && (await outbox.get("0")) !== null,
		nextStands: async () => (resumed ? ((await outbox.get(String(said + 1)))?.messageRef ?? null) : null),
		begin: async (head) => void (await begin(head)),
		progress: async (head) => {
			await isOurs();
			await conversation.progress(head);
		},
		// A repeated edit does no harm; a repeated private message does.
		update: async (head) => {
			if (conversation.location().messageRef === null) return whisper(head, (one) => conversation.update(one));
			await isOurs();
			await conversation.update(head).catch((error: unknown) => {
				unlessDelayed(error);
				return sayInstead(head);
			});
		},
		showHead: () => conversation.showHead?.(),
		followUp: async (message) => {
			said += 1;
			return sayOnce(String(said), message);
		},
		change: async (ref, message) => {
			try {
				await conversation.edit(ref, message);
				return ref;
			} catch (error) {
				unlessDelayed(error);
				changed += 1;
				return sayOnce(`${CHANGED}${changed}`, message);
			}
		},
		replyPrivately: (message) => whisper(message, (one) => conversation.replyPrivately(one)),
		attach: async (name, content, description) => {
			if ((await outbox.get("f")) !== null) return;
			await outbox.sending("f");
			await conversation.attach(name, content, description);
		},
		resumeAt: (ref) => conversation.resumeAt(ref),
		askAddress: (url, why) => conversation.askAddress(url, why),
		edit: (ref, head) => conversation.edit(ref, head),
		permalink: (ref) => conversation.permalink(ref),
		renameThread: (head) => conversation.renameThread(head),
		location: () => conversation.location(),
		isPublic: () => conversation.isPublic(),
		resumeRef: (alone) => conversation.resumeRef(alone),
		isAdmin: () => conversation.isAdmin(),
		isFullMember: () => conversation.isFullMember(),
		isShared: async () => (await conversation.isShared?.()) ?? conversation.room.hasOutsiders,
		isOfPerson: conversation.isOfPerson ?? false,
		room: conversation.room,
		isOutsider: conversation.isOutsider,
		deduplicates: conversation.deduplicates,
		canReplyPrivately: conversation.canReplyPrivately,
		asker: conversation.asker,
		channel: conversation.channel,
		workspace: conversation.workspace,
		platform: conversation.platform,
	};
}

/** Says messages under the head, each once. */
function sayingOnce(conversation: Conversation<Message>, outbox: Outbox, keys: string, marked: (message: Message) => Message) {
	/** What throws did not go out: a chat that only lost its answer does not throw. */
	const out = async <T>(slot: string, say: () => Promise<T>): Promise<T> => {
		await outbox.sending(slot);
		try {
			return await say();
		} catch (error) {
			await outbox.failed(slot);
			throw error;
		}
	};
	/** Says a message once, also over restarts: what arrived is edited. */
	const sayOnce = async (slot: string, message: Message): Promise<string | null> => {
		const before = await outbox.get(slot);
		if (before === null || (!before.sent && conversation.deduplicates)) {
			const messageRef = await out(slot, () => conversation.followUp(message, `${keys}${slot}`));
			await outbox.sent(slot, messageRef);
			return messageRef;
		}
		if (before.messageRef !== null) await conversation.edit(before.messageRef, message).catch(unlessDelayed);
		else if (!before.sent) {
			await outbox.sending(slot);
			await conversation.replyPrivately(marked(message));
			await outbox.sent(slot, null);
		}
		return before.messageRef;
	};
	return { out, sayOnce };
}

/** In the outbox: messages in the place of edits of the head, and of others. */
const INSTEAD = "h";
const CHANGED = "e";

/** What the chat delays is said in another way. */
function unlessDelayed(error: unknown): void {
	if (!(error instanceof Delayed)) throw error;
}

/** For what ends with the process: nothing is stored. */
export const noOutbox: Outbox = {
	get: async () => null,
	sending: async () => {},
	failed: async () => {},
	sent: async () => {},
};

/** Messages of their own among those of one answer: their slots have a name in front. */
export const outboxWithin = (outbox: Outbox, name: string): Outbox => ({
	get: (slot) => outbox.get(`${name}${slot}`),
	sending: (slot) => outbox.sending(`${name}${slot}`),
	failed: (slot) => outbox.failed(`${name}${slot}`),
	sent: (slot, messageRef) => outbox.sent(`${name}${slot}`, messageRef),
});

import type { Message } from "../message/message.ts";

/** The place is gone or the bot was removed from it. */
export class NotHere extends Error {}

/** The chat takes a call only after a longer wait than people have in an incident. Nothing of it happened; calls of another kind it may take. */
export class Delayed extends Error {
	override readonly name = "Delayed";
	/** Milliseconds until it takes the call. */
	readonly ms: number;

	constructor(chat: string, ms: number) {
		super(`${chat} takes this in ${Math.round(ms / 1_000)} s`);
		this.ms = ms;
	}
}

/** The head was not posted, where nobody can be told privately instead: as in the channel of a workflow's step. */
export class NotPosted extends Error {
	/** `token`: the chat rejects ours. `unconfirmed`: it may be there all the same. */
	readonly why: "place" | "token" | "unconfirmed";

	constructor(why: NotPosted["why"]) {
		super(`not posted: ${why}`);
		this.why = why;
	}
}

/** Who can read a public message in one place. */
export interface Room {
	readonly key: string | null;
	/** All of the workspace may enter, as far as the chat says so. */
	readonly isOpen: boolean;
	/** People of other organizations are in it, as far as the chat says so. */
	readonly hasOutsiders: boolean;
	/** A direct conversation with the bot. */
	readonly isDirect?: boolean;
}

/**
 * The port through which an answer reaches people. Every adapter implements it and passes one contract suite. A conversation belongs
 * to one question; what it is given is free of any platform's markup.
 * @template M a neutral message
 */
export interface Conversation<M> {
	/** Opens the head message; called at most once, before `update` and `followUp`. `key` as in `followUp`. */
	begin(head: M, key?: string): Promise<void>;
	/** Shows how far it is in the head message; may be left out where edits are scarce. */
	progress(head: M): Promise<void>;
	/** Replaces the head message in place. Rejects with {@link Delayed} where the chat takes edits only much later. */
	update(head: M): Promise<void>;
	/** The head says all that is known for now: a chat that holds it back until the answer is complete shows it. */
	showHead?(): void;
	/**
	 * Adds a message in the thread under the head.
	 * @param key lets a chat that can deduplicate make one message of two tries (see `deduplicates`)
	 * @returns its reference, for `edit`; null when it cannot be found again
	 */
	followUp(message: M, key?: string): Promise<string | null>;
	/** Posts privately for the person who asked. */
	replyPrivately(message: M): Promise<void>;
	/** An earlier process posted the head; null: its location is unknown, so everything else is private. */
	resumeAt(ref: string | null): void;
	/** The same message said twice under one key is one message. */
	readonly deduplicates: boolean;
	/** Whether only the asker can read what `replyPrivately` sends. */
	readonly canReplyPrivately: boolean;
	/** Whether others can read what is posted here, as far as is known yet. */
	isPublic(): boolean;
	/** References to the head message and the thread; null for what is unknown. */
	location(): { readonly messageRef: string | null; readonly threadKey: string | null };
	/** Who asks, as a key for limits; null for a terminal. */
	readonly asker: string | null;
	/** The channel and the workspace or server that this is in, as keys; null for none. */
	readonly channel: string | null;
	readonly workspace: string | null;
	/** The workspace is one person: they decide for nobody else, and nobody but them is there to. Absent: it is not. */
	readonly isOfPerson?: boolean;
	/** Who can read a public message here. */
	readonly room: Room;
	/** The person who asks belongs to another organization, and is here as its guest. */
	readonly isOutsider: boolean;
	/** Which chat this is. */
	readonly platform: string;
	/** Whether the person who asks may decide for the whole workspace; `unknown`: the chat does not say, or not to us. */
	isAdmin(): Promise<"yes" | "no" | "unknown">;
	/** Whether the person who asks is a full member of the bot's own workspace: no guest, no bot, of no other organization. `unknown`: the chat does not say, or not to us. */
	isFullMember(): Promise<"yes" | "no" | "unknown">;
	/** Whether people of other organizations are in this room, asked where what came with the question does not say it. Absent: as `room` says. */
	isShared?(): Promise<boolean>;
	/** How to come back here later without a question: to the thread, or to the person alone; null where there is no way. Call it after `begin`. */
	resumeRef(alone: boolean): string | null;
	/** Replaces a message of an earlier conversation, found by its `ref`; nothing when it is gone. Rejects with {@link Delayed} as `update` does. */
	edit(ref: string, message: M): Promise<void>;
	/** The URL that opens a message in the chat; null when it has none. */
	permalink(ref: string): Promise<string | null>;
	/** Names the thread after this head, where threads have names. Never awaited for the head: names are rationed. */
	renameThread(head: M): Promise<void>;
	/**
	 * Adds a text file in the thread; rejects where files cannot be sent.
	 * @param name its ending says what it is: `.html`, else plain text
	 * @param description alternative text for screen readers
	 */
	attach(name: string, content: string, description: string): Promise<void>;
	/** Offers only the person who asked a private form for the address of this site's origin; what they write comes back as a question. */
	askAddress(url: string, why: M): Promise<void>;
}

/**
 * Comes back to a place without a question, as watches do.
 * @param resumeRef from `Conversation.resumeRef`
 * @returns null when the place is gone
 */
export type ConversationOpener = (resumeRef: string) => Conversation<Message> | null;

import { z } from "zod";
import type { Conversation, NotPosted, Room } from "../../desk/conversation.ts";
import { type Message, note } from "../../message/message.ts";
import { type Text, text } from "../../message/text.ts";
import { LostAnswer } from "../retry.ts";
import { isDirectChannel, isOutsider, type SlackContext, type SlackPlace, workspaceOf } from "./context.ts";
import { forOperator, isNotHere, isTokenRefused, isUnconfirmed, NotInstalled, slackError } from "./errors.ts";
import { isAdmin, isFullMember } from "./people.ts";
import { type Posted, SlackPosting } from "./posting.ts";

/** Set only in a thread, because refs from earlier versions lack it. */
const Ref = z.union([z.tuple([z.string(), z.string()]), z.tuple([z.string(), z.string(), z.literal("thread")])]);
const refOf = ({ channel, ts, inThread = false }: Posted): string =>
	JSON.stringify(inThread ? [channel, ts, "thread"] : [channel, ts]);
/** Where a message is, as `location` and `followUp` tell of it. */
export function postedAt(ref: string): Posted {
	const [channel, ts, thread] = Ref.parse(JSON.parse(ref));
	return { channel, ts, inThread: thread !== undefined };
}

/** Why a public message became private. */
const INVITE = text`Only you can see this: I cannot post here. /invite me to start a thread.`;
const UNCONFIRMED = text`Only you can see this: Slack did not confirm my post.`;
const REFUSED = text`Only you can see this: Slack rejects my token. Ask the operator to install the app again.`;
const REFUSED_HERE = text`Only you can see this: Slack rejects my token. Ask a workspace admin to install the app again.`;

type Why = NotPosted["why"];
/** Why a public message could not be posted; null for an unknown error. */
function whyNotPosted(error: unknown): Why | null {
	if (isUnconfirmed(error)) return "unconfirmed";
	if (isTokenRefused(error) || error instanceof NotInstalled) return "token";
	return isNotHere(error) ? "place" : null;
}

/** The same in words for the asker. */
function reasonOf(why: Why | null, isOneOfMany: boolean): Text | null {
	switch (why) {
		case null:
			return null;
		case "unconfirmed":
			return UNCONFIRMED;
		case "token":
			return isOneOfMany ? REFUSED_HERE : REFUSED;
		case "place":
			return INVITE;
	}
}

/** Slack as a conversation: a head message edited in place, details in its thread; privately where the bot cannot post. */
export class SlackConversation implements Conversation<Message> {
	readonly #context: SlackContext;
	readonly #place: SlackPlace;
	readonly #posting: SlackPosting;
	#head: Posted | null = null;
	/** The thread is gone: what was posted beside it opens another one. */
	#newThreadTs: string | null = null;
	#isPrivate: boolean;
	/** Why it became private. */
	#reason: Text | null = null;
	/** The private head where nothing can be posted: one short message, the rest on demand. */
	#shown: Message | null = null;
	/** What is held back there; null: nothing yet. */
	#rest: string | null = null;

	readonly deduplicates = false;
	readonly canReplyPrivately = true;
	readonly platform = "slack";
	readonly asker: string | null;
	readonly channel: string;
	readonly workspace: string | null;
	readonly room: Room;
	readonly isOutsider: boolean;

	constructor(context: SlackContext, place: SlackPlace) {
		this.#context = context;
		this.#place = place;
		this.#posting = new SlackPosting(context, place);
		this.#isPrivate = place.alone;
		this.asker = `slack ${place.user}`;
		this.channel = place.channel;
		this.workspace = workspaceOf(place);
		this.isOutsider = isOutsider(place);
		this.room = {
			key: `slack ${place.channel}`,
			isOpen: place.open,
			hasOutsiders: place.shared || this.isOutsider,
			isDirect: isDirectChannel(place.channel),
		};
	}

	async begin(message: Message): Promise<void> {
		if (this.#isPrivate) return this.replyPrivately(message);
		const why = await this.beginPublicly(message);
		if (why === null) return;
		this.#isPrivate = true;
		this.#reason = reasonOf(why, this.#context.isOneOfMany);
		if (this.#reason === INVITE && !this.#context.hasReplicas) this.#shown = message;
		await this.replyPrivately(this.#explained(message));
	}

	/** Posts the head; why not, where Slack does not take it here or did not say that it did. */
	protected async beginPublicly(message: Message): Promise<Why | null> {
		try {
			this.#head = await this.#post(message, this.#place.threadTs);
			return null;
		} catch (error) {
			const why = whyNotPosted(error);
			if (why === null) throw forOperator(error);
			this.#context.log({ event: "told-alone", error: slackError(error) || (error as Error).name });
			return why;
		}
	}

	resumeAt(ref: string | null): void {
		if (ref === null) this.#isPrivate = true;
		else {
			this.#head = postedAt(ref);
			this.#posting.repliedBefore();
		}
	}

	async progress(message: Message): Promise<void> {
		if (!this.#isPrivate && this.#head !== null) await this.#posting.edit(this.#head, message);
	}

	async update(message: Message): Promise<void> {
		if (this.#isPrivate) {
			if (this.#shown !== null) this.#shown = message;
			await this.#posting.replyPrivately(this.#explained(message), { replace: true, rest: this.#rest });
		} else if (this.#head !== null) await this.#posting.edit(this.#head, message);
	}

	async followUp(message: Message): Promise<string | null> {
		if (this.#isPrivate) {
			await (this.#shown === null ? this.replyPrivately(message) : this.#holdBack(this.#shown, message));
			return null;
		}
		try {
			const posted = await this.#post(message, this.#threadTs());
			return posted === null ? null : refOf(posted);
		} catch (error) {
			// The post probably succeeded and only the response was lost. Do not post twice.
			if (error instanceof LostAnswer) return null;
			this.#reason = reasonOf(whyNotPosted(error), this.#context.isOneOfMany);
			if (this.#reason === null) throw forOperator(error);
			await this.replyPrivately(this.#explained(message));
			return null;
		}
	}

	replyPrivately(message: Message): Promise<void> {
		return this.#posting.replyPrivately(message);
	}

	/** Slack opens a form only for a click: the message has the button. */
	askAddress(_url: string, why: Message): Promise<void> {
		return this.replyPrivately(why);
	}

	edit(ref: string, message: Message): Promise<void> {
		return this.#posting.edit(postedAt(ref), message);
	}

	async permalink(ref: string): Promise<string | null> {
		const { channel, ts } = postedAt(ref);
		const { permalink = null } = await this.#context.call(({ chat }) => chat.getPermalink({ channel, message_ts: ts }), true);
		return permalink;
	}

	/** Slack's threads have no names. */
	async renameThread(): Promise<void> {}

	async attach(name: string, content: string, about: string): Promise<void> {
		// A file cannot be private; its text was already posted.
		if (!this.#isPrivate) await this.#posting.attach(this.#headChannel(), this.#threadTs(), name, content, about);
	}

	async isAdmin(): Promise<"yes" | "no" | "unknown"> {
		// The operator's list is for all workspaces, and still nobody decides for one that they only share a channel with.
		if (this.isOutsider && this.#context.isOneOfMany) return "no";
		return isAdmin(this.#context, this.#place.user);
	}

	async isFullMember(): Promise<"yes" | "no" | "unknown"> {
		return this.isOutsider ? "no" : isFullMember(this.#context, this.#place.user);
	}

	async isShared(): Promise<boolean> {
		const { room } = this;
		return room.hasOutsiders || (room.isDirect !== true && (await this.#context.shared.ask(this.#context, this.#place.channel)));
	}

	isPublic(): boolean {
		return !this.#isPrivate;
	}

	location(): { readonly messageRef: string | null; readonly threadKey: string | null } {
		const ts = this.#threadTs();
		return {
			messageRef: this.#head === null ? null : refOf(this.#head),
			threadKey: this.#isPrivate || ts === null ? null : this.#threadKey(this.#headChannel(), ts),
		};
	}

	resumeRef(alone: boolean): string | null {
		const later = { ...this.#place, isNewThread: false, responseUrl: null, alone: false };
		const { channel, user } = this.#place;
		const ts = this.#threadTs();
		// A direct conversation with the person: its first message says in which channel it really is.
		if (alone && channel === user && this.#head !== null)
			return JSON.stringify({ ...later, channel: this.#head.channel, threadTs: this.#head.ts });
		if (alone) return JSON.stringify({ ...later, channel: user, threadTs: null });
		return this.#isPrivate || ts === null ? null : JSON.stringify({ ...later, channel: this.#headChannel(), threadTs: ts });
	}

	/** A channel may be shared by two workspaces that both installed the app: each has cases of its own there. */
	#threadKey(channel: string, ts: string): string {
		const { isOneOfMany, team } = this.#context;
		return isOneOfMany ? `slack ${team} ${channel} ${ts}` : `slack ${channel} ${ts}`;
	}

	#threadTs(): string | null {
		return this.#newThreadTs ?? this.#place.threadTs ?? this.#head?.ts ?? null;
	}

	async #post(message: Message, threadTs: string | null): Promise<Posted | null> {
		let isGone = false;
		const posted = await this.#posting.post(message, this.#headChannel(), threadTs, () => {
			isGone = true;
		});
		if (isGone) this.#newThreadTs = posted?.ts ?? null;
		return posted;
	}

	/** Keeps what follows until the asker wants to read it; said at once where the head cannot be given the button for that. */
	async #holdBack(head: Message, message: Message): Promise<void> {
		if (this.#rest !== null) return this.#context.heldBack.add(this.#rest, message);
		if (!this.#posting.canReplace) return this.replyPrivately(message);
		this.#rest = this.#context.heldBack.begin(this.#place.user, message);
		await this.#posting.replyPrivately(this.#explained(head), { replace: true, rest: this.#rest });
	}

	#headChannel(): string {
		return this.#head?.channel ?? this.#place.channel;
	}

	#explained(message: Message): Message {
		return this.#reason === null ? message : { ...message, blocks: [...message.blocks, note(this.#reason)] };
	}
}

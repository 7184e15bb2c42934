import type { Client } from "discord.js";
import { z } from "zod";
import { type Conversation, Delayed, NotHere, type Room } from "../../desk/conversation.ts";
import type { Message } from "../../message/message.ts";
import { lastAnswer, withLastAnswer } from "../../reply/personal.ts";
import { ChannelPosting, inTheEnd } from "./channel.ts";
import { isNotHere, isOver } from "./errors.ts";
import { InteractionPosting } from "./interaction.ts";
import { MessageForms, type Written } from "./message-forms.ts";
import { inOneLine } from "./one-line.ts";
import { callsOf, type Part, type Posted } from "./parts.ts";
import { type DiscordPlace, isThroughInteraction, personOf, workspaceOf } from "./place.ts";
import { DetailsThread } from "./thread.ts";
import { ThreadNames, threadName } from "./thread-names.ts";

/** A posted message and its continuations. */
const Ref = z.tuple([z.string(), z.string()]).rest(z.string());
const refOf = ([first, ...others]: readonly [Posted, ...Posted[]]): string =>
	JSON.stringify([first.channelId, first.id, ...others.map(({ id }) => id)]);
const isSent = (sent: readonly Posted[] | null): sent is readonly [Posted, ...Posted[]] => sent?.[0] !== undefined;

/** What all conversations of one bot know. */
export class DiscordMemory {
	readonly forms = new MessageForms();
	readonly names = new ThreadNames();
}

/** Discord as a conversation: the head is the answer of the command or a reply to the mention, details go into a thread under it. */
export class DiscordConversation implements Conversation<Message> {
	readonly #place: DiscordPlace;
	readonly #posting: ChannelPosting;
	/** null: it was no interaction. */
	readonly #interaction: InteractionPosting | null;
	/** The same where nothing else reaches the people there: only a person installed us. Its answers are few. */
	readonly #only: InteractionPosting | null;
	readonly #thread: DetailsThread;
	readonly #forms: MessageForms;
	/** The command's own answer still takes edits. */
	#answers: boolean;
	#head: Posted | null = null;
	#isPrivate: boolean;
	/** The private message in place of a head. */
	#aside: Posted | null = null;
	/** Something of it was posted: a deferred answer is filled. */
	#begun = false;

	readonly deduplicates = true;
	readonly platform = "discord";
	/** In a server, the answer to a mention is public. */
	readonly canReplyPrivately: boolean;
	readonly asker: string;
	/** null: what admins decide for this channel, and what it has asked, is another workspace's. */
	readonly channel: string | null;
	readonly workspace: string;
	readonly isOfPerson: boolean;
	readonly room: Room;
	readonly isOutsider = false;

	constructor(client: Client<true>, place: DiscordPlace, { forms, names }: DiscordMemory) {
		this.#forms = forms;
		this.#place = place;
		this.#posting = new ChannelPosting(client, place);
		this.#interaction = place.token === null ? null : new InteractionPosting(client, place.token, place);
		this.#only = isThroughInteraction(place) ? this.#interaction : null;
		this.#thread = new DetailsThread(place, this.#posting, names);
		this.#answers = place.via === "command" && this.#interaction !== null;
		this.#isPrivate = place.alone;
		this.canReplyPrivately = place.token !== null || place.alone || (place.via === "mention" && place.guildId === null);
		this.asker = `discord ${place.userId}`;
		this.channel = place.installedBy === null ? (place.parentId ?? place.channelId) : null;
		const room = place.hidden || this.channel === null ? place.channelId : this.channel;
		const isDirect = place.guildId === null && place.installedBy === null;
		this.room = { key: `discord ${room}`, isOpen: place.open, hasOutsiders: false, isDirect };
		this.workspace = workspaceOf(place);
		this.isOfPerson = personOf(place) !== null;
	}

	begin(message: Message, key?: string): Promise<void> {
		return this.#post(message, key);
	}

	progress(message: Message): Promise<void> {
		return this.#post(message);
	}

	update(message: Message): Promise<void> {
		return this.#post(message);
	}

	resumeAt(ref: string | null): void {
		this.#begun = true;
		if (ref === null) this.#isPrivate = true;
		else {
			const [channelId, id] = Ref.parse(JSON.parse(ref));
			this.#head = { channelId, id };
			this.#thread.resumeUnder(this.#head);
		}
	}

	async followUp(message: Message, key?: string): Promise<string | null> {
		const { via, apart } = this.#place;
		// The deferred answer has to become something: the first message takes its place.
		if (!this.#begun && (via === "command" || (via === "mention" && !apart))) {
			await this.#post(message, key);
			return this.#head === null ? null : refOf([this.#head]);
		}
		this.#thread.nameOnce(threadName(message));
		const calls = this.#isPrivate ? [] : callsOf(message);
		return this.#sayFurther(message, calls, (parts) => this.#postDetails(parts, key));
	}

	async replyPrivately(message: Message): Promise<void> {
		try {
			await this.#replyPrivately(message);
		} catch (error) {
			if (!isOver(error) && !(error instanceof Delayed)) throw error;
			await this.#say(message, [], (parts) => this.#postToPerson(parts, undefined));
		}
	}

	/** A form can only be the first answer to an interaction, which is too late by now: the message has a button that opens it. */
	askAddress(_url: string, why: Message): Promise<void> {
		return this.replyPrivately(why);
	}

	async edit(ref: string, message: Message): Promise<void> {
		const [channelId, ...ids] = Ref.parse(JSON.parse(ref));
		const only = this.#only;
		if (only !== null && !only.reaches(ids[0] ?? "")) throw new NotHere("I cannot edit this anymore");
		await this.#say(message, [], async (parts) => {
			for (const [index, id] of ids.entries()) {
				const part = parts[index];
				if (part === undefined) continue;
				if (only === null) await this.#posting.edit({ channelId, id }, part);
				else if (only.reaches(id)) await only.edit(id, part);
			}
		}).catch((error: unknown) => {
			throw isNotHere(error) || (only !== null && isOver(error)) ? new NotHere("I cannot edit this anymore") : error;
		});
	}

	async permalink(ref: string): Promise<string | null> {
		const [channelId, id] = Ref.parse(JSON.parse(ref));
		return `https://discord.com/channels/${this.#place.guildId ?? "@me"}/${channelId}/${id}`;
	}

	async renameThread(head: Message): Promise<void> {
		this.#thread.rename(threadName(head));
	}

	async attach(name: string, content: string, description: string): Promise<void> {
		const file = { name, content, description };
		const channel = this.#isPrivate ? null : await this.#thread.channel(this.#head);
		if (channel !== null) await this.#posting.attach(channel, file);
		else if (this.#interaction !== null && this.#interaction.left > 0) await this.#interaction.attach(file, this.#isPrivate);
		else throw new NotHere("I cannot send a file here");
	}

	async isAdmin(): Promise<"yes" | "no" | "unknown"> {
		if (this.#place.admin === null) return "unknown";
		return this.#place.admin ? "yes" : "no";
	}

	/** Anyone who joins a server is a member, so membership proves nothing. */
	async isFullMember(): Promise<"yes" | "no" | "unknown"> {
		return this.#place.outside ? "no" : "unknown";
	}

	isPublic(): boolean {
		return !this.#isPrivate;
	}

	location(): { readonly messageRef: string | null; readonly threadKey: string | null } {
		const { installedBy, channelId } = this.#place;
		// What a person's own installation says in a channel is one conversation, and none of those that are held there.
		const key = installedBy === null ? this.#thread.key : `person ${installedBy} ${channelId}`;
		return {
			messageRef: this.#head === null ? null : refOf([this.#head]),
			threadKey: key === null || this.#isPrivate ? null : `discord ${key}`,
		};
	}

	resumeRef(alone: boolean): string | null {
		const { channelId, userId, maySend } = this.#place;
		const later: DiscordPlace = {
			...this.#place,
			via: "later",
			token: null,
			messageId: null,
			under: null,
			pressed: null,
			alone: false,
			maySend: true,
		};
		if (alone) return JSON.stringify({ ...later, channelId: userId, apart: true });
		if (this.#isPrivate || !maySend) return null;
		const under = this.#thread.id ?? (this.#head === null ? channelId : null);
		// Without a thread yet, the next message makes one.
		return JSON.stringify(
			under === null ? { ...later, channelId: this.#head?.channelId ?? channelId } : { ...later, channelId: under, apart: true },
		);
	}

	/** In the form that this server takes. */
	#say<T>(message: Message, calls: readonly string[], say: (parts: [Part, ...Part[]]) => Promise<T>): Promise<T> {
		return this.#forms.say(message, this.#place.guildId, calls, say);
	}

	/** The same beside the head: where answers are few, the last one says how to go on. */
	#sayFurther<T>(message: Message, calls: readonly string[], say: (parts: [Part, ...Part[]]) => Promise<T>): Promise<T> {
		const fitting = (parts: [Part, ...Part[]], written: Written): [Part, ...Part[]] => {
			const left = this.#only?.left ?? Number.POSITIVE_INFINITY;
			if (left <= 0 || parts.length < left) return parts;
			const marked = written(withLastAnswer(message));
			if (marked.length <= left) return marked;
			const [first, ...others] = [...parts.slice(0, left - 1), ...written(lastAnswer)];
			return first === undefined ? parts : [first, ...others];
		};
		return this.#forms.say(message, this.#place.guildId, calls, (parts, written) => say(fitting(parts, written)));
	}

	/** Posts or replaces the head message. An edit, and so the answer of a command, mentions no one. */
	#post(message: Message, key?: string): Promise<void> {
		this.#thread.name(threadName(message));
		const isEdit = this.#head !== null || this.#answers || this.#isPrivate;
		return this.#say(message, isEdit ? [] : callsOf(message), (parts) => this.#postParts(parts, key));
	}

	async #postParts([first, ...others]: readonly [Part, ...Part[]], key: string | undefined): Promise<void> {
		if (this.#answers && this.#interaction !== null) {
			try {
				this.#stands(await this.#interaction.editOriginal(first));
			} catch (error) {
				const isLate = error instanceof Delayed;
				// What stands is edited as a message of the channel only by a member of it.
				if (!isOver(error) && !(isLate && (!this.#begun || this.#isPrivate || this.#place.maySend))) throw error;
				// Too late for the command's own answer, or long before Discord takes it: a message in the channel, where that can be, or to the person.
				this.#answers = false;
				if (isLate && !this.#begun) void this.#interaction.dropOriginal();
				if (this.#isPrivate) await this.#postToPerson([first], key);
				else await this.#postHead(first, key);
			}
		} else await this.#postHead(first, key);
		if (others.length > 0) await inTheEnd(() => this.#postDetails(others, key === undefined ? undefined : `${key}x`));
	}

	/** A head that the interaction said. Where only a person installed us, Discord decides who sees it. */
	#stands({ channelId, id, isPrivate }: Posted & { readonly isPrivate: boolean }): void {
		this.#head = { channelId, id };
		this.#begun = true;
		if (this.#only !== null && isPrivate) this.#isPrivate = true;
	}

	/** A head where only the interaction reaches: a further answer, edited from then on; later than that, the person is told directly. */
	async #postHeadThrough(only: InteractionPosting, part: Part, key: string | undefined): Promise<void> {
		try {
			if (this.#head !== null) return void (await only.edit(this.#head.id, part));
			const [sent] = this.#place.via === "press" && !this.#isPrivate ? await only.followUp([part], false) : [];
			if (sent !== undefined) return this.#stands(sent);
		} catch (error) {
			if (!isOver(error)) throw error;
		}
		this.#head = null;
		this.#isPrivate = true;
		await this.#postToPerson([part], key);
	}

	/** A head of our own, where the interaction does not carry one. */
	async #postHead(part: Part, key: string | undefined): Promise<void> {
		if (this.#only !== null) return this.#postHeadThrough(this.#only, part, key);
		if (this.#head !== null) return this.#posting.edit(this.#head, part);
		if (this.#isPrivate) return this.#postToPerson([part], key);
		// The result of a head's control is posted in the thread of that head.
		const { channelId, maySend } = this.#place;
		const channel = (await this.#thread.under()) ?? (maySend ? await this.#posting.channel(channelId) : null);
		const sent = await this.#posting.send(channel, [part], key, this.#place.messageId);
		if (isSent(sent)) {
			this.#head = sent[0];
			this.#begun = true;
		} else if (this.#place.via === "press") await this.#interactionHere().followUp([part], false);
		else throw new NotHere("I cannot post here");
	}

	/** Only for the person who asks: through the interaction while it lasts, else in a direct message, whose first one is the head. */
	async #postToPerson(parts: readonly Part[], key: string | undefined): Promise<void> {
		if (this.#place.via === "press") {
			try {
				return await this.#postAside(parts);
			} catch (error) {
				if (!isOver(error)) throw error;
			}
		}
		const [first] = parts;
		if (this.#head !== null && this.#head.channelId !== this.#place.channelId && first !== undefined)
			return this.#posting.edit(this.#head, first);
		const sent = await this.#sendDirectly(parts, key);
		if (!isSent(sent)) throw new NotHere("direct messages are closed");
		this.#head = sent[0];
		this.#begun = true;
	}

	/** A private answer to a control, in place of a head: later states replace it. */
	async #postAside(parts: readonly Part[]): Promise<void> {
		const [first, ...others] = parts;
		if (this.#aside !== null && first !== undefined) {
			await this.#interactionHere().edit(this.#aside.id, first);
			await this.#interactionHere().followUp(others, true);
		} else this.#aside = (await this.#interactionHere().followUp(parts, true))[0] ?? null;
		this.#begun = true;
	}

	/** @returns its reference, for `edit`; null when it cannot be found again */
	async #postDetails(parts: readonly Part[], key: string | undefined): Promise<string | null> {
		if (this.#only !== null) {
			const sent = await this.#postThrough(this.#only, parts, key);
			return isSent(sent) ? refOf(sent) : null;
		}
		if (!this.#isPrivate) {
			try {
				const sent = await this.#posting.send(await this.#thread.channel(this.#head), parts, key);
				if (isSent(sent)) return refOf(sent);
				this.#thread.close();
			} catch (error) {
				if (!(error instanceof Delayed)) throw error;
				if (this.#interaction === null) return this.#postDirectly(parts, key);
			}
		} else this.#thread.close();
		if (this.#interaction === null && this.#isPrivate) return this.#postDirectly(parts, key);
		if (this.#interaction === null) throw new NotHere("I cannot post here");
		await this.#postThrough(this.#interaction, parts, key);
		return null;
	}

	async #postDirectly(parts: readonly Part[], key: string | undefined): Promise<string | null> {
		const sent = await this.#sendDirectly(parts, key);
		if (sent === null) throw new NotHere("direct messages are closed");
		return isSent(sent) ? refOf(sent) : null;
	}

	/** Further answers through an interaction; once that is over, the person is told directly, as with a head. */
	async #postThrough(
		interaction: InteractionPosting,
		parts: readonly Part[],
		key: string | undefined,
	): Promise<readonly Posted[]> {
		try {
			return await interaction.followUp(parts, this.#isPrivate);
		} catch (error) {
			if (!isOver(error)) throw error;
		}
		const sent = await this.#sendDirectly(parts, key);
		if (sent === null) throw new NotHere("direct messages are closed");
		return sent;
	}

	#replyPrivately(message: Message): Promise<void> {
		const interaction = this.#interaction;
		if (interaction !== null) return this.#sayFurther(message, [], (parts) => this.#replyThrough(interaction, parts));
		const isOverheard = this.#place.via === "mention" && this.#place.guildId !== null && !this.#isPrivate;
		const told = isOverheard ? inOneLine(message) : message;
		return this.#say(told, [], (parts) => this.#replyWithoutInteraction(parts));
	}

	async #replyThrough(interaction: InteractionPosting, [first, ...others]: readonly [Part, ...Part[]]): Promise<void> {
		if (this.#place.via === "press") return void (await interaction.followUp([first, ...others], true));
		const unfilled = this.#answers && !this.#begun;
		if (unfilled && this.#isPrivate) {
			await interaction.editOriginal(first);
			this.#begun = true;
		} else if (unfilled) await interaction.replaceOriginalPrivately(first);
		else await interaction.followUp([first], true);
		await inTheEnd(() => interaction.followUp(others, true));
	}

	/** Discord has no private answer to a message: a plain reply, or a message to the person. */
	async #replyWithoutInteraction(parts: readonly [Part, ...Part[]]): Promise<void> {
		if (this.#isPrivate) return this.#postToPerson(parts, undefined);
		const { via, userId, channelId, messageId } = this.#place;
		const channel = await this.#posting.channel(via === "later" ? userId : channelId);
		if ((await this.#posting.send(channel, parts, undefined, messageId)) === null) throw new NotHere("I cannot post here");
	}

	async #sendDirectly(parts: readonly Part[], key: string | undefined): Promise<Posted[] | null> {
		return this.#posting.send(await this.#posting.directMessages(), parts, key);
	}

	#interactionHere(): InteractionPosting {
		if (this.#interaction === null) throw new NotHere("there is no interaction to respond to");
		return this.#interaction;
	}
}

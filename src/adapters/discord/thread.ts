import type { SendableChannels, TextChannel } from "discord.js";
import { Delayed } from "../../desk/conversation.ts";
import { withRetry } from "./calls.ts";
import type { ChannelPosting } from "./channel.ts";
import { hasThread, isNotHere, isServerFailure } from "./errors.ts";
import type { Posted } from "./parts.ts";
import { type DiscordPlace, isThroughInteraction } from "./place.ts";
import type { ThreadNames } from "./thread-names.ts";

const ARCHIVES_AFTER_MIN = 1_440;

/** Where details go: the thread that we are in, one under the head message, else the channel itself. */
export class DetailsThread {
	readonly #place: DiscordPlace;
	readonly #posting: ChannelPosting;
	#channel: Promise<SendableChannels | null> | null = null;
	#id: string | null;
	readonly #names: ThreadNames;
	/** The name for the thread under the head, used with its first message. */
	#name: string | null = null;

	constructor(place: DiscordPlace, posting: ChannelPosting, names: ThreadNames) {
		this.#names = names;
		this.#place = place;
		this.#posting = posting;
		// Where we are no member, a thread is the server's, and none of ours to write in or to name.
		this.#id = place.apart && !isThroughInteraction(place) ? place.channelId : null;
	}

	/** The thread's ID; null before it exists. */
	get id(): string | null {
		return this.#id;
	}

	/** As `id`; before we have looked for the thread under a message that was pressed, what it has for an id. */
	get key(): string | null {
		return this.#id ?? this.#place.under;
	}

	/** An earlier process posted the head. A thread has the ID of its message; if it does not exist, sending fails. */
	resumeUnder(head: Posted): void {
		if (!this.#place.apart && this.#place.via !== "press") this.#id = head.id;
	}

	/** The channel for details, found or made once; null where nothing can be sent. */
	channel(head: Posted | null): Promise<SendableChannels | null> {
		this.#channel ??= this.#find(head);
		return this.#channel;
	}

	/** The thread under a channel message whose control was used; null for none. */
	async under(): Promise<SendableChannels | null> {
		const { apart, under } = this.#place;
		if (apart || under === null || this.#isClosed) return null;
		const channel = await this.#posting.channel(under);
		if (channel?.isThread() !== true) return null;
		this.#id = under;
		return channel;
	}

	/** After a failed send, no further message tries. */
	close(): void {
		this.#channel = Promise.resolve(null);
	}

	/** What a thread that is still to be made will be called. */
	name(name: string): void {
		this.#name = name;
	}

	/** As `name`, where nothing has named it yet. */
	nameOnce(name: string): void {
		this.#name ??= name;
	}

	/** Renames the present thread if the bot created it. Not awaited. */
	rename(name: string): void {
		this.#name = name;
		if (this.#id === null) return;
		this.#names.want(this.#id, name, async (wanted) => {
			const channel = this.#id === null ? null : await this.#posting.channel(this.#id);
			if (channel?.isThread() && channel.ownerId === channel.client.user.id && channel.name !== wanted)
				await channel.setName(wanted);
		});
	}

	/** Nothing can be sent here but answers of the interaction: Discord is not asked in vain. */
	get #isClosed(): boolean {
		return !this.#place.maySend && !this.#place.mayThread;
	}

	async #find(head: Posted | null): Promise<SendableChannels | null> {
		const { apart, via, maySend, mayThread, channelId, under } = this.#place;
		if (this.#isClosed) return null;
		const base = head ?? (under === null ? null : { channelId, id: under });
		if (apart || (base === null && (via === "press" || via === "later")))
			return maySend ? this.#posting.channel(channelId) : null;
		if (base === null) return null;
		const channel = await this.#posting.channel(base.channelId);
		if (channel === null || channel.isDMBased() || channel.isThread()) return maySend ? channel : null;
		if (mayThread && "threads" in channel) {
			try {
				return await this.#create(channel as TextChannel, base);
			} catch (error) {
				if (hasThread(error)) return this.#existing(base);
				if (!isNotHere(error) && !isServerFailure(error) && !(error instanceof Delayed)) throw error;
			}
		}
		return maySend ? channel : null;
	}

	async #create({ threads }: TextChannel, head: Posted): Promise<SendableChannels> {
		const options = { startMessage: head.id, name: this.#name ?? "cf520", autoArchiveDuration: ARCHIVES_AFTER_MIN };
		const thread = await withRetry(() => threads.create(options), true);
		this.#id = thread.id;
		return thread;
	}

	/** A thread has the id of the message that it was made of. */
	async #existing(head: Posted): Promise<SendableChannels | null> {
		const thread = await this.#posting.channel(head.id);
		if (thread !== null) this.#id = head.id;
		return thread;
	}
}

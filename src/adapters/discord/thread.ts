import type { SendableChannels, TextChannel } from "discord.js";
import { withRetry } from "./calls.ts";
import type { ChannelPosting } from "./channel.ts";
import { hasThread, isNotHere } from "./errors.ts";
import type { Posted } from "./parts.ts";
import type { DiscordPlace } from "./place.ts";

/** Discord: characters of a thread's name. */
const NAME_MAX_CHARS = 100;
const ARCHIVES_AFTER_MIN = 1_440;

/** Where details go: the thread that we are in, one under the head message, else the channel itself. */
export class DetailsThread {
	readonly #place: DiscordPlace;
	readonly #posting: ChannelPosting;
	#channel: Promise<SendableChannels | null> | null = null;
	#id: string | null;
	/** What a thread under the head will be called. */
	name = "cf520";

	constructor(place: DiscordPlace, posting: ChannelPosting) {
		this.#place = place;
		this.#posting = posting;
		this.#id = place.apart ? place.channelId : null;
	}

	/** The thread's id; null as long as there is none. */
	get id(): string | null {
		return this.#id;
	}

	/** The head is there from a process before this one. The thread under a message has its id; where there is none, sending says so. */
	resumeUnder(head: Posted): void {
		if (!this.#place.apart && this.#place.via !== "press") this.#id = head.id;
	}

	/** The channel for details, found or made once; null where nothing can be sent. */
	channel(head: Posted | null): Promise<SendableChannels | null> {
		this.#channel ??= this.#find(head);
		return this.#channel;
	}

	/** Nothing could be sent there: no further message tries. */
	close(): void {
		this.#channel = Promise.resolve(null);
	}

	/** Gives the thread that we are in another name; nothing where there is none, or where Discord refuses: names are rationed. */
	async rename(name: string): Promise<void> {
		const channel = this.#id === null ? null : await this.#posting.channel(this.#id);
		if (channel?.isThread()) await channel.setName(name.slice(0, NAME_MAX_CHARS)).catch(() => {});
	}

	async #find(head: Posted | null): Promise<SendableChannels | null> {
		const { apart, via, maySend, mayThread, channelId } = this.#place;
		if (apart || via === "press" || (via === "later" && head === null)) return maySend ? this.#posting.channel(channelId) : null;
		if (head === null) return null;
		const channel = await this.#posting.channel(head.channelId);
		if (channel === null || channel.isDMBased() || channel.isThread()) return maySend ? channel : null;
		if (mayThread && "threads" in channel) {
			try {
				return await this.#create(channel as TextChannel, head);
			} catch (error) {
				if (hasThread(error)) return this.#existing(head);
				if (!isNotHere(error)) throw error;
			}
		}
		return maySend ? channel : null;
	}

	async #create({ threads }: TextChannel, head: Posted): Promise<SendableChannels> {
		const options = { startMessage: head.id, name: this.name.slice(0, NAME_MAX_CHARS), autoArchiveDuration: ARCHIVES_AFTER_MIN };
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

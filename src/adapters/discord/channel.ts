import { setTimeout as sleep } from "node:timers/promises";
import type { Channel, Client, MessageCreateOptions, SendableChannels } from "discord.js";
import { Delayed } from "../../desk/conversation.ts";
import { LostAnswer } from "../retry.ts";
import { withRetry } from "./calls.ts";
import { isNotHere } from "./errors.ts";
import { fileMessage, type Part, type Posted, type TextFile, upgrading } from "./parts.ts";
import type { DiscordPlace } from "./place.ts";

/** Discord: characters of a nonce. */
const NONCE_MAX_CHARS = 25;

/** Sends messages as a member of the channel. */
export class ChannelPosting {
	readonly #client: Client<true>;
	readonly #place: DiscordPlace;

	constructor(client: Client<true>, place: DiscordPlace) {
		this.#client = client;
		this.#place = place;
	}

	/** A channel that the bot can post in; null for none. */
	async channel(id: string): Promise<SendableChannels | null> {
		// A place to come back to may be the person.
		if (this.#place.via === "later" && id === this.#place.userId) return this.directMessages();
		const channel = await this.#fetched(id).catch((error: unknown) => {
			if (isNotHere(error)) return null;
			throw error;
		});
		return channel?.isSendable() === true ? channel : null;
	}

	/** The SDK gives no channel of a server that it does not know; without a gateway, a process knows those that have asked it something. */
	async #fetched(id: string): Promise<Channel | null> {
		const { guildId } = this.#place;
		const { channels, guilds } = this.#client;
		if (guildId !== null && !channels.cache.has(id) && !guilds.cache.has(guildId))
			await withRetry(() => guilds.fetch(guildId), true).catch((error: unknown) => {
				// A direct conversation is there also without the server.
				if (!isNotHere(error)) throw error;
			});
		return withRetry(() => channels.fetch(id), true);
	}

	/** The direct conversation with the person who asked. */
	directMessages(): Promise<SendableChannels> {
		return withRetry(() => this.#client.users.createDM(this.#place.userId), true);
	}

	/**
	 * Sends to a channel.
	 * @param key a repeated request with the same one is one message
	 * @param replyTo the id of the message to reply to
	 * @returns what arrived; null where nothing can be sent
	 */
	async send(
		channel: SendableChannels | null,
		parts: readonly Part[],
		key: string | undefined,
		replyTo: string | null = null,
	): Promise<Posted[] | null> {
		if (channel === null) return null;
		const sent: Posted[] = [];
		try {
			for (const [index, part] of parts.entries()) {
				const reply = index > 0 ? null : replyTo;
				const payload = { ...part, ...nonceOf(key, index), ...replyingTo(reply) };
				const post = () => withRetry<Posted>(() => channel.send(payload), key !== undefined);
				const { channelId, id } = await (index === 0 ? post() : inTheEnd(post));
				sent.push({ channelId, id });
			}
		} catch (error) {
			// The post probably succeeded and only the response was lost. Do not post twice.
			if (error instanceof LostAnswer) return sent;
			if (!isNotHere(error)) throw error;
			return null;
		}
		return sent;
	}

	/** Replaces a message in place; nothing when it is gone. */
	async edit({ channelId, id }: Posted, part: Part): Promise<void> {
		try {
			const channel = await this.#fetched(channelId);
			if (channel?.isTextBased()) await upgrading(part, (changed) => withRetry(() => channel.messages.edit(id, changed), true));
		} catch (error) {
			if (!isNotHere(error)) throw error;
		}
	}

	async attach(channel: SendableChannels, file: TextFile): Promise<void> {
		await channel.send(await fileMessage(channel, file));
	}
}

/** What goes on with a message that people read already waits as long as Discord asks: said in another way, it would begin anew. */
export async function inTheEnd<T>(call: () => Promise<T>): Promise<T> {
	for (;;) {
		try {
			return await call();
		} catch (error) {
			if (!(error instanceof Delayed)) throw error;
			await sleep(error.ms);
		}
	}
}

const nonceOf = (key: string | undefined, index: number): Pick<MessageCreateOptions, "nonce" | "enforceNonce"> =>
	key === undefined ? {} : { nonce: `${key}.${index}`.slice(-NONCE_MAX_CHARS), enforceNonce: true };
const replyingTo = (id: string | null): Pick<MessageCreateOptions, "reply"> =>
	id === null ? {} : { reply: { messageReference: id, failIfNotExists: false } };

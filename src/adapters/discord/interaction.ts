import { type Client, InteractionWebhook, MessageFlags } from "discord.js";
import { Delayed } from "../../desk/conversation.ts";
import { LostAnswer } from "../retry.ts";
import { withRetry } from "./calls.ts";
import { inTheEnd } from "./channel.ts";
import { isLastFollowUp } from "./errors.ts";
import { fileMessage, NO_PINGS, type Part, type Posted, type TextFile, upgrading } from "./parts.ts";
import type { DiscordPlace } from "./place.ts";

/** Follow-ups through the interaction when the bot is not in the server: Discord allows five. */
const FOLLOW_UPS_MAX = 5;

/** A message as Discord says that it stands. */
interface Stands extends Posted {
	/** Discord shows it to the person who asked alone, also where we wanted it public. */
	readonly isPrivate: boolean;
}

/** Answers a command or button through its token: it works where the bot is not a member, and can be private. */
export class InteractionPosting {
	readonly #webhook: InteractionWebhook;
	readonly #isLimited: boolean;
	readonly #pressed: string | null;
	/** The messages that our token edits. */
	readonly #own = new Set<string>();
	#followUps = 0;

	constructor(client: Client<true>, token: string, { maySend, pressed }: DiscordPlace) {
		this.#webhook = new InteractionWebhook(client, client.application.id, token);
		this.#isLimited = !maySend;
		if (pressed !== null) this.#own.add(pressed);
		this.#pressed = pressed;
	}

	/** How many more answers Discord takes, as far as this process knows. */
	get left(): number {
		return this.#isLimited ? FOLLOW_UPS_MAX - this.#followUps : Number.POSITIVE_INFINITY;
	}

	/** Whether `edit` reaches this message. */
	reaches(id: string): boolean {
		return this.#own.has(id);
	}

	/** Fills the deferred answer, or edits it. */
	editOriginal(part: Part): Promise<Stands> {
		return this.#edit("@original", part);
	}

	/** Edits an answer of this interaction, or the message whose control was used. */
	edit(id: string, part: Part): Promise<Stands> {
		return this.#edit(id === this.#pressed ? "@original" : id, part);
	}

	async #edit(id: string, part: Part): Promise<Stands> {
		const message = await upgrading(part, (changed) => withRetry(() => this.#webhook.editMessage(id, changed), true));
		return this.#noted(message);
	}

	/**
	 * Sends further answers, as many as Discord allows.
	 * @returns those of which it is known where they are
	 */
	async followUp(parts: readonly Part[], isPrivate: boolean): Promise<readonly Stands[]> {
		const sent: Stands[] = [];
		for (const [index, part] of parts.entries()) {
			if (this.left <= 0) return sent;
			this.#followUps += 1;
			const flags = isPrivate ? [part.flags, MessageFlags.Ephemeral as const] : part.flags;
			try {
				const post = () => withRetry(() => this.#webhook.send({ ...part, flags }), false);
				sent.push(this.#noted(await (index === 0 ? post() : inTheEnd(post))));
			} catch (error) {
				if (error instanceof Delayed) this.#followUps -= 1;
				if (error instanceof LostAnswer) continue;
				if (!isLastFollowUp(error)) throw error;
				// A process before this one has sent some.
				this.#followUps = FOLLOW_UPS_MAX;
				return sent;
			}
		}
		return sent;
	}

	/** A deferral that nothing will fill is taken away. */
	async dropOriginal(): Promise<void> {
		await this.#webhook.deleteMessage("@original").catch(() => {});
	}

	/** Sends a private answer in place of a deferral that was public and stays so: that is taken away once the answer is there. */
	async replaceOriginalPrivately(part: Part): Promise<void> {
		await this.#webhook.editMessage("@original", { content: "…", allowedMentions: NO_PINGS }).catch(() => {});
		await this.followUp([part], true);
		await this.dropOriginal();
	}

	async attach(file: TextFile, isPrivate: boolean): Promise<void> {
		this.#followUps += 1;
		await this.#webhook.send(await fileMessage(this.#webhook, file, isPrivate ? [MessageFlags.Ephemeral] : []));
	}

	#noted(message: object): Stands {
		const { id, flags } = message as { id: string; flags?: number | { readonly bitfield: number } };
		const bits = typeof flags === "number" ? flags : (flags?.bitfield ?? 0);
		this.#own.add(id);
		return { id, channelId: channelIdOf(message), isPrivate: (bits & MessageFlags.Ephemeral) !== 0 };
	}
}

/** The channel of a message, also in Discord's own form: that comes where the SDK does not know the channel. */
const channelIdOf = (message: object): string => {
	const { channelId, channel_id: raw } = message as { channelId?: string; channel_id?: string };
	return channelId ?? raw ?? "";
};

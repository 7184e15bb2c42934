import { type Client, InteractionWebhook, MessageFlags } from "discord.js";
import { LostAnswer } from "../retry.ts";
import { withRetry } from "./calls.ts";
import { fileMessage, NO_PINGS, type Part, type Posted, type TextFile, upgrading } from "./parts.ts";
import type { DiscordPlace } from "./place.ts";

/** Follow-ups through the interaction when the bot is not in the server: Discord allows five. */
const FOLLOW_UPS_MAX = 5;

/** Answers a command or button through its token: it works where the bot is not a member, and can be private. */
export class InteractionPosting {
	readonly #webhook: InteractionWebhook;
	readonly #maySend: boolean;
	#followUps = 0;

	constructor(client: Client<true>, token: string, { maySend }: DiscordPlace) {
		this.#webhook = new InteractionWebhook(client, client.application.id, token);
		this.#maySend = maySend;
	}

	/** Fills the deferred answer, or edits it. */
	async editOriginal(part: Part): Promise<Posted> {
		const message = await upgrading(part, (changed) => withRetry(() => this.#webhook.editMessage("@original", changed), true));
		return { channelId: channelIdOf(message), id: message.id };
	}

	/** Sends further answers, as many as Discord allows. */
	async followUp(parts: readonly Part[], isPrivate: boolean): Promise<void> {
		for (const part of parts) {
			if (this.#followUps >= FOLLOW_UPS_MAX && !this.#maySend) return;
			this.#followUps += 1;
			const flags = isPrivate ? [part.flags, MessageFlags.Ephemeral as const] : part.flags;
			await withRetry(() => this.#webhook.send({ ...part, flags }), false).catch((error: unknown) => {
				if (!(error instanceof LostAnswer)) throw error;
			});
		}
	}

	/** Sends a private answer in place of a deferral that was public and stays so: that is taken away once the answer is there. */
	async replaceOriginalPrivately(part: Part): Promise<void> {
		await this.#webhook.editMessage("@original", { content: "…", allowedMentions: NO_PINGS }).catch(() => {});
		await this.followUp([part], true);
		await this.#webhook.deleteMessage("@original").catch(() => {});
	}

	async attach(file: TextFile, isPrivate: boolean): Promise<void> {
		await this.#webhook.send(await fileMessage(this.#webhook, file, isPrivate ? [MessageFlags.Ephemeral] : []));
	}
}

/** The channel of a message, also in Discord's own form: that comes where the SDK does not know the channel. */
const channelIdOf = (message: object): string => {
	const { channelId, channel_id: raw } = message as { channelId?: string; channel_id?: string };
	return channelId ?? raw ?? "";
};

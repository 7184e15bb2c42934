import { NotHere } from "../../desk/conversation.ts";
import type { Message } from "../../message/message.ts";
import { LostAnswer } from "../retry.ts";
import { respondTo } from "./calls.ts";
import type { SlackContext, SlackPlace } from "./context.ts";
import { forOperator, isGone, isNotHere, slackError } from "./errors.ts";
import { renderSlack } from "./render.ts";

/** Where a message of ours is. */
export interface Posted {
	readonly channel: string;
	readonly ts: string;
}

const QUIET = { unfurl_links: false, unfurl_media: false } as const;
/** A response_url takes five posts: the first sign of life, the verdict, what follows. */
const RESPONSES_MAX = 5;

/** Sends the messages of one conversation: to everybody, or to the person who asked. */
export class SlackPosting {
	readonly #context: SlackContext;
	readonly #place: SlackPlace;
	#responses = 0;

	constructor(context: SlackContext, place: SlackPlace) {
		this.#context = context;
		this.#place = place;
	}

	/** Posts for everybody. Rejects with LostAnswer or Slack's own error; null where Slack does not say where it is. */
	async post(message: Message, threadTs: string | null): Promise<Posted | null> {
		const { channel } = this.#place;
		const payload = { channel, ...inThread(threadTs), ...renderSlack(message), ...QUIET };
		const posted = await this.#context.call(() => this.#context.client.chat.postMessage(payload), false);
		// A message to a person comes back with the channel that it really is in.
		return posted.ts === undefined ? null : { channel: posted.channel ?? channel, ts: posted.ts };
	}

	/** Replaces a message in place; nothing when it is gone. */
	async edit({ channel, ts }: Posted, message: Message): Promise<void> {
		const payload = { channel, ts, ...renderSlack(message) };
		await this.#context
			.call(() => this.#context.client.chat.update(payload), true)
			.catch((error) => {
				if (!isGone(error)) throw forOperator(error);
			});
	}

	/**
	 * Posts for the person who asked alone.
	 * @param replace instead of the message whose button was pressed
	 */
	async replyPrivately(message: Message, replace = false): Promise<void> {
		const payload = renderSlack(message);
		const { responseUrl, channel, user, threadTs } = this.#place;
		if (responseUrl !== null && this.#responses < RESPONSES_MAX) {
			this.#responses += 1;
			try {
				const body = { response_type: "ephemeral", replace_original: replace, ...payload, ...QUIET };
				return await respondTo(responseUrl, body, this.#context.fetch);
			} catch {
				// Used up, or its half hour is over, also by a process before this one: there is another way.
				this.#responses = RESPONSES_MAX;
			}
		}
		const ephemeral = { channel, user, ...inThread(threadTs), ...payload };
		await this.#context
			.call(() => this.#context.client.chat.postEphemeral(ephemeral), false)
			.catch((error) => {
				if (error instanceof LostAnswer) return;
				throw isNotHere(error) ? new NotHere(slackError(error)) : forOperator(error);
			});
	}

	/** Adds a text file for everybody. */
	async attach(channel: string, threadTs: string | null, name: string, content: string): Promise<void> {
		const { files } = this.#context.client;
		await files.uploadV2({
			channel_id: channel,
			...inThread(threadTs),
			filename: name,
			title: name,
			content,
		} as Parameters<typeof files.uploadV2>[0]);
	}
}

const inThread = (threadTs: string | null) => (threadTs === null ? {} : { thread_ts: threadTs });

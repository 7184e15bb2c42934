import { NotHere } from "../../desk/conversation.ts";
import type { Message } from "../../message/message.ts";
import { LostAnswer } from "../retry.ts";
import { respondTo } from "./calls.ts";
import { isDirectChannel, type SlackContext, type SlackPlace } from "./context.ts";
import { forOperator, isGone, isNotHere, isThreadGone, slackError } from "./errors.ts";
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
	/** Slack shows a private message in a thread only where the thread has a reply, and else nowhere (chat.postEphemeral, `thread_ts`). */
	#hasReplies: boolean;

	constructor(context: SlackContext, place: SlackPlace) {
		this.#context = context;
		this.#place = place;
		this.#hasReplies = !place.isNewThread;
	}

	/** A message of ours is in the thread already. */
	repliedBefore(): void {
		this.#hasReplies = true;
	}

	/**
	 * Posts for everybody. Rejects with LostAnswer or Slack's own error; null where Slack does not say where it is.
	 * @param threadTs null, or a thread that is gone: it is posted in the channel
	 * @param gone is told that the thread is
	 */
	async post(message: Message, threadTs: string | null, gone: () => void): Promise<Posted | null> {
		const { channel } = this.#place;
		const payload = { channel, ...renderSlack(message), ...QUIET };
		const { postMessage } = this.#context.client.chat;
		const posted = await this.#besideGone(threadTs, (thread) => {
			if (threadTs !== null && thread.thread_ts === undefined) gone();
			return this.#context.call(() => postMessage({ ...payload, ...thread }), false);
		});
		this.#hasReplies = true;
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
		const { postEphemeral, postMessage } = this.#context.client.chat;
		// Nobody else is in a direct conversation with us, and there the message outlives a reload.
		const isDirect = isDirectChannel(channel);
		const inThread = isDirect || this.#hasReplies ? threadTs : null;
		await this.#besideGone(inThread, (thread) =>
			this.#context.call(
				() =>
					isDirect
						? postMessage({ channel, ...payload, ...QUIET, ...thread })
						: postEphemeral({ channel, user, ...payload, ...thread }),
				false,
			),
		).catch((error: unknown) => {
			if (error instanceof LostAnswer) return;
			throw isNotHere(error) ? new NotHere(slackError(error)) : forOperator(error);
		});
	}

	/** Adds a text file for everybody. */
	async attach(channel: string, threadTs: string | null, name: string, content: string, about: string): Promise<void> {
		const { files } = this.#context.client;
		const file = { channel_id: channel, filename: name, title: about, content };
		await this.#besideGone(threadTs, (thread) => files.uploadV2({ ...file, ...thread } as Parameters<typeof files.uploadV2>[0]));
	}

	/** Does it in a thread; where that is gone, once more beside it. */
	async #besideGone<T>(threadTs: string | null, work: (thread: { readonly thread_ts?: string }) => Promise<T>): Promise<T> {
		try {
			return await work(threadTs === null ? {} : { thread_ts: threadTs });
		} catch (error) {
			if (threadTs === null || !isThreadGone(error)) throw error;
			this.#context.log({ event: "thread-gone" });
			return work({});
		}
	}
}

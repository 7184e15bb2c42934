import type { KnownBlock } from "@slack/types";
import { Delayed, NotHere } from "../../desk/conversation.ts";
import type { Message } from "../../message/message.ts";
import { LostAnswer, PATIENCE_MS } from "../retry.ts";
import { respondTo } from "./calls.ts";
import { isDirectChannel, type SlackContext, type SlackPlace } from "./context.ts";
import { forOperator, isDelayed, isGone, isNotHere, isThreadGone, NotInstalled, slackError } from "./errors.ts";
import { CONTROLS_MAX } from "./limits.ts";
import { renderSlack, type SlackPayload, type SlackTarget } from "./render.ts";
import { restBlock } from "./rest.ts";

/** The place of a posted message. */
export interface Posted {
	readonly channel: string;
	readonly ts: string;
	/** It is in a thread, where no slash command works. */
	readonly inThread?: boolean;
}

/** How a private message is sent. */
interface Privately {
	/** Instead of the message whose button was pressed, or of the first private one. */
	readonly replace?: boolean;
	/** More is held back: the key to ask for it with. */
	readonly rest?: string | null;
}

/** As the SDK takes it: its types do not know every block. */
interface Body {
	readonly text: string;
	readonly blocks: KnownBlock[];
}

const QUIET = { unfurl_links: false, unfurl_media: false } as const;
/** A response_url takes five posts: the first sign of life, the verdict, what follows. */
const RESPONSES_MAX = 5;

/** Sends the messages of one conversation, publicly or to the person who asked. */
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

	/** The thread already contains a message of the bot. */
	repliedBefore(): void {
		this.#hasReplies = true;
	}

	/**
	 * Posts publicly. Rejects with LostAnswer or Slack's own error; null where Slack does not say where it is.
	 * @param threadTs null, or a thread that is gone: it is posted in the channel
	 * @param gone called when the thread is gone
	 */
	async post(message: Message, channel: string, threadTs: string | null, gone: () => void): Promise<Posted | null> {
		const isBroadcast = message.notify?.broadcast === true;
		let inThread = threadTs !== null;
		const posted = await this.#besideGone(threadTs, (thread) => {
			inThread = thread.thread_ts !== undefined;
			if (threadTs !== null && !inThread) gone();
			return this.#sent(message, { inThread, calls: true }, (payload) => {
				const posting = { channel, ...(payload as Body), ...QUIET };
				const { thread_ts } = thread;
				if (thread_ts === undefined) return this.#context.call(({ chat }) => chat.postMessage(posting), false);
				const reply = { ...posting, thread_ts };
				// Also shown in the channel; Slack allows that for replies, not for edits.
				return this.#context.call(
					({ chat }) => chat.postMessage(isBroadcast ? { ...reply, reply_broadcast: true } : reply),
					false,
				);
			});
		});
		this.#hasReplies = true;
		// A message to a person comes back with the channel that it really is in.
		return posted.ts === undefined ? null : { channel: posted.channel ?? channel, ts: posted.ts, inThread };
	}

	/** Edits a message; does nothing when it is gone. An edit notifies no one. */
	async edit({ channel, ts, inThread = false }: Posted, message: Message): Promise<void> {
		await this.#sent(message, { inThread }, (payload) =>
			this.#context.call(({ chat }) => chat.update({ channel, ts, ...(payload as Body) }), true),
		).catch((error) => {
			if (isDelayed(error)) throw error instanceof Delayed ? error : new Delayed("Slack", PATIENCE_MS);
			if (!isGone(error)) throw forOperator(error);
		});
	}

	/** A private message can replace the previous one. */
	get canReplace(): boolean {
		return this.#place.responseUrl !== null && this.#responses < RESPONSES_MAX;
	}

	/** Posts privately for the person who asked. */
	async replyPrivately(message: Message, { replace = false, rest = null }: Privately = {}): Promise<void> {
		const { responseUrl, channel, user, threadTs } = this.#place;
		// Private anyway in a direct conversation, where a posted message survives a reload.
		const isDirect = isDirectChannel(channel);
		const inThread = isDirect || this.#hasReplies ? threadTs : null;
		if (responseUrl !== null && this.canReplace) {
			this.#responses += 1;
			try {
				return await this.#sent(message, { inThread: inThread !== null, rest }, (payload) => {
					const body = { response_type: "ephemeral", replace_original: replace, ...payload, ...QUIET };
					return respondTo(responseUrl, body, this.#context.fetch);
				});
			} catch {
				// Used up, or its half hour is over, also by a process before this one: there is another way.
				this.#responses = RESPONSES_MAX;
			}
		}
		await this.#besideGone(inThread, (thread) =>
			this.#sent(message, { inThread: thread.thread_ts !== undefined, rest }, (payload) =>
				this.#context.call(
					({ chat }) =>
						isDirect
							? chat.postMessage({ channel, ...(payload as Body), ...QUIET, ...thread })
							: chat.postEphemeral({ channel, user, ...(payload as Body), ...thread }),
					false,
				),
			),
		).catch((error: unknown) => {
			if (error instanceof LostAnswer) return;
			throw isNotHere(error) || error instanceof NotInstalled ? new NotHere(slackError(error)) : forOperator(error);
		});
	}

	/** Sends a message in the form that this workspace takes. */
	#sent<T>(
		message: Message,
		{ rest = null, ...target }: SlackTarget & Privately,
		send: (payload: SlackPayload) => Promise<T>,
	): Promise<T> {
		return this.#context.widgets.send((plain) => {
			if (rest === null) return renderSlack(message, { ...target, plain });
			const { text, blocks } = renderSlack(message, { ...target, plain, controls: CONTROLS_MAX - 1 });
			return { text, blocks: [...blocks, restBlock(rest)] };
		}, send);
	}

	/** Adds a public text file. */
	async attach(channel: string, threadTs: string | null, name: string, content: string, about: string): Promise<void> {
		const { files } = (await this.#context.installed()).client;
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

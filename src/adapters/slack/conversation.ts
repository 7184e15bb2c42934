import type { RespondFn } from "@slack/bolt";
import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Conversation } from "../../core/conversation.ts";
import { type Message, note } from "../../reply/reply.ts";
import { text } from "../../reply/text.ts";
import { renderSlack } from "./render.ts";

/** Where in Slack a question was asked. */
export interface SlackPlace {
	readonly channel: string;
	readonly user: string;
	/** The thread to answer in; null: the head message opens one. */
	readonly threadTs: string | null;
	/** Answers of a command or shortcut, valid for five uses in 30 minutes; null for a mention. */
	readonly respond: RespondFn | null;
}

/** Answers of chat.postMessage that mean: not here, whatever we do. The verdict then goes to the asker alone. */
const NOT_HERE =
	/^(?:not_in_channel|channel_not_found|is_archived|no_permission|access_denied|restricted_action\w*|msg_blocked\w*)$/;
/** The head message is gone: somebody deleted it, and nobody wants it back. */
const GONE: ReadonlySet<string> = new Set(["message_not_found", "cant_update_message", "edit_window_closed"]);

/** Slack's error word, or "" for anything else. */
export function slackError(error: unknown): string {
	const word = (error as { data?: { error?: unknown } } | null)?.data?.error;
	return typeof word === "string" ? word : "";
}

/** What an operator has to know of Slack's refusal, without anything of the message: its word, and the scope that is missing. */
function telling(error: unknown): unknown {
	const word = slackError(error);
	const needed = (error as { data?: { needed?: unknown } } | null)?.data?.needed;
	return word === "" ? error : new Error(`Slack answered ${word}${typeof needed === "string" ? `, scope ${needed}` : ""}`);
}

const QUIET = { unfurl_links: false, unfurl_media: false } as const;
/** A response_url takes five posts: the first sign of life, the verdict, what follows. */
const RESPONSES_MAX = 5;

/** Slack as a conversation: a head message edited in place, details in its thread; privately where the bot cannot post. */
export function slackConversation(client: WebClient, place: SlackPlace): Conversation<Message> {
	let headTs: string | null = null;
	let privately = false;
	let responses = 0;

	const post = async (message: Message, threadTs: string | null): Promise<string> => {
		const posted = await client.chat.postMessage({
			channel: place.channel,
			...(threadTs === null ? {} : { thread_ts: threadTs }),
			...renderSlack(message),
			...QUIET,
		});
		return posted.ts ?? "";
	};
	const whisper = async (message: Message, replace = false): Promise<void> => {
		const payload = renderSlack(message);
		if (place.respond !== null && responses < RESPONSES_MAX) {
			responses += 1;
			await place.respond({ response_type: "ephemeral", replace_original: replace, ...payload, ...QUIET });
			return;
		}
		await client.chat.postEphemeral({
			channel: place.channel,
			user: place.user,
			...(place.threadTs === null ? {} : { thread_ts: place.threadTs }),
			...payload,
		});
	};
	const edit = async (head: Message): Promise<void> => {
		if (headTs === null) return;
		try {
			await client.chat.update({ channel: place.channel, ts: headTs, ...renderSlack(head) });
		} catch (error) {
			if (!GONE.has(slackError(error))) throw telling(error);
		}
	};
	const invited = (head: Message): Message => ({
		...head,
		blocks: [
			...head.blocks,
			note(
				text`Only you see this, because I cannot post here. /invite me to this channel to get a thread that everybody can follow.`,
			),
		],
	});

	return {
		begin: async (head) => {
			try {
				headTs = await post(head, place.threadTs);
			} catch (error) {
				if (!NOT_HERE.test(slackError(error))) throw telling(error);
				privately = true;
				await whisper(invited(head));
			}
		},
		progress: async (head) => {
			if (!privately) await edit(head);
		},
		update: async (head) => {
			if (privately) await whisper(invited(head), true);
			else await edit(head);
		},
		followUp: async (message) => {
			if (privately) await whisper(message);
			else await post(message, place.threadTs ?? headTs);
		},
		privateReply: (message) => whisper(message),
		asker: `slack ${place.user}`,
		where: () => {
			const ts = place.threadTs ?? headTs;
			return {
				ref: headTs === null ? null : JSON.stringify([place.channel, headTs]),
				place: privately || ts === null ? null : `slack ${place.channel} ${ts}`,
			};
		},
		edit: async (ref, head) => {
			const [channel, ts] = z.tuple([z.string(), z.string()]).parse(JSON.parse(ref));
			await client.chat.update({ channel, ts, ...renderSlack(head) }).catch((error: unknown) => {
				if (!GONE.has(slackError(error))) throw telling(error);
			});
		},
		attach: async (name, content) => {
			const ts = place.threadTs ?? headTs;
			await client.files.uploadV2({
				channel_id: place.channel,
				...(ts === null ? {} : { thread_ts: ts }),
				filename: name,
				title: name,
				content,
			} as Parameters<typeof client.files.uploadV2>[0]);
		},
		askAddress: (_url, why) => whisper(why),
	};
}

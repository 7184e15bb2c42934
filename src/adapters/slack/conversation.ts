import type { WebClient } from "@slack/web-api";
import { z } from "zod";
import { type Conversation, NotHere } from "../../desk/conversation.ts";
import { type Message, note } from "../../message/message.ts";
import { type Text, text } from "../../message/text.ts";
import { LostAnswer, patiently, REFUSED_TOKEN, respondTo, slackError } from "./calls.ts";
import { renderSlack } from "./render.ts";

/** Where in Slack a question was asked: all that is needed to answer it, also by another process. */
export const SlackPlace = z.object({
	team: z.string().max(40).nullable(),
	channel: z.string().max(40),
	user: z.string().max(40),
	/** The thread to answer in; null: the head message opens one. */
	threadTs: z.string().max(40).nullable(),
	/** Takes answers of a command, shortcut or button, five in 30 minutes; null for a mention. */
	responseUrl: z.string().max(500).nullable(),
	/** Only the person who asks gets an answer. */
	alone: z.boolean(),
});
export type SlackPlace = z.infer<typeof SlackPlace>;

/** What the whole bot shares. */
export interface SlackWorld {
	readonly client: WebClient;
	/** The workspace whose token this is; in a shared channel others may ask too. */
	readonly team: string | null;
	/** Slack takes this token no more: told once to whoever runs this. */
	readonly refused: (word: string) => void;
	/** Members who may decide for the workspace, beside its own admins. */
	readonly admins: ReadonlySet<string>;
	readonly log: (line: { readonly event: string; readonly [key: string]: unknown }) => void;
}

/** Answers of chat.postMessage that mean: not here, whatever we do. The verdict then goes to the asker alone. */
const NOT_HERE =
	/^(?:not_in_channel|channel_not_found|is_archived|no_permission|access_denied|restricted_action\w*|msg_blocked\w*|cannot_dm_bot|user_not_found|messages_tab_disabled)$/;
/** The head message is gone: somebody deleted it, and nobody wants it back. */
const GONE: ReadonlySet<string> = new Set([
	"message_not_found",
	"cant_update_message",
	"edit_window_closed",
	"channel_not_found",
	"is_archived",
]);

/** What an operator has to know of Slack's refusal, without anything of the message: its word, and the scope that is missing. */
function telling(error: unknown): unknown {
	const word = slackError(error);
	const needed = (error as { data?: { needed?: unknown } } | null)?.data?.needed;
	return word === "" ? error : new Error(`Slack answered ${word}${typeof needed === "string" ? `, scope ${needed}` : ""}`);
}

const QUIET = { unfurl_links: false, unfurl_media: false } as const;
/** A response_url takes five posts: the first sign of life, the verdict, what follows. */
const RESPONSES_MAX = 5;
const Ref = z.tuple([z.string(), z.string()]);
const refOf = (channel: string, ts: string) => JSON.stringify([channel, ts]);

/** Why everybody's message became the asker's own. */
const INVITE = text`Only you see this, because I cannot post here. /invite me to this channel to get a thread that everybody can follow.`;
const HELD_BACK = text`Only you see this, because Slack did not confirm my message to the channel just now; what stands there may stay as it is.`;
const REFUSED = text`Only you see this, because Slack refuses my token: tell whoever runs me to install the app again.`;

/** Slack as a conversation: a head message edited in place, details in its thread; privately where the bot cannot post. */
export function slackConversation(world: SlackWorld, place: SlackPlace): Conversation<Message> {
	const { client } = world;
	let head: { channel: string; ts: string } | null = null;
	let privately = place.alone;
	let why: Text | null = null;
	let responses = 0;

	const seen = (error: unknown): unknown => {
		const word = slackError(error);
		if (REFUSED_TOKEN.has(word)) world.refused(word);
		return error;
	};
	const post = async (message: Message, threadTs: string | null): Promise<{ channel: string; ts: string } | null> => {
		const payload = {
			channel: place.channel,
			...(threadTs === null ? {} : { thread_ts: threadTs }),
			...renderSlack(message),
			...QUIET,
		};
		const posted = await patiently(() => client.chat.postMessage(payload), false).catch((error) => {
			throw seen(error);
		});
		// A message to a person comes back with the channel that it really stands in.
		return posted.ts === undefined ? null : { channel: posted.channel ?? place.channel, ts: posted.ts };
	};
	const whisper = async (message: Message, replace = false): Promise<void> => {
		const payload = renderSlack(message);
		if (place.responseUrl !== null && responses < RESPONSES_MAX) {
			responses += 1;
			try {
				return await respondTo(place.responseUrl, {
					response_type: "ephemeral",
					replace_original: replace,
					...payload,
					...QUIET,
				});
			} catch {
				// Used up, or its half hour is over, also by a process before this one: there is another way.
				responses = RESPONSES_MAX;
			}
		}
		const ephemeral = {
			channel: place.channel,
			user: place.user,
			...(place.threadTs === null ? {} : { thread_ts: place.threadTs }),
			...payload,
		};
		await patiently(() => client.chat.postEphemeral(ephemeral), false).catch((error) => {
			if (error instanceof LostAnswer) return;
			throw NOT_HERE.test(slackError(seen(error))) ? new NotHere(slackError(error)) : telling(error);
		});
	};
	const edit = async (at: { channel: string; ts: string }, message: Message): Promise<void> => {
		await patiently(() => client.chat.update({ ...at, ...renderSlack(message) }), true).catch((error) => {
			if (!GONE.has(slackError(seen(error)))) throw telling(error);
		});
	};
	/** Why a message for everybody could not be posted, in words for the person who asked; null: nobody knows, it broke. */
	const reasonOf = (error: unknown): Text | null => {
		if (error instanceof LostAnswer || (error as { code?: unknown } | null)?.code === "slack_webapi_rate_limited_error")
			return HELD_BACK;
		if (REFUSED_TOKEN.has(slackError(error))) return REFUSED;
		return NOT_HERE.test(slackError(error)) ? INVITE : null;
	};
	const explained = (message: Message): Message =>
		why === null ? message : { ...message, blocks: [...message.blocks, note(why)] };
	const threadTs = () => place.threadTs ?? head?.ts ?? null;

	return {
		begin: async (message) => {
			if (privately) return whisper(message);
			try {
				head = await post(message, place.threadTs);
			} catch (error) {
				why = reasonOf(error);
				if (why === null) throw telling(error);
				world.log({ event: "told-alone", error: slackError(error) || (error as Error).name });
				privately = true;
				await whisper(explained(message));
			}
		},
		adopt: (ref) => {
			if (ref === null) privately = true;
			else {
				const [channel, ts] = Ref.parse(JSON.parse(ref));
				head = { channel, ts };
			}
		},
		progress: async (message) => {
			if (!privately && head !== null) await edit(head, message);
		},
		update: async (message) => {
			if (privately) await whisper(explained(message), true);
			else if (head !== null) await edit(head, message);
		},
		followUp: async (message) => {
			if (privately) {
				await whisper(message);
				return null;
			}
			try {
				const stands = await post(message, threadTs());
				return stands === null ? null : refOf(stands.channel, stands.ts);
			} catch (error) {
				// It stands most likely; a second one would be one too many.
				if (error instanceof LostAnswer) return null;
				why = reasonOf(error);
				if (why === null) throw telling(error);
				await whisper(explained(message));
				return null;
			}
		},
		privateReply: (message) => whisper(message),
		keyed: false,
		whispers: true,
		asker: `slack ${place.user}`,
		channel: place.channel,
		workspace: place.team === null ? null : `slack ${place.team}`,
		platform: "slack",
		isAdmin: async () => {
			if (world.admins.has(place.user)) return "yes";
			try {
				const { user } = await patiently(() => client.users.info({ user: place.user }), true);
				const ours = world.team === null || user?.team_id === undefined || user.team_id === world.team;
				return ours && (user?.is_admin === true || user?.is_owner === true) ? "yes" : "no";
			} catch (error) {
				world.log({ event: "admin-unknown", error: slackError(seen(error)) || "Error" });
				return "unknown";
			}
		},
		open: () => !privately,
		where: () => {
			const ts = threadTs();
			return {
				ref: head === null ? null : refOf(head.channel, head.ts),
				place: privately || ts === null ? null : `slack ${head?.channel ?? place.channel} ${ts}`,
			};
		},
		door: (alone) => {
			const later = { ...place, responseUrl: null, alone: false };
			// A direct conversation with the person: its first message says in which channel it really is.
			if (alone)
				return JSON.stringify(
					place.channel === place.user && head !== null
						? { ...later, channel: head.channel, threadTs: head.ts }
						: { ...later, channel: place.user, threadTs: null },
				);
			const ts = threadTs();
			return privately || ts === null
				? null
				: JSON.stringify({ ...later, channel: head?.channel ?? place.channel, threadTs: ts });
		},
		edit: async (ref, message) => {
			const [channel, ts] = Ref.parse(JSON.parse(ref));
			await edit({ channel, ts }, message);
		},
		attach: async (name, content) => {
			// A file cannot be shown to one person alone; its text is told already.
			if (privately) return;
			const ts = threadTs();
			await client.files.uploadV2({
				channel_id: head?.channel ?? place.channel,
				...(ts === null ? {} : { thread_ts: ts }),
				filename: name,
				title: name,
				content,
			} as Parameters<typeof client.files.uploadV2>[0]);
		},
		askAddress: (_url, why) => whisper(why),
	};
}

import {
	type Client,
	DiscordAPIError,
	type Message as DiscordMessage,
	InteractionWebhook,
	MessageFlags,
	PermissionFlagsBits,
	type PermissionsBitField,
	type SendableChannels,
	type TextChannel,
} from "discord.js";
import { z } from "zod";
import { type Conversation, NotHere } from "../../desk/conversation.ts";
import { type Message, plainTitle } from "../../message/message.ts";
import { LostAnswer, patiently } from "./calls.ts";
import { discordButtons, renderDiscord } from "./render.ts";

/** No pings and no previews, said again on every message and edit: an edit without it parses mentions by default. */
const QUIET = { allowedMentions: { parse: [], repliedUser: false }, flags: MessageFlags.SuppressEmbeds } as const;
const WHISPER = MessageFlags.SuppressEmbeds | MessageFlags.Ephemeral;
/** Follow-ups through the interaction when the bot is not in the server: Discord allows five. */
const FOLLOW_UPS_MAX = 5;
/** Discord: characters of a thread's name, of a nonce. */
const THREAD_NAME_MAX_CHARS = 100;
const NONCE_MAX_CHARS = 25;
const THREAD_ARCHIVES_AFTER_MIN = 1_440;
/** What Discord answers when a thread or message cannot be made here: no rights, no such channel, already a thread, not a text channel. */
const NOT_HERE: ReadonlySet<number | string> = new Set([
	10_003, 10_008, 50_001, 50_007, 50_013, 50_024, 50_083, 160_002, 160_005, 160_006, 160_007,
]);
/** The interaction is over: nobody acknowledged it in time, or its 15 minutes are. */
const OVER: ReadonlySet<number | string> = new Set([10_008, 10_015, 10_062, 50_027]);
/** The message has its thread already: from a process before this one, or a lost answer. */
const HAS_THREAD = 160_004;

/** Where in Discord a question was asked: all that is needed to answer it, also by another process. */
export const DiscordPlace = z.object({
	/** What it came with. `later`: nothing, a place to come back to. */
	via: z.enum(["command", "press", "mention", "later"]),
	channelId: z.string().max(30),
	/** The channel that a thread stands in: what admins decide about channels holds in their threads. */
	parentId: z.string().max(30).nullable().default(null),
	guildId: z.string().max(30).nullable(),
	userId: z.string().max(30),
	/** Answers an interaction, for 15 minutes; null where there is none. */
	token: z.string().max(500).nullable(),
	/** The message to reply to; null for none. */
	messageId: z.string().max(30).nullable(),
	/** Only the person who asks gets an answer. */
	alone: z.boolean(),
	/** A thread or a direct conversation: what is said in it belongs together. */
	apart: z.boolean(),
	mayThread: z.boolean(),
	maySend: z.boolean(),
	/** The person may decide for the server; null: Discord did not say. */
	admin: z.boolean().nullable(),
});
export type DiscordPlace = z.infer<typeof DiscordPlace>;

const notHere = (error: unknown) => error instanceof DiscordAPIError && NOT_HERE.has(error.code);
const isOver = (error: unknown) => error instanceof DiscordAPIError && OVER.has(error.code);

const placeOf = (channelId: string) => `discord ${channelId}`;
/** A message of ours, and those that its text went on in. */
const Ref = z.tuple([z.string(), z.string()]).rest(z.string());

/** What the payload of an interaction says of the rights here. Nothing at all means that it did not tell: then trying is the way to find out. */
export function rightsIn(
	permissions: Readonly<PermissionsBitField> | null,
	botIsHere: boolean,
	inThread: boolean,
): Pick<DiscordPlace, "mayThread" | "maySend"> {
	const may = (...flags: bigint[]) =>
		botIsHere && (permissions === null || permissions.bitfield === 0n || flags.every((flag) => permissions.has(flag)));
	return {
		mayThread: may(PermissionFlagsBits.CreatePublicThreads, PermissionFlagsBits.SendMessagesInThreads),
		maySend: may(
			PermissionFlagsBits.ViewChannel,
			inThread ? PermissionFlagsBits.SendMessagesInThreads : PermissionFlagsBits.SendMessages,
		),
	};
}

/** One message of Discord's: its text, and the buttons under the last one. */
interface Part {
	readonly content: string;
	readonly components: ReturnType<typeof discordButtons>;
}

function parts(message: Message): [Part, ...Part[]] {
	const contents = renderDiscord(message);
	const components = discordButtons(message);
	return contents.map((content, index) => ({
		content,
		// An edit without components would leave old buttons standing.
		components: index === contents.length - 1 ? components : [],
	})) as [Part, ...Part[]];
}

/** As much of a message as is needed to find it again. */
type Sent = Pick<DiscordMessage, "id" | "channelId">;

/** The channel of a message, also in Discord's own form: that comes where the SDK does not know the channel. */
const channelIdOf = (message: object): string => {
	const { channelId, channel_id: raw } = message as { channelId?: string; channel_id?: string };
	return channelId ?? raw ?? "";
};

/** Discord as a conversation: the head is the answer of the command or a reply to the mention, details go into a thread under it. */
export function discordConversation(client: Client<true>, place: DiscordPlace): Conversation<Message> {
	const webhook = place.token === null ? null : new InteractionWebhook(client, client.application.id, place.token);
	/** The interaction's own answer still takes edits. */
	let answers = place.via === "command" && webhook !== null;
	let head: { channelId: string; id: string } | null = null;
	let privately = place.alone;
	let begun = false;
	let followUps = 0;
	let name = "cf520";
	let below: Promise<SendableChannels | null> | null = null;
	let belowId: string | null = place.apart ? place.channelId : null;

	const channelOf = async (id: string): Promise<SendableChannels | null> => {
		if (place.via === "later" && id === place.userId) return patiently(() => client.users.createDM(place.userId), true);
		const channel = await patiently(() => client.channels.fetch(id), true).catch((error: unknown) => {
			if (notHere(error)) return null;
			throw error;
		});
		return channel?.isSendable() === true ? channel : null;
	};
	const nonceOf = (key: string | undefined, index: number) =>
		key === undefined ? {} : { nonce: `${key}.${index}`.slice(-NONCE_MAX_CHARS), enforceNonce: true };
	/** Sends to a channel; null where nothing can be sent. A repeated request with the same key is one message. */
	const sendTo = async (
		channel: SendableChannels | null,
		all: readonly Part[],
		key: string | undefined,
		reply: string | null = null,
	): Promise<Sent[] | null> => {
		if (channel === null) return null;
		const sent: Sent[] = [];
		try {
			for (const [index, part] of all.entries())
				sent.push(
					await patiently<Sent>(
						() =>
							channel.send({
								...part,
								...QUIET,
								...nonceOf(key, index),
								...(reply === null || index > 0 ? {} : { reply: { messageReference: reply, failIfNotExists: false } }),
							}),
						key !== undefined,
					),
				);
		} catch (error) {
			// It stands most likely; a second one would be one too many.
			if (error instanceof LostAnswer) return sent;
			if (!notHere(error)) throw error;
			return null;
		}
		return sent;
	};
	const throughInteraction = async (all: readonly Part[], flags: number): Promise<void> => {
		if (webhook === null) throw new NotHere("there is no interaction to answer");
		for (const part of all) {
			if (followUps >= FOLLOW_UPS_MAX && !place.maySend) return;
			followUps += 1;
			await patiently(() => webhook.send({ ...part, ...QUIET, flags }), false).catch((error: unknown) => {
				if (!(error instanceof LostAnswer)) throw error;
			});
		}
	};
	const editIn = async (channelId: string, id: string, part: Part): Promise<void> => {
		try {
			const channel = await patiently(() => client.channels.fetch(channelId), true);
			if (channel?.isTextBased()) await patiently(() => channel.messages.edit(id, { ...part, ...QUIET }), true);
		} catch (error) {
			if (!notHere(error)) throw error;
		}
	};
	/** The place for details: the thread that we are in, one under the head message, else the channel in direct messages. */
	const belowHead = async (): Promise<SendableChannels | null> => {
		if (place.apart || place.via === "press" || (place.via === "later" && head === null))
			return place.maySend ? channelOf(place.channelId) : null;
		if (head === null) return null;
		const channel = await channelOf(head.channelId);
		if (channel === null || channel.isDMBased() || channel.isThread()) return place.maySend ? channel : null;
		if (place.mayThread && "threads" in channel) {
			try {
				const { threads } = channel as TextChannel;
				const startMessage = head.id;
				const thread = await patiently(
					() =>
						threads.create({
							startMessage,
							name: name.slice(0, THREAD_NAME_MAX_CHARS),
							autoArchiveDuration: THREAD_ARCHIVES_AFTER_MIN,
						}),
					true,
				);
				belowId = thread.id;
				return thread;
			} catch (error) {
				if (error instanceof DiscordAPIError && error.code === HAS_THREAD) {
					// A thread has the id of the message that it was made of.
					const thread = await channelOf(head.id);
					belowId = thread === null ? belowId : head.id;
					return thread;
				}
				if (!notHere(error)) throw error;
			}
		}
		return place.maySend ? channel : null;
	};
	const details = async (all: readonly Part[], key: string | undefined): Promise<string | null> => {
		if (!privately) {
			below ??= belowHead();
			const sent = await sendTo(await below, all, key);
			if (sent !== null && sent[0] !== undefined) return JSON.stringify([sent[0].channelId, ...sent.map(({ id }) => id)]);
		}
		below = Promise.resolve(null);
		if (webhook === null && privately) {
			const sent = await sendTo(await patiently(() => client.users.createDM(place.userId), true), all, key);
			if (sent === null) throw new NotHere("direct messages are closed");
			return sent[0] === undefined ? null : JSON.stringify([sent[0].channelId, ...sent.map(({ id }) => id)]);
		}
		if (webhook === null) throw new NotHere("nothing can be said here");
		await throughInteraction(all, privately ? WHISPER : MessageFlags.SuppressEmbeds);
		return null;
	};
	const stand = async (message: Message, key?: string): Promise<void> => {
		const [first, ...others] = parts(message);
		name = plainTitle(message);
		if (answers && webhook !== null) {
			try {
				const stands = await patiently(() => webhook.editMessage("@original", { ...first, ...QUIET }), true);
				head = { channelId: channelIdOf(stands), id: stands.id };
				begun = true;
			} catch (error) {
				if (!isOver(error)) throw error;
				// Too late for the command's own answer: a message in the channel, where that can be, or to the person.
				answers = false;
				if (privately) await toPerson([first], key);
				else if (head !== null) await editIn(head.channelId, head.id, first);
				else await inChannel([first], key);
			}
		} else if (head !== null) await editIn(head.channelId, head.id, first);
		else await inChannel([first], key);
		if (others.length > 0) await details(others, key === undefined ? undefined : `${key}x`);
	};
	/** A head of our own in the channel, where the interaction does not carry one. */
	const inChannel = async (all: readonly Part[], key: string | undefined): Promise<void> => {
		if (privately) return toPerson(all, key);
		const sent = await sendTo(await channelOf(place.channelId), all, key, place.messageId);
		const [first] = sent ?? [];
		if (first === undefined) {
			if (place.via === "press") return throughInteraction(all, MessageFlags.SuppressEmbeds);
			throw new NotHere("nothing can be said here");
		}
		head = { channelId: first.channelId, id: first.id };
		begun = true;
	};
	/** Only for the person who asks: through the interaction while it lasts, else in a direct message, whose first one is the head. */
	const toPerson = async (all: readonly Part[], key: string | undefined): Promise<void> => {
		if (place.via === "press") {
			try {
				await throughInteraction(all, WHISPER);
				begun = true;
				return;
			} catch (error) {
				if (!isOver(error)) throw error;
			}
		}
		if (head !== null && head.channelId !== place.channelId && all[0] !== undefined)
			return editIn(head.channelId, head.id, all[0]);
		const sent = await sendTo(await patiently(() => client.users.createDM(place.userId), true), all, key);
		const [first] = sent ?? [];
		if (first === undefined) throw new NotHere("direct messages are closed");
		head = { channelId: first.channelId, id: first.id };
		begun = true;
	};
	const whispered = async (message: Message): Promise<void> => {
		try {
			await whisperedHere(message);
		} catch (error) {
			if (!isOver(error)) throw error;
			await toPerson(parts(message), undefined);
		}
	};
	const whisperedHere = async (message: Message): Promise<void> => {
		const [first, ...others] = parts(message);
		if (webhook === null && privately) return toPerson([first, ...others], undefined);
		if (webhook === null) {
			// Discord has no private answer to a message: a plain reply, or a message to the person.
			const channel = await channelOf(place.via === "later" ? place.userId : place.channelId);
			if ((await sendTo(channel, [first, ...others], undefined, place.messageId)) === null)
				throw new NotHere("nothing can be said here");
			return;
		}
		if (place.via === "press") return throughInteraction([first, ...others], WHISPER);
		if (privately && answers && !begun) {
			await patiently(() => webhook.editMessage("@original", { ...first, ...QUIET }), true);
			begun = true;
		} else {
			// The deferral was public and stays so: it is taken away once the private answer stands.
			const open = answers && !begun && !privately;
			if (open) await webhook.editMessage("@original", { content: "…", ...QUIET }).catch(() => {});
			await throughInteraction([first], WHISPER);
			if (open) await webhook.deleteMessage("@original").catch(() => {});
		}
		await throughInteraction(others, WHISPER);
	};
	return {
		begin: stand,
		adopt: (ref) => {
			begun = true;
			if (ref === null) privately = true;
			else {
				const [channelId, id] = Ref.parse(JSON.parse(ref));
				head = { channelId, id };
				// The thread under a message has its id; where there is none, sending says so.
				if (!place.apart && place.via !== "press") belowId = id;
			}
		},
		progress: (message) => stand(message),
		update: (message) => stand(message),
		followUp: async (message, key) => {
			// The deferred answer has to become something: the first message takes its place.
			if (!begun && (place.via === "command" || (place.via === "mention" && !place.apart))) {
				await stand(message, key);
				return head === null ? null : JSON.stringify([head.channelId, head.id]);
			}
			return details(parts(message), key);
		},
		privateReply: whispered,
		askAddress: (_url, why) => whispered(why),
		keyed: true,
		// A mention is answered where everybody reads it.
		whispers: place.token !== null || place.alone,
		asker: `discord ${place.userId}`,
		channel: place.parentId ?? place.channelId,
		// A direct conversation is a place of its own: nobody else knows what is asked there.
		workspace: place.guildId === null ? `discord person ${place.userId}` : `discord ${place.guildId}`,
		platform: "discord",
		isAdmin: async () => (place.admin === null ? "unknown" : place.admin ? "yes" : "no"),
		open: () => !privately,
		where: () => ({
			ref: head === null ? null : JSON.stringify([head.channelId, head.id]),
			place: belowId === null || privately ? null : placeOf(belowId),
		}),
		door: (alone) => {
			const later = { ...place, via: "later" as const, token: null, messageId: null, alone: false, maySend: true };
			if (alone) return JSON.stringify({ ...later, channelId: place.userId, apart: true });
			if (privately || !place.maySend) return null;
			const under = belowId ?? (head === null ? place.channelId : null);
			// Without a thread yet, the next message makes one.
			return JSON.stringify(
				under === null
					? { ...later, channelId: head?.channelId ?? place.channelId }
					: { ...later, channelId: under, apart: true },
			);
		},
		edit: async (ref, message) => {
			const [channelId, ...ids] = Ref.parse(JSON.parse(ref));
			const all = parts(message);
			for (const [index, id] of ids.entries()) {
				const part = all[index];
				if (part !== undefined) await editIn(channelId, id, part);
			}
		},
		attach: async (file, content) => {
			const files = [{ attachment: Buffer.from(content, "utf8"), name: file }];
			if (!privately) below ??= belowHead();
			const channel = privately ? null : await below;
			if (channel !== null) await channel.send({ files, ...QUIET });
			else if (webhook !== null) await webhook.send({ files, ...QUIET, flags: privately ? WHISPER : QUIET.flags });
			else throw new NotHere("no file can be sent here");
		},
	};
}

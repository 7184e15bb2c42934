import {
	type ButtonInteraction,
	type ChatInputCommandInteraction,
	type Client,
	DiscordAPIError,
	type Message as DiscordMessage,
	type MessageContextMenuCommandInteraction,
	MessageFlags,
	type ModalSubmitInteraction,
	PermissionFlagsBits,
	type SendableChannels,
	type TextBasedChannel,
} from "discord.js";
import { z } from "zod";
import type { Conversation } from "../../core/conversation.ts";
import { type Message, plainTitle } from "../../reply/reply.ts";
import { discordButtons, renderDiscord } from "./render.ts";

/** No pings and no previews, said again on every message and edit: an edit without it parses mentions by default. */
const QUIET = { allowedMentions: { parse: [], repliedUser: false }, flags: MessageFlags.SuppressEmbeds } as const;
/** Follow-ups through the interaction when the bot is not in the server: Discord allows five. */
const FOLLOW_UPS_MAX = 5;
/** Discord: characters of a thread's name. */
const THREAD_NAME_MAX_CHARS = 100;
const THREAD_ARCHIVES_AFTER_MIN = 1_440;
/** What Discord answers when a thread or message cannot be made here: no rights, no such channel, already a thread, not a text channel. */
const NOT_HERE: ReadonlySet<number | string> = new Set([
	10_003, 10_008, 50_001, 50_013, 50_024, 50_083, 160_002, 160_004, 160_005, 160_006, 160_007,
]);

export type Command = ChatInputCommandInteraction | MessageContextMenuCommandInteraction | ModalSubmitInteraction;

const notHere = (error: unknown) => error instanceof DiscordAPIError && NOT_HERE.has(error.code);

/** Where details go: a thread under the head, the channel itself, or nowhere (null: the interaction has to carry them). */
type Below = SendableChannels | null;

/** The place for details: the thread that we are in, a new one under the head message, else the channel in direct messages. */
async function below(
	head: DiscordMessage,
	channel: TextBasedChannel | null,
	mayThread: boolean,
	maySend: boolean,
	name: string,
): Promise<Below> {
	if (channel === null || !channel.isSendable()) return null;
	if (channel.isThread() || channel.isDMBased()) return maySend ? channel : null;
	if (mayThread && "threads" in channel) {
		try {
			return await head.startThread({
				name: name.slice(0, THREAD_NAME_MAX_CHARS),
				autoArchiveDuration: THREAD_ARCHIVES_AFTER_MIN,
			});
		} catch (error) {
			if (!notHere(error)) throw error;
		}
	}
	return maySend ? channel : null;
}

/** A thread or a direct conversation: what is said in it belongs together. */
const placeOf = (channelId: string) => `discord ${channelId}`;
const refOf = (message: DiscordMessage) => JSON.stringify([message.channelId, message.id]);
const Ref = z.tuple([z.string(), z.string()]);

/** Replaces a head of an earlier conversation, by its channel and id; nothing when it is gone. */
async function editAt(client: Client, ref: string, message: Message): Promise<void> {
	const [channelId, id] = Ref.parse(JSON.parse(ref));
	try {
		const channel = await client.channels.fetch(channelId);
		const [first] = parts(message);
		if (channel?.isTextBased()) await channel.messages.edit(id, { ...first, ...QUIET });
	} catch (error) {
		if (!notHere(error)) throw error;
	}
}

/** A button as a conversation: what comes of it goes into the thread where the button stands. It has been acknowledged already. */
export function pressConversation(interaction: ButtonInteraction): Conversation<Message> {
	const inThread = async (message: Message) => {
		for (const part of parts(message)) {
			const channel = interaction.channel;
			try {
				if (channel?.isSendable() === true) await channel.send({ ...part, ...QUIET });
				else await interaction.followUp({ ...part, ...QUIET });
			} catch (error) {
				if (!notHere(error)) throw error;
				await interaction.followUp({ ...part, ...QUIET });
			}
		}
	};
	const whispered = async (message: Message) => {
		for (const part of parts(message))
			await interaction.followUp({ ...part, ...QUIET, flags: MessageFlags.SuppressEmbeds | MessageFlags.Ephemeral });
	};
	return {
		begin: inThread,
		progress: async () => {},
		update: inThread,
		followUp: inThread,
		privateReply: whispered,
		asker: `discord ${interaction.user.id}`,
		where: () => ({ ref: null, place: placeOf(interaction.channelId) }),
		attach: async (name, content) => {
			const files = [{ attachment: Buffer.from(content, "utf8"), name }];
			if (interaction.channel?.isSendable() === true) await interaction.channel.send({ files, ...QUIET });
			else await interaction.followUp({ files, ...QUIET });
		},
		edit: (ref, message) => editAt(interaction.client, ref, message),
		askAddress: (_url, why) => whispered(why),
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

/** An interaction as a conversation. It has been deferred already, `privately` or not. */
export function interactionConversation(interaction: Command, privately: boolean): Conversation<Message> {
	let where: Promise<Below> | null = null;
	let followUps = 0;
	let name = "cf520";
	let begun = false;
	let headRef: string | null = null;
	let place: string | null =
		interaction.channel?.isThread() === true || interaction.channel?.isDMBased() === true
			? placeOf(interaction.channelId ?? "")
			: null;
	const permissions = interaction.appPermissions;
	const botIsHere = interaction.inCachedGuild() || interaction.channel?.isDMBased() === true;
	const inThread = interaction.channel?.isThread() === true;
	// Discord tells beforehand what the bot may do here. Nothing at all means that it did not tell: then trying is the way to find out.
	const may = (...flags: bigint[]) => botIsHere && (permissions.bitfield === 0n || flags.every((flag) => permissions.has(flag)));
	const mayThread = may(PermissionFlagsBits.CreatePublicThreads, PermissionFlagsBits.SendMessagesInThreads);
	const maySend = may(
		PermissionFlagsBits.ViewChannel,
		inThread ? PermissionFlagsBits.SendMessagesInThreads : PermissionFlagsBits.SendMessages,
	);

	const throughInteraction = async ({ content, components }: Part, flags: number) => {
		if (followUps >= FOLLOW_UPS_MAX) return;
		followUps += 1;
		await interaction.followUp({ content, components, ...QUIET, flags });
	};
	const details = async (part: Part) => {
		where ??= interaction.fetchReply().then((head) => below(head, interaction.channel, mayThread, maySend, name));
		const channel = await where.catch(() => null);
		if (channel !== null && (channel.isThread() || channel.isDMBased())) place = placeOf(channel.id);
		if (channel !== null) {
			try {
				await channel.send({ ...part, ...QUIET });
				return;
			} catch (error) {
				if (!notHere(error)) throw error;
				where = Promise.resolve(null);
			}
		}
		await throughInteraction(part, MessageFlags.SuppressEmbeds);
	};
	const head = async (message: Message) => {
		const [first, ...others] = parts(message);
		const stands = await interaction.editReply({ ...first, ...QUIET });
		headRef = refOf(stands);
		begun = true;
		name = plainTitle(message);
		for (const one of others) await details(one);
	};
	const whispered = async (message: Message) => {
		const [first, ...others] = parts(message);
		const whisper = MessageFlags.SuppressEmbeds | MessageFlags.Ephemeral;
		if (privately) await interaction.editReply({ ...first, ...QUIET });
		else {
			// The deferral was public and stays so: it is taken away once the private answer stands.
			if (!begun) await interaction.editReply({ content: "…", ...QUIET });
			await throughInteraction(first, whisper);
			if (!begun) await interaction.deleteReply().catch(() => {});
		}
		for (const one of others) await throughInteraction(one, whisper);
	};
	return {
		begin: head,
		progress: head,
		update: head,
		followUp: async (message) => {
			// The deferred answer has to become something: the first message takes its place.
			if (!begun) return head(message);
			for (const part of parts(message)) await details(part);
		},
		askAddress: (_url, why) => whispered(why),
		privateReply: whispered,
		asker: `discord ${interaction.user.id}`,
		where: () => ({ ref: headRef, place }),
		attach: async (name, content) =>
			void (await interaction.followUp({ files: [{ attachment: Buffer.from(content, "utf8"), name }], ...QUIET })),
		edit: (ref, message) => editAt(interaction.client, ref, message),
	};
}
/** A mention as a conversation: the head is a reply to it. Discord has no private answer to a message; it is a plain reply then. */
export function mentionConversation(mention: DiscordMessage): Conversation<Message> {
	let head: DiscordMessage | null = null;
	let where: Promise<Below> | null = null;
	let name = "cf520";
	const reply = (part: Part) =>
		// The nonce makes a repeated request one message: a lost answer does not post twice.
		mention.reply({ ...part, ...QUIET, failIfNotExists: false, nonce: mention.id, enforceNonce: true });
	let place: string | null = mention.channel.isThread() || mention.channel.isDMBased() ? placeOf(mention.channelId) : null;
	const details = async (part: Part) => {
		if (head === null) {
			// Nothing of ours stands yet: in a thread it goes there, else it answers the mention.
			if (place !== null && mention.channel.isSendable()) await mention.channel.send({ ...part, ...QUIET });
			else head = await reply(part);
			return;
		}
		const under = head;
		where ??= below(under, mention.channel, true, true, name);
		const channel = await where.catch(() => null);
		if (channel !== null && (channel.isThread() || channel.isDMBased())) place = placeOf(channel.id);
		if (channel !== null) await channel.send({ ...part, ...QUIET });
	};
	const put = async (message: Message) => {
		const [first, ...others] = parts(message);
		if (head === null) head = await reply(first);
		else await head.edit({ ...first, ...QUIET });
		name = plainTitle(message);
		for (const one of others) await details(one);
	};
	const plainReply = async (message: Message) => {
		for (const part of parts(message)) await mention.reply({ ...part, ...QUIET, failIfNotExists: false });
	};
	return {
		begin: put,
		progress: put,
		update: put,
		followUp: async (message) => {
			for (const part of parts(message)) await details(part);
		},
		privateReply: plainReply,
		askAddress: (_url, why) => plainReply(why),
		asker: `discord ${mention.author.id}`,
		where: () => ({ ref: head === null ? null : refOf(head), place }),
		attach: async (name, content) =>
			void (await mention.reply({
				files: [{ attachment: Buffer.from(content, "utf8"), name }],
				...QUIET,
				failIfNotExists: false,
			})),
		edit: (ref, message) => editAt(mention.client, ref, message),
	};
}

import {
	ApplicationIntegrationType,
	type ButtonInteraction,
	ChannelType,
	type CommandInteraction,
	GuildMemberFlags,
	type Message,
	MessageFlags,
	type ModalSubmitInteraction,
	PermissionFlagsBits,
	type PermissionsBitField,
	type StringSelectMenuInteraction,
} from "discord.js";
import { z } from "zod";

/** Where in Discord a question was asked: all that is needed to answer it, also by another process. */
export const DiscordPlace = z.object({
	/** What it came with. `later`: nothing, a place to come back to. */
	via: z.enum(["command", "press", "mention", "later"]),
	channelId: z.string().max(30),
	/** The parent channel of a thread: what admins decide about a channel holds in its threads. */
	parentId: z.string().max(30).nullable().default(null),
	guildId: z.string().max(30).nullable(),
	userId: z.string().max(30),
	/** Answers an interaction, for 15 minutes; null where there is none. */
	token: z.string().max(500).nullable(),
	/** The message to reply to; null for none. */
	messageId: z.string().max(30).nullable(),
	/** The message of a channel whose control was used: a thread under it has its id. null for none. */
	under: z.string().max(30).nullable().default(null),
	/** Only the person who asks gets an answer. */
	alone: z.boolean(),
	/** A thread or a direct conversation: its messages belong together. */
	apart: z.boolean(),
	mayThread: z.boolean(),
	maySend: z.boolean(),
	/** Whether everyone in the server can read the channel, as far as Discord says. */
	open: z.boolean().default(false),
	/** A thread that its channel's readers do not see. */
	hidden: z.boolean().default(false),
	/** The person may decide for the server; null: Discord did not say. */
	admin: z.boolean().nullable(),
	/** No member of the server: a guest, another app, or somebody who brought us along by an installation of their own. */
	outside: z.boolean().default(false),
});
export type DiscordPlace = z.infer<typeof DiscordPlace>;

/** An interaction that can be deferred. */
export type Deferrable = CommandInteraction | ButtonInteraction | StringSelectMenuInteraction | ModalSubmitInteraction;

/** The key of a server for decisions; null for a direct conversation. */
export const workspaceOf = ({ guildId }: { readonly guildId: string | null }): string | null =>
	guildId === null ? null : `discord ${guildId}`;

/** Where an interaction came from. */
export function placeOfInteraction(interaction: Deferrable, via: "command" | "press", alone: boolean): DiscordPlace {
	const { channel } = interaction;
	const inThread = channel?.isThread() === true;
	const isDirect = channel?.isDMBased() === true;
	const used = via === "press" && !inThread && !isDirect && "message" in interaction ? interaction.message : null;
	return {
		via,
		channelId: interaction.channelId ?? "",
		parentId: inThread ? channel.parentId : null,
		guildId: interaction.guildId,
		userId: interaction.user.id,
		token: interaction.token,
		messageId: null,
		under: used === null || used.flags.has(MessageFlags.Ephemeral) ? null : used.id,
		alone,
		apart: inThread || isDirect,
		...readersOf(channel),
		...rightsIn(interaction.appPermissions, interaction.inCachedGuild() || isDirect, inThread),
		admin: interaction.memberPermissions?.has(PermissionFlagsBits.ManageGuild) ?? (interaction.guildId === null ? false : null),
		outside: isPersonal(interaction) || isGuest(interaction.member),
	};
}

/** Where a message that mentions us was written. What we may do there it does not say: trying is the way to find out. */
export function placeOfMention(message: Message, alone: boolean): DiscordPlace {
	const { channel } = message;
	return {
		via: "mention",
		channelId: message.channelId,
		parentId: channel.isThread() ? channel.parentId : null,
		guildId: message.guildId,
		userId: message.author.id,
		token: null,
		messageId: message.id,
		under: null,
		alone,
		apart: channel.isThread() || channel.isDMBased(),
		...readersOf(channel),
		mayThread: true,
		maySend: true,
		admin: message.guildId === null ? false : (message.member?.permissions.has(PermissionFlagsBits.ManageGuild) ?? null),
		outside: message.author.bot || message.webhookId !== null || isGuest(message.member),
	};
}

/** Whether only the person installed us, not the server in which this is. Who did, Discord tells with every interaction. */
const isPersonal = ({ guildId, authorizingIntegrationOwners: owners }: Deferrable): boolean =>
	guildId !== null &&
	owners[ApplicationIntegrationType.UserInstall] !== undefined &&
	owners[ApplicationIntegrationType.GuildInstall] === undefined;

/** A guest came for a voice channel and goes with it; who is pending has not been let in yet. */
function isGuest(member: Deferrable["member"] | Message["member"]): boolean {
	if (member === null) return false;
	const { flags } = member;
	// Over HTTP it is what Discord sent, which may lack them.
	const bits = typeof flags === "number" ? flags : (flags?.bitfield ?? 0);
	return (bits & GuildMemberFlags.IsGuest) !== 0 || member.pending === true;
}

/** Who reads a channel. A channel that is not in the cache (over HTTP none is) says nothing: then it is closed. */
function readersOf(channel: Message["channel"] | CommandInteraction["channel"]): Pick<DiscordPlace, "open" | "hidden"> {
	if (channel == null || channel.isDMBased()) return { open: false, hidden: false };
	if (channel.type === ChannelType.PrivateThread) return { open: false, hidden: true };
	const { guild } = channel;
	const everybody = guild?.roles?.everyone;
	const may = everybody === undefined ? null : channel.permissionsFor(everybody);
	return { open: may?.has(PermissionFlagsBits.ViewChannel) ?? false, hidden: false };
}

/** What the payload of an interaction says of the rights here. Nothing at all means that it did not tell: then trying is the way to find out. */
function rightsIn(
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

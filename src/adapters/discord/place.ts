import {
	ApplicationIntegrationType,
	type ButtonInteraction,
	ChannelType,
	type CommandInteraction,
	GuildMemberFlags,
	InteractionContextType,
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
	/** The message whose control was used: the interaction's own answer stands for it. null for none. */
	pressed: z.string().max(30).nullable().default(null),
	/**
	 * The person whose own installation brought us here, where we are no member: everything is said through the interaction, and the
	 * workspace is that person. null: we are a member.
	 */
	installedBy: z.string().max(30).nullable().default(null),
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

/** The workspace that a server is. */
export const serverWorkspace = (guildId: string): string => `discord ${guildId}`;
/** The workspace that a person is: in direct messages with us, and wherever only their own installation brought us. */
export const personWorkspace = (userId: string): string => `discord person ${userId}`;

/** Whose workspace a place belongs to; null: the server's. */
export const personOf = ({
	installedBy,
	guildId,
	userId,
}: Pick<DiscordPlace, "installedBy" | "guildId" | "userId">): string | null => installedBy ?? (guildId === null ? userId : null);

/** Whether only the interaction reaches the people there: no message of ours does. */
export const isThroughInteraction = ({ installedBy, via }: Pick<DiscordPlace, "installedBy" | "via">): boolean =>
	installedBy !== null && via !== "later";

/** The workspace of a place. */
export function workspaceOf(place: Pick<DiscordPlace, "installedBy" | "guildId" | "userId">): string {
	const person = personOf(place);
	return person === null ? serverWorkspace(place.guildId ?? "") : personWorkspace(person);
}

/**
 * Where an interaction came from.
 * @param alone only the person who asks gets an answer; so it is too where Discord shows it to no one else
 */
export function placeOfInteraction(interaction: Deferrable, via: "command" | "press", alone: boolean): DiscordPlace {
	const { channel, guildId } = interaction;
	const inThread = channel?.isThread() === true;
	const isDirect = channel?.isDMBased() === true;
	const installedBy = installerOf(interaction);
	const pressed = via === "press" && "message" in interaction ? interaction.message : null;
	const used = inThread || isDirect || installedBy !== null ? null : pressed;
	const place = {
		via,
		channelId: interaction.channelId ?? "",
		parentId: inThread ? channel.parentId : null,
		guildId,
		userId: interaction.user.id,
		token: interaction.token,
		messageId: null,
		under: used === null || used.flags.has(MessageFlags.Ephemeral) ? null : used.id,
		pressed: pressed?.id ?? null,
		installedBy,
		alone: alone || isShownAlone(interaction),
		apart: inThread || isDirect,
		outside: installedBy !== null || isGuest(interaction.member),
	};
	if (installedBy !== null)
		return { ...place, open: false, hidden: false, mayThread: false, maySend: false, admin: place.userId === installedBy };
	return {
		...place,
		...readersOf(channel),
		...rightsIn(interaction.appPermissions, interaction.inCachedGuild() || isDirect, inThread),
		// A direct conversation is its person's own.
		admin: guildId === null ? true : (interaction.memberPermissions?.has(PermissionFlagsBits.ManageGuild) ?? null),
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
		pressed: null,
		installedBy: null,
		alone,
		apart: channel.isThread() || channel.isDMBased(),
		...readersOf(channel),
		mayThread: true,
		maySend: true,
		admin: message.guildId === null ? true : (message.member?.permissions.has(PermissionFlagsBits.ManageGuild) ?? null),
		outside: message.author.bot || message.webhookId !== null || isGuest(message.member),
	};
}

/**
 * Who brought us along where we are no member. Discord tells with every interaction whose installations it rests on; at a control that is
 * the person whose command made the message, not the one who pressed. null: the server did, or it is a direct conversation with us.
 */
function installerOf({ context, authorizingIntegrationOwners: owners }: Deferrable): string | null {
	const person = owners?.[ApplicationIntegrationType.UserInstall];
	if (person === undefined || owners[ApplicationIntegrationType.GuildInstall] !== undefined) return null;
	return context === InteractionContextType.BotDM ? null : person;
}

/** Where only a person installed us and may not use that in public, Discord makes every answer private. */
const isShownAlone = (interaction: Deferrable): boolean =>
	installerOf(interaction) !== null &&
	interaction.memberPermissions !== null &&
	!interaction.memberPermissions.has(PermissionFlagsBits.UseExternalApps);

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

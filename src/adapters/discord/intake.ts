import { setImmediate } from "node:timers/promises";
import {
	type Attachment,
	type ButtonInteraction,
	type Client,
	DiscordAPIError,
	type Message as DiscordMessage,
	Events,
	type Interaction,
	MessageFlags,
	PermissionFlagsBits,
} from "discord.js";
import { z } from "zod";
import type { Desk } from "../../desk/desk.ts";
import type { LeftOver } from "../../desk/inbox.ts";
import type { Measure } from "../../desk/metrics.ts";
import { readPress } from "../../read/action.ts";
import { nameOf } from "../../read/error.ts";
import { unreadFiles } from "../../reply/misread.ts";
import { readAttached, withAttached } from "../attached.ts";
import { parseJson } from "../lines.ts";
import { patiently } from "./calls.ts";
import { COMMAND, choicesFor, MESSAGE_COMMAND } from "./commands.ts";
import { DiscordPlace, discordConversation, rightsIn } from "./conversation.ts";
import { addressModal, pasteModal, readModal } from "./form.ts";
import { plainFromDiscord } from "./plain.ts";

type Log = (line: { readonly event: string; readonly [key: string]: unknown }) => void;

/** Discord's own words for an interaction that came too late or twice: nothing to do about it. */
const EXPECTED: ReadonlySet<number | string> = new Set([10_062, 40_060, 50_027]);
const TOO_LATE = 10_062;
const TAKEN_ALREADY = 40_060;

/** What was asked, as it is noted before it is acknowledged. */
const Noted = z.discriminatedUnion("kind", [
	z.object({
		kind: z.literal("ask"),
		place: DiscordPlace,
		text: z.string(),
		files: z.array(z.object({ url: z.string(), size: z.number() })),
		who: z.string(),
	}),
	z.object({ kind: z.literal("press"), place: DiscordPlace, press: z.string(), who: z.string() }),
]);
type Noted = z.infer<typeof Noted>;

/** An interaction that can be deferred, as far as is needed here. */
type Deferrable = Extract<Interaction, { deferReply: unknown }>;

const workspaceOf = ({ guildId }: { readonly guildId: string | null }) => (guildId === null ? null : `discord ${guildId}`);
const filesOf = (attachments: Iterable<Attachment>) => [...attachments].map(({ url, size }) => ({ url, size }));

/**
 * Listens to the three ways in which Discord brings a question. Interactions are noted, then deferred, before anything else.
 * @returns takes up what a process before this one noted
 */
export function listenToDiscord(
	client: Client<true>,
	desk: Desk,
	log: Log,
	allowed: (url: URL) => boolean,
	measure: Pick<Measure, "acknowledged">,
): (left: LeftOver) => Promise<void> {
	/** What a listener throws must not end the process; Discord's errors carry the interaction's token, so only their number is told. */
	const guarded = (work: Promise<unknown>) =>
		void work.catch((error: unknown) => {
			const discord = error instanceof DiscordAPIError;
			log({
				event: discord && EXPECTED.has(error.code) ? "discord-too-late" : "discord-listener-failed",
				error: discord ? error.code : nameOf(error),
			});
		});

	const run = async (id: string, what: Noted, left?: LeftOver): Promise<void> => {
		const asked = { id, again: left !== undefined, over: left?.over ?? false };
		// Whatever else has arrived is acknowledged before the work on this one begins.
		await setImmediate();
		const room = discordConversation(client, what.place);
		if (what.kind === "press") {
			const press = readPress(what.press);
			if (press === null || press.do === "origin-form" || press.do === "paste-form") return desk.drop(id);
			return desk.press(press, room, what.who, asked);
		}
		const read = await readAttached(what.files, { allowed, headers: {} });
		if (read.unread > 0) await room.privateReply(unreadFiles(read.unread)).catch(() => {});
		await desk.handle(withAttached(plainFromDiscord(what.text), read.text), room, what.who, asked);
	};

	const placeOf = (interaction: Deferrable, via: "command" | "press", alone: boolean): DiscordPlace => {
		const { channel } = interaction;
		const apart = channel?.isThread() === true || channel?.isDMBased() === true;
		const botIsHere = interaction.inCachedGuild() || channel?.isDMBased() === true;
		return {
			via,
			channelId: interaction.channelId ?? "",
			parentId: channel?.isThread() === true ? channel.parentId : null,
			guildId: interaction.guildId,
			userId: interaction.user.id,
			token: interaction.token,
			messageId: null,
			alone,
			apart,
			...rightsIn(interaction.appPermissions, botIsHere, channel?.isThread() === true),
			admin: interaction.memberPermissions?.has(PermissionFlagsBits.ManageGuild) ?? (interaction.guildId === null ? false : null),
		};
	};
	/**
	 * Notes, then defers. An interaction that Discord has given up (its three seconds are over) is answered in the channel instead.
	 * @returns the id to go on with; null: it is done or on its way
	 */
	const noted = async (interaction: Deferrable, what: Noted, defer: () => Promise<unknown>): Promise<string | null> => {
		const started = performance.now();
		const id = desk.accept(`interaction:${interaction.id}`, "discord", what);
		if (id === null) return null;
		try {
			await patiently(defer, true);
		} catch (error) {
			const code = error instanceof DiscordAPIError ? error.code : null;
			// Acknowledged already: Discord took it while its answer to us was lost, and it was asked again. Whatever else it is: what is
			// noted is answered, in the channel if need be.
			if (code !== TAKEN_ALREADY)
				log({ event: code === TOO_LATE ? "discord-too-late" : "not-acknowledged", caseId: id, error: code ?? "Error" });
		}
		measure.acknowledged("discord", (performance.now() - started) / 1_000);
		return id;
	};

	const take = async (interaction: Deferrable, markup: string, attachments: Iterable<Attachment> = []) => {
		const text = plainFromDiscord(markup);
		const workspace = workspaceOf(interaction);
		const site = interaction.isModalSubmit() ? null : desk.wantsAddress(text, workspace);
		const form = site === null ? null : addressModal(site.url);
		// A form can only be the very first answer.
		if (form !== null && !interaction.isModalSubmit()) return void (await interaction.showModal(form));
		const files = filesOf(attachments);
		const alone = (files.length === 0 && desk.privately(text)) || desk.privateByDefault(workspace);
		const what: Noted = {
			kind: "ask",
			place: placeOf(interaction, "command", alone),
			text: markup,
			files,
			who: interaction.user.displayName,
		};
		const id = await noted(interaction, what, () => interaction.deferReply(alone ? { flags: MessageFlags.Ephemeral } : {}));
		if (id !== null) await run(id, what);
	};
	const pressed = async (interaction: ButtonInteraction) => {
		const press = readPress(interaction.customId);
		if (press === null) return;
		if (press.do === "origin-form") {
			// Where no address is wanted, the answer says why; the form would only ask for it first.
			const asked = `origin ${press.url}`;
			if (desk.wantsAddress(asked, workspaceOf(interaction)) === null) return take(interaction, asked);
			const form = addressModal(press.url);
			if (form !== null) await interaction.showModal(form);
			return;
		}
		if (press.do === "paste-form") return interaction.showModal(pasteModal(press.case));
		const alone = interaction.message.flags.has(MessageFlags.Ephemeral) || desk.privateByDefault(workspaceOf(interaction));
		const what: Noted = {
			kind: "press",
			place: placeOf(interaction, "press", alone),
			press: interaction.customId,
			who: interaction.user.displayName,
		};
		const id = await noted(interaction, what, () => interaction.deferUpdate());
		if (id !== null) await run(id, what);
	};

	client.on(Events.InteractionCreate, (interaction) => {
		if (interaction.isAutocomplete()) guarded(interaction.respond(choicesFor(interaction.options.getFocused())));
		else if (interaction.isChatInputCommand() && interaction.commandName === COMMAND) {
			const file = interaction.options.getAttachment("file");
			guarded(
				take(interaction, interaction.options.getString("ask") ?? (file === null ? "help" : ""), file === null ? [] : [file]),
			);
		} else if (interaction.isButton()) guarded(pressed(interaction));
		else if (interaction.isModalSubmit()) {
			const question = readModal(interaction);
			if (question !== null) guarded(take(interaction, question));
		} else if (interaction.isMessageContextMenuCommand() && interaction.commandName === MESSAGE_COMMAND) {
			guarded(take(interaction, wholeText(interaction.targetMessage), interaction.targetMessage.attachments.values()));
		}
	});

	client.on(Events.MessageCreate, (message) => {
		// A ping of us by name, or a reply to us; never @everyone, never a bot.
		if (message.author.bot || message.system || !message.mentions.users.has(client.user.id)) return;
		const { channel } = message;
		const what: Noted = {
			kind: "ask",
			place: {
				via: "mention",
				channelId: message.channelId,
				parentId: channel.isThread() ? channel.parentId : null,
				guildId: message.guildId,
				userId: message.author.id,
				token: null,
				messageId: message.id,
				alone: desk.privateByDefault(workspaceOf(message)),
				apart: channel.isThread() || channel.isDMBased(),
				mayThread: true,
				maySend: true,
				admin: message.guildId === null ? false : (message.member?.permissions.has(PermissionFlagsBits.ManageGuild) ?? null),
			},
			text: message.content,
			files: filesOf(message.attachments.values()),
			who: message.author.displayName,
		};
		const id = desk.accept(`message:${message.id}`, "discord", what);
		if (id !== null) guarded(run(id, what));
	});

	return async (left) => {
		const what = Noted.safeParse(parseJson(left.body));
		if (what.success) await run(left.id, what.data, left);
		else desk.drop(left.id);
	};
}

/** Content and embeds: alerts of other tools put their text into embeds. */
function wholeText(message: Pick<DiscordMessage, "content" | "embeds">): string {
	return [
		message.content,
		...message.embeds.flatMap((embed) => [
			embed.title,
			embed.description,
			...embed.fields.map((field) => `${field.name}: ${field.value}`),
			embed.url,
		]),
	]
		.filter((part) => part != null && part !== "")
		.join("\n");
}

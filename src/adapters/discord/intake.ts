import { type Attachment, type Client, DiscordAPIError, type Message as DiscordMessage, Events, MessageFlags } from "discord.js";
import type { Desk } from "../../core/desk.ts";
import { readPress } from "../../core/press.ts";
import { unreadFiles } from "../../reply/misread.ts";
import type { Seen } from "../../store/seen.ts";
import { readAttached, withAttached } from "../attached.ts";
import { COMMAND, choicesFor, MESSAGE_COMMAND } from "./commands.ts";
import { type Command, interactionConversation, mentionConversation, pressConversation } from "./conversation.ts";
import { addressModal, pasteModal, readModal } from "./form.ts";
import { plainFromDiscord } from "./plain.ts";

type Log = (line: { readonly event: string; readonly [key: string]: unknown }) => void;

/** Discord's own words for an interaction that came too late or twice: nothing to do about it. */
const EXPECTED: ReadonlySet<number | string> = new Set([10_062, 40_060, 50_027]);

/** Listens to the three ways in which Discord brings a question. Interactions are deferred before anything else. */
export function listenToDiscord(client: Client<true>, desk: Desk, seen: Seen, log: Log, allowed: (url: URL) => boolean): void {
	/** What a listener throws must not end the process; Discord's errors carry the interaction's token, so only their number is told. */
	const guarded = (work: Promise<unknown>) =>
		void work.catch((error: unknown) => {
			const discord = error instanceof DiscordAPIError;
			log({
				event: discord && EXPECTED.has(error.code) ? "discord-too-late" : "discord-listener-failed",
				error: discord ? error.code : error instanceof Error ? error.name : "Error",
			});
		});

	const read = (attachments: Iterable<Attachment>) =>
		readAttached(
			[...attachments].map(({ url, size }) => ({ url, size })),
			allowed,
			{},
		);
	const take = async (interaction: Command, markup: string, attachments: Iterable<Attachment> = []) => {
		const text = plainFromDiscord(markup);
		const site = interaction.isModalSubmit() ? null : desk.wantsAddress(text);
		const form = site === null ? null : addressModal(site.url);
		// A form can only be the very first answer.
		if (form !== null && !interaction.isModalSubmit()) return void (await interaction.showModal(form));
		const files = [...attachments];
		const privately = files.length === 0 && desk.privately(text);
		await interaction.deferReply(privately ? { flags: MessageFlags.Ephemeral } : {});
		const room = interactionConversation(interaction, privately);
		const attached = await read(files);
		if (attached.unread > 0) await room.privateReply(unreadFiles(attached.unread)).catch(() => {});
		await desk.handle(withAttached(text, attached.text), room, interaction.user.displayName);
	};

	client.on(Events.InteractionCreate, (interaction) => {
		if (interaction.isAutocomplete()) {
			guarded(interaction.respond(choicesFor(interaction.options.getFocused())));
			return;
		}
		if (!seen.first(`interaction:${interaction.id}`)) return;
		if (interaction.isChatInputCommand() && interaction.commandName === COMMAND) {
			const file = interaction.options.getAttachment("file");
			guarded(
				take(interaction, interaction.options.getString("ask") ?? (file === null ? "help" : ""), file === null ? [] : [file]),
			);
		} else if (interaction.isButton()) {
			const press = readPress(interaction.customId);
			if (press?.do === "origin-form") {
				const form = addressModal(press.url);
				if (form !== null) guarded(interaction.showModal(form));
			} else if (press?.do === "paste-form") guarded(interaction.showModal(pasteModal(press.case)));
			else if (press !== null) {
				const pressed = async () => {
					await interaction.deferUpdate();
					await desk.press(press, pressConversation(interaction), interaction.user.displayName);
				};
				guarded(pressed());
			}
		} else if (interaction.isModalSubmit()) {
			const question = readModal(interaction);
			if (question !== null) guarded(take(interaction, question));
		} else if (interaction.isMessageContextMenuCommand() && interaction.commandName === MESSAGE_COMMAND) {
			guarded(take(interaction, wholeText(interaction.targetMessage), interaction.targetMessage.attachments.values()));
		}
	});

	client.on(Events.MessageCreate, (message) => {
		// A ping of us by name, or a reply to us; never @everyone, never a bot.
		if (message.author.bot || message.system || !message.mentions.users.has(client.user.id)) return;
		if (!seen.first(`message:${message.id}`)) return;
		const answer = async () => {
			const room = mentionConversation(message);
			const attached = await read(message.attachments.values());
			if (attached.unread > 0) await room.privateReply(unreadFiles(attached.unread)).catch(() => {});
			await desk.handle(withAttached(plainFromDiscord(message.content), attached.text), room, message.author.displayName);
		};
		guarded(answer());
	});
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

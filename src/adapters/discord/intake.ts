import { type Client, DiscordAPIError, type Message as DiscordMessage, Events, MessageFlags } from "discord.js";
import type { Desk } from "../../core/desk.ts";
import { readPress } from "../../core/press.ts";
import type { Seen } from "../seen.ts";
import { COMMAND, choicesFor, MESSAGE_COMMAND } from "./commands.ts";
import { type Command, interactionConversation, mentionConversation } from "./conversation.ts";
import { addressModal, readAddressModal } from "./form.ts";
import { plainFromDiscord } from "./plain.ts";

type Log = (line: { readonly event: string; readonly [key: string]: unknown }) => void;

/** Discord's own words for an interaction that came too late or twice: nothing to do about it. */
const EXPECTED: ReadonlySet<number | string> = new Set([10_062, 40_060, 50_027]);

/** Listens to the three ways in which Discord brings a question. Interactions are deferred before anything else. */
export function listenToDiscord(client: Client<true>, desk: Desk, seen: Seen, log: Log): void {
	/** What a listener throws must not end the process; Discord's errors carry the interaction's token, so only their number is told. */
	const guarded = (work: Promise<unknown>) =>
		void work.catch((error: unknown) => {
			const discord = error instanceof DiscordAPIError;
			log({
				event: discord && EXPECTED.has(error.code) ? "discord-too-late" : "discord-listener-failed",
				error: discord ? error.code : error instanceof Error ? error.name : "Error",
			});
		});

	const take = async (interaction: Command, markup: string) => {
		const text = plainFromDiscord(markup);
		const site = interaction.isModalSubmit() ? null : desk.wantsAddress(text);
		const form = site === null ? null : addressModal(site.url);
		// A form can only be the very first answer.
		if (form !== null && !interaction.isModalSubmit()) return void (await interaction.showModal(form));
		const privately = desk.privately(text);
		await interaction.deferReply(privately ? { flags: MessageFlags.Ephemeral } : {});
		await desk.handle(text, interactionConversation(interaction, privately));
	};

	client.on(Events.InteractionCreate, (interaction) => {
		if (interaction.isAutocomplete()) {
			guarded(interaction.respond(choicesFor(interaction.options.getFocused())));
			return;
		}
		if (!seen.first(`interaction:${interaction.id}`)) return;
		if (interaction.isChatInputCommand() && interaction.commandName === COMMAND) {
			guarded(take(interaction, interaction.options.getString("ask") ?? "help"));
		} else if (interaction.isButton()) {
			const press = readPress(interaction.customId);
			const form = press === null ? null : addressModal(press.url);
			if (form !== null) guarded(interaction.showModal(form));
		} else if (interaction.isModalSubmit()) {
			const question = readAddressModal(interaction);
			if (question !== null) guarded(take(interaction, question));
		} else if (interaction.isMessageContextMenuCommand() && interaction.commandName === MESSAGE_COMMAND) {
			guarded(take(interaction, wholeText(interaction.targetMessage)));
		}
	});

	client.on(Events.MessageCreate, (message) => {
		// A ping of us by name, or a reply to us; never @everyone, never a bot.
		if (message.author.bot || message.system || !message.mentions.users.has(client.user.id)) return;
		if (!seen.first(`message:${message.id}`)) return;
		guarded(desk.handle(plainFromDiscord(message.content), mentionConversation(message)));
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

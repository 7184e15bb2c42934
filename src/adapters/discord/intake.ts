import {
	type Attachment,
	type ButtonInteraction,
	type Client,
	Events,
	type Interaction,
	type Message,
	MessageFlags,
	type ModalSubmitInteraction,
	type StringSelectMenuInteraction,
} from "discord.js";
import type { Desk } from "../../desk/desk.ts";
import { readAction, staysPrivate } from "../../read/action.ts";
import { STORE_AWAY } from "../../reply/misread.ts";
import { type AttachedFile, attachedFile } from "../attached.ts";
import type { Log } from "../bot.ts";
import { type FormAction, wrongAddress } from "../form.ts";
import { asksIn, HELD_MAX, type Intake, opensForm, pressIn } from "../intake.ts";
import { withRetry } from "./calls.ts";
import { COMMAND, choicesFor, MESSAGE_COMMAND } from "./commands.ts";
import { listenerFailed, unlessAnswered } from "./errors.ts";
import { modal, readModal } from "./form.ts";
import { messageText } from "./message-text.ts";
import { NO_PINGS } from "./parts.ts";
import { type Deferrable, type DiscordPlace, placeOfInteraction, placeOfMention, serverWorkspace, workspaceOf } from "./place.ts";
import type { Servers } from "./servers.ts";

/**
 * A replica whose database does not answer leaves the others this time to take an interaction: their answer is better than its sentence.
 */
const OTHERS_MS = 1_000;

/** Listens to the ways in which Discord brings a question. Interactions are kept, then deferred, before anything else. */
export class DiscordIntake {
	readonly #desk: Desk;
	readonly #intake: Intake<DiscordPlace>;
	readonly #log: Log;
	readonly #readsAll: boolean;
	readonly #hasGateway: boolean;

	/**
	 * @param readsAll Discord sends us the content of every message
	 * @param hasGateway where every replica hears everything
	 */
	constructor(desk: Desk, intake: Intake<DiscordPlace>, log: Log, readsAll: boolean, hasGateway: boolean) {
		this.#readsAll = readsAll;
		this.#hasGateway = hasGateway;
		this.#desk = desk;
		this.#intake = intake;
		this.#log = log;
	}

	/**
	 * Adds the listeners. What they throw must not end the process.
	 * @param servers null: nobody keeps where we are
	 */
	listen(client: Client<true>, servers: Pick<Servers, "met" | "left"> | null): void {
		const failed = (error: unknown) => {
			const line = listenerFailed(error);
			if (line !== null) this.#log(line);
		};
		client.on(Events.InteractionCreate, (interaction) => void this.#interaction(interaction).catch(failed));
		client.on(Events.MessageCreate, (message) => void this.#said(message, client.user.id).catch(failed));
		// During an outage of Discord a server is unavailable, which the SDK tells as another event.
		client.on(Events.GuildDelete, ({ id }) => void this.#left(id, servers).catch(failed));
		if (servers === null) return;
		client.on(Events.GuildCreate, ({ id }) => void servers.met(id).catch(failed));
		// Over HTTP this is how we hear of it. A server that only has our commands cannot be asked about, and is not in our list of servers.
		client.on(Events.InteractionCreate, ({ guildId }) => {
			if (guildId !== null && client.guilds.cache.has(guildId)) void servers.met(guildId).catch(failed);
		});
	}

	async #interaction(interaction: Interaction): Promise<void> {
		if (interaction.isAutocomplete()) {
			const choices = choicesFor(interaction.options.getFocused());
			// Every replica hears it, and the first one answers.
			return interaction.respond(choices).catch(unlessAnswered);
		}
		const began = performance.now();
		await this.#intake.hear(
			eventOf(interaction),
			() => this.#asked(interaction),
			() => this.#refuse(interaction, began),
		);
	}

	/** Tells the person that the question was not noted. Of several replicas, the first one to answer Discord does. */
	async #refuse(interaction: Interaction, began: number): Promise<void> {
		const { sharing } = this.#desk;
		if (sharing === null || !interaction.isRepliable()) return;
		const leftMs = OTHERS_MS - (performance.now() - began);
		// Over HTTP nobody else hears it.
		if (this.#hasGateway && leftMs > 0) await new Promise<void>((resolve) => void sharing.later(leftMs, resolve));
		await withRetry<unknown>(
			() => interaction.reply({ content: STORE_AWAY, flags: MessageFlags.Ephemeral, allowedMentions: NO_PINGS }),
			true,
		).catch(unlessAnswered);
	}

	async #asked(interaction: Interaction): Promise<void> {
		if (interaction.isChatInputCommand() && interaction.commandName === COMMAND) {
			const file = interaction.options.getAttachment("file");
			const text = interaction.options.getString("ask") ?? (file === null ? "help" : "");
			return this.#command(interaction, text, file === null ? [] : [file]);
		}
		if (interaction.isButton()) return this.#action(interaction, interaction.customId);
		if (interaction.isStringSelectMenu()) return this.#action(interaction, interaction.values[0] ?? "");
		if (interaction.isModalSubmit()) return this.#form(interaction);
		if (interaction.isMessageContextMenuCommand() && interaction.commandName === MESSAGE_COMMAND) {
			const message = interaction.targetMessage;
			return this.#command(interaction, messageText(message), message.attachments.values());
		}
	}

	/** The bot was removed from a server. */
	async #left(guildId: string, servers: Pick<Servers, "left"> | null): Promise<void> {
		const left = () => servers?.left(guildId) ?? this.#desk.workspaceLeft("discord", serverWorkspace(guildId));
		// Discord does not tell it again.
		await this.#intake.whenBack(left);
	}

	/** A question by command or by button: about an origin without its address it opens the form, which can only be the very first answer. */
	async #command(
		interaction: Exclude<Deferrable, ModalSubmitInteraction>,
		markup: string,
		attachments: Iterable<Attachment> = [],
	): Promise<void> {
		const site = await this.#intake.wantsAddress(markup, placeOfInteraction(interaction, "command", true));
		if (site !== null && (await this.#openForm(interaction, { do: "origin-form", url: site.url }))) return;
		await this.#question(interaction, markup, filesOf(attachments));
	}

	async #form(interaction: ModalSubmitInteraction): Promise<void> {
		const read = readModal(interaction);
		if (read === null) return;
		if ("press" in read) return this.#press(interaction, read.press, isOfPrivateHead(interaction));
		const { action, question } = read;
		const problem = action.do === "origin-form" ? this.#desk.addressProblem(question) : null;
		if (action.do !== "origin-form" || problem === null) return this.#question(interaction, question, []);
		const place = placeOfInteraction(interaction, "command", true);
		const what = asksIn(place, question, interaction.user.displayName);
		const id = await this.#intake.accept(eventOf(interaction), what, () => this.#defer(interaction, true));
		if (id !== null) await this.#intake.reply(id, what, wrongAddress(problem, action));
	}

	#defer(interaction: Deferrable, alone: boolean): Promise<unknown> {
		return withRetry<unknown>(() => interaction.deferReply(alone ? { flags: MessageFlags.Ephemeral } : {}), true);
	}

	async #question(interaction: Deferrable, markup: string, files: readonly AttachedFile[]): Promise<void> {
		const open = placeOfInteraction(interaction, "command", false);
		const alone =
			(await this.#intake.isPrivate(files.length === 0 ? markup : null, open)) ||
			(await this.#desk.privateByDefault(workspaceOf(open)));
		const place = placeOfInteraction(interaction, "command", alone);
		const what = asksIn(place, markup, interaction.user.displayName, files);
		await this.#intake.answer(eventOf(interaction), what, () => this.#defer(interaction, place.alone));
	}

	/** @param carried by the button that was pressed, or the option that was chosen */
	async #action(interaction: ButtonInteraction | StringSelectMenuInteraction, carried: string): Promise<void> {
		const action = readAction(carried);
		if (action === null) return;
		const question = await this.#intake.insteadOfForm(action, placeOfInteraction(interaction, "press", true));
		if (question !== null) return this.#command(interaction, question);
		if (opensForm(action)) return void (await this.#openForm(interaction, action));
		// [Yes] counts in the thread of the sentence; outside any thread, a private message is all that its reader sees of the case.
		const inThread = action.do === "answer" || interaction.channel?.isThread() === true;
		await this.#press(
			interaction,
			carried,
			staysPrivate(action, inThread) && interaction.message.flags.has(MessageFlags.Ephemeral),
		);
	}

	/** @param isPrivate only the asker sees the answer, like the message of the button */
	async #press(
		interaction: ButtonInteraction | StringSelectMenuInteraction | ModalSubmitInteraction,
		carried: string,
		isPrivate: boolean,
	): Promise<void> {
		// A form that no message opened has nothing to update: it gets an answer like a command's.
		const isCommand = interaction.isModalSubmit() && !interaction.isFromMessage();
		const via = isCommand ? "command" : "press";
		const workspace = workspaceOf(placeOfInteraction(interaction, via, isPrivate));
		const place = placeOfInteraction(interaction, via, isPrivate || (await this.#desk.privateByDefault(workspace)));
		const what = pressIn(place, carried, interaction.user.displayName);
		const acknowledge = () =>
			isCommand ? this.#defer(interaction, place.alone) : withRetry<unknown>(() => interaction.deferUpdate(), true);
		await this.#intake.answer(eventOf(interaction), what, acknowledge);
	}

	/**
	 * Opens the private form, which can only be the very first answer. It is kept before that, so that of two deliveries one opens it; one
	 * that is lost in between is dropped, because it cannot be opened later.
	 * @returns false: there is no form for this action
	 */
	async #openForm(interaction: Exclude<Deferrable, ModalSubmitInteraction>, action: FormAction): Promise<boolean> {
		const form = modal(action);
		if (form === null) return false;
		const what = pressIn(placeOfInteraction(interaction, "press", true), form.custom_id, interaction.user.displayName);
		const id = await this.#intake.accept(eventOf(interaction), what, () => interaction.showModal(form));
		if (id !== null) await this.#intake.drop(id);
		return true;
	}

	/**
	 * A ping of us by name, a reply to us, or a direct message; never @everyone, never a bot. Anything else only if the operator enabled
	 * message content and an admin allowed reading.
	 */
	async #said(message: Message, ourId: string): Promise<void> {
		if (message.author.id === ourId || message.system) return;
		const isOverheard = message.guildId !== null && !message.mentions.users.has(ourId);
		if (isOverheard ? !this.#readsAll : message.author.bot) return;
		// Discord does not bring a message again.
		const kept = await this.#intake.whenBack(
			async () => {
				const open = placeOfMention(message, false);
				const place = placeOfMention(message, await this.#desk.privateByDefault(workspaceOf(open)));
				const what = asksIn(place, messageText(message), message.author.displayName, filesOf(message.attachments.values()));
				const key = `message:${message.id}`;
				const id = await (isOverheard ? this.#intake.overheard(key, what, message.author.bot) : this.#intake.keep(key, what));
				return { id, what };
			},
			isOverheard ? HELD_MAX / 2 : HELD_MAX,
		);
		if (kept !== null && kept.id !== null) await this.#intake.run(kept.id, kept.what);
	}
}

/** Opened from a private message outside any thread: the case is shown only there. */
const isOfPrivateHead = (interaction: ModalSubmitInteraction): boolean =>
	interaction.isFromMessage() &&
	interaction.message.flags.has(MessageFlags.Ephemeral) &&
	interaction.channel?.isThread() !== true;

const eventOf = ({ id }: { readonly id: string }): string => `interaction:${id}`;
const filesOf = (attachments: Iterable<Attachment>): AttachedFile[] =>
	[...attachments].map(({ name, url, size }) => attachedFile(name, url, size));

import {
	ApplicationCommandOptionType,
	ApplicationCommandType,
	ApplicationIntegrationType,
	InteractionContextType,
	type REST,
	Routes,
} from "discord.js";
import { VERBS } from "../../read/text/question.ts";

/** Discord: characters of a string option, of a choice. */
const ASK_MAX_CHARS = 6_000;
const CHOICE_MAX_CHARS = 100;
const CHOICES_MAX = 25;

const EVERYWHERE = {
	contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
	integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
};

export const COMMAND = "cf520";
export const MESSAGE_COMMAND = "Diagnose 520";

/** What the bot registers. */
export const COMMANDS = [
	{
		type: ApplicationCommandType.ChatInput,
		name: COMMAND,
		description: "Cloudflare says 520: what is wrong, where, and what to do next (for admins: admin, forget)",
		options: [
			{
				type: ApplicationCommandOptionType.String,
				name: "ask",
				description: "Site, Ray ID, headers origin autopsy logs answer solved report watch unwatch explain help privacy",
				max_length: ASK_MAX_CHARS,
				autocomplete: true,
				required: false,
			},
			{
				type: ApplicationCommandOptionType.Attachment,
				name: "file",
				description: "A text file: an error page, what curl printed, a HAR entry, recorded bytes",
				required: false,
			},
		],
		...EVERYWHERE,
	},
	{ type: ApplicationCommandType.Message, name: MESSAGE_COMMAND, ...EVERYWHERE },
] as const;

/** Whether what Discord holds is what we would register: compared by the keys that we set. */
export function sameCommands(registered: unknown): boolean {
	if (!Array.isArray(registered) || registered.length !== COMMANDS.length) return false;
	return COMMANDS.every((wanted) => registered.some((have) => covers(have, wanted)));
}

function covers(have: unknown, wanted: unknown): boolean {
	if (Array.isArray(wanted))
		return Array.isArray(have) && have.length === wanted.length && wanted.every((one, index) => covers(have[index], one));
	if (typeof wanted === "object" && wanted !== null) {
		return (
			typeof have === "object" &&
			have !== null &&
			Object.entries(wanted).every(([key, value]) => covers((have as Record<string, unknown>)[key], value))
		);
	}
	// Discord leaves `false` out of what it gives back.
	return have === wanted || (wanted === false && have === undefined);
}

/** Registers the commands where they differ from what Discord holds; returns whether it wrote. One PUT, idempotent. */
export async function registerCommands(
	rest: Pick<REST, "get" | "put">,
	applicationId: string,
	guildId: string | undefined,
): Promise<boolean> {
	const route =
		guildId === undefined ? Routes.applicationCommands(applicationId) : Routes.applicationGuildCommands(applicationId, guildId);
	if (sameCommands(await rest.get(route))) return false;
	await rest.put(route, { body: COMMANDS });
	return true;
}

/** Choices for what was typed so far: the verbs, and the same words behind a verb that takes an address. */
export function choicesFor(typed: string): { name: string; value: string }[] {
	const text = typed.trim();
	const examples: Record<(typeof VERBS)[number], string> = {
		headers: "headers shop.example",
		origin: "origin shop.example",
		autopsy: "autopsy HTTP/1.1 200 OK",
		logs: "logs …",
		answer: "answer origin-log nothing",
		solved: "solved origin-crashed",
		report: "report",
		watch: "watch shop.example for 30m",
		unwatch: "unwatch",
		explain: "explain 520",
		admin: "admin",
		forget: "forget shop.example",
		ray: "ray 8a7d5e2fbcd1a1c3-DFW",
		help: "help",
		privacy: "privacy",
	};
	const starting = VERBS.filter((verb) => verb.startsWith(text.toLowerCase())).map((verb) => examples[verb]);
	const all =
		text === ""
			? starting
			: text.includes(" ") || VERBS.some((verb) => verb === text)
				? [text, ...starting]
				: [text, ...starting, ...(text.includes(".") ? [`headers ${text}`] : [])];
	return [...new Set(all)]
		.filter((one) => one.length <= CHOICE_MAX_CHARS)
		.slice(0, CHOICES_MAX)
		.map((one) => ({ name: one, value: one }));
}

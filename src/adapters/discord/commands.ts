import {
	ApplicationCommandOptionType,
	ApplicationCommandType,
	ApplicationIntegrationType,
	InteractionContextType,
	type REST,
	Routes,
} from "discord.js";
import { VERB_LIST, verbRow } from "../../read/text/verbs.ts";

/** Discord: characters of a description, of a string option, of a choice. */
const DESCRIPTION_MAX_CHARS = 100;
const ASK_MAX_CHARS = 6_000;
const CHOICE_MAX_CHARS = 100;
const CHOICES_MAX = 25;

const EVERYWHERE = {
	contexts: [InteractionContextType.Guild, InteractionContextType.BotDM, InteractionContextType.PrivateChannel],
	integration_types: [ApplicationIntegrationType.GuildInstall, ApplicationIntegrationType.UserInstall],
};

export const COMMAND = "cf520";
export const MESSAGE_COMMAND = "Diagnose 520";

const FOR_ADMINS = VERB_LIST.filter((verb) => verbRow(verb).admins);
/** Help lists `ray` as "Ray ID". */
const FOR_ALL = VERB_LIST.filter((verb) => verb !== "ray" && !verbRow(verb).admins);

/** As many of the words as a description holds; the choices while typing are all of them. */
function described(start: string, words: readonly string[]): string {
	const all = `${start} ${words.join(" ")}`;
	if (all.length <= DESCRIPTION_MAX_CHARS) return all;
	return `${all.slice(0, DESCRIPTION_MAX_CHARS - 1).replace(/\S*$/, "")}…`;
}

/** What the bot registers. */
export const COMMANDS = [
	{
		type: ApplicationCommandType.ChatInput,
		name: COMMAND,
		description: `Find out why Cloudflare shows an error (for admins: ${FOR_ADMINS.join(", ")})`,
		options: [
			{
				type: ApplicationCommandOptionType.String,
				name: "ask",
				description: described("A URL, a Ray ID, log lines or a question:", FOR_ALL),
				max_length: ASK_MAX_CHARS,
				autocomplete: true,
				required: false,
			},
			{
				type: ApplicationCommandOptionType.Attachment,
				name: "file",
				description: "A text file: an error page, curl output, a HAR entry or recorded bytes",
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
	const starting = VERB_LIST.filter((verb) => verb.startsWith(text.toLowerCase())).map((verb) => {
		const { offered, example } = verbRow(verb);
		return offered ?? example;
	});
	const all =
		text === ""
			? starting
			: text.includes(" ") || VERB_LIST.some((verb) => verb === text)
				? [text, ...starting]
				: [text, ...starting, ...(text.includes(".") ? [`headers ${text}`] : [])];
	return [...new Set(all)]
		.filter((one) => one.length <= CHOICE_MAX_CHARS)
		.slice(0, CHOICES_MAX)
		.map((one) => ({ name: one, value: one }));
}

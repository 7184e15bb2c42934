import { show } from "../message/show.ts";
import { askAgain, failedWords, fix, listed, type NoAnswer, note, off, ok, unknown } from "./doctor.ts";

const NAME_MAX_CHARS = 40;
const named = (text: string) => show(text, NAME_MAX_CHARS);
const PORTAL = "https://discord.com/developers/applications";
const FIRST_SETTINGS = "Fix the settings first, then run doctor again.";
/** Why something of the application was not read, and where to see it. */
const APPLICATION_UNKNOWN = "Without the application's own record I cannot tell.";

export const discordTokenWords = {
	good: (bot: string, application: string) => ok("discord-token", `Bot ${named(bot)} of application ${named(application)}.`),
	rejected: () =>
		fix("discord-token", "Discord rejects DISCORD_TOKEN (401).", `Reset it under Bot at ${PORTAL}, and set the new one.`),
	limited: () =>
		unknown(
			"discord-token",
			"Discord limits the requests of this token or IP address (429).",
			"Wait ten minutes, then run doctor again.",
		),
	noAnswer: (failed: NoAnswer) => unknown("discord-token", failedWords("Discord", failed), askAgain(failed)),
	unusable: () => unknown("discord-token", "DISCORD_TOKEN is not usable as it is set.", FIRST_SETTINGS),
	absent: () => off("discord-token", "DISCORD_TOKEN is not set, so there is no Discord bot."),
};

export const discordIntentsWords = {
	notNeeded: () => ok("discord-intents", "No privileged intent is needed."),
	on: () => ok("discord-intents", "Message Content Intent is on, as DISCORD_MESSAGE_CONTENT=1 needs."),
	lacking: () =>
		fix(
			"discord-intents",
			"DISCORD_MESSAGE_CONTENT=1 needs Message Content Intent, which is off.",
			`Turn it on under Bot at ${PORTAL}, or unset DISCORD_MESSAGE_CONTENT.`,
		),
	overHttp: () =>
		note(
			"discord-intents",
			"DISCORD_MESSAGE_CONTENT=1 has no effect with DISCORD_PUBLIC_KEY: over HTTP there are no messages.",
			"Unset one of the two.",
		),
	unknown: () => unknown("discord-intents", APPLICATION_UNKNOWN, `See Privileged Gateway Intents under Bot at ${PORTAL}.`),
};

export const discordCommandsWords = {
	good: (inServer: boolean) =>
		ok("discord-commands", `The commands are registered${inServer ? " in the server of DISCORD_GUILD_ID" : ""}.`),
	none: () => fix("discord-commands", "The commands are not registered yet.", "Start cf520: it registers them."),
	differ: () =>
		fix(
			"discord-commands",
			"The registered commands are not those of this version.",
			"Restart cf520: it registers them at startup.",
		),
	noAccess: () =>
		fix(
			"discord-commands",
			"The server of DISCORD_GUILD_ID does not take commands of this application.",
			"Invite it with the scope applications.commands.",
		),
	noAnswer: (failed: NoAnswer) => unknown("discord-commands", failedWords("Discord", failed), askAgain(failed)),
};

export const discordInstallWords = {
	good: (isPublic: boolean | null) =>
		ok(
			"discord-install",
			`Servers and people can add the app${isPublic === false ? ", if they own it: Public Bot is off" : ""}.`,
		),
	differ: (what: readonly string[]) =>
		fix(
			"discord-install",
			`The install settings differ in ${listed(what)}.`,
			`Restart cf520, which sets them, or set them under Installation at ${PORTAL}.`,
		),
	unknown: () => unknown("discord-install", APPLICATION_UNKNOWN, `See Installation at ${PORTAL}.`),
};

export const discordKeyWords = {
	good: () => ok("discord-key", "DISCORD_PUBLIC_KEY is this application's."),
	other: () =>
		fix(
			"discord-key",
			"DISCORD_PUBLIC_KEY is another application's, so every interaction is rejected.",
			`Copy Public Key from General Information at ${PORTAL}.`,
		),
	unusable: () => unknown("discord-key", "DISCORD_PUBLIC_KEY is not usable as it is set.", FIRST_SETTINGS),
	unknown: () =>
		unknown("discord-key", APPLICATION_UNKNOWN, `Compare it with Public Key under General Information at ${PORTAL}.`),
};

export const discordEndpointWords = {
	gateway: () => ok("discord-endpoint", "Interactions arrive over the gateway."),
	http: (url: string) => ok("discord-endpoint", `Interactions go to ${show(url)}.`),
	/** It is entered, and we listen to the gateway. */
	taken: (url: string) =>
		fix(
			"discord-endpoint",
			`Interactions go to ${show(url)}, so none arrives over the gateway.`,
			`Clear Interactions Endpoint URL under General Information at ${PORTAL}, or set DISCORD_PUBLIC_KEY.`,
		),
	missing: (wanted: string) =>
		fix(
			"discord-endpoint",
			"With DISCORD_PUBLIC_KEY, interactions need an endpoint, and none is entered.",
			`Enter ${show(wanted)} as Interactions Endpoint URL at ${PORTAL}, while cf520 runs.`,
		),
	elsewhere: (url: string, wanted: string) =>
		fix(
			"discord-endpoint",
			`Interactions go to ${show(url)}, not to ${show(wanted)}.`,
			`Change Interactions Endpoint URL at ${PORTAL}, while cf520 runs.`,
		),
	unknown: () =>
		unknown("discord-endpoint", APPLICATION_UNKNOWN, `See Interactions Endpoint URL under General Information at ${PORTAL}.`),
};

export const discordGuildWords = {
	good: (name: string) => ok("discord-guild", `The bot is in ${named(name)}, the server of DISCORD_GUILD_ID.`),
	notIn: () =>
		fix(
			"discord-guild",
			"The bot is not in the server of DISCORD_GUILD_ID.",
			"Invite it there with README's link, or unset DISCORD_GUILD_ID.",
		),
	unusable: () => unknown("discord-guild", "DISCORD_GUILD_ID is not usable as it is set.", FIRST_SETTINGS),
	noAnswer: (failed: NoAnswer) => unknown("discord-guild", failedWords("Discord", failed), askAgain(failed)),
};

export const discordChannelWords = {
	good: (name: string) => ok("discord-channel", `The bot has every permission that it needs in #${named(name)}.`),
	lacking: (name: string, permissions: readonly string[]) =>
		fix(
			"discord-channel",
			`In #${named(name)} the bot lacks ${listed(permissions)}.`,
			"Grant this to the bot's role, in the channel's Permissions or the server's Roles.",
		),
	notText: (name: string) =>
		fix(
			"discord-channel",
			`#${named(name)} takes no messages and threads.`,
			"Use a text channel, an announcement channel or a thread.",
		),
	notFound: (id: string) =>
		fix(
			"discord-channel",
			`Discord does not show the bot the channel ${show(id)}.`,
			"Invite the bot to its server, and grant View Channel there.",
		),
	unreadable: (id: string) =>
		unknown(
			"discord-channel",
			`The roles of the server of ${show(id)} could not be read.`,
			"Run /cf520 ask:help in that channel.",
		),
	noAnswer: (failed: NoAnswer) => unknown("discord-channel", failedWords("Discord", failed), askAgain(failed)),
	noToken: () =>
		unknown("discord-channel", "Without a token that Discord accepts, I cannot ask about a channel.", "Fix DISCORD_TOKEN first."),
};

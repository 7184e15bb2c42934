import { Client, DiscordAPIError, Events, GatewayIntentBits, Partials } from "discord.js";
import type { Desk } from "../../core/desk.ts";
import { rememberSeen, type Seen } from "../../store/seen.ts";
import { hostAllowed } from "../attached.ts";
import { registerCommands } from "./commands.ts";
import { listenToDiscord } from "./intake.ts";

export interface DiscordSettings {
	readonly token: string;
	readonly apiUrl: string | undefined;
	/** Register commands in this server only (development: takes effect at once). */
	readonly guildId: string | undefined;
}

export interface RunningBot {
	/** Connected and able to take questions. */
	ready(): boolean;
	stop(): Promise<void>;
}

type Log = (line: { readonly event: string; readonly [key: string]: unknown }) => void;

const READY_MS_MAX = 30_000;

/** Starts the Discord bot over the gateway. Rejects when Discord refuses the token or cannot be reached. */
export async function startDiscord(
	settings: DiscordSettings,
	desk: Desk,
	log: Log,
	seen: Seen = rememberSeen(Date.now),
): Promise<RunningBot> {
	const client = new Client({
		// No privileged intent: mentions, replies to us, direct messages and message commands bring their text without one.
		intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
		partials: [Partials.Channel],
		allowedMentions: { parse: [], repliedUser: false },
		...(settings.apiUrl === undefined ? {} : { rest: { api: settings.apiUrl } }),
	});
	// Without these listeners an error of the socket ends the process.
	client.on(Events.Error, (error) => log({ event: "discord-error", error: error.name }));
	client.on(Events.ShardError, (error) => log({ event: "discord-shard-error", error: error.name }));
	const ready = new Promise<void>((resolve, reject) => {
		const late = setTimeout(() => reject(new Error("Discord's gateway did not become ready within 30 s")), READY_MS_MAX);
		client.once(Events.ClientReady, () => {
			clearTimeout(late);
			resolve();
		});
		client.login(settings.token).catch((error: unknown) => {
			clearTimeout(late);
			reject(new Error(startHint(error)));
		});
	});
	try {
		await ready;
		const on = client as Client<true>;
		listenToDiscord(on, desk, seen, log, hostAllowed(["cdn.discordapp.com", "media.discordapp.net"], settings.apiUrl));
		const wrote = await registerCommands(on.rest, on.application.id, settings.guildId);
		log({ event: "discord-connected", commands: wrote ? "registered" : "unchanged" });
	} catch (error) {
		await client.destroy();
		throw error instanceof DiscordAPIError ? new Error(startHint(error)) : error;
	}
	return { ready: () => client.isReady(), stop: () => client.destroy() };
}

/** Words for an operator; the SDK's own message may hold the request. */
function startHint(error: unknown): string {
	const message = error instanceof Error ? error.message : "";
	if (/invalid token/i.test(message) || (error instanceof DiscordAPIError && error.status === 401))
		return "DISCORD_TOKEN is not valid any more: reset it under Bot in the developer portal and copy the new one";
	if (/disallowed intents/i.test(message))
		return "Discord refuses the intents: this bot needs none of the privileged ones, check that the token is the right application's";
	return `Discord did not take the login (${error instanceof DiscordAPIError ? error.code : "not reachable"})`;
}

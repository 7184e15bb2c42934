import { Client, DiscordAPIError, Events, GatewayIntentBits, Options, Partials } from "discord.js";
import type { Desk } from "../../desk/desk.ts";
import { type Measure, unmeasured } from "../../desk/metrics.ts";
import { hostAllowed } from "../attached.ts";
import { parseJson } from "../lines.ts";
import { registerCommands } from "./commands.ts";
import { DiscordPlace, discordConversation } from "./conversation.ts";
import { DISCORD_PATH, interactionsListener, startWithoutGateway } from "./http.ts";
import { listenToDiscord } from "./intake.ts";

export interface DiscordSettings {
	readonly token: string;
	readonly apiUrl: string | undefined;
	/** Register commands in this server only (development: takes effect at once). */
	readonly guildId: string | undefined;
	/** The application's Ed25519 key, hex: interactions come over HTTP, and there is no gateway. */
	readonly publicKey?: string | null;
}

/** Where a platform that delivers over HTTP is served. */
export type Mount = (path: string, listener: ReturnType<typeof interactionsListener>) => void;

export interface RunningBot {
	/** Connected and able to take questions. */
	ready(): boolean;
	/** The platform takes our token no more: a new start does not help, a new token does. */
	refused(): boolean;
	stop(): Promise<void>;
}

type Log = (line: { readonly event: string; readonly [key: string]: unknown }) => void;

const READY_MS_MAX = 30_000;
const CACHED_MAX = 500;
const SWEPT_EVERY_S = 600;
const KNOWN_MS_MAX = 3_600_000;
const INVALID_TOKEN = "DISCORD_TOKEN is not valid any more: reset it under Bot in the developer portal and copy the new one";

/** Starts the Discord bot, over the gateway or HTTP. Rejects when Discord refuses the token or cannot be reached. */
export async function startDiscord(
	settings: DiscordSettings,
	desk: Desk,
	log: Log,
	{ measure = unmeasured, mount = null }: { readonly measure?: Measure; readonly mount?: Mount | null } = {},
): Promise<RunningBot> {
	const client = new Client({
		// No privileged intent: mentions, replies to us, direct messages and message commands bring their text without one.
		intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.DirectMessages],
		partials: [Partials.Channel],
		allowedMentions: { parse: [], repliedUser: false },
		// Each question may open a thread: nothing of its messages is looked up again, and people come and go.
		makeCache: Options.cacheWithLimits({
			...Options.DefaultMakeCacheSettings,
			MessageManager: 0,
			ReactionManager: 0,
			ThreadMemberManager: 0,
			PresenceManager: 0,
			UserManager: { maxSize: CACHED_MAX, keepOverLimit: (user) => user.id === user.client.user.id },
			GuildMemberManager: { maxSize: CACHED_MAX, keepOverLimit: (member) => member.id === member.client.user.id },
		}),
		// With a gateway, threads have to be known for as long as somebody may write in them; without one they are fetched when needed.
		sweepers:
			settings.publicKey == null
				? Options.DefaultSweeperSettings
				: {
						threads: {
							interval: SWEPT_EVERY_S,
							filter: () => (thread) => Date.now() - (thread.createdTimestamp ?? 0) > KNOWN_MS_MAX,
						},
					},
		...(settings.apiUrl === undefined ? {} : { rest: { api: settings.apiUrl } }),
	});
	let refused = false;
	// Without these listeners an error of the socket ends the process.
	client.on(Events.Error, (error) => log({ event: "discord-error", error: error.name }));
	client.on(Events.ShardError, (error) => log({ event: "discord-shard-error", error: error.name }));
	client.on(Events.ShardResume, () => measure.reconnected("discord"));
	client.on(Events.ShardReconnecting, () => log({ event: "discord-reconnecting" }));
	client.on(Events.Invalidated, () => {
		refused = true;
		log({ event: "token-refused", platform: "discord", say: INVALID_TOKEN });
	});
	client.rest.on("response", ({ path }, response) => {
		// The SDK forgets the token at the first 401 and never sends it again. An interaction that is over answers 401 too (50027): that
		// token was its own.
		if (response.status !== 401 || refused || /^\/(?:webhooks|interactions)\//.test(path)) return;
		refused = true;
		log({ event: "token-refused", platform: "discord", say: INVALID_TOKEN });
	});
	const overHttp = settings.publicKey != null;
	try {
		const on = overHttp ? await startWithoutGateway(client, settings.token) : await loggedIn(client, settings.token);
		const takeUp = listenToDiscord(
			on,
			desk,
			log,
			hostAllowed(["cdn.discordapp.com", "media.discordapp.net"], settings.apiUrl),
			measure,
		);
		const wrote = await registerCommands(on.rest, on.application.id, settings.guildId);
		if (settings.publicKey != null) {
			if (mount === null) throw new Error("Discord over HTTP needs PORT, the port that Discord's requests come to");
			mount(DISCORD_PATH, interactionsListener(on, settings.publicKey, log));
			log({ event: "discord-listening", path: DISCORD_PATH, commands: wrote ? "registered" : "unchanged" });
		} else log({ event: "discord-connected", commands: wrote ? "registered" : "unchanged" });
		desk.connect("discord", (door) => {
			const place = DiscordPlace.safeParse(parseJson(door));
			return place.success ? discordConversation(on, place.data) : null;
		});
		for (const left of desk.leftOver("discord")) void takeUp(left).catch(() => log({ event: "not-taken-up", caseId: left.id }));
	} catch (error) {
		await client.destroy();
		throw error instanceof DiscordAPIError ? new Error(startHint(error)) : error;
	}
	return {
		ready: () => (overHttp || client.isReady()) && !refused,
		refused: () => refused,
		stop: async () => {
			desk.disconnect("discord");
			await client.destroy();
		},
	};
}

function loggedIn(client: Client, token: string): Promise<Client<true>> {
	return new Promise((resolve, reject) => {
		const late = setTimeout(() => reject(new Error("Discord's gateway did not become ready within 30 s")), READY_MS_MAX);
		client.once(Events.ClientReady, (on) => {
			clearTimeout(late);
			resolve(on);
		});
		client.login(token).catch((error: unknown) => {
			clearTimeout(late);
			reject(new Error(startHint(error)));
		});
	});
}

/** Words for an operator; the SDK's own message may hold the request. */
function startHint(error: unknown): string {
	const message = error instanceof Error ? error.message : "";
	if (/invalid token/i.test(message) || (error instanceof DiscordAPIError && error.status === 401)) return INVALID_TOKEN;
	if (/disallowed intents/i.test(message))
		return "Discord refuses the intents: this bot needs none of the privileged ones, check that the token is the right application's";
	return `Discord did not take the login (${error instanceof DiscordAPIError ? error.code : "not reachable"})`;
}

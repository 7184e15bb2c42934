import { type Client, DiscordAPIError, Routes } from "discord.js";
import type { Desk } from "../../desk/desk.ts";
import { noMetrics } from "../../desk/metrics.ts";
import { hostAllowed } from "../attached.ts";
import { type BotOptions, type Log, mountPosts, type RunningBot, TokenState } from "../bot.ts";
import { type Chat, Intake } from "../intake.ts";
import { ReachedState } from "../reached.ts";
import { registerApplication } from "./application.ts";
import { loggedIn, newClient, startHint, watchErrors } from "./client.ts";
import { DiscordConversation, DiscordMemory } from "./conversation.ts";
import { deferralFailed } from "./errors.ts";
import { closeGateway, GatewayState, watchBeginnings } from "./gateway.ts";
import { DISCORD_EVENTS_PATH, DISCORD_PATH, eventsListener, interactionsListener, startWithoutGateway } from "./http.ts";
import { DiscordIntake } from "./intake.ts";
import { DiscordPlace, personWorkspace } from "./place.ts";
import { plainFromDiscord } from "./plain.ts";
import { Servers } from "./servers.ts";

interface DiscordSettings {
	readonly token: string;
	readonly apiUrl: string | undefined;
	/** Register commands in this server only (development: takes effect at once). */
	readonly guildId: string | undefined;
	/** The application's Ed25519 key, hex: interactions come over HTTP, and there is no gateway. */
	readonly publicKey?: string | null;
	/** Discord sends the content of messages that do not mention us: a switch of the application that the operator turned on. */
	readonly messageContent?: boolean;
}

/** Starts the Discord bot, over the gateway or HTTP. Rejects when Discord refuses the token or cannot be reached. */
export async function startDiscord(
	settings: DiscordSettings,
	desk: Desk,
	log: Log,
	options: BotOptions = {},
): Promise<RunningBot> {
	const { metrics = noMetrics, installs } = options;
	const overHttp = settings.publicKey != null;
	const reached = new ReachedState("discord", overHttp ? log : () => {});
	const client = newClient(!overHttp, settings.apiUrl, reached, settings.messageContent ?? false);
	const token = new TokenState("discord", log);
	const gateway = new GatewayState(log, metrics);
	watchErrors(client, token, log);
	gateway.watch(client);
	const servers = installs === undefined ? null : new Servers(desk, { ...options, installs }, client.rest, log);
	if (servers !== null)
		watchBeginnings(client, (there, isOfShard) => void servers.began(there, isOfShard).catch((error) => servers.failed(error)));
	try {
		const connected = await (overHttp ? startWithoutGateway : loggedIn)(client, settings.token);
		await serve(connected, settings, desk, log, options, servers);
		servers?.start();
	} catch (error) {
		await closeGateway(client);
		throw error instanceof DiscordAPIError ? new Error(startHint(error)) : error;
	}
	return {
		ready: () => (overHttp ? reached.reached : gateway.connected) && !token.refused,
		refused: () => token.refused,
		...(overHttp
			? {
					check: async () => {
						if (reached.inDoubt && !token.refused) await client.rest.get(Routes.user()).catch(() => {});
					},
				}
			: {}),
		stop: async () => {
			desk.disconnect("discord");
			servers?.stop();
			await closeGateway(client);
		},
	};
}

/** Takes questions through a client that is connected. */
async function serve(
	client: Client<true>,
	{ apiUrl, guildId, publicKey, messageContent = false }: DiscordSettings,
	desk: Desk,
	log: Log,
	{ metrics = noMetrics, mount = null }: BotOptions,
	servers: Servers | null,
): Promise<void> {
	const intake = new Intake(discordChat(client, apiUrl), desk, log, metrics);
	new DiscordIntake(desk, intake, log, messageContent, publicKey == null).listen(client, servers);
	const register = () => registerApplication(client.rest, client.application.id, guildId, log);
	const registered = await desk.inTurn("discord application", register);
	if (publicKey != null) {
		mountPosts(mount, "Discord", DISCORD_PATH, interactionsListener(client, publicKey, log));
		mountPosts(
			mount,
			"Discord",
			DISCORD_EVENTS_PATH,
			eventsListener(publicKey, log, (userId) => desk.workspaceLeft("discord", personWorkspace(userId))),
		);
		log({ event: "discord-listening", path: DISCORD_PATH, ...registered });
	} else log({ event: "discord-connected", ...registered });
	await intake.connect();
}

/** Discord, as the shared intake has to know it. */
function discordChat(client: Client<true>, apiUrl: string | undefined): Chat<DiscordPlace> {
	const memory = new DiscordMemory();
	return {
		platform: "discord",
		place: DiscordPlace,
		conversation: (place) => new DiscordConversation(client, place, memory),
		plain: plainFromDiscord,
		files: async () => ({ allowed: hostAllowed(["cdn.discordapp.com", "media.discordapp.net"], apiUrl), headers: {} }),
		acknowledgesTwice: false,
		notAcknowledged: deferralFailed,
	};
}

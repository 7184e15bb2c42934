import { Client, DefaultRestOptions, DiscordAPIError, Events, GatewayIntentBits, Options, Partials, Routes } from "discord.js";
import { z } from "zod";
import { withTimeout } from "../../desk/with-timeout.ts";
import type { Log, TokenState } from "../bot.ts";
import type { ReachedState } from "../reached.ts";
import { isTooLong } from "./errors.ts";
import { AUTHENTICATION_FAILED } from "./gateway.ts";

const READY_MS_MAX = 30_000;
/** Between two logins of shards whose turn is not at the same time: 5 s, and what the SDK adds at random. */
const LOGIN_PAUSE_MS = 6_500;
/** 640,000 servers. */
const SHARDS_MAX = 256;
const CACHED_MAX = 500;
const SWEPT_EVERY_S = 600;
const KNOWN_MS_MAX = 3_600_000;
const INVALID_TOKEN = "DISCORD_TOKEN is no longer valid: reset it under Bot in the developer portal and copy the new one";

/**
 * The SDK's client, not connected yet.
 * @param hasGateway else interactions come over HTTP
 * @param apiUrl another Discord (tests)
 * @param reached counts each call
 * @param readsAll asks for the content of messages that do not mention us: a privileged intent
 */
export function newClient(hasGateway: boolean, apiUrl: string | undefined, reached: ReachedState, readsAll: boolean): Client {
	return new Client({
		// No privileged intent unless asked for: mentions, replies to us, direct messages and message commands bring their text without one.
		intents: [
			GatewayIntentBits.Guilds,
			GatewayIntentBits.GuildMessages,
			GatewayIntentBits.DirectMessages,
			...(readsAll ? [GatewayIntentBits.MessageContent] : []),
		],
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
		// With a gateway, threads have to be cached while people may write in them; without one they are fetched when needed.
		sweepers: hasGateway
			? Options.DefaultSweeperSettings
			: {
					threads: {
						interval: SWEPT_EVERY_S,
						filter: () => (thread) => Date.now() - (thread.createdTimestamp ?? 0) > KNOWN_MS_MAX,
					},
				},
		rest: {
			...(apiUrl === undefined ? {} : { api: apiUrl }),
			rejectOnRateLimit: isTooLong,
			makeRequest: (...request) => reached.count(() => DefaultRestOptions.makeRequest(...request)),
		},
	});
}

/** Logs what breaks, and notices a token that Discord takes no more. Without these listeners an error of the socket ends the process. */
export function watchErrors(client: Client, token: TokenState, log: Log): void {
	client.on(Events.Error, (error) => log({ event: "discord-error", error: error.name }));
	client.on(Events.ShardDisconnect, ({ code }) => {
		if (code === AUTHENTICATION_FAILED) token.refuse(INVALID_TOKEN);
	});
	client.on(Events.Invalidated, () => token.refuse(INVALID_TOKEN));
	client.rest.on("response", ({ path }, response) => {
		// The SDK forgets the token at the first 401 and never sends it again. An interaction that is over answers 401 too (50027): that
		// token was its own.
		if (response.status === 401 && !/^\/(?:webhooks|interactions)\//.test(path)) token.refuse(INVALID_TOKEN);
	});
}

const GatewayInformation = z.object({
	shards: z.number().int().min(1).max(SHARDS_MAX).catch(1),
	session_start_limit: z.object({ remaining: z.number(), reset_after: z.number(), max_concurrency: z.number().int().min(1) }),
});

/**
 * Connects to the gateway, with as many shards as Discord recommends: it asks for more than one above some 2,500 servers. Rejects with
 * words for the operator.
 */
export async function loggedIn(client: Client, token: string): Promise<Client<true>> {
	const { shards, session_start_limit: limit } = await gatewayInformation(client, token);
	if (limit.remaining < shards)
		throw new Error(
			`Discord allows no more logins for this token. Try again in ${Math.ceil(limit.reset_after / 60_000)} minutes, and find out what restarts cf520 so often`,
		);
	client.options.shardCount = shards;
	client.options.shards = Array.from({ length: shards }, (_, shard) => shard);
	const ready = new Promise<Client<true>>((resolve, reject) => {
		client.once(Events.ClientReady, resolve);
		client.login(token).catch((error: unknown) => reject(new Error(startHint(error))));
	});
	// The SDK keeps the pause between logins that Discord asks for.
	const patienceMs = READY_MS_MAX + (Math.ceil(shards / limit.max_concurrency) - 1) * LOGIN_PAUSE_MS;
	const connected = await withTimeout(ready, patienceMs);
	if (connected === null) throw new Error(`Discord's gateway was not ready within ${Math.round(patienceMs / 1_000)} s`);
	return connected;
}

async function gatewayInformation(client: Client, token: string): Promise<z.infer<typeof GatewayInformation>> {
	client.rest.setToken(token);
	try {
		return GatewayInformation.parse(await client.rest.get(Routes.gatewayBot()));
	} catch (error) {
		throw new Error(startHint(error));
	}
}

/** Words for an operator; the SDK's own message may hold the request. */
export function startHint(error: unknown): string {
	const message = error instanceof Error ? error.message : "";
	if (/invalid token/i.test(message) || (error instanceof DiscordAPIError && error.status === 401)) return INVALID_TOKEN;
	if (/disallowed intents/i.test(message))
		return "Discord rejects the intents: with DISCORD_MESSAGE_CONTENT=1, turn on Message Content Intent under Bot in the developer portal; without it, check that the token belongs to the right application";
	return `Discord rejected the login (${error instanceof DiscordAPIError ? error.code : "not reachable"})`;
}

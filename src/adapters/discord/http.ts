import { createPublicKey, type KeyObject, verify } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import {
	ApplicationIntegrationType,
	type Client,
	ClientApplication,
	ClientUser,
	DiscordAPIError,
	InteractionContextType,
	Routes,
} from "discord.js";
import { withTimeout } from "../../desk/with-timeout.ts";
import { nameOf } from "../../read/error.ts";
import type { HttpListener, Log } from "../bot.ts";
import { parseJson } from "../lines.ts";
import { type Payload, readPayload, readWebhookEvent } from "./payload.ts";

export const DISCORD_PATH = "/discord/interactions";
/** What Discord tells without a question: that a person removed the application. */
export const DISCORD_EVENTS_PATH = "/discord/events";

/** An interaction is a few kilobytes; a message command brings a whole message. */
const BODY_MAX_BYTES = 1_000_000;
/** An old signed request is a replay. */
const SKEW_S_MAX = 300;
/** Discord waits three seconds in all; getting to know a server must leave time for the answer. */
const FETCH_MS_MAX = 1_200;
const PONG = { type: 1 };
const NO_INTERACTION = { error: "not an interaction" };
const NO_EVENT = { error: "not an event" };
/** ASN.1 in front of a raw Ed25519 key (RFC 8410 §4). */
const SPKI_HEAD = Buffer.from("302a300506032b6570032100", "hex");

/** What the SDK keeps to itself; version and use are pinned by tests. */
interface Inside {
	user: ClientUser;
	application: ClientApplication;
	token: string;
	readonly actions: { readonly InteractionCreate: { handle(data: unknown): void } };
}

/**
 * The SDK's client without a gateway: who we are comes over REST.
 * @throws DiscordAPIError when the token is refused
 */
export async function startWithoutGateway(client: Client, token: string): Promise<Client<true>> {
	client.rest.setToken(token);
	const inside = client as unknown as Inside;
	inside.token = token;
	const [user, application] = await Promise.all([client.rest.get(Routes.user()), client.rest.get(Routes.currentApplication())]);
	inside.user = Reflect.construct(ClientUser, [client, user]) as ClientUser;
	inside.application = Reflect.construct(ClientApplication, [client, application]) as ClientApplication;
	return client as Client<true>;
}

/**
 * Takes interactions over HTTP (https://discord.com/developers/docs/interactions/overview, "Setting up an endpoint"): signed with Ed25519 over timestamp and body, 401 for
 * anything else, PING is answered with PONG. Every other one is taken with 202 and answered through its callback address.
 * @param publicKey 32 bytes in hex
 */
export function interactionsListener(client: Client<true>, publicKey: string, log: Log): HttpListener {
	return signedListener(publicKey, log, (body) => accept(client, body, log));
}

/**
 * Takes webhook events (https://discord.com/developers/docs/events/webhook-events), signed like interactions: 204 for each that is done or
 * none of ours. Discord brings one again that was answered otherwise.
 * @param deauthorized a person removed the application from their account
 */
export function eventsListener(publicKey: string, log: Log, deauthorized: (userId: string) => Promise<void>): HttpListener {
	return signedListener(publicKey, log, async (body) => {
		const read = readWebhookEvent(parseJson(body));
		if (read === null) return [400, NO_EVENT];
		if (read !== "other") await deauthorized(read.userId);
		return [204, undefined];
	});
}

type Answer = readonly [status: number, body: unknown];

/** Answers requests that Discord signed; 401 for any other. */
function signedListener(publicKey: string, log: Log, answerTo: (body: string) => Promise<Answer>): HttpListener {
	const key = createPublicKey({ key: Buffer.concat([SPKI_HEAD, Buffer.from(publicKey, "hex")]), format: "der", type: "spki" });
	const answered = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
		const body = await bodyOf(request);
		if (body === null) {
			response.writeHead(413, { connection: "close" }).end(() => request.destroy());
			return;
		}
		const [status, said] = isSigned(request, body, key)
			? await answerTo(body.toString("utf8"))
			: [401, { error: "the signature is not from Discord" }];
		// Discord wants a type also where there is no content.
		response.writeHead(status, said === undefined && status !== 204 ? {} : { "content-type": "application/json" });
		response.end(said === undefined ? undefined : JSON.stringify(said));
	};
	return (request, response) =>
		void answered(request, response).catch((error: unknown) => {
			log({ event: "discord-listener-failed", error: nameOf(error) });
			if (!response.headersSent) response.writeHead(500);
			response.end();
		});
}

async function accept(client: Client<true>, body: string, log: Log): Promise<Answer> {
	const payload = readPayload(parseJson(body));
	if (payload === null) return [400, NO_INTERACTION];
	if (payload === "ping") return [200, PONG];
	await known(client, payload);
	try {
		// Kept in here, before Discord hears that it was taken.
		(client as unknown as Inside).actions.InteractionCreate.handle(payload);
	} catch {
		// Our listeners do not throw: the SDK cannot read what was sent.
		log({ event: "discord-malformed" });
		return [400, NO_INTERACTION];
	}
	return [202, undefined];
}

function isSigned(request: IncomingMessage, body: Buffer, key: KeyObject): boolean {
	const timestamp = String(request.headers["x-signature-timestamp"] ?? "");
	const signature = Buffer.from(String(request.headers["x-signature-ed25519"] ?? ""), "hex");
	const age = Math.abs(Date.now() / 1_000 - Number(timestamp));
	if (signature.length !== 64 || !/^\d{1,12}$/.test(timestamp) || age > SKEW_S_MAX) return false;
	return verify(null, Buffer.concat([Buffer.from(timestamp), body]), key, signature);
}

const BY_SERVER = ApplicationIntegrationType.GuildInstall;
const BY_PERSON = ApplicationIntegrationType.UserInstall;
const WITH_US = InteractionContextType.BotDM;

/** Servers that we cannot read, until when that is remembered (Unix milliseconds): each refusal counts toward a limit of Discord's. */
const notOurs = new Map<string, number>();
const NOT_OURS_MS = 10 * 60_000;
const NOT_OURS_MAX = 5_000;

const isNotOurs = (error: unknown): boolean => error instanceof DiscordAPIError && (error.status === 403 || error.status === 404);

/** Without a gateway the SDK knows no servers and channels: asked for once, and not for longer than the answer can wait. */
async function known(client: Client<true>, payload: Payload): Promise<void> {
	const { guild_id: guild, channel_id: channel, context, authorizing_integration_owners: owners } = payload;
	// Only a person installed us there: we are no member, and may not read what it is.
	if (owners?.[BY_PERSON] !== undefined && owners[BY_SERVER] === undefined && context !== WITH_US) return;
	const fetched = async () => {
		// A user install in a server without the bot: looked up once, not at every interaction.
		if (guild !== undefined && (notOurs.get(guild) ?? 0) > Date.now()) return;
		try {
			if (guild !== undefined && !client.guilds.cache.has(guild)) await client.guilds.fetch(guild);
			if (channel !== undefined && !client.channels.cache.has(channel)) await client.channels.fetch(channel);
		} catch (error) {
			if (notOurs.size >= NOT_OURS_MAX) notOurs.clear();
			// An outage says nothing of whose the server is.
			if (guild !== undefined && isNotOurs(error)) notOurs.set(guild, Date.now() + NOT_OURS_MS);
			throw error;
		}
	};
	// The interaction carries what is needed without.
	await withTimeout(
		fetched().catch(() => {}),
		FETCH_MS_MAX,
	);
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | null> {
	const parts: Buffer[] = [];
	let bytes = 0;
	for await (const part of request) {
		bytes += (part as Buffer).length;
		if (bytes > BODY_MAX_BYTES) return null;
		parts.push(part as Buffer);
	}
	return Buffer.concat(parts);
}

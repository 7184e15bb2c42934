import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { Agent, WebSocket } from "undici";
import { z } from "zod";
import { isOfNow } from "../adapters/slack/delivery.ts";
import { INSTALL_PATH, SLACK_PATH } from "../adapters/slack/paths.ts";
import { isSame, PROOF_HEADER, proofBody, proofFor, proofOf, slackSignature } from "../adapters/slack/proof.ts";
import { ask, type Reading } from "./ask.ts";
import type { Asked } from "./findings/asked.ts";
import type { PortSeen } from "./findings/machine.ts";
import { botIdOf, type SlackSeen, type SocketSeen, scopesOf } from "./findings/slack.ts";
import type { Given } from "./given.ts";

const SOCKET_MS_MAX = 5_000;
/** Slack's greeting is a few hundred bytes. */
const SOCKET_MAX_BYTES = 65_536;

/** What others find out meanwhile. */
interface Elsewhere {
	/** Who has PORT. */
	readonly port: Promise<PortSeen>;
	/** The port that tells whether the chats are connected. */
	readonly states: Promise<PortSeen>;
	readonly installs: Promise<number | null>;
}

/** Reads what Slack tells of its tokens. */
export async function lookAtSlack(given: Given, { port, states, installs }: Elsewhere, reading: Reading): Promise<SlackSeen> {
	const { values, isSet, publicUrl } = given;
	const { SLACK_BOT_TOKEN: botToken, SLACK_APP_TOKEN: appToken } = values;
	const base = slackBase(values.SLACK_API_URL);
	const call = (method: string, token: string, args: Readonly<Record<string, string>> = {}) =>
		ask(
			`${base}${method}`,
			{
				method: "POST",
				headers: { authorization: `Bearer ${token}`, "content-type": "application/x-www-form-urlencoded" },
				body: new URLSearchParams(args).toString(),
			},
			reading,
		);
	const wayIn = wayInOf(given);
	const state = (name: string) => (values[name] !== undefined ? "usable" : isSet(name) ? "unusable" : "absent");
	const auth = botToken === undefined ? null : call("auth.test", botToken);
	const asBot = async <T>(work: (auth: Asked, token: string) => Promise<T>): Promise<T | null> =>
		auth === null || botToken === undefined ? null : work(await auth, botToken);
	const [told, bot, [ticket, socket], signed, count, channels] = await Promise.all([
		auth,
		asBot(async (seen, token) => {
			const id = botIdOf(seen);
			return appToken === undefined || id === null || scopesOf(seen)?.has("users:read") !== true
				? null
				: call("bots.info", token, { bot: id });
		}),
		appToken === undefined ? [null, null] : socketOf(call("apps.connections.open", appToken), states, base, reading),
		wayIn === null || publicUrl === null ? null : signedRequest(wayIn, publicUrl, given, port, reading),
		installs,
		Promise.all(
			given.channels
				.filter(({ platform }) => platform === "slack")
				.map(async ({ id }) => ({ id, asked: await asBot((_, token) => call("conversations.info", token, { channel: id })) })),
		),
	]);
	const manyNames = ["SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET"];
	const isMany = manyNames.some(isSet);
	return {
		botToken: state("SLACK_BOT_TOKEN"),
		appToken: state("SLACK_APP_TOKEN"),
		signingSecret: state("SLACK_SIGNING_SECRET"),
		auth: told,
		bot,
		ticket,
		socket,
		signed,
		publicUrl,
		channels,
		many: isMany
			? {
					lacking: [...manyNames, "CF520_URL", "CF520_KEY"].filter((name) => values[name] === undefined),
					allowed: (values.CF520_SLACK_WORKSPACES ?? "").split(",").filter((one) => one.trim() !== ""),
					installs: count,
					url: values.CF520_URL?.replace(/\/+$/, "") ?? null,
				}
			: null,
	};
}

export const slackBase = (apiUrl: string | undefined): string => `${(apiUrl ?? "https://slack.com/api").replace(/\/+$/, "")}/`;

const Ticket = z.object({ ok: z.literal(true), url: z.string().max(4_000).refine(URL.canParse) });
const Hello = z.object({
	type: z.literal("hello"),
	num_connections: z.int().nullable().catch(null),
	connection_info: z.object({ app_id: z.string() }).nullable().catch(null),
});

/**
 * Opens one ticket. While a bot of ours is connected the ticket is dropped: Slack hands each command to one connection at random, and one
 * that a person typed just then would be lost here.
 */
async function socketOf(
	asked: Promise<Asked>,
	states: Promise<PortSeen>,
	base: string,
	reading: Reading,
): Promise<[Asked, SocketSeen | null]> {
	const ticket = await asked;
	const told = Ticket.safeParse(ticket.kind === "answered" ? ticket.json : undefined);
	if (!told.success) return [ticket, null];
	if (hasReady(await states, "slack")) return [ticket, { kind: "not-tried" }];
	const url = new URL(told.data.url);
	const api = new URL(base);
	const isSecret = url.protocol === "wss:";
	// A Slack without TLS is a laboratory's.
	const isSocket = isSecret || (url.protocol === "ws:" && api.protocol === "http:");
	const isTheirs = isSocket && (url.hostname === api.hostname || (isSecret && /(?:^|\.)slack\.com$/.test(url.hostname)));
	if (!isTheirs) return [ticket, { kind: "foreign", host: url.hostname }];
	return [ticket, await helloOf(url, reading)];
}

export const hasReady = (port: PortSeen, chat: string): boolean => port.kind === "served" && port.chats[chat] === "ready";

function helloOf(url: URL, reading: Reading): Promise<SocketSeen> {
	const agent = new Agent({ webSocket: { maxPayloadSize: SOCKET_MAX_BYTES } });
	const ends = AbortSignal.any([reading.signal, AbortSignal.timeout(SOCKET_MS_MAX)]);
	return new Promise<SocketSeen>((resolve) => {
		const socket = new WebSocket(url, { dispatcher: agent });
		const end = (seen: SocketSeen) => {
			resolve(seen);
			socket.close();
		};
		ends.addEventListener("abort", () => end({ kind: "failed", why: "no greeting in time" }), { once: true });
		socket.addEventListener("error", () => end({ kind: "failed", why: "the connection failed" }));
		socket.addEventListener("close", () => end({ kind: "failed", why: "closed without a greeting" }));
		socket.addEventListener("message", ({ data }) => {
			const hello = Hello.safeParse(jsonOf(data));
			if (!hello.success) return end({ kind: "failed", why: "not Slack's greeting" });
			end({ kind: "hello", connections: hello.data.num_connections, appId: hello.data.connection_info?.app_id ?? null });
		});
	}).finally(() => void agent.destroy().catch(() => undefined));
}

function jsonOf(data: unknown): unknown {
	try {
		return JSON.parse(String(data));
	} catch {
		return undefined;
	}
}

const Proof = z.object({ proof: z.string() });

/** Where the public URL is needed, and with which secret the two sides know each other. */
interface WayIn {
	readonly method: "GET" | "POST";
	readonly path: string;
	readonly secret: string;
}

/** Over HTTP Slack's requests come there; else, with many workspaces, the people who install the app. null: nobody comes. */
function wayInOf({ values, isSet }: Given): WayIn | null {
	const { SLACK_SIGNING_SECRET: signing, SLACK_CLIENT_SECRET: client } = values;
	if (!isSet("SLACK_APP_TOKEN")) return signing === undefined ? null : { method: "POST", path: SLACK_PATH, secret: signing };
	return client === undefined ? null : { method: "GET", path: INSTALL_PATH, secret: client };
}

/** One request signed as Slack signs, to the public URL. Where no bot has the port, this process listens on it for that long. */
async function signedRequest(
	wayIn: WayIn,
	publicUrl: string,
	given: Given,
	port: Promise<PortSeen>,
	reading: Reading,
): Promise<SlackSeen["signed"]> {
	const { method, path, secret } = wayIn;
	const url = `${publicUrl}${path}`;
	const word = randomBytes(16).toString("hex");
	const timestamp = String(Math.floor(Date.now() / 1_000));
	const body = proofBody(word);
	const own = (await port).kind === "free" ? await listenFor(wayIn, given) : null;
	try {
		const headers = {
			"content-type": "application/json",
			"x-slack-request-timestamp": timestamp,
			"x-slack-signature": slackSignature(secret, timestamp, body),
			[PROOF_HEADER]: word,
		};
		const asked = await ask(url, method === "POST" ? { method, headers, body } : { method, headers }, reading);
		const told = Proof.safeParse(asked.kind === "answered" && asked.status === 200 ? asked.json : undefined);
		return {
			url,
			asked,
			isRunning: own?.hasAnswered() !== true,
			isProven: told.success && isSame(told.data.proof, proofOf(secret, word)),
		};
	} finally {
		await own?.close();
	}
}

/** Answers our own request and nothing else: what Slack sends meanwhile it sends again. */
async function listenFor(
	{ method, path, secret }: WayIn,
	{ host, port }: Given,
): Promise<{ hasAnswered(): boolean; close(): Promise<void> }> {
	let hasAnswered = false;
	const server = createServer((request, response) => {
		request.resume();
		const isAsked = request.method === method && (request.url ?? "").split("?", 1)[0] === path && isOfNow(request);
		const proof = isAsked ? proofFor(secret, request.headers) : null;
		hasAnswered ||= proof !== null;
		response.writeHead(proof === null ? 503 : 200, { "content-type": "application/json", connection: "close" });
		response.end(proof ?? "{}");
	});
	await new Promise<void>((resolve) => {
		server.once("error", () => resolve());
		server.listen(port ?? 0, host, resolve);
	});
	return {
		hasAnswered: () => hasAnswered,
		close: () =>
			new Promise((resolve) => {
				server.closeAllConnections();
				server.close(() => resolve());
			}),
	};
}

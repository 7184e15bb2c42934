import type { IncomingMessage, ServerResponse } from "node:http";
import { App, HTTPReceiver, LogLevel, SocketModeReceiver } from "@slack/bolt";
import { WebClient } from "@slack/web-api";
import type { Desk } from "../../desk/desk.ts";
import { type Measure, unmeasured } from "../../desk/metrics.ts";
import { hostAllowed } from "../attached.ts";
import { jsonOf } from "../lines.ts";
import { REFUSED_TOKEN, slackError } from "./calls.ts";
import { SlackPlace, type SlackWorld, slackConversation } from "./conversation.ts";
import { listenToSlack, type SlackListening } from "./intake.ts";

export interface SlackSettings {
	readonly botToken: string;
	/** Socket Mode with an app-level token, or HTTP with a signing secret. */
	readonly appToken: string | null;
	readonly signingSecret?: string | null;
	readonly apiUrl: string | undefined;
	/** User ids that may decide for the workspace, beside its own admins. */
	readonly admins?: readonly string[];
}

/** Where a platform that delivers over HTTP is served. */
export type Mount = (path: string, listener: (request: IncomingMessage, response: ServerResponse) => void) => void;

export interface RunningBot {
	/** Connected and able to take questions. */
	ready(): boolean;
	/** The platform takes our token no more: a new start does not help, a new token does. */
	refused(): boolean;
	stop(): Promise<void>;
}

type Log = (line: { readonly event: string; readonly [key: string]: unknown }) => void;

/** Tries are ours (see `calls`): a late or doubled answer is worse than none. */
const POSTING = { timeout: 10_000, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true } as const;
const STOP_MS_MAX = 3_000;
export const SLACK_PATH = "/slack/events";

/** Words for an operator, by Slack's error at the start. */
const START_HINTS: Readonly<Record<string, string>> = {
	invalid_auth: "SLACK_BOT_TOKEN or SLACK_APP_TOKEN is not valid any more: copy them again from the Slack app's pages",
	not_authed: "SLACK_BOT_TOKEN is empty",
	account_inactive: "the app was removed from the workspace, or its token was revoked: install it again",
	token_revoked: "SLACK_BOT_TOKEN was revoked: install the app again and copy the new token",
	missing_scope: "the token lacks a scope: create the app from manifest.yml, or add the scope and reinstall",
};

/**
 * Starts the Slack bot, over Socket Mode or HTTP. Rejects when Slack refuses the tokens or cannot be reached.
 * The socket has a Web API client of its own: a short retry shared with it ends the process during an outage of Slack (measured with
 * @slack/socket-mode 3.1.0).
 */
export async function startSlack(
	settings: SlackSettings,
	desk: Desk,
	log: Log,
	{ measure = unmeasured, mount = null }: { readonly measure?: Measure; readonly mount?: Mount | null } = {},
): Promise<RunningBot> {
	const slackApiUrl = settings.apiUrl === undefined ? {} : { slackApiUrl: settings.apiUrl };
	const logger = quietLogger(log);
	const clientOptions = { ...slackApiUrl, ...POSTING, logger };
	const client = new WebClient(settings.botToken, clientOptions);
	const who = await client.auth.test().catch((error: unknown) => {
		const word = slackError(error);
		throw new Error(START_HINTS[word] ?? `Slack did not take the bot token (${word === "" ? "not reachable" : word})`);
	});
	const { receiver, socket } = receiverFor(settings, slackApiUrl, logger);
	let listening: SlackListening | null = null;
	const app = new App({
		receiver,
		clientOptions,
		logger,
		logLevel: LogLevel.ERROR,
		convoStore: false,
		// Known from here on: no listener waits for another auth.test.
		authorize: async (_source, body) => {
			listening?.beforeAcknowledged(body);
			return {
				botToken: settings.botToken,
				...(who.bot_id === undefined ? {} : { botId: who.bot_id }),
				...(who.user_id === undefined ? {} : { botUserId: who.user_id }),
			};
		},
	});
	let refused = false;
	const world: SlackWorld = {
		client,
		admins: new Set(settings.admins ?? []),
		team: who.team_id ?? null,
		log,
		refused: (word) => {
			if (!refused) log({ event: "token-refused", platform: "slack", say: START_HINTS[word] ?? START_HINTS.invalid_auth });
			refused = true;
		},
	};
	let open = false;
	let connections = 0;
	let stopping = false;
	socket?.client.on("connected", () => {
		open = true;
		connections += 1;
		if (connections > 1) measure.reconnected("slack");
		log({ event: "slack-connected" });
	});
	for (const name of ["disconnected", "reconnecting", "disconnecting"]) socket?.client.on(name, () => (open = false));
	app.error(async (error) => {
		const word = slackError(error);
		if (REFUSED_TOKEN.has(word)) world.refused(word);
		log({ event: "slack-listener-failed", error: word || error.name || "Error" });
	});
	const files = {
		allowed: hostAllowed(["files.slack.com"], settings.apiUrl),
		headers: { authorization: `Bearer ${settings.botToken}` },
	};
	const responses = hostAllowed(["hooks.slack.com"], settings.apiUrl);
	listening = listenToSlack(app, desk, world, who.user_id ?? "", files, responses, measure);
	if (socket !== null) await app.start();
	else if (receiver instanceof HTTPReceiver) {
		if (mount === null) throw new Error("Slack over HTTP needs PORT, the port that Slack's requests come to");
		const http = receiver;
		mount(SLACK_PATH, (request, response) =>
			request.method === "POST" ? http.requestListener(request, response) : void response.writeHead(405).end(),
		);
		open = true;
		log({ event: "slack-listening", path: SLACK_PATH });
	}
	desk.connect("slack", (door) => {
		const place = SlackPlace.safeParse(jsonOf(door));
		return place.success ? slackConversation(world, place.data) : null;
	});
	for (const left of desk.leftOver("slack"))
		void listening.takeUp(left).catch(() => log({ event: "not-taken-up", caseId: left.id }));
	return {
		ready: () => open && !refused,
		refused: () => refused,
		stop: async () => {
			if (stopping) return;
			stopping = true;
			desk.disconnect("slack");
			if (socket === null) {
				open = false;
				return;
			}
			const gone = open ? disconnected(socket.client) : Promise.resolve();
			await app.stop().catch(() => {});
			await gone;
		},
	};
}

function receiverFor(
	settings: SlackSettings,
	slackApiUrl: { readonly slackApiUrl?: string },
	logger: ReturnType<typeof quietLogger>,
): { readonly receiver: SocketModeReceiver | HTTPReceiver; readonly socket: SocketModeReceiver | null } {
	if (settings.appToken !== null) {
		const socket = new SocketModeReceiver({
			appToken: settings.appToken,
			installerOptions: { clientOptions: slackApiUrl },
			logger,
		});
		return { receiver: socket, socket };
	}
	const receiver = new HTTPReceiver({
		signingSecret: settings.signingSecret ?? "",
		endpoints: SLACK_PATH,
		logger,
		// A path that is none of Slack's: the server in front answers those itself.
		dispatchErrorHandler: async ({ response }) => void response.writeHead(404).end(),
	});
	return { receiver, socket: null };
}

/** Waits until the socket is closed: app.stop() resolves before that. */
function disconnected(client: SocketModeReceiver["client"]): Promise<void> {
	return new Promise((resolve) => {
		const timer = setTimeout(resolve, STOP_MS_MAX);
		client.once("disconnected", () => {
			clearTimeout(timer);
			resolve();
		});
	});
}

/** Bolt's and the SDK's own lines, without their texts: those may hold tokens, response URLs or what people wrote. */
function quietLogger(log: Log) {
	const line =
		(level: string) =>
		(...parts: unknown[]) =>
			log({
				event: "slack-sdk",
				severity: level,
				about: String(parts[0] instanceof Error ? parts[0].name : parts[0]).slice(0, 120),
			});
	return {
		debug: () => {},
		info: () => {},
		warn: line("warn"),
		error: line("error"),
		setLevel: () => {},
		getLevel: () => LogLevel.ERROR,
		setName: () => {},
	};
}

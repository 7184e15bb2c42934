import { App, LogLevel, SocketModeReceiver } from "@slack/bolt";
import { WebClient } from "@slack/web-api";
import type { Desk } from "../../core/desk.ts";
import { rememberSeen, type Seen } from "../../store/seen.ts";
import { hostAllowed } from "../attached.ts";
import { slackError } from "./conversation.ts";
import { listenToSlack } from "./intake.ts";

export interface SlackSettings {
	readonly botToken: string;
	readonly appToken: string;
	readonly apiUrl: string | undefined;
}

export interface RunningBot {
	/** Connected and able to take questions. */
	ready(): boolean;
	stop(): Promise<void>;
}

type Log = (line: { readonly event: string; readonly [key: string]: unknown }) => void;

/** Short retries for what we post: a late or doubled answer is worse than none. */
const POSTING = { timeout: 10_000, retryConfig: { retries: 2, minTimeout: 300, maxTimeout: 2_000 } } as const;
const STOP_MS_MAX = 3_000;

/** Words for an operator, by Slack's error at the start. */
const START_HINTS: Readonly<Record<string, string>> = {
	invalid_auth: "SLACK_BOT_TOKEN or SLACK_APP_TOKEN is not valid any more: copy them again from the Slack app's pages",
	not_authed: "SLACK_BOT_TOKEN is empty",
	account_inactive: "the app was removed from the workspace, or its token was revoked: install it again",
	token_revoked: "SLACK_BOT_TOKEN was revoked: install the app again and copy the new token",
	missing_scope: "the token lacks a scope: create the app from manifest.yml, or add the scope and reinstall",
};

/**
 * Starts the Slack bot over Socket Mode. Rejects when Slack refuses the tokens or cannot be reached.
 * The socket has a Web API client of its own: a short retry shared with it ends the process during an outage of Slack (measured with
 * @slack/socket-mode 3.1.0).
 */
export async function startSlack(
	settings: SlackSettings,
	desk: Desk,
	log: Log,
	seen: Seen = rememberSeen(Date.now),
): Promise<RunningBot> {
	const slackApiUrl = settings.apiUrl === undefined ? {} : { slackApiUrl: settings.apiUrl };
	const logger = quietLogger(log);
	const clientOptions = { ...slackApiUrl, ...POSTING, logger };
	const who = await new WebClient(settings.botToken, clientOptions).auth.test().catch((error: unknown) => {
		const word = slackError(error);
		throw new Error(START_HINTS[word] ?? `Slack did not take the bot token (${word === "" ? "not reachable" : word})`);
	});
	const receiver = new SocketModeReceiver({
		appToken: settings.appToken,
		installerOptions: { clientOptions: slackApiUrl },
		logger,
	});
	const app = new App({
		receiver,
		clientOptions,
		logger,
		logLevel: LogLevel.ERROR,
		convoStore: false,
		// Known from here on: no listener waits for another auth.test.
		authorize: async () => ({
			botToken: settings.botToken,
			...(who.bot_id === undefined ? {} : { botId: who.bot_id }),
			...(who.user_id === undefined ? {} : { botUserId: who.user_id }),
		}),
	});
	let open = false;
	let stopping = false;
	receiver.client.on("connected", () => {
		open = true;
		log({ event: "slack-connected" });
	});
	for (const name of ["disconnected", "reconnecting", "disconnecting"]) receiver.client.on(name, () => (open = false));
	app.error(async (error) => log({ event: "slack-listener-failed", error: slackError(error) || error.name || "Error" }));
	listenToSlack(app, desk, seen, who.user_id ?? "", {
		allowed: hostAllowed(["files.slack.com"], settings.apiUrl),
		headers: { authorization: `Bearer ${settings.botToken}` },
	});
	await app.start();
	return {
		ready: () => open,
		stop: async () => {
			if (stopping) return;
			stopping = true;
			const gone = open ? disconnected(receiver.client) : Promise.resolve();
			await app.stop().catch(() => {});
			await gone;
		},
	};
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
				level,
				about: String(parts[0] instanceof Error ? parts[0].name : parts[0])
					.replace(/(?:xox[a-z]-|xapp-|https?:\/\/|wss?:\/\/)\S+/g, "[masked]")
					.slice(0, 120),
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

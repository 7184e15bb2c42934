import { App, LogLevel, type ReceiverEvent } from "@slack/bolt";
import { WebClient } from "@slack/web-api";
import type { Desk } from "../../desk/desk.ts";
import { noMetrics } from "../../desk/metrics.ts";
import { StoreAway } from "../../desk/stores.ts";
import { nameOf } from "../../read/error.ts";
import { hostAllowed } from "../attached.ts";
import { type BotOptions, type Log, type RunningBot, TokenState } from "../bot.ts";
import { type Chat, Intake } from "../intake.ts";
import { nameBook } from "../names.ts";
import { ReachedState } from "../reached.ts";
import { withRetry } from "./calls.ts";
import { type SlackContext, SlackPlace } from "./context.ts";
import { SlackConversation } from "./conversation.ts";
import { httpDelivery, sdkLogger, socketDelivery } from "./delivery.ts";
import { isTokenRefused, slackError } from "./errors.ts";
import { HeldBack } from "./held-back.ts";
import { SlackIntake } from "./intake.ts";
import { shownName } from "./people.ts";
import { plainFromSlack } from "./plain.ts";
import { RefusedWidgets } from "./refused.ts";
import { SharedChannels } from "./shared.ts";

interface SlackSettings {
	readonly botToken: string;
	/** Socket Mode with an app-level token, or HTTP with a signing secret. */
	readonly appToken: string | null;
	readonly signingSecret?: string | null;
	readonly apiUrl: string | undefined;
	/** User ids that may decide for the workspace, beside its own admins. */
	readonly admins?: readonly string[];
}

/** Tries are ours (see `calls`): a late or doubled answer is worse than none. */
const POSTING = { timeout: 10_000, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true } as const;

const INVALID_AUTH = "SLACK_BOT_TOKEN or SLACK_APP_TOKEN is no longer valid: copy both again from the Slack app's pages";
/** Words for an operator, by Slack's error at the start. */
const START_HINTS: Readonly<Record<string, string>> = {
	invalid_auth: INVALID_AUTH,
	not_authed: "SLACK_BOT_TOKEN is empty",
	account_inactive: "the app was removed from the workspace, or its token was revoked: install the app again",
	token_revoked: "SLACK_BOT_TOKEN was revoked: install the app again and copy the new token",
	missing_scope: "the token lacks a scope: add it (manifest.yml lists all), and reinstall the app",
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
	{ metrics = noMetrics, mount = null }: BotOptions = {},
): Promise<RunningBot> {
	const { botToken, appToken, signingSecret, apiUrl } = settings;
	const logger = sdkLogger(log);
	const reached = new ReachedState("slack", appToken === null ? log : () => {});
	const counted: typeof fetch = (url, request) => reached.count(() => fetch(url, request));
	const clientOptions = { ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }), ...POSTING, logger, fetch: counted };
	const client = new WebClient(botToken, clientOptions);
	const who = await whoWeAre(client);
	const token = new TokenState("slack", log);
	const checkToken = (error: unknown) => {
		if (isTokenRefused(error)) token.refuse(START_HINTS[slackError(error)] ?? INVALID_AUTH);
	};
	const context: SlackContext = {
		client,
		call: (call, repeatable) =>
			withRetry(call, repeatable).catch((error: unknown) => {
				checkToken(error);
				throw error;
			}),
		admins: new Set(settings.admins ?? []),
		team: who.team_id ?? null,
		botUserId: who.user_id ?? "",
		isResponseUrl: hostAllowed(["hooks.slack.com"], apiUrl),
		fetch: counted,
		widgets: new RefusedWidgets(log),
		shared: new SharedChannels(),
		heldBack: new HeldBack(),
		hasReplicas: desk.sharing !== null,
		log,
	};
	const intake = new Intake(slackChat(context, botToken, apiUrl), desk, log, metrics);
	const listening = new SlackIntake(desk, intake, context);
	const delivery =
		appToken === null
			? httpDelivery(signingSecret ?? "", mount, logger, log)
			: socketDelivery(appToken, apiUrl, logger, log, metrics);
	const app = new OwnApp({
		receiver: delivery.receiver,
		clientOptions,
		logger,
		logLevel: LogLevel.ERROR,
		convoStore: false,
		// Known from here on: no listener waits for another auth.test.
		authorize: async (_source, body) => {
			await listening.beforeAcknowledged(body);
			return {
				botToken,
				...(who.bot_id === undefined ? {} : { botId: who.bot_id }),
				...(who.user_id === undefined ? {} : { botUserId: who.user_id }),
			};
		},
	});
	const failed = (error: Error) => log({ event: "slack-listener-failed", error: slackError(error) || error.name || "Error" });
	app.error(async (error) => {
		// Not acknowledged: Slack brings it again. Bolt would acknowledge what fails in authorize, and take an error of that kind for it.
		if ([error, error.original].some((one) => one instanceof StoreAway)) throw new StoreAway();
		checkToken(error);
		failed(error);
	});
	app.first = (body) =>
		listening.uninstalled(body).catch((error: Error) => {
			if (!(error instanceof StoreAway)) failed(error);
			throw error;
		});
	listening.listen(app);
	await delivery.start(app);
	await intake.connect();
	let stopping = false;
	return {
		ready: () => delivery.isOpen() && !token.refused && (appToken !== null || reached.reached),
		refused: () => token.refused,
		...(appToken === null
			? {
					check: async () => {
						if (reached.inDoubt && !token.refused) await client.auth.test().catch(checkToken);
					},
				}
			: {}),
		stop: async () => {
			if (stopping) return;
			stopping = true;
			desk.disconnect("slack");
			await delivery.stop(app);
		},
	};
}

/**
 * Does something with each request before Bolt sees it. That the app was removed Bolt acknowledges without asking `authorize`, and before its
 * listeners run.
 */
class OwnApp extends App {
	/** What rejects is not acknowledged, and Slack sends it again. */
	first: (body: unknown) => Promise<void> = async () => {};

	override async processEvent(event: ReceiverEvent): Promise<void> {
		await this.first(event.body);
		await super.processEvent(event);
	}
}

/** Slack, as the shared intake has to know it. */
const slackChat = (context: SlackContext, botToken: string, apiUrl: string | undefined): Chat<SlackPlace> => {
	const names = nameBook((user) => shownName(context.client, user));
	return {
		platform: "slack",
		place: SlackPlace,
		conversation: (place) => new SlackConversation(context, place),
		plain: plainFromSlack,
		files: { allowed: hostAllowed(["files.slack.com"], apiUrl), headers: { authorization: `Bearer ${botToken}` } },
		personIn: (place) => names(place.user),
		acknowledgesTwice: true,
		// Slack may also say that it did not hear it: the socket broke just now.
		notAcknowledged: (error) => ({ event: "not-acknowledged", error: nameOf(error) }),
	};
};

/** The bot's own ids. Rejects with words for the operator. */
const whoWeAre = (client: WebClient) =>
	client.auth.test().catch((error: unknown) => {
		const word = slackError(error);
		throw new Error(START_HINTS[word] ?? `Slack rejected the bot token (${word === "" ? "not reachable" : word})`);
	});

import { App, LogLevel, type ReceiverEvent } from "@slack/bolt";
import { WebClient, type WebClientOptions } from "@slack/web-api";
import type { Desk } from "../../desk/desk.ts";
import { noMetrics } from "../../desk/metrics.ts";
import { StoreAway } from "../../desk/stores.ts";
import { nameOf } from "../../read/error.ts";
import { filesNotAllowed } from "../../reply/misread.ts";
import { hostAllowed } from "../attached.ts";
import { type BotOptions, type Log, type RunningBot, TokenState } from "../bot.ts";
import { type Chat, Intake } from "../intake.ts";
import { ReachedState } from "../reached.ts";
import { SlackPlace } from "./context.ts";
import { SlackConversation } from "./conversation.ts";
import { httpDelivery, sdkLogger, socketDelivery } from "./delivery.ts";
import { isTokenRefused, NotInstalled, slackError } from "./errors.ts";
import { type AppSettings, INSTALL_PATH, Installing } from "./installing.ts";
import { SlackInstalls } from "./installs.ts";
import { SlackIntake } from "./intake.ts";
import { Leaving } from "./leaving.ts";
import { plainFromSlack } from "./plain.ts";
import { FILES_SCOPE } from "./scopes.ts";
import { finishStep, refuseStep, StepRun } from "./step.ts";
import { StepConversation } from "./step-conversation.ts";
import { ManyWorkspaces, oneWorkspace, type Sharing, type SlackWorkspaces } from "./workspaces.ts";

interface SlackSettings {
	/** null: `app` says how each workspace gets its own. */
	readonly botToken: string | null;
	/** Any workspace may install the app; absent or null: one workspace, by `botToken`. */
	readonly app?: AppSettings | null;
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

/** The workspaces, and what is to be known and done about their tokens. */
interface Tokens {
	readonly workspaces: SlackWorkspaces;
	/** Slack rejects the one token there is. */
	isRefused(): boolean;
	/** How many installations' tokens Slack rejects; absent: there is one token. */
	readonly refusedCount?: () => number;
	/** A listener failed: the token may be why. */
	failed(error: unknown): void;
	/** Slack is asked whether it is there. Never rejects. */
	ask(): Promise<void>;
	/** Is told each request before anything else. What rejects is not acknowledged, and Slack sends it again. */
	first(body: unknown): Promise<void>;
	/** The chat is connected: what is done again and again begins. The result ends it. */
	begin(): () => Promise<void>;
}

/** What both kinds of tokens are used with. */
interface Using {
	readonly settings: SlackSettings;
	readonly clientOptions: WebClientOptions;
	readonly sharing: Sharing;
	readonly log: Log;
}

/**
 * Starts the Slack bot, over Socket Mode or HTTP. Rejects when Slack refuses the tokens or cannot be reached.
 * The socket has a Web API client of its own: a short retry shared with it ends the process during an outage of Slack (measured with
 * @slack/socket-mode 3.1.0).
 */
export async function startSlack(settings: SlackSettings, desk: Desk, log: Log, options: BotOptions = {}): Promise<RunningBot> {
	const { metrics = noMetrics, mount = null, clock = realClock } = options;
	const { appToken, signingSecret, apiUrl } = settings;
	const logger = sdkLogger(log);
	const reached = new ReachedState("slack", appToken === null ? log : () => {});
	const counted: typeof fetch = (url, request) => reached.count(() => fetch(url, request));
	const clientOptions = { ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }), ...POSTING, logger, fetch: counted };
	const isResponseUrl = hostAllowed(["hooks.slack.com"], apiUrl);
	const sharing: Sharing = {
		admins: new Set(settings.admins ?? []),
		isResponseUrl,
		fetch: counted,
		hasReplicas: desk.sharing !== null,
		now: clock.now,
		log,
	};
	const using: Using = { settings, clientOptions, sharing, log };
	const tokens = settings.app == null ? await oneToken(using) : manyTokens(settings.app, using, desk, logger, options);
	const { workspaces } = tokens;
	const intake = new Intake(slackChat(workspaces, apiUrl), desk, log, metrics);
	const listening = new SlackIntake(desk, intake, workspaces);
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
			// Everything else finds its workspace where it is answered, and can say there why it is not.
			if (!isEvent(body)) return {};
			const team = await workspaces.of(body);
			if (team === null) throw new NotInstalled();
			const context = workspaces.at(team);
			const { token, botId, botUserId } = await context.installed();
			await listening.beforeAcknowledged(context, body);
			return { botToken: token, botUserId, ...(botId === null ? {} : { botId }) };
		},
	});
	const failed = (error: Error & { readonly original?: unknown }) => {
		// Bolt wraps what a listener rejects with.
		const cause = error.original ?? error;
		log({ event: "slack-listener-failed", error: slackError(cause) || nameOf(cause) });
	};
	app.error(async (error) => {
		// Not acknowledged: Slack brings it again. Bolt would acknowledge what fails in authorize, and take an error of that kind for it.
		if ([error, error.original].some((one) => one instanceof StoreAway)) throw new StoreAway();
		tokens.failed(error);
		failed(error);
	});
	app.first = (body) =>
		tokens.first(body).catch((error: Error) => {
			if (!(error instanceof StoreAway)) failed(error);
			throw error;
		});
	listening.listen(app);
	await delivery.start(app);
	await intake.connect();
	const end = tokens.begin();
	let stopping = false;
	return {
		ready: () => delivery.isOpen() && !tokens.isRefused() && (appToken !== null || reached.reached),
		refused: () => tokens.isRefused(),
		...(tokens.refusedCount === undefined ? {} : { workspacesRefused: tokens.refusedCount }),
		...(appToken === null
			? {
					check: async () => {
						if (reached.inDoubt && !tokens.isRefused()) await tokens.ask();
					},
				}
			: {}),
		stop: async () => {
			if (stopping) return;
			stopping = true;
			await end();
			desk.disconnect("slack");
			await delivery.stop(app);
		},
	};
}

/** One workspace, by the operator's own bot token. That it was revoked deletes nothing: one that is renewed is revoked, too. */
async function oneToken({ settings, clientOptions, sharing, log }: Using): Promise<Tokens> {
	const token = settings.botToken ?? "";
	const client = new WebClient(token, clientOptions);
	const who = await whoWeAre(client);
	const state = new TokenState("slack", log);
	const failed = (error: unknown) => {
		if (isTokenRefused(error)) state.refuse(START_HINTS[slackError(error)] ?? INVALID_AUTH);
	};
	const installed = {
		client,
		token,
		team: who.team_id ?? null,
		botUserId: who.user_id ?? "",
		botId: who.bot_id ?? null,
		scopes: who.response_metadata?.scopes ?? null,
	};
	return {
		workspaces: oneWorkspace(installed, sharing, failed),
		isRefused: () => state.refused,
		failed,
		ask: async () => void (await client.auth.test().catch(failed)),
		first: async () => {},
		begin: () => async () => {},
	};
}

/** Something that happened, as against what a person pressed or typed into a form or a command. */
const isEvent = (body: unknown): boolean =>
	typeof body === "object" && body !== null && "type" in body && body.type === "event_callback";

/** How often rejected tokens are asked about. */
const LOOK_EVERY_MS = 60_000;

const realClock = {
	now: Date.now,
	every: (ms: number, work: () => void) => {
		const timer = setInterval(work, ms);
		timer.unref();
		return () => clearInterval(timer);
	},
};

/** Every workspace that installs the app. A rejected token is a matter of that workspace alone. */
function manyTokens(
	app: AppSettings,
	{ clientOptions, sharing, log }: Using,
	desk: Desk,
	logger: ReturnType<typeof sdkLogger>,
	{ mount = null, installs: stored, leases, clock = realClock }: BotOptions,
): Tokens {
	if (mount === null || stored === undefined) throw new Error("Slack for many workspaces needs PORT, for /slack/install");
	const installs = new SlackInstalls(stored, app.workspaces, clock.now);
	const ask = (token: string) =>
		new WebClient(token, clientOptions).auth.test().then(
			() => "",
			(error: unknown) => slackError(error) || null,
		);
	const left: Pick<Desk, "workspaceLeft"> = {
		workspaceLeft: async (platform, workspace) => {
			await desk.workspaceLeft(platform, workspace);
			workspaces.forget(workspace);
		},
	};
	const leaving = new Leaving(installs, left, log, clock.now, ask, leases);
	const workspaces = new ManyWorkspaces(installs, leaving, sharing, clientOptions);
	new Installing(app, installs, clientOptions, logger, log, clock.now).mount(mount);
	const say =
		app.workspaces === null ? "any Slack workspace may install the app: CF520_SLACK_WORKSPACES lists those that may" : null;
	log({ event: "slack-install-listening", path: INSTALL_PATH, ...(say === null ? {} : { say }) });
	return {
		workspaces,
		isRefused: () => false,
		refusedCount: () => leaving.refusedCount,
		failed: () => {},
		ask: async () => void (await new WebClient(undefined, clientOptions).api.test().catch(() => {})),
		first: async (body) => {
			await leaving.heard(body);
			// Where the store fails nothing is acknowledged: Slack sends it again.
			if (isEvent(body) && (await workspaces.of(body)) === null) refuseStep(new WebClient(undefined, clientOptions), body);
		},
		begin: () => {
			const end = clock.every(LOOK_EVERY_MS, () => void leaving.look());
			return () => {
				end();
				return leaving.stop();
			};
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
const slackChat = (workspaces: SlackWorkspaces, apiUrl: string | undefined): Chat<SlackPlace> => ({
	platform: "slack",
	place: SlackPlace,
	conversation: (place) => new SlackConversation(workspaces.at(place), place),
	plain: plainFromSlack,
	files: async (place) => {
		const { token, scopes } = await workspaces.at(place).installed();
		return {
			allowed: hostAllowed(["files.slack.com"], apiUrl),
			headers: { authorization: `Bearer ${token}` },
			...(scopes === null || scopes.includes(FILES_SCOPE) ? {} : { refused: filesNotAllowed }),
		};
	},
	personIn: (place) => workspaces.at(place).nameOf(place.user),
	steps: {
		conversation: (place) => new StepConversation(workspaces.at(place), place),
		finish: async (run, place, end) => {
			const read = StepRun.safeParse(run);
			if (read.success) await finishStep(workspaces.at(place), read.data, end);
		},
	},
	acknowledgesTwice: true,
	// Slack may also say that it did not hear it: the socket broke just now.
	notAcknowledged: (error) => ({ event: "not-acknowledged", error: nameOf(error) }),
});

/** The bot's own ids. Rejects with words for the operator. */
const whoWeAre = (client: WebClient) =>
	client.auth.test().catch((error: unknown) => {
		const word = slackError(error);
		throw new Error(START_HINTS[word] ?? `Slack rejected the bot token (${word === "" ? "not reachable" : word})`);
	});

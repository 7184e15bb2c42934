import { hkdfSync } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { type CallbackOptions, ErrorCode, type Installation, InstallProvider, type OrgInstallation } from "@slack/oauth";
import { WebClient, type WebClientOptions } from "@slack/web-api";
import {
	canceledPage,
	expiredPage,
	installedPage,
	installFailedPage,
	installPage,
	notAllowedPage,
	tooOftenPage,
} from "../../reply/html/install-pages.ts";
import type { HttpListener, Log, Mount } from "../bot.ts";
import { ClientCounts, clientAddress } from "../client-address.ts";
import { isOfNow, type sdkLogger } from "./delivery.ts";
import { slackError } from "./errors.ts";
import type { InstallRecord, SlackInstalls } from "./installs.ts";
import { INSTALL_PATH, REDIRECT_PATH } from "./paths.ts";
import { proofFor } from "./proof.ts";
import { OPTIONAL_SCOPES, SCOPES } from "./scopes.ts";

export { INSTALL_PATH, REDIRECT_PATH } from "./paths.ts";

/** Of one client in a minute: more than anyone needs, also when a whole office shares an address. */
const REQUESTS_A_MINUTE = 30;
/** Longer than Slack's codes and our states are; both come from strangers. */
const QUERY_CHARS_MAX = 4_000;
const CODE_CHARS_MAX = 500;
const COOKIE_CHARS_MAX = 8_000;

/** The app as others install it. */
export interface AppSettings {
	readonly clientId: string;
	readonly clientSecret: string;
	/** The bot's own public address, without a slash at its end. */
	readonly url: string;
	/** Workspaces and organizations that may install it; null: all. */
	readonly workspaces: readonly string[] | null;
	/** 32 bytes that all processes share. */
	readonly key: Uint8Array;
}

const HEADERS = {
	"content-type": "text/html; charset=utf-8",
	"content-security-policy":
		"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
	"referrer-policy": "no-referrer",
	"x-content-type-options": "nosniff",
	"cache-control": "no-store",
} as const;

function send(response: ServerResponse, status: number, page: string, more: Readonly<Record<string, string>> = {}): void {
	response.writeHead(status, { ...HEADERS, ...more }).end(page);
}

/** Signs the state of an installation: the same in every process, so that any of them takes the callback, and good for nothing else. */
const stateSecret = (key: Uint8Array): string =>
	Buffer.from(hkdfSync("sha256", key, "", "cf520 slack install state", 32)).toString("hex");

/** Errors of the SDK that say that this browser's installation is over, or never began. */
const OVER: ReadonlySet<string> = new Set([ErrorCode.InvalidStateError, ErrorCode.MissingStateError, ErrorCode.MissingCodeError]);
/** Slack's words about a code that was used, is too old or invented. */
const USED: ReadonlySet<string> = new Set(["invalid_code", "code_already_used", "bad_redirect_uri"]);

/** The form of error codes of OAuth and Slack. Anything else in the link may come from anyone and is not logged. */
const ERROR_WORD = /^[a-z][a-z_]{1,49}$/;

/** The way into a workspace: Slack's OAuth, with pages of our own. */
export class Installing {
	readonly #provider: InstallProvider;
	readonly #clientSecret: string;
	readonly #installs: SlackInstalls;
	readonly #log: Log;
	readonly #clientOptions: WebClientOptions;
	readonly #counts: ClientCounts;
	readonly #now: () => number;
	/** Slack's clock at its last response, Unix milliseconds: events are compared with the installation by it. */
	#slackMs: number | null = null;

	constructor(
		settings: AppSettings,
		installs: SlackInstalls,
		clientOptions: WebClientOptions,
		logger: ReturnType<typeof sdkLogger>,
		log: Log,
		now: () => number,
	) {
		this.#clientSecret = settings.clientSecret;
		this.#installs = installs;
		this.#log = log;
		this.#clientOptions = clientOptions;
		this.#counts = new ClientCounts(REQUESTS_A_MINUTE, now);
		this.#now = now;
		const { fetch: request = fetch } = clientOptions;
		this.#provider = new InstallProvider({
			clientId: settings.clientId,
			clientSecret: settings.clientSecret,
			stateSecret: stateSecret(settings.key),
			installUrlOptions: { scopes: [...SCOPES, ...OPTIONAL_SCOPES], redirectUri: `${settings.url}${REDIRECT_PATH}` },
			renderHtmlForInstallPath: installPage,
			logger,
			clientOptions: {
				...clientOptions,
				fetch: async (url, init) => {
					const response = await request(url, init);
					const at = Date.parse(response.headers.get("date") ?? "");
					this.#slackMs = Number.isFinite(at) ? at : null;
					return response;
				},
			},
			installationStore: {
				storeInstallation: (one) => this.#keep(one),
				// The SDK never looks one up: every request is answered with what `SlackInstalls` finds.
				fetchInstallation: () => Promise.reject(new Error("not used")),
			},
		});
	}

	/** Serves both paths. */
	mount(mount: Mount): void {
		mount(
			INSTALL_PATH,
			this.#guarded((request, response) => this.#begin(request, response)),
		);
		mount(
			REDIRECT_PATH,
			this.#guarded((request, response) => this.#callback(request, response)),
		);
	}

	#guarded(listener: (request: IncomingMessage, response: ServerResponse) => Promise<void>): HttpListener {
		return (request, response) => {
			if (request.method !== "GET" && request.method !== "HEAD")
				return void response.writeHead(405, { allow: "GET, HEAD", connection: "close" }).end();
			if (!this.#counts.take(clientAddress(request))) return send(response, 429, tooOftenPage, { "retry-after": "60" });
			void listener(request, response).catch((error: unknown) => {
				this.#log({ event: "slack-install-failed", error: error instanceof Error ? error.name : "Error" });
				if (response.headersSent) response.end();
				else send(response, 500, installFailedPage);
			});
		};
	}

	async #begin(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const proof = isOfNow(request) ? proofFor(this.#clientSecret, request.headers) : null;
		if (proof !== null) return void response.writeHead(200, { "content-type": "application/json" }).end(proof);
		for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value);
		await this.#provider.handleInstallPath(request, response);
	}

	async #callback(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const [, query = ""] = (request.url ?? "").split("?", 2);
		const asked = new URLSearchParams(query.slice(0, QUERY_CHARS_MAX));
		if (query.length > QUERY_CHARS_MAX || (asked.get("code") ?? "").length > CODE_CHARS_MAX)
			return send(response, 400, expiredPage);
		if ((request.headers.cookie ?? "").length > COOKIE_CHARS_MAX) return send(response, 400, expiredPage);
		// What only previews a link must not use up its code.
		if (request.method === "HEAD") return void response.writeHead(200, HEADERS).end();
		if (asked.get("error") === "access_denied") return send(response, 200, canceledPage);
		if (asked.has("error")) {
			const word = asked.get("error") ?? "";
			this.#log({ event: "slack-install-failed", error: ERROR_WORD.test(word) ? word : "no word of Slack's" });
			return send(response, 502, installFailedPage);
		}
		await this.#provider.handleCallback(request, response, this.#options());
	}

	#options(): CallbackOptions {
		return {
			afterInstallation: async (one, _options, _request, response) => {
				const record = recordOf(one);
				if (record === null || this.#installs.isAllowed(record)) return true;
				this.#log({ event: "slack-install-refused", audit: true, platform: "slack", workspace: idOf(record) });
				// Slack would go on sending events of a workspace that gets no answers.
				if (!(await this.#mayBeKept(record))) await this.#revoke(record);
				send(response, 403, notAllowedPage);
				return false;
			},
			success: (one, _options, _request, response) => {
				const name = one.team?.name ?? one.enterprise?.name ?? null;
				send(response, 200, installedPage(name, openUrl(one)));
			},
			failure: (error, _options, _request, response) => {
				const word = slackError(error);
				if (OVER.has(error.code) || USED.has(word)) return send(response, 400, expiredPage);
				this.#log({ event: "slack-install-failed", error: word || error.name });
				send(response, 500, installFailedPage);
			},
		};
	}

	/** Something is kept of an earlier installation here: that its bot's token is revoked would read as if the app had left. */
	#mayBeKept({ team, enterprise }: InstallRecord): Promise<boolean> {
		const earlier = [team, enterprise].map((of) => (of === null ? null : this.#installs.get(of.id)));
		return Promise.all(earlier).then(
			(found) => found.some((one) => one !== null),
			() => true,
		);
	}

	async #revoke({ bot }: InstallRecord): Promise<void> {
		await new WebClient(bot.token, this.#clientOptions).auth.revoke().catch(() => {});
	}

	async #keep(one: Installation | OrgInstallation): Promise<void> {
		const record = recordOf(one);
		if (record === null) throw new Error("an installation without a bot");
		await this.#installs.keep(record, this.#slackMs ?? this.#now());
		this.#log({ event: "slack-installed", audit: true, platform: "slack", workspace: idOf(record) });
	}
}

const idOf = ({ team, enterprise }: InstallRecord): string => team?.id ?? enterprise?.id ?? "";

const named = (one: { readonly id: string; readonly name?: string } | null | undefined) =>
	one == null ? null : { id: one.id, name: one.name ?? null };

/** What is kept of an installation; null where there is no bot or no workspace in it. */
function recordOf(one: Installation | OrgInstallation): InstallRecord | null {
	const { bot, user, appId = null } = one;
	const team = one.isEnterpriseInstall === true ? null : named(one.team);
	const enterprise = named(one.enterprise);
	if (bot === undefined || (team === null && enterprise === null)) return null;
	const { token, userId, id = null, scopes } = bot;
	return { team, enterprise, bot: { token, userId, id, scopes }, by: user.id ?? null, appId };
}

/** Opens the app in Slack; null where Slack named no app. */
function openUrl({ appId, team }: Installation | OrgInstallation): string | null {
	if (appId === undefined) return null;
	const query = new URLSearchParams({ app: appId, ...(team === undefined ? {} : { team: team.id }) });
	return `https://slack.com/app_redirect?${query}`;
}

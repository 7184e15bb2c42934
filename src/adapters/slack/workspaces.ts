import { WebClient, type WebClientOptions } from "@slack/web-api";
import type { Log } from "../bot.ts";
import { nameBook } from "../names.ts";
import { withRetry } from "./calls.ts";
import { type Installed, type SlackContext, type SlackTeam, workspaceOf } from "./context.ts";
import { isTokenRefused, NotInstalled, slackError } from "./errors.ts";
import { HeldBack } from "./held-back.ts";
import type { SlackInstall, SlackInstalls } from "./installs.ts";
import type { Leaving } from "./leaving.ts";
import { originOf } from "./payloads.ts";
import { shownName } from "./people.ts";
import { RefusedWidgets } from "./refused.ts";
import { SharedChannels } from "./shared.ts";

/** The workspaces that the bot answers in. */
export interface SlackWorkspaces {
	/** The workspace of a request of Slack's; null: the app is not installed there. Rejects when the store fails. */
	of(body: unknown): Promise<SlackTeam | null>;
	/** The same as far as the request itself says, without asking the store: enough to answer by its response URL. */
	near(body: unknown): SlackContext;
	/** A workspace as everything that is answered there shares it. */
	at(team: SlackTeam): SlackContext;
}

/** What all workspaces share. */
export interface Sharing {
	readonly admins: ReadonlySet<string>;
	readonly isResponseUrl: (url: URL) => boolean;
	readonly fetch: typeof fetch;
	readonly hasReplicas: boolean;
	/** Unix milliseconds. */
	readonly now: () => number;
	readonly log: Log;
}

/** What is remembered of a workspace, in memory. */
const memoryOf = (log: Log) => ({
	widgets: new RefusedWidgets(log),
	shared: new SharedChannels(),
	heldBack: new HeldBack(),
});

/** The names of people, as this installation learns them. */
const namesBy = (installed: SlackContext["installed"], now: () => number) =>
	nameBook((user) => shownName({ installed }, user), now);

/**
 * The workspace of the one bot token: it decides, also for people from a shared channel.
 * @param failed is told every error of a call
 */
export function oneWorkspace(
	{ team, ...installed }: Installed & { readonly team: string | null },
	sharing: Sharing,
	failed: (error: unknown) => void,
): SlackWorkspaces {
	const known = async () => installed;
	const one: SlackContext = {
		...sharing,
		...memoryOf(sharing.log),
		team,
		enterprise: null,
		isOneOfMany: false,
		installed: known,
		nameOf: namesBy(known, sharing.now),
		call: (work, repeatable) =>
			withRetry(() => work(installed.client), repeatable).catch((error: unknown) => {
				failed(error);
				throw error;
			}),
	};
	return { of: async () => ({ team, enterprise: null }), near: () => one, at: () => one };
}

/** Workspaces whose memory is kept; those that asked last. */
const REMEMBERED_MAX = 5_000;

/** Every workspace that installed the app, each with the token of its own installation or of its organization's. */
export class ManyWorkspaces implements SlackWorkspaces {
	readonly #installs: SlackInstalls;
	readonly #leaving: Pick<Leaving, "refused" | "accepted">;
	readonly #sharing: Sharing;
	readonly #clientOptions: WebClientOptions;
	readonly #contexts = new Map<string, SlackContext>();
	/** By the installation as it was read: a new one has another client. */
	readonly #clients = new WeakMap<SlackInstall, Installed>();

	constructor(
		installs: SlackInstalls,
		leaving: Pick<Leaving, "refused" | "accepted">,
		sharing: Sharing,
		clientOptions: WebClientOptions,
	) {
		this.#installs = installs;
		this.#leaving = leaving;
		this.#sharing = sharing;
		this.#clientOptions = clientOptions;
	}

	async of(body: unknown): Promise<SlackTeam | null> {
		const { isByPerson, ...origin } = originOf(body);
		const found = origin.team === null ? null : await this.#installs.find(origin);
		if (found === null || origin.team === null) return null;
		if (!isByPerson) await this.#installs.serves(found, origin.team);
		// A stranger's workspace is none of the organization's; in one of its own, something has happened before.
		else if (found.team === null && !(await this.#installs.isServed(found, origin.team))) return null;
		return origin;
	}

	near(body: unknown): SlackContext {
		return this.at(originOf(body));
	}

	at({ team, enterprise }: SlackTeam): SlackContext {
		const key = `${team} ${enterprise}`;
		const context = this.#contexts.get(key) ?? this.#open({ team, enterprise });
		this.#contexts.delete(key);
		this.#contexts.set(key, context);
		const [oldest] = this.#contexts.keys();
		if (this.#contexts.size > REMEMBERED_MAX && oldest !== undefined) this.#contexts.delete(oldest);
		return context;
	}

	/** Nothing of a workspace stays in memory: it left. */
	forget(workspace: string): void {
		for (const [key, context] of this.#contexts) if (workspaceOf(context) === workspace) this.#contexts.delete(key);
	}

	#open(of: SlackTeam): SlackContext {
		const { log } = this.#sharing;
		const found = async (): Promise<SlackInstall> => {
			const one = await this.#installs.find(of);
			if (one === null) throw new NotInstalled();
			return one;
		};
		const installed = async () => this.#clientOf(await found());
		return {
			...this.#sharing,
			...memoryOf(log),
			...of,
			isOneOfMany: true,
			installed,
			nameOf: namesBy(installed, this.#sharing.now),
			call: async (work, repeatable) => {
				const known = await found();
				try {
					return await this.#call(known, work, repeatable);
				} catch (error) {
					if (!isTokenRefused(error)) throw error;
					this.#installs.doubt();
					const now = await found();
					// Installed again through another process, less than a minute ago. Slack did nothing with a token that it rejects.
					if (now.bot.token !== known.bot.token) return this.#call(now, work, repeatable);
					this.#leaving.refused(now, slackError(error));
					throw error;
				}
			},
		};
	}

	async #call<T>(one: SlackInstall, work: (client: WebClient) => Promise<T>, repeatable: boolean): Promise<T> {
		const { client } = this.#clientOf(one);
		const done = await withRetry(() => work(client), repeatable);
		this.#leaving.accepted(one);
		return done;
	}

	#clientOf(one: SlackInstall): Installed {
		const known = this.#clients.get(one);
		if (known !== undefined) return known;
		const { token, userId, id, scopes } = one.bot;
		const client = new WebClient(token, this.#clientOptions);
		const installed: Installed = { client, token, botUserId: userId, botId: id, scopes };
		this.#clients.set(one, installed);
		return installed;
	}
}

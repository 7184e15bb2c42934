import type { IncomingMessage, ServerResponse } from "node:http";
import type { Metrics } from "../desk/metrics.ts";
import type { Installs, Leases } from "../desk/stores.ts";

/** Writes one line about one thing for the operator, without secrets. */
export type Log = (line: { readonly event: string; readonly [key: string]: unknown }) => void;

/** Answers one HTTP request. */
export type HttpListener = (request: IncomingMessage, response: ServerResponse) => void;

/** Serves a chat that delivers over HTTP under a path of the bot's own port. */
export type Mount = (path: string, listener: HttpListener) => void;

/**
 * Serves a chat's requests, which are POST.
 * @param chat its name, for the operator
 * @throws when there is no port
 */
export function mountPosts(mount: Mount | null, chat: string, path: string, listener: HttpListener): void {
	if (mount === null) throw new Error(`${chat} over HTTP needs PORT, the port for ${chat}'s requests`);
	mount(path, (request, response) =>
		request.method === "POST" ? listener(request, response) : void response.writeHead(405).end(),
	);
}

/** What the process hands to every chat. */
export interface BotOptions {
	readonly metrics?: Metrics;
	/** null: the bot has no port. */
	readonly mount?: Mount | null;
	/** Where the app was installed, for a chat in which each workspace installs it. */
	readonly installs?: Installs;
	/** The time, and work that is done again and again; the result of `every` ends it. */
	readonly clock?: { now(): number; every(ms: number, work: () => void): () => void };
	/** What one of all processes does. Absent: there is one. */
	readonly leases?: Leases;
}

/** A bot that was started. */
export interface RunningBot {
	/** Connected and able to take questions. */
	ready(): boolean;
	/** The platform takes our token no more: a new start does not help, a new token does. */
	refused(): boolean;
	/** Where each workspace has a token of its own: how many of them the platform takes no more. Absent: there is one token. */
	workspacesRefused?(): number;
	/** Over HTTP: asks the platform whether it is there, if that is in doubt. Never rejects. Absent: a connection is watched. */
	check?(): Promise<void>;
	stop(): Promise<void>;
}

/** Whether a chat still accepts our token. Logs once when it does not. */
export class TokenState {
	readonly #platform: string;
	readonly #log: Log;
	#refused = false;

	constructor(platform: string, log: Log) {
		this.#platform = platform;
		this.#log = log;
	}

	get refused(): boolean {
		return this.#refused;
	}

	/** @param say what the operator has to do */
	refuse(say: string): void {
		if (!this.#refused) this.#log({ event: "token-refused", platform: this.#platform, say });
		this.#refused = true;
	}
}

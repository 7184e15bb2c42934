import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { INSTALL_PATH, REDIRECT_PATH } from "../../src/adapters/slack/installing.ts";
import { startSlack } from "../../src/adapters/slack/slack.ts";
import type { DeskContext } from "../../src/desk/context.ts";
import type { Stores } from "../../src/desk/stores.ts";
import { type HttpServer, serve } from "../../src/http-server.ts";
import { memoryStores } from "../../src/store/sqlite/sqlite.ts";
import { realClock } from "../clock.ts";
import { type FakeSlack, fakeSlack } from "../fakes/slack.ts";
import { CLIENT, FakeInstalls } from "../fakes/slack-installs.ts";
import { labDesk } from "../lab/desk.ts";
import type { Lab } from "../lab/lab.ts";
import { countingDesk } from "./contract.ts";

export const KEY = Buffer.alloc(32, 5);

/** Waits for something that comes of what was done, without a clock. */
export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
	while (!(await holds())) await setImmediate();
};

/** A clock that is turned by hand. */
class HandClock {
	#ms = Date.now();
	readonly #works = new Set<() => void>();
	readonly now = (): number => this.#ms;
	readonly every = (_ms: number, work: () => void): (() => void) => {
		this.#works.add(work);
		return () => this.#works.delete(work);
	};

	/** So much time goes by, at the end of which everything that is done again and again is done. */
	turn(ms: number): void {
		this.#ms += ms;
		for (const work of this.#works) work();
	}
}

/** A browser: it keeps what servers tell it to, and follows nothing by itself. */
class Browser {
	readonly #base: string;
	cookie = "";

	constructor(port: number) {
		this.#base = `http://127.0.0.1:${port}`;
	}

	async get(path: string, { method = "GET", headers = {} }: { method?: string; headers?: Record<string, string> } = {}) {
		const response = await fetch(`${this.#base}${path}`, {
			method,
			redirect: "manual",
			headers: { connection: "close", ...(this.cookie === "" ? {} : { cookie: this.cookie }), ...headers },
		});
		const [set] = response.headers.getSetCookie();
		if (set !== undefined) this.cookie = set.includes("=deleted") ? "" : (set.split(";")[0] ?? "");
		return { status: response.status, headers: response.headers, text: await response.text() };
	}

	/** Opens the page that installs; what Slack is asked for. */
	async begin(): Promise<URLSearchParams> {
		const page = await this.get(INSTALL_PATH);
		assert.equal(page.status, 200, page.text);
		const [, href = ""] = /<a class="go" href="([^"]+)"/.exec(page.text) ?? [];
		return new URL(href.replaceAll("&amp;", "&")).searchParams;
	}

	/** Comes back from Slack. */
	back(query: Readonly<Record<string, string>>) {
		return this.get(`${REDIRECT_PATH}?${new URLSearchParams(query)}`);
	}
}

/** The bot for many workspaces beside the fake, and who uses them. */
export interface Many {
	readonly slack: FakeSlack;
	readonly installs: FakeInstalls;
	readonly stores: Stores;
	readonly bot: Awaited<ReturnType<typeof startSlack>>;
	readonly own: HttpServer;
	readonly lines: { readonly event: string; readonly [key: string]: unknown }[];
	readonly clock: HandClock;
	settled(n: number): Promise<void>;
	browser(): Browser;
	/** Installs the app as a person does, by the pages. */
	install(team: string): Promise<{ readonly status: number; readonly text: string }>;
	/** Whose tokens posted or edited messages, and how often, since the last call. */
	posters(): Readonly<Record<string, number>>;
}

interface Options {
	readonly stores?: Stores;
	readonly slack?: FakeSlack;
	readonly workspaces?: readonly string[] | null;
	readonly key?: Uint8Array;
	readonly signingSecret?: string | null;
	readonly desk?: Partial<DeskContext>;
	/** The operator's list. */
	readonly admins?: readonly string[];
	readonly clock?: HandClock;
	readonly leases?: Stores["leases"];
}

/** Starts the bot for many workspaces, and ends it after `run`. */
export async function withMany(lab: Lab, run: (many: Many) => Promise<void>, options: Options = {}): Promise<void> {
	const {
		stores = memoryStores(realClock),
		workspaces = null,
		key = KEY,
		signingSecret = null,
		clock = new HandClock(),
	} = options;
	const slack = options.slack ?? (await fakeSlack());
	slack.installs ??= new FakeInstalls();
	const { installs } = slack;
	for (const channel of ["C1", "C2", "C11", "C12"]) slack.members.add(channel);
	const lines: Many["lines"] = [];
	const log = (line: Many["lines"][number]) => void lines.push(line);
	const own = await serve("127.0.0.1", 0, null);
	const desk = countingDesk(labDesk(lab, { stores, log, ...options.desk }));
	const app = { clientId: CLIENT.id, clientSecret: CLIENT.secret, url: "https://bot.example", workspaces, key };
	const settings = {
		botToken: null,
		app,
		appToken: signingSecret === null ? "xapp-test" : null,
		signingSecret,
		apiUrl: slack.apiUrl,
		admins: options.admins ?? [],
	};
	const bot = await startSlack(settings, desk, log, {
		mount: own.mount,
		installs: stores.installs,
		clock,
		leases: options.leases ?? stores.leases,
	});
	const browser = () => new Browser(own.port);
	let seen = 0;
	try {
		await run({
			slack,
			installs,
			stores,
			bot,
			own,
			lines,
			clock,
			settled: desk.settled,
			browser,
			install: async (team) => {
				const person = browser();
				const asked = await person.begin();
				return person.back({ code: installs.code(team), state: asked.get("state") ?? "" });
			},
			posters: () => {
				const counts: Record<string, number> = {};
				for (const { method, token } of installs.calls.slice(seen))
					if (/^chat\.(?:post|update)/.test(method)) {
						const of = /^xoxb-(\w+)-/.exec(token ?? "")?.[1] ?? "nobody";
						counts[of] = (counts[of] ?? 0) + 1;
					}
				seen = installs.calls.length;
				return counts;
			},
		});
	} finally {
		await bot.stop();
		await own.close();
		if (options.slack === undefined) await slack.close();
	}
}

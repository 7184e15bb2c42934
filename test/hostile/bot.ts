import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type DiscordFakeMessage, type FakeDiscord, fakeDiscord } from "../fakes/discord.ts";
import { type FakeSlack, fakeSlack, type SlackMessage } from "../fakes/slack.ts";
import { flatSlack } from "../normal.ts";
import type { OpenServer } from "./servers.ts";

/** The program as a process, between both chats. */
export interface Bot {
	readonly slack: FakeSlack;
	readonly discord: FakeDiscord;
	/** The SQLite file. */
	readonly data: string;
	/** Lines of its log, of all its processes. */
	readonly log: readonly LogLine[];
	/** How the questions asked in a channel came to their end, in order. */
	outcomes(channel: string): readonly string[];
	/** Why it ended by itself, each time that it did. */
	readonly deaths: readonly string[];
	readonly running: boolean;
	/** The largest resident memory of any of its processes, in MB. */
	peakMb(): number;
	/** Port of /readyz and /metrics. */
	readonly port: number;
	start(): Promise<void>;
	/** SIGKILL. */
	kill(): Promise<void>;
	/** Asks by command, in a channel that nothing else is said in. */
	ask(chat: ChatName, text: string, more?: AskOptions): Question;
	/** Ends it and everything around it. */
	close(): Promise<void>;
}

export type ChatName = "slack" | "discord";

interface LogLine {
	readonly event: string;
	readonly channel?: string;
	readonly outcome?: string;
	readonly [key: string]: unknown;
}

interface AskOptions {
	readonly user?: string;
	readonly channel?: string;
	/** Attached in Slack, and asked about by a mention. */
	readonly file?: string;
	/** Slack: the bot may not post in that channel, so that the asker alone is answered. */
	readonly outside?: boolean;
	/** Slack's word for the kind of channel, and the asker's workspace. */
	readonly channelName?: string;
	readonly team?: string;
	/** Another server than the usual one of Discord's. */
	readonly guild?: string;
}

/** A question, and what came of it. */
export interface Question {
	readonly channel: string;
	readonly user: string;
	/** Milliseconds to its acknowledgement; null for none so far. */
	ackMs(): number | null;
	/** How it came to its end, by the audit log; null: not yet. */
	outcome(): string | null;
	/** What the asker reads of it, private messages included, buttons in brackets. */
	read(): readonly string[];
	/** It came to its end, and something says so. */
	answered(): boolean;
}

export interface BotOptions {
	readonly env?: Readonly<Record<string, string>>;
	/** Arguments for Node. */
	readonly node?: readonly string[];
	/** `host:port:address` of CF520_RESOLVE. */
	readonly resolve?: readonly string[];
	/** PEM of an authority that the program trusts. */
	readonly ca?: string;
	/** The chats are called by name, so that every call of theirs looks one up. */
	readonly chatsByName?: boolean;
	readonly slack?: FakeSlack;
	readonly discord?: FakeDiscord;
}

/** Where a name leads that is asked for at a server's port. */
export const at = (name: string, server: OpenServer): string => `${name}:${server.port}:${server.host}`;
export const url = (name: string, server: OpenServer, path = "/", scheme: "http" | "https" = "http"): string =>
	`${scheme}://${name}:${server.port}${path}`;

const MAIN = new URL("../../src/main.ts", import.meta.url).pathname;
const CONNECTED_MS_MAX = 20_000;
const MEMORY_EVERY_MS = 100;
let asked = 0;

/** A person or channel of Discord's by a short number. */
const snowflake = (kind: 3 | 4, nth: number): string => `${kind}${String(nth).padStart(17, "0")}`;
export const discordUser = (nth: number): string => snowflake(4, nth);

/** Of bots that are not closed yet, should their row never end. */
const open = new Set<Bot>();
export const closeAll = async (): Promise<void> => void (await Promise.all([...open].map((bot) => bot.close())));

export async function startBot(options: BotOptions = {}): Promise<Bot> {
	const folder = mkdtempSync(join(tmpdir(), "cf520-hostile-"));
	const [slack, discord] = [options.slack ?? (await fakeSlack()), options.discord ?? (await fakeDiscord())];
	// Members are known, and one of them is an admin.
	slack.admins ??= new Set(["UADMIN"]);
	const data = join(folder, "cf520.sqlite");
	if (options.ca !== undefined) writeFileSync(join(folder, "ca.pem"), options.ca);
	const named = (address: string) => (options.chatsByName === true ? address.replace("127.0.0.1", "localhost") : address);
	const env = {
		PATH: process.env.PATH ?? "",
		SLACK_BOT_TOKEN: "xoxb-test",
		SLACK_APP_TOKEN: "xapp-test",
		SLACK_API_URL: named(slack.apiUrl),
		DISCORD_TOKEN: "aaaaaaaaaa.bbbb.cccc",
		DISCORD_API_URL: named(discord.apiUrl),
		CF520_SLACK_ADMINS: "UADMIN",
		CF520_DATA: data,
		CF520_ALLOW_TARGETS: "127.0.0.0/8",
		CF520_RESOLVE: (options.resolve ?? []).join(","),
		PORT: "0",
		...(options.ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: join(folder, "ca.pem") }),
		...options.env,
	};
	const used = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ""));
	const log: LogLine[] = [];
	const outcomes = new Map<string, string[]>();
	const deaths: string[] = [];
	const state = { child: null as ChildProcess | null, port: 0, peakKb: 0 };

	const resident = () => {
		if (state.child?.pid === undefined) return;
		const status = readIfThere(`/proc/${state.child.pid}/status`);
		const kb = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0);
		state.peakKb = Math.max(state.peakKb, kb);
	};
	const sampling = setInterval(resident, MEMORY_EVERY_MS);

	const start = async () => {
		const child = spawn(process.execPath, [...(options.node ?? []), MAIN], { env: used, stdio: ["ignore", "ignore", "pipe"] });
		state.child = child;
		let rest = "";
		let raw = "";
		const begun = log.length;
		child.stderr?.on("data", (bytes) => {
			raw = `${raw}${bytes}`.slice(-2_000);
			const lines = `${rest}${bytes}`.split("\n");
			rest = lines.pop() ?? "";
			for (const line of lines) {
				const read = lineOf(line);
				if (read === null) continue;
				log.push(read);
				if (read.event === "health-listening") state.port = Number(read.port);
				if (read.event === "question" && read.channel !== undefined)
					outcomes.set(read.channel, [...(outcomes.get(read.channel) ?? []), read.outcome ?? ""]);
			}
		});
		child.once("close", (status, signal) => {
			if (state.child !== child) return;
			state.child = null;
			deaths.push(`${signal ?? status}: ${raw.slice(-300)}`);
		});
		const connected = (event: string) => log.slice(begun).some((line) => line.event === event);
		const both = () =>
			(used.SLACK_APP_TOKEN === undefined || connected("slack-connected")) &&
			(used.DISCORD_PUBLIC_KEY !== undefined || connected("discord-connected"));
		await until(() => both() || state.child !== child, CONNECTED_MS_MAX);
	};
	const kill = async () => {
		const { child } = state;
		if (child === null) return;
		resident();
		state.child = null;
		const gone = once(child, "close");
		child.kill("SIGKILL");
		await gone;
	};
	const bot: Bot = {
		slack,
		discord,
		data,
		log,
		outcomes: (channel) => outcomes.get(channel) ?? [],
		deaths,
		get running() {
			return state.child !== null;
		},
		get port() {
			return state.port;
		},
		peakMb: () => {
			resident();
			return Math.round(state.peakKb / 1024);
		},
		start,
		kill,
		ask: (chat, text, more = {}) => ask(bot, chat, text, more),
		close: async () => {
			if (!open.delete(bot)) return;
			await kill();
			clearInterval(sampling);
			await Promise.all([slack.close(), discord.close()]);
			rmSync(folder, { recursive: true, force: true });
		},
	};
	open.add(bot);
	await start();
	return bot;
}

function ask(bot: Bot, chat: ChatName, text: string, more: AskOptions): Question {
	const nth = ++asked;
	const user = more.user ?? (chat === "slack" ? `U${10_000 + nth}` : discordUser(10_000 + nth));
	const channel = more.channel ?? (chat === "slack" ? `C${10_000 + nth}` : snowflake(3, 10_000 + nth));
	const before = bot.outcomes(channel).length;
	const sentAt = performance.now();
	let ackMs: number | null = null;
	const acknowledged = () => {
		ackMs = performance.now() - sentAt;
	};
	const deliver = async () => {
		const { outside = false, channelName, team, guild } = more;
		if (chat === "discord") return bot.discord.command(text, { user, channel, ...(guild === undefined ? {} : { guild }) });
		if (!outside) bot.slack.members.add(channel);
		if (more.file === undefined)
			return bot.slack.command(text, {
				user,
				channel,
				...(channelName === undefined ? {} : { channelName }),
				...(team === undefined ? {} : { team }),
			});
		const name = `f${nth}.txt`;
		bot.slack.files.set(name, more.file);
		const files = [{ url_private: bot.slack.fileUrl(name), size: more.file.length }];
		return bot.slack.mention(text, { user, channel, files });
	};
	void deliver().then(acknowledged, () => {});
	const outcome = () => bot.outcomes(channel)[before] ?? null;
	const read = () => (chat === "slack" ? readSlack(bot.slack, channel, user) : readDiscord(bot.discord, channel, user));
	let done = false;
	const answered = () => {
		done ||= outcome() !== null && read().length > 0;
		return done;
	};
	return { channel, user, ackMs: () => ackMs, outcome, read, answered };
}

export const slackText = (one: SlackMessage): string => `${flatSlack(one)}\n${one.text}`;

/** What a person reads in a channel of Slack's. */
export const readSlack = (slack: FakeSlack, channel: string, user: string): readonly string[] =>
	slack.messages
		.filter((one) => one.channel === channel && (one.onlyFor === null || one.onlyFor === user))
		.map((one) => flatSlack(one));

/** What a person reads in a channel of Discord's and in the threads under it. */
export function readDiscord(discord: FakeDiscord, channel: string, user: string): readonly string[] {
	const seen = (one: DiscordFakeMessage) =>
		one.author === "bot" && !one.deleted && one.content !== "" && (one.onlyFor === null || one.onlyFor === user);
	const heads = discord.messages.filter((one) => one.channelId === channel);
	const ids = new Set(heads.map((one) => one.id));
	return discord.messages
		.filter((one) => (one.channelId === channel || ids.has(one.channelId)) && seen(one))
		.map((one) => one.content);
}

/** Waits for a condition; returns whether it came true. */
export async function until(what: () => boolean, ms: number): Promise<boolean> {
	const by = performance.now() + ms;
	while (!what()) {
		if (performance.now() > by) return false;
		await sleep(20);
	}
	return true;
}

/** Every message in both chats, as it was sent. */
export const everythingSaid = (bot: Bot): string =>
	[
		...bot.slack.messages.map((one) => `${one.text} ${JSON.stringify(one.blocks)}`),
		...bot.slack.uploads.map((one) => one.content),
		...bot.discord.messages.filter((one) => one.author === "bot").map((one) => `${one.content} ${JSON.stringify(one.sent)}`),
	].join("\n");

function lineOf(line: string): LogLine | null {
	try {
		const value: unknown = JSON.parse(line);
		return typeof value === "object" && value !== null && "event" in value ? (value as LogLine) : null;
	} catch {
		return null;
	}
}

function readIfThere(path: string): string {
	try {
		return readFileSync(path, "utf8");
	} catch {
		return "";
	}
}

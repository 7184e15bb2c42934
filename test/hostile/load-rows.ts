import { execFileSync } from "node:child_process";
import { createHmac, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { DISCORD_PATH } from "../../src/adapters/discord/http.ts";
import { SLACK_PATH } from "../../src/adapters/slack/delivery.ts";
import { at, type Bot, type ChatName, discordUser, type Question, startBot, until, url } from "./bot.ts";
import { crowd, figures, othersHeld, quiet } from "./crowd.ts";
import { broken, MEMORY_MB_MAX, type Result, type Row } from "./row.ts";
import type { OpenServer, Servers } from "./servers.ts";

/** Many questions, and what they take from others: the thread that acknowledges, lookups, slots, requests to a host, readiness. */

const FILE_BYTES = 899_000;
const filled = (piece: string, bytes = FILE_BYTES): string => piece.repeat(Math.ceil(bytes / piece.length)).slice(0, bytes);

/** Texts that make some reader begin anew at every line or character. */
const HOSTILE_TEXTS: readonly string[] = [
	"HTTP/1.1 200 OK\n\n",
	"< HTTP/1.1 200 OK\n< \n",
	"* Connected to a.example\n> GET / HTTP/1.1\n> \n< HTTP/1.1 520\n<\n",
	'{"log":{"entries":[{"response":{"status":520,"headers":[',
	"8a7d5e2fbcd1a1c3 ",
];
const LOG_LINE =
	'203.0.113.9 - - [22/Nov/2026:12:00:00 +0000] "GET /checkout HTTP/1.1" 200 5120 "https://shop.example/" "Mozilla/5.0 (X11; Linux x86_64)"\n';
const HONEST_FILES = 50;
/** Ten times the text may take so many times as long: a reader of quadratic time takes 80 to 100 times. */
const GROWTH_MAX = 20;
const GROWTH_MS_MIN = 50;

async function files(): Promise<Result> {
	const bot = await startBot();
	try {
		const before = await quiet(bot);
		const growth: Record<string, number> = {};
		for (const [nth, piece] of HOSTILE_TEXTS.entries()) growth[`text ${nth + 1}`] = await growthOf(bot, piece);
		const hostile = await withFiles(
			bot,
			HOSTILE_TEXTS.map((piece) => filled(piece)),
		);
		const honest = await withFiles(
			bot,
			Array.from({ length: HONEST_FILES }, () => filled(LOG_LINE)),
		);
		return {
			now: {
				growth,
				hostile: { ...figures(before, hostile.during), unansweredFiles: hostile.unanswered },
				honest: { ...figures(before, honest.during), unansweredFiles: honest.unanswered },
				peakMb: bot.peakMb(),
				deaths: bot.deaths.length,
			},
			broken: broken({
				"no death": bot.deaths.length === 0,
				"every file answered": hostile.unanswered + honest.unanswered === 0,
				"memory under 400 MB": bot.peakMb() < MEMORY_MB_MAX,
				"time grows with the length": Object.values(growth).every((ratio) => ratio <= GROWTH_MAX),
				...othersHeld(hostile.during),
				...prefixed("honest files: ", othersHeld(honest.during)),
			}),
		};
	} finally {
		await bot.close();
	}
}

const prefixed = (prefix: string, held: Readonly<Record<string, boolean>>): Record<string, boolean> =>
	Object.fromEntries(Object.entries(held).map(([name, holds]) => [`${prefix}${name}`, holds]));

/** How many times as long a text takes that is ten times as long, from asked to answered. */
async function growthOf(bot: Bot, piece: string): Promise<number> {
	const took: number[] = [];
	for (const bytes of [FILE_BYTES / 10, FILE_BYTES]) {
		const startedAt = performance.now();
		const question = bot.ask("slack", "", { file: filled(piece, bytes) });
		await until(() => question.answered(), 30_000);
		took.push(performance.now() - startedAt);
	}
	const [short = 0, long = 0] = took;
	return Math.round(long / Math.max(short, GROWTH_MS_MIN));
}

/** One file per person, all at once, while others ask. */
async function withFiles(bot: Bot, texts: readonly string[]) {
	const others = crowd(bot);
	await sleep(100);
	const questions = texts.map((file) => bot.ask("slack", "", { file }));
	await until(() => questions.every((one) => one.answered()), 60_000);
	return { during: await others.stop(), unanswered: questions.filter((one) => !one.answered()).length };
}

const SILENT_NAMES = 15;
const OPEN_NAMES = 10;
const PIPES = 64;

async function names(servers: Servers): Promise<Result> {
	const nameServer = await servers.open("names", "127.0.0.1");
	const honest = await servers.open("honest", "127.0.0.3");
	const folder = mkdtempSync(join(tmpdir(), "cf520-hostile-names-"));
	const pipes = Array.from({ length: PIPES }, (_, nth) => join(folder, `p${nth}`));
	execFileSync("mkfifo", pipes);
	const bot = await startBot({
		node: ["--import", new URL("./preload.ts", import.meta.url).href],
		env: { HOSTILE_NAME_SERVER: `127.0.0.1:${nameServer.port}`, HOSTILE_PIPES: pipes.join(",") },
		chatsByName: true,
	});
	try {
		const before = await quiet(bot);
		const [alone] = await openNames(bot, honest.port, "before", 1);
		const others = crowd(bot);
		const silent = Array.from({ length: SILENT_NAMES }, (_, nth) =>
			bot.ask("slack", `http://n${nth}.silent.example/`, { user: "USILENT" }),
		);
		await sleep(300);
		const open = await openNames(bot, honest.port, "during", OPEN_NAMES);
		const stillSilent = silent.filter((one) => !one.answered()).length;
		await until(() => silent.every((one) => one.answered()), 30_000);
		const during = await others.stop();
		const asked = (await honest.counts()).requests.filter((request) => request.startsWith("openduring"));
		const reached = new Set(asked.map((request) => request.split("/")[0])).size;
		const now = {
			...figures(before, during),
			openNames: OPEN_NAMES,
			reached,
			openAnswered: open.filter((one) => one.question.outcome() === "answered").length,
			openMs: `${Math.max(...open.map((one) => one.ms))} (quiet: ${alone?.ms})`,
			unansweredSilent: silent.filter((one) => !one.answered()).length,
			silentWhenOpenWereDone: stillSilent,
			deaths: bot.deaths.length,
		};
		return {
			now,
			broken: broken({
				"no death": now.deaths === 0,
				"every open name reached": reached === OPEN_NAMES && now.openAnswered === OPEN_NAMES,
				"every silent name answered": now.unansweredSilent === 0,
				...othersHeld(during),
			}),
		};
	} finally {
		await bot.close();
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Questions of another workspace about names that resolve. */
async function openNames(bot: Bot, port: number, word: string, count: number) {
	const startedAt = performance.now();
	const open = Array.from({ length: count }, (_, nth) => ({
		question: bot.ask("discord", `http://open${word}${nth}.example:${port}/`),
		ms: 0,
	}));
	await until(() => {
		for (const one of open) if (one.ms === 0 && one.question.answered()) one.ms = Math.round(performance.now() - startedAt);
		return open.every((one) => one.ms > 0);
	}, 30_000);
	return open;
}

/**
 * Somebody else may wait so many times as long as alone, and shorter waits than this count as this: on a busy machine too, less than any of
 * them waits who is behind the slow ones (9 s; they took 12.9 s to 74.5 s).
 */
const WAITS_MAX = 30;
const ALONE_MS_MIN = 300;
const WAITED_MS_MAX = 35_000;

/** A question or a watch of another workspace while one workspace keeps the slots busy. */
async function slots(servers: Servers): Promise<Result> {
	const silent = await servers.open("silent", "127.0.0.2", true);
	const drip = await servers.open("drip", "127.0.0.6");
	const honest = await servers.open("honest", "127.0.0.3");
	const many = (word: string, count: number) => Array.from({ length: count }, (_, nth) => `${word}${nth}.lab.example`);
	const resolve = [
		...many("silent", 40).map((name) => at(name, silent)),
		...many("drip", 40).map((name) => at(name, drip)),
		...many("open", 20).map((name) => at(name, honest)),
	];
	const attacks: Readonly<Record<string, (bot: Bot) => void>> = {
		"TLS that is silent": (bot) => {
			for (const name of many("silent", 15)) bot.ask("slack", url(name, silent, "/", "https"), { user: "USLOW" });
		},
		"headers that drip": (bot) => {
			for (const [nth, name] of many("drip", 30).entries()) bot.ask("slack", url(name, drip), { user: `USLOW${nth % 2}` });
		},
		watches: (bot) => {
			for (const name of many("silent", 30)) bot.ask("slack", `watch ${url(name, silent, "/", "https")} for 24h every 30s`);
		},
	};
	const now: Record<string, unknown> = {};
	const failed: string[] = [];
	for (const [name, attack] of Object.entries(attacks)) {
		const bot = await startBot({ resolve });
		try {
			const before = await quiet(bot, 500);
			const alone = await waited(bot, url("open0.lab.example", honest));
			const others = crowd(bot);
			attack(bot);
			await sleep(1_500);
			const question = waited(bot, url("open1.lab.example", honest));
			const watches = name === "watches" ? await watched(bot, honest, many("open", 7).slice(2)) : 5;
			const during = await question;
			const fared = await others.stop();
			const connections = (await (name === "headers that drip" ? drip : silent).counts()).connections;
			now[name] = {
				aloneMs: alone,
				waitedMs: during,
				connections,
				...figures(before, fared),
				...(name === "watches" ? { watches } : {}),
			};
			const held = {
				"others do not wait behind the slow ones": during <= WAITS_MAX * Math.max(alone, ALONE_MS_MIN),
				"another workspace's five watches are looked at": watches === 5,
				"no death": bot.deaths.length === 0,
				"memory under 400 MB": bot.peakMb() < MEMORY_MB_MAX,
				...othersHeld(fared),
			};
			failed.push(...broken(prefixed(`${name}: `, held)));
		} finally {
			await bot.close();
		}
	}
	return { now, broken: failed };
}

/** Milliseconds until a person of another workspace has a verdict. */
async function waited(bot: Bot, page: string): Promise<number> {
	const startedAt = performance.now();
	const question = bot.ask("discord", page);
	await until(() => question.answered(), WAITED_MS_MAX);
	return Math.round(performance.now() - startedAt);
}

/** How many watches of another workspace had their first look before the slow ones of the first had theirs. */
async function watched(bot: Bot, honest: OpenServer, hosts: readonly string[]): Promise<number> {
	for (const host of hosts) bot.ask("discord", `watch ${url(host, honest)} for 1h every 60s`);
	let seen = 0;
	const by = performance.now() + WAITS_MAX * ALONE_MS_MIN + 1_000;
	while (seen < hosts.length && performance.now() < by) {
		await sleep(100);
		const { requests } = await honest.counts();
		seen = hosts.filter((host) => requests.some((request) => request.startsWith(host))).length;
	}
	return seen;
}

const MANAGE_GUILD = 1n << 5n;
const WILDCARD_NAMES = 600;
/** Requests to one target within an hour, by any person and name. */
const REQUESTS_MAX = 400;
const MAPPED_EVERY = 10;
const AT_ONCE = 100;
/** discord.js makes at most 50 calls a second, and a question takes several. */
const DISCORD_EVERY = 6;
const WILDCARD_MS_MAX = 70_000;

async function wildcard(servers: Servers): Promise<Result> {
	const server = await servers.open("honest", "127.0.0.4");
	const hosts = Array.from({ length: WILDCARD_NAMES }, (_, nth) => `n${nth}.wild.example`);
	// The same address spelled as IPv6 is the same target.
	const mapped = { ...server, host: `::ffff:${server.host}` };
	const bot = await startBot({ resolve: hosts.map((host, nth) => at(host, nth % MAPPED_EVERY === 0 ? mapped : server)) });
	try {
		// As much as admins may allow.
		const limits = "admin limits person 60 channel 200 workspace 600";
		bot.discord.personPermissions |= MANAGE_GUILD;
		const admins = [bot.ask("slack", limits, { user: "UADMIN" }), bot.ask("discord", limits)];
		await until(() => admins.every((one) => one.answered()), 5_000);
		const before = await quiet(bot);
		const others = crowd(bot);
		const questions: Question[] = [];
		const by = performance.now() + WILDCARD_MS_MAX;
		for (const [nth, host] of hosts.entries()) {
			const chat: ChatName = nth % DISCORD_EVERY > 0 ? "slack" : "discord";
			const user = chat === "slack" ? `UWILD${nth % 20}` : discordUser(700 + (nth % 20));
			questions.push(bot.ask(chat, url(host, server), { user }));
			await until(() => questions.filter((one) => !one.answered()).length < AT_ONCE, by - performance.now());
		}
		await until(() => questions.every((one) => one.answered()), by - performance.now());
		const during = await others.stop();
		const requests = (await server.counts()).count;
		const unanswered = questions.filter((one) => !one.answered()).length;
		return {
			now: {
				names: WILDCARD_NAMES,
				requests,
				answered: questions.filter((one) => one.outcome() === "answered").length,
				refused: questions.filter((one) => one.outcome() === "refused").length,
				unansweredNames: unanswered,
				peakMb: bot.peakMb(),
				...figures(before, during),
			},
			broken: broken({
				"no death": bot.deaths.length === 0,
				"at most 400 requests to one address": requests <= REQUESTS_MAX,
				"some questions get their looks": requests > 0,
				"every question answered or told why not": unanswered === 0,
				"memory under 400 MB": bot.peakMb() < MEMORY_MB_MAX,
				...othersHeld(during),
			}),
		};
	} finally {
		await bot.close();
	}
}

const NOT_READY_MS_MAX = 15_000;
/** A change of state is one line: cut off, and perhaps one more for what tries again. */
const LINES_MAX = 8;
const SECRET = "0123456789abcdef0123456789abcdef";
const CALLS = 5;

type Readiness = { readonly status: number; readonly platforms: Readonly<Record<string, string>> };
async function readiness(bot: Bot): Promise<Readiness> {
	const response = await fetch(`http://127.0.0.1:${bot.port}/readyz`, { headers: { connection: "close" } });
	const { platforms } = (await response.json()) as { platforms: Record<string, string> };
	return { status: response.status, platforms };
}
/** Milliseconds until a chat is told as not ready; null: it never was. */
async function notReadyAfter(bot: Bot, chat: ChatName): Promise<number | null> {
	const startedAt = performance.now();
	while (performance.now() - startedAt < NOT_READY_MS_MAX) {
		if ((await readiness(bot)).platforms[chat] !== "ready") return Math.round(performance.now() - startedAt);
		await sleep(100);
	}
	return null;
}

async function platformsGone(): Promise<Result> {
	const sockets = await socketsGone();
	const http = await servicesGone();
	const held = {
		"ready before": sockets.readyBefore && http.readyBefore,
		"Discord's gateway gone: not ready": sockets.discordMs !== null,
		"Slack stays ready": sockets.slackReady,
		"few log lines": sockets.lines <= LINES_MAX,
		"over HTTP, Slack gone: not ready": http.slackMs !== null,
		"over HTTP, Discord gone: not ready": http.discordMs !== null,
		"no death": sockets.deaths + http.deaths === 0,
	};
	return { now: { sockets, http }, broken: broken(held) };
}

async function socketsGone() {
	const bot = await startBot();
	try {
		const readyBefore = (await readiness(bot)).status === 200;
		const from = bot.log.length;
		await bot.discord.close();
		const discordMs = await notReadyAfter(bot, "discord");
		// As long as lines would have come in before, whatever /readyz says.
		await sleep(Math.max(0, NOT_READY_MS_MAX - (discordMs ?? NOT_READY_MS_MAX)));
		const lines = bot.log.slice(from);
		const events = Object.fromEntries(
			[...new Set(lines.map((line) => line.event))].map((event) => [event, lines.filter((line) => line.event === event).length]),
		);
		const slackReady = (await readiness(bot)).platforms.slack === "ready";
		return { readyBefore, discordMs, slackReady, lines: lines.length, events, deaths: bot.deaths.length };
	} finally {
		await bot.close();
	}
}

/** Over HTTP, with both services dead: what is delivered is acknowledged, and every call toward them fails. */
async function servicesGone() {
	const { publicKey, privateKey } = generateKeyPairSync("ed25519");
	const key = publicKey.export({ type: "spki", format: "der" }).subarray(-32).toString("hex");
	const bot = await startBot({ env: { SLACK_APP_TOKEN: "", SLACK_SIGNING_SECRET: SECRET, DISCORD_PUBLIC_KEY: key, PORT: "0" } });
	try {
		const ready = await readyWithin(bot, 10_000);
		bot.discord.overHttp(`http://127.0.0.1:${bot.port}${DISCORD_PATH}`, privateKey);
		await Promise.all([bot.slack.close(), bot.discord.close()]);
		const calls = Array.from({ length: CALLS }, async (_, nth) => {
			void bot.discord.command(`${(0x8a7d5e2fbcd1a1c3n + BigInt(nth)).toString(16)}-DFW`).catch(() => {});
			await slackCommand(bot.port, `${(0x8a7d5e2fbcd1a1c3n + BigInt(nth)).toString(16)}-DFW`, `1.${nth}`).catch(() => {});
		});
		await Promise.all(calls);
		const [slackMs, discordMs] = await Promise.all([notReadyAfter(bot, "slack"), notReadyAfter(bot, "discord")]);
		return { readyBefore: ready, slackMs, discordMs, deaths: bot.deaths.length };
	} finally {
		await bot.close();
	}
}

async function readyWithin(bot: Bot, ms: number): Promise<boolean> {
	const by = performance.now() + ms;
	while (performance.now() < by) {
		if (bot.port > 0 && (await readiness(bot).catch(() => null))?.status === 200) return true;
		await sleep(50);
	}
	return false;
}

/** A signed command as Slack delivers it over HTTP. */
async function slackCommand(port: number, text: string, triggerId: string): Promise<void> {
	const body = new URLSearchParams({
		command: "/cf520",
		text,
		team_id: "T1",
		team_domain: "lab",
		channel_id: "C1",
		channel_name: "incidents",
		user_id: "U1",
		user_name: "ann",
		trigger_id: triggerId,
		response_url: "https://hooks.slack.com/commands/T1/1/x",
		api_app_id: "A1",
		is_enterprise_install: "false",
	}).toString();
	const timestamp = String(Math.floor(Date.now() / 1_000));
	const signature = `v0=${createHmac("sha256", SECRET).update(`v0:${timestamp}:${body}`).digest("hex")}`;
	await fetch(`http://127.0.0.1:${port}${SLACK_PATH}`, {
		method: "POST",
		headers: {
			"content-type": "application/x-www-form-urlencoded",
			"x-slack-request-timestamp": timestamp,
			"x-slack-signature": signature,
			// A connection that was idle may close just then.
			connection: "close",
		},
		body,
	});
}

export const LOAD_ROWS: readonly Row[] = [
	{
		id: "R2",
		what: "five hostile files of 900 KB at once, then 50 honest logs of 899 KB, while others ask",
		today:
			"others acknowledged after 4.1 s (one file), 19.7 s (five), 4.1 s (50 logs); ten times the text takes 75 times as long",
		run: files,
	},
	{
		id: "R3",
		what: "15 names whose name server never answers, while another workspace asks about names that resolve",
		today: "every other lookup fails after 5 s, a lookup of the chats' takes 59.9 s, recovery after 70 s",
		run: names,
	},
	{
		id: "R4",
		what: "15 pages silent in TLS, 30 that drip, 30 watches of one workspace, while another one asks and watches",
		today: "another workspace waits 74.5 s, 29.2 s and 12.9 s instead of 0.2 s; 5 of 15 looks of its watches",
		run: slots,
	},
	{
		id: "R5",
		what: "600 names under a wildcard that lead to one address",
		today: "4,800 requests in 5 s, 600 of 600 answered",
		run: wildcard,
	},
	{
		id: "R6",
		what: "Discord's gateway ended and its port closed; over HTTP, both services dead",
		today: "ready for 100 s and longer, two log lines a second without end; over HTTP ready for ever",
		run: platformsGone,
	},
];

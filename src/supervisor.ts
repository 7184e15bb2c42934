import type { BotOptions, RunningBot } from "./adapters/bot.ts";
import type { DeskContext } from "./desk/context.ts";
import type { Desk } from "./desk/desk.ts";
import type { Metrics } from "./desk/metrics.ts";
import { type HttpServer, type Operators, type PlatformState, serve, serveOperators } from "./http-server.ts";
import { loadUndici } from "./looks/exchange.ts";
import { openMetrics } from "./metrics.ts";
import { codeOf } from "./read/error.ts";
import type { Settings } from "./settings.ts";

export interface Platform {
	readonly name: "slack" | "discord";
	readonly start: () => Promise<RunningBot>;
	bot: RunningBot | null;
}

/** A platform that cannot be reached is tried again, more and more rarely: Discord allows 1,000 logins a day. */
const RETRY_MS_MIN = 2_000;
const RETRY_MS_MAX = 5 * 60_000;

function stateOf(bot: RunningBot | null): PlatformState {
	if (bot === null) return "starting";
	if (bot.refused()) return "refused";
	return bot.ready() ? "ready" : "down";
}

/**
 * Runs the bots that have tokens until SIGTERM or SIGINT; returns the exit status. One platform failing does not stop the other.
 * @param open the desk, given what counts for it
 * @param stopMs all the time there is for stopping
 * @param close what is kept, once nothing runs any more
 * @param kept what the chats keep for themselves
 */
export async function runBots(
	settings: Settings,
	open: (metrics: Metrics) => Desk,
	log: DeskContext["log"],
	stopMs: number,
	close: () => Promise<void>,
	kept: Pick<BotOptions, "installs" | "leases"> = {},
): Promise<number> {
	const { slack, discord } = settings;
	const platforms: Platform[] = [];
	const states = (): Record<string, PlatformState> => Object.fromEntries(platforms.map(({ name, bot }) => [name, stateOf(bot)]));
	const metrics = openMetrics({ depth: () => desk.depth(), platforms: states });
	const desk: Desk = open(metrics);
	void desk.begin();
	let own: HttpServer | null = null;
	const serving = () => ({ ...kept, metrics, mount: own === null ? null : own.mount });
	if (slack !== null)
		platforms.push({
			name: "slack",
			bot: null,
			start: async () => (await import("./adapters/slack/slack.ts")).startSlack(slack, desk, log, serving()),
		});
	if (discord !== null)
		platforms.push({
			name: "discord",
			bot: null,
			start: async () => (await import("./adapters/discord/discord.ts")).startDiscord(discord, desk, log, serving()),
		});

	const stopping = new AbortController();
	const stopped = new Promise<void>((resolve) => {
		for (const signal of ["SIGTERM", "SIGINT"] as const) {
			process.on(signal, () => {
				// A second signal: now.
				if (stopping.signal.aborted) process.exit(1);
				log({ event: "stopping", signal });
				stopping.abort();
				resolve();
			});
		}
	});
	process.on("unhandledRejection", (reason) => {
		// During shutdown a reconnecting socket rejects into nothing (node-slack-sdk#2656); at any other time it is a defect.
		log({
			event: "unhandled-rejection",
			error: reason instanceof Error ? reason.name : typeof reason,
			stopping: stopping.signal.aborted,
		});
		if (!stopping.signal.aborted) process.exit(1);
	});

	process.on("uncaughtException", (error) => {
		// The state of this process is unknown: questions are stored, and a new process resumes them.
		log({
			event: "uncaught-exception",
			error: error.name,
			stack: (error.stack ?? "")
				.split("\n")
				.filter((line) => /^\s*at /.test(line))
				.slice(0, 8),
		});
		process.exit(1);
	});

	// Loading takes a moment in which nothing is acknowledged: before the first question.
	await loadUndici();
	const workspacesRefused = () =>
		platforms.map(({ bot }) => bot?.workspacesRefused?.() ?? null).find((one) => one !== null) ?? null;
	const operators = { platforms: states, workspacesRefused, metrics };
	const ports = await openPorts(settings, operators, log);
	if (ports === null) return 2;
	own = ports.own;
	const watching = platforms.map((platform) => keepRunning(platform, stopping.signal, log, sleeper(stopping.signal)));
	await stopped;

	// No longer than the time that the orchestrator gives, whatever hangs.
	const given = setTimeout(() => process.exit(0), stopMs);
	await desk.stop(stopMs - 2_000);
	await Promise.all(watching);
	await Promise.all(platforms.map((platform) => platform.bot?.stop().catch(() => {})));
	await ports.close();
	clearTimeout(given);
	await close();
	log({ event: "stopped" });
	// Explicitly: a socket that reconnects during shutdown would keep the process alive.
	process.exit(0);
}

/**
 * Opens the port for the chats and the one for operators, where they are set.
 * @returns null when one cannot be opened, and the log says why
 */
async function openPorts(
	{ host, port, metricsPort }: Settings,
	operators: Operators,
	log: DeskContext["log"],
): Promise<{ readonly own: HttpServer | null; close(): Promise<void> } | null> {
	let name = "PORT";
	let own: HttpServer | null = null;
	try {
		if (port !== null) {
			own = await serve(host, port, metricsPort === null ? operators : null);
			log({ event: "health-listening", port: own.port });
		}
		name = "CF520_METRICS_PORT";
		const second = metricsPort === null ? null : await serveOperators(host, metricsPort, operators);
		if (second !== null) log({ event: "metrics-listening", port: second.port });
		return { own, close: async () => void (await Promise.all([own?.close(), second?.close()])) };
	} catch (error) {
		const inUse = codeOf(error) === "EADDRINUSE";
		const say = `${name} ${name === "PORT" ? port : metricsPort}${inUse ? ` on ${host} is in use: choose another ${name}` : ` on ${host} is not available`}`;
		log({ event: "start-failed", platform: "health", say });
		await own?.close();
		return null;
	}
}

/** How often a running bot is looked at, and how many times it may be down before it is started anew. */
const CHECK_EVERY_MS = 10_000;
const DOWN_AT_MOST = 6;

/**
 * Keeps one platform running until `signal` aborts: starts it, tries again when that fails, and starts it anew when it has been down for
 * a minute (a socket that gave up reconnecting says nothing; measured with @slack/socket-mode 3.1.0). A bot over HTTP has none: it is only
 * asked whether the platform is there.
 * @param sleep waits, or returns early when the signal aborts
 */
export async function keepRunning(
	platform: Platform,
	signal: AbortSignal,
	log: DeskContext["log"],
	sleep: (ms: number) => Promise<void>,
): Promise<void> {
	let wait = RETRY_MS_MIN;
	while (!signal.aborted) {
		try {
			const bot = await platform.start();
			platform.bot = bot;
			wait = RETRY_MS_MIN;
			let down = 0;
			while (!signal.aborted && down < DOWN_AT_MOST) {
				await sleep(CHECK_EVERY_MS);
				if (signal.aborted) return;
				await bot.check?.();
				// With a token that is refused, or without a connection of ours, starting anew changes nothing.
				down = bot.ready() || bot.refused() || bot.check !== undefined ? 0 : down + 1;
			}
			if (signal.aborted) return;
			log({ event: "watchdog-restart", platform: platform.name });
			platform.bot = null;
			await bot.stop().catch(() => {});
		} catch (error) {
			log({
				event: "start-failed",
				platform: platform.name,
				say: error instanceof Error ? error.message : "unknown",
				againInMs: wait,
			});
			await sleep(wait);
			wait = Math.min(wait * 2, RETRY_MS_MAX);
		}
	}
}

/** Waits `ms`, or until `signal` aborts. */
function sleeper(signal: AbortSignal): (ms: number) => Promise<void> {
	return (ms) =>
		new Promise((resolve) => {
			if (signal.aborted) return resolve();
			const done = () => {
				clearTimeout(timer);
				signal.removeEventListener("abort", done);
				resolve();
			};
			const timer = setTimeout(done, ms);
			signal.addEventListener("abort", done);
		});
}

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

/** What the bots run on. */
export interface Ground extends Pick<BotOptions, "installs" | "leases"> {
	readonly desk: Desk;
	/** Closes what is kept, once nothing runs any more. */
	close(): Promise<void>;
}

const NOTHING_OPEN = { open: 0, looking: 0, waiting: 0 };

/**
 * Runs the bots that have tokens until SIGTERM or SIGINT; returns the exit status. One platform failing does not stop the other. The ports
 * open first: an orchestrator that asks `/healthz` must not end a process that waits for its database.
 * @param open what the bots run on, given what counts for it, when it is there; a text tells the operator why it never will be. The signal
 * ends the waiting
 * @param stopMs all the time there is for stopping
 */
export async function runBots(
	settings: Settings,
	open: (metrics: Metrics, signal: AbortSignal) => Promise<Ground | string>,
	log: DeskContext["log"],
	stopMs: number,
): Promise<number> {
	let ground: Ground | null = null;
	let own: HttpServer | null = null;
	/** @throws before the first start of a platform, which has it */
	const started = () => {
		if (ground === null) throw new Error("a platform was started before its stores");
		const { desk, close: _, ...kept } = ground;
		return [desk, log, { ...kept, metrics, mount: own === null ? null : own.mount }] as const;
	};
	const { slack, discord } = settings;
	const platforms: Platform[] = [];
	if (slack !== null)
		platforms.push({
			name: "slack",
			bot: null,
			start: async () => (await import("./adapters/slack/slack.ts")).startSlack(slack, ...started()),
		});
	if (discord !== null)
		platforms.push({
			name: "discord",
			bot: null,
			start: async () => (await import("./adapters/discord/discord.ts")).startDiscord(discord, ...started()),
		});
	const states = (): Record<string, PlatformState> => Object.fromEntries(platforms.map(({ name, bot }) => [name, stateOf(bot)]));
	const metrics = openMetrics({ depth: () => ground?.desk.depth() ?? NOTHING_OPEN, platforms: states });
	const { stopping, stopped } = untilSignal(log);
	endOnDefects(stopping, log);

	// Loading takes a moment in which nothing is acknowledged: before the first question.
	await loadUndici();
	const workspacesRefused = () =>
		platforms.map(({ bot }) => bot?.workspacesRefused?.() ?? null).find((one) => one !== null) ?? null;
	const operators = { platforms: states, workspacesRefused, metrics };
	const ports = await openPorts(settings, operators, log);
	if (ports === null) return 2;
	own = ports.own;
	// No longer than the time that the orchestrator gives, whatever hangs.
	let given: NodeJS.Timeout | undefined;
	void stopped.then(() => {
		given = setTimeout(() => process.exit(0), stopMs);
	});
	const opened = await open(metrics, stopping);
	if (typeof opened === "string") {
		await ports.close();
		if (stopping.aborted) log({ event: "stopped" });
		else process.stderr.write(`cf520: ${opened}\n`);
		process.exit(stopping.aborted ? 0 : 2);
	}
	ground = opened;
	const { desk, close } = opened;
	void desk.begin();
	const watching = platforms.map((platform) => keepRunning(platform, stopping, log, sleeper(stopping)));
	await stopped;

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

/** @returns a signal that SIGTERM or SIGINT aborts, and what resolves then; a second of them ends the process */
function untilSignal(log: DeskContext["log"]): { readonly stopping: AbortSignal; readonly stopped: Promise<void> } {
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
	return { stopping: stopping.signal, stopped };
}

/** Ends the process when something is thrown that nobody catches, with a line in the log. */
function endOnDefects(stopping: AbortSignal, log: DeskContext["log"]): void {
	process.on("unhandledRejection", (reason) => {
		// During shutdown a reconnecting socket rejects into nothing (node-slack-sdk#2656); at any other time it is a defect.
		log({
			event: "unhandled-rejection",
			error: reason instanceof Error ? reason.name : typeof reason,
			stopping: stopping.aborted,
		});
		if (!stopping.aborted) process.exit(1);
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
			const isStarting = () => Object.values(operators.platforms()).includes("starting");
			own = await serve(host, port, metricsPort === null ? operators : null, isStarting);
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

import type { Desk, DeskWorld } from "./core/desk.ts";
import { type HealthServer, serveHealth } from "./health.ts";
import type { Settings } from "./settings.ts";

interface RunningBot {
	ready(): boolean;
	stop(): Promise<void>;
}

interface Platform {
	readonly name: "slack" | "discord";
	readonly start: () => Promise<RunningBot>;
	bot: RunningBot | null;
}

/** A platform that cannot be reached is tried again, more and more rarely: Discord allows 1,000 logins a day. */
const RETRY_MS_MIN = 2_000;
const RETRY_MS_MAX = 5 * 60_000;

/**
 * Runs the bots that have tokens until SIGTERM or SIGINT; returns the exit status. One platform failing does not stop the other.
 * @param stopMs all the time there is for stopping
 */
export async function runBots(settings: Settings, desk: Desk, log: DeskWorld["log"], stopMs: number): Promise<number> {
	const { slack, discord } = settings;
	const platforms: Platform[] = [];
	if (slack !== null)
		platforms.push({
			name: "slack",
			bot: null,
			start: async () => (await import("./adapters/slack/slack.ts")).startSlack(slack, desk, log),
		});
	if (discord !== null)
		platforms.push({
			name: "discord",
			bot: null,
			start: async () => (await import("./adapters/discord/discord.ts")).startDiscord(discord, desk, log),
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

	let health: HealthServer | null = null;
	if (settings.port !== null) {
		const states = () =>
			Object.fromEntries(
				platforms.map(({ name, bot }) => [
					name,
					bot === null ? ("starting" as const) : bot.ready() ? ("ready" as const) : ("down" as const),
				]),
			);
		health = await serveHealth(settings.host, settings.port, states);
		log({ event: "health-listening", port: health.port });
	}
	for (const platform of platforms) void keepTrying(platform, stopping.signal, log);
	await stopped;

	// No longer than the time that the orchestrator gives, whatever hangs.
	const given = setTimeout(() => process.exit(0), stopMs);
	await desk.stop(stopMs - 2_000);
	await Promise.all(platforms.map((platform) => platform.bot?.stop().catch(() => {})));
	await health?.close();
	clearTimeout(given);
	log({ event: "stopped" });
	// Explicitly: a socket that reconnects during shutdown would keep the process alive.
	process.exit(0);
}

async function keepTrying(platform: Platform, signal: AbortSignal, log: DeskWorld["log"]): Promise<void> {
	for (let wait = RETRY_MS_MIN; !signal.aborted; wait = Math.min(wait * 2, RETRY_MS_MAX)) {
		try {
			const bot = await platform.start();
			if (signal.aborted) await bot.stop();
			else platform.bot = bot;
			return;
		} catch (error) {
			log({
				event: "start-failed",
				platform: platform.name,
				say: error instanceof Error ? error.message : "unknown",
				againInMs: wait,
			});
			await new Promise<void>((resolve) => {
				const timer = setTimeout(resolve, wait);
				signal.addEventListener("abort", () => {
					clearTimeout(timer);
					resolve();
				});
			});
		}
	}
}

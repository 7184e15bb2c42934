import { setTimeout as sleep } from "node:timers/promises";
import { type Bot, type Question, until } from "./bot.ts";

/** How the others fare. Milliseconds are for people: they depend on the machine. */
export interface Fared {
	readonly asked: number;
	readonly ackP50Ms: number;
	readonly ackP99Ms: number;
	readonly ackMostMs: number;
	/** Acknowledged after the three seconds that the chats give, or not at all. */
	readonly late: number;
	/** Acknowledged, and never answered. */
	readonly unanswered: number;
}

const ASK_EVERY_MS = 40;
/** Slack and Discord tell the person after this that the bot does not respond. */
const ACK_MS_MAX = 3_000;
const ANSWER_MS_MAX = 20_000;
const FIRST_RAY = 0x8a7d5e2fbcd1a1c3n;
let rays = 0n;

export const quantile = (all: readonly number[], q: number): number =>
	Math.round([...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * q))] ?? 0);

/** Other people, in both chats, who ask what needs no look: each one expects to be acknowledged and answered. */
export function crowd(bot: Bot): { stop(): Promise<Fared> } {
	const questions: Question[] = [];
	let on = true;
	const asking = (async () => {
		while (on) {
			rays += 1n;
			const ray = (FIRST_RAY + rays * 0x100000n).toString(16);
			if (bot.running) questions.push(bot.ask(rays % 2n === 0n ? "slack" : "discord", `${ray}-DFW`));
			await sleep(ASK_EVERY_MS);
		}
	})();
	return {
		stop: async () => {
			on = false;
			await asking;
			await until(() => !bot.running || questions.every((one) => one.answered()), ANSWER_MS_MAX);
			const acks = questions.flatMap((one) => one.ackMs() ?? []);
			return {
				asked: questions.length,
				ackP50Ms: quantile(acks, 0.5),
				ackP99Ms: quantile(acks, 0.99),
				ackMostMs: quantile(acks, 1),
				late: questions.filter((one) => (one.ackMs() ?? Number.POSITIVE_INFINITY) > ACK_MS_MAX).length,
				unanswered: questions.filter((one) => one.ackMs() !== null && !one.answered()).length,
			};
		},
	};
}

/** How the others fare when nothing is going on. */
export async function quiet(bot: Bot, ms = 1_000): Promise<Fared> {
	const others = crowd(bot);
	await sleep(ms);
	return others.stop();
}

/** How they fared, as figures of a row. */
export const figures = (before: Fared, during: Fared) => ({
	ackP99Ms: `${during.ackP50Ms}/${during.ackP99Ms} (quiet: ${before.ackP50Ms}/${before.ackP99Ms})`,
	ackMostMs: during.ackMostMs,
	late: during.late,
	unanswered: during.unanswered,
});

/** What has to hold for the others. How fast they are acknowledged is printed, and judged by hand on a quiet machine. */
export const othersHeld = (during: Fared) => ({
	"others are acknowledged in time": during.late === 0,
	"others are answered": during.unanswered === 0,
});

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FakeSlack, fakeSlack } from "../fakes/slack.ts";

/** The bot as a service: how much it takes on, and what it costs to keep and to start again. Ratios side by side in one run. */

export type Tell = (bench: string, figures: Record<string, number>, value: number, limit: number) => void;

const path = (file: string) => new URL(file, import.meta.url).pathname;
const COMMANDS = 600;
const AT_ONCE = 50;
const KEPT = 10_000;
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** A program that serves the fake Slack: when it is connected. */
export async function started(
	args: readonly string[],
	env: Record<string, string>,
): Promise<{ ms: number; stop: () => Promise<void> }> {
	const at = performance.now();
	const child = spawn(process.execPath, args, {
		env: {
			PATH: process.env.PATH ?? "",
			CF520_STATUS_URL: "off",
			CF520_GLOBALPING_URL: "off",
			CF520_CLOUDFLARE_URL: "off",
			...env,
		},
		stdio: ["ignore", "ignore", "pipe"],
	});
	let log = "";
	await new Promise<void>((resolve, reject) => {
		child.stderr.on("data", (data) => {
			log += data;
			if (log.includes('"event":"slack-connected"')) resolve();
		});
		child.once("close", () => reject(new Error(log.slice(-500))));
	});
	const ms = performance.now() - at;
	return {
		ms,
		stop: async () => {
			const gone = once(child, "close");
			child.kill("SIGTERM");
			await gone;
		},
	};
}

let asked = 0;
/** Commands a second, some at a time, until `done` of each. */
export async function rate(slack: FakeSlack, done: (channel: string) => boolean, commands = COMMANDS): Promise<number> {
	const at = performance.now();
	let left = commands;
	await Promise.all(
		Array.from({ length: AT_ONCE }, async () => {
			while (left-- > 0) {
				const nth = ++asked;
				const channel = `C9${nth}`;
				slack.members.add(channel);
				await slack.command("8a7d5e2fbcd1a1c3-DFW", { channel, user: `U9${nth}` });
				while (!done(channel)) await new Promise((resolve) => setImmediate(resolve));
			}
		}),
	);
	return commands / ((performance.now() - at) / 1_000);
}

/** Whether a message stands in a channel. */
export function standsIn(slack: FakeSlack): (channel: string) => boolean {
	const posted = new Set<string>();
	let counted = 0;
	return (channel) => {
		for (; counted < slack.messages.length; counted += 1) posted.add(slack.messages[counted]?.channel ?? "");
		return posted.has(channel);
	};
}

/** The whole bot, with its file, until the last message of the answer stands, against an application that only acknowledges. */
async function commandsAgainstBareBolt(tell: Tell): Promise<void> {
	const slack = await fakeSlack();
	const folder = mkdtempSync(join(tmpdir(), "cf520-bench-"));
	const stands = standsIn(slack);
	const bare: number[] = [];
	const acknowledged: number[] = [];
	const whole: number[] = [];
	for (let round = 0; round < 3; round += 1) {
		const bolt = await started([path("bare-bolt.ts"), slack.apiUrl], {});
		bare.push(await rate(slack, () => true));
		await bolt.stop();
		const bot = await started([path("../../src/main.ts")], {
			SLACK_BOT_TOKEN: "xoxb-1",
			SLACK_APP_TOKEN: "xapp-1",
			SLACK_API_URL: slack.apiUrl,
			CF520_DATA: join(folder, "cf520.sqlite"),
		});
		const before = slack.ackMs.length;
		whole.push(await rate(slack, stands));
		acknowledged.push(median(slack.ackMs.slice(before)));
		await bot.stop();
	}
	const ratio = median(bare) / median(whole);
	tell(
		"commands-a-second-bare-bolt-against-the-whole-bot",
		{ bareBolt: median(bare), whole: median(whole), ackMs: median(acknowledged), ratio },
		ratio,
		45,
	);
	await slack.close();
	rmSync(folder, { recursive: true, force: true });
}

/** What is kept stands in the file: memory must not grow with it. */
function memoryOfWhatIsKept(tell: Tell): void {
	const folder = mkdtempSync(join(tmpdir(), "cf520-bench-"));
	const file = join(folder, "kept.sqlite");
	const { perCase, perWatch } = JSON.parse(
		execFileSync(process.execPath, ["--expose-gc", path("kept.ts"), file, String(KEPT), String(KEPT)], { encoding: "utf8" }),
	) as { perCase: number; perWatch: number };
	const perThing = statSync(file).size / (2 * KEPT);
	tell("memory-per-open-case-bytes", { memory: perCase, inTheFile: perThing }, perCase, 2_048);
	tell("memory-per-watch-bytes", { memory: perWatch, inTheFile: perThing }, perWatch, 2_048);
	rmSync(folder, { recursive: true, force: true });
}

/** From the start to the open socket, with ten thousand open cases and watches against none. */
async function restart(tell: Tell): Promise<void> {
	const slack = await fakeSlack();
	const folder = mkdtempSync(join(tmpdir(), "cf520-bench-"));
	execFileSync(process.execPath, [path("kept.ts"), join(folder, "full.sqlite"), String(KEPT), String(KEPT)]);
	const times: Record<"full" | "empty", number[]> = { full: [], empty: [] };
	for (let round = 0; round < 5; round += 1)
		for (const name of ["full", "empty"] as const) {
			const bot = await started([path("../../src/main.ts")], {
				SLACK_BOT_TOKEN: "xoxb-1",
				SLACK_APP_TOKEN: "xapp-1",
				SLACK_API_URL: slack.apiUrl,
				CF520_DATA: join(folder, `${name}.sqlite`),
			});
			times[name].push(bot.ms);
			await bot.stop();
		}
	const [full, empty] = [median(times.full), median(times.empty)];
	tell("restart-with-10000-open-cases", { full, empty, ratio: full / empty }, full / empty, 1.25);
	await slack.close();
	rmSync(folder, { recursive: true, force: true });
}

export async function benchService(tell: Tell): Promise<void> {
	memoryOfWhatIsKept(tell);
	await restart(tell);
	await commandsAgainstBareBolt(tell);
}

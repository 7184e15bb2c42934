/**
 * `npm run kill [-- rounds [seed]]`: the program as a process is killed (SIGKILL) at random moments while people ask, press and paste in
 * both chats, and started again each time. Afterwards everything that was acknowledged stands once: nothing lost, nothing doubled.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fakeDiscord } from "./fakes/discord.ts";
import { fakeSlack } from "./fakes/slack.ts";
import { openLab } from "./lab/lab.ts";
import { spread } from "./lab/spread.ts";
import { flatSlack } from "./normal.ts";

const ROUNDS = Number(process.argv[2] ?? 50);
const SEED = Number(process.argv[3] ?? Date.now() % 1_000_000);
/** Longer than a question takes here; a kill comes at any moment within it. */
const KILL_WITHIN_MS = 1_200;
/** What was under way at a kill is resumed last, and one person's at a time. */
const SETTLE_MS_MAX = 180_000;

/** Mulberry32: the same moments for the same seed. */
function random(seed: number): () => number {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
	};
}

const next = random(SEED);
const folder = mkdtempSync(join(tmpdir(), "cf520-kill-"));
const [slack, discord, lab] = await Promise.all([fakeSlack(), fakeDiscord(), openLab()]);
/** One host a question, for no host is looked at more than 400 times in an hour, and killed questions look again. */
const HOSTS_MAX = 400;
/** The same holds for addresses. */
const places = await spread([lab.edge.httpPort], 50);
const env = {
	PATH: process.env.PATH ?? "",
	SLACK_BOT_TOKEN: "xoxb-test",
	SLACK_APP_TOKEN: "xapp-test",
	SLACK_API_URL: slack.apiUrl,
	DISCORD_TOKEN: "aaaaaaaaaa.bbbb.cccc",
	DISCORD_API_URL: discord.apiUrl,
	CF520_DATA: join(folder, "cf520.sqlite"),
	CF520_KEY: "ab".repeat(32),
	CF520_ALLOW_TARGETS: "127.0.0.0/8",
	CF520_RESOLVE: [
		...[...lab.resolve].map(([key, [address]]) => `${key}:${address}`),
		...Array.from(
			{ length: HOSTS_MAX },
			(_, nth) => `n${nth}-closes-empty.lab.example:${lab.edge.httpPort}:${places.address(nth)}`,
		),
	].join(","),
};

interface Run {
	readonly child: ChildProcess;
	connected: Promise<void>;
	readonly gone: Promise<unknown>;
}

function start(): Run {
	const child = spawn(process.execPath, [new URL("../src/main.ts", import.meta.url).pathname], {
		env,
		stdio: ["ignore", "ignore", "pipe"],
	});
	let err = "";
	const gone = once(child, "close");
	const connected = new Promise<void>((resolve, reject) => {
		child.stderr?.on("data", (data) => {
			err += data;
			for (const line of String(data).split("\n"))
				if (/"event":"(?:broke|unhandled-rejection|reply-failed|given-up|not-taken-up|watch-failed)"/.test(line))
					broken.push(line);
			if (err.includes("slack-connected") && err.includes("discord-connected")) resolve();
		});
		void gone.then(() => reject(new Error(`ended by itself: ${err.slice(-400)}`)));
	});
	connected.catch(() => {});
	return { child, connected, gone };
}

/** Something that somebody did, and how to find what came of it. */
interface Done {
	readonly what: string;
	acknowledged: boolean;
	/** How often it stands in public, and how often the asker was told alone. */
	check(): string | null;
}
const done: Done[] = [];
/** Log lines of things that must not happen, of all processes. */
const broken: string[] = [];
let people = 0;
const failing = () => `http://n${people % HOSTS_MAX}-closes-empty.lab.example:${lab.edge.httpPort}`;

const slackText = () => slack.messages.map((one) => ({ ...one, flat: `${one.text}\n${flatSlack(one)}` }));
const discordText = () => discord.messages.filter((one) => one.author === "bot" && !one.deleted);

/** One head, its verdict, and each detail once. */
function siteProblem(
	heads: readonly string[],
	details: readonly string[],
	alone: readonly string[],
	acknowledged: boolean,
): string | null {
	if (heads.length > 1) return `${heads.length} heads`;
	const told = heads.filter((one) => /fails with 520/.test(one)).length;
	const toldAlone = alone.filter((one) => /fails with 520/.test(one)).length;
	if (acknowledged && told === 0 && toldAlone === 0)
		return heads.length === 0 ? `no answer: ${alone.join(" / ").slice(0, 200)}` : `left at: ${heads[0]?.slice(0, 120)}`;
	if (told === 0) return null;
	for (const part of ["What was seen", "Where to look", "Where this stands"]) {
		const public_ = details.filter((one) => one.includes(part)).length;
		if (public_ > 1) return `${part} stands ${public_} times`;
		if (acknowledged && public_ + alone.filter((one) => one.includes(part)).length === 0) return `${part} is lost`;
	}
	return null;
}

function inSlack(): void {
	const path = `/q${++people}`;
	const url = `${failing()}${path}`;
	const user = `U${people}`;
	// A channel of its own: everything in it belongs to this question.
	const channel = `C${1_000 + people}`;
	slack.members.add(channel);
	const one: Done = {
		what: `slack command ${path}`,
		acknowledged: false,
		check: () => {
			const all = slackText().filter((m) => m.channel === channel);
			const heads = all.filter((m) => m.onlyFor === null && m.threadTs === null);
			return siteProblem(
				heads.map((m) => m.flat),
				all.filter((m) => m.onlyFor === null && m.threadTs !== null).map((m) => m.flat),
				all.filter((m) => m.onlyFor === user).map((m) => m.flat),
				one.acknowledged,
			);
		},
	};
	done.push(one);
	void slack.command(url, { user, channel }).then(
		() => {
			one.acknowledged = true;
		},
		() => {},
	);
}

function inDiscord(): void {
	const path = `/d${++people}`;
	const url = `${failing()}${path}`;
	const user = `4${String(people).padStart(17, "0")}`;
	const channel = String(300_000_000_000_100_000n + BigInt(people));
	const one: Done = {
		what: `discord command ${path}`,
		acknowledged: false,
		check: () => {
			const all = discordText();
			const heads = all.filter((m) => m.onlyFor === null && m.channelId === channel);
			const under = heads.map((m) => m.id);
			return siteProblem(
				heads.map((m) => m.content),
				all.filter((m) => m.onlyFor === null && under.includes(m.channelId)).map((m) => m.content),
				all.filter((m) => m.onlyFor === user).map((m) => m.content),
				one.acknowledged,
			);
		},
	};
	done.push(one);
	void discord.command(url, { user, channel }).then(
		() => {
			one.acknowledged = true;
		},
		() => {},
	);
}

const VALUES = ["nothing", "crash", "complete-200", "refused-or-444", "client-closed-499"];
/** A button of the one case for that: the answer names the person. */
function pressed(): void {
	const message = slack.messages.find(
		(m) => m.channel === "C1" && m.onlyFor === null && /"value":"s:[\w-]{22}"/.test(JSON.stringify(m.blocks)),
	);
	const id = message === undefined ? undefined : /"value":"s:([\w-]{22})"/.exec(JSON.stringify(message.blocks))?.[1];
	if (message === undefined || id === undefined) return;
	const name = `person${++people}`;
	const user = `U${people}`;
	const one: Done = {
		what: `slack press by ${name}`,
		acknowledged: false,
		check: () => {
			const all = slackText();
			const told = all.filter(
				(m) => m.onlyFor === null && m.threadTs !== null && new RegExp(`\\b${name} at`).test(m.flat),
			).length;
			const alone = all.filter((m) => m.onlyFor === user).length;
			if (told > 1) return `told ${told} times`;
			return one.acknowledged && told + alone === 0 ? "lost" : null;
		},
	};
	done.push(one);
	const value = `a:${id}:origin-log:${VALUES[Math.floor(next() * VALUES.length)]}`;
	void slack.press(message, value, { user, name }).then(
		() => {
			one.acknowledged = true;
		},
		() => {},
	);
}

let ray = 0x8a7d5e2fbcd1a1c3n;
/** A mention in Slack; what was not acknowledged Slack sends again. */
function mentioned(): void {
	people += 1;
	ray += 0x100000n;
	const id = ray.toString(16);
	const eventId = `Ev${people}`;
	const threadTs = `9.${people}`;
	const one: Done = {
		what: `slack mention ${id}`,
		acknowledged: false,
		check: () => {
			const heads = slackText().filter(
				(m) => m.onlyFor === null && m.threadTs === threadTs && m.flat.includes(id) && /Data center|data center/.test(m.flat),
			);
			const first = heads.filter((m) => /Ray ID/.test(m.flat.slice(0, 120))).length;
			if (first > 1) return `told ${first} times`;
			const alone = slackText().filter((m) => m.onlyFor === "U1" && m.flat.includes(id)).length;
			return one.acknowledged && heads.length + alone === 0 ? "lost" : null;
		},
	};
	done.push(one);
	const deliver = () =>
		void slack.mention(`${id}-DFW`, { threadTs, eventId }).then(
			() => {
				one.acknowledged = true;
			},
			() => {},
		);
	again.push(() => {
		if (!one.acknowledged) deliver();
	});
	deliver();
}
const again: (() => void)[] = [];

const started = performance.now();
let run = start();
await run.connected;
await slack.command(`watch http://by-hand.lab.example:${lab.edge.httpPort}/ for 24h every 30s`);
await slack.command(`http://closes-empty.lab.example:${lab.edge.httpPort}/pressed`);
await sleep(1_500);
for (let round = 0; round < ROUNDS; round += 1) {
	for (const deliver of again) deliver();
	const kill = sleep(next() * KILL_WITHIN_MS);
	for (const act of [inSlack, inDiscord, pressed, mentioned, pressed]) {
		act();
		await Promise.race([kill, sleep(next() * 60)]);
	}
	await kill;
	run.child.kill("SIGKILL");
	await run.gone;
	run = start();
	await run.connected;
	if ((round + 1) % 10 === 0) process.stdout.write(`${round + 1} kills, ${done.length} things done\n`);
}
for (const deliver of again) deliver();
const problems = () =>
	done.flatMap((one) => {
		const problem = one.check();
		return problem === null ? [] : [`${one.what}: ${problem}`];
	});
const settledBy = performance.now() + SETTLE_MS_MAX;
while (problems().length > 0 && performance.now() < settledBy) await sleep(200);
// Whatever comes twice comes late: a moment more, after everything stands.
await sleep(1_500);
const watches = slackText().filter((m) => m.onlyFor === null && m.threadTs === null && /: watching/.test(m.flat)).length;
const left = [...problems(), ...(watches === 1 ? [] : [`the watch has ${watches} heads`])];
run.child.kill("SIGTERM");
await run.gone;
await Promise.all([slack.close(), discord.close(), places.close(), lab.close()]);
rmSync(folder, { recursive: true, force: true });
const acknowledged = done.filter((one) => one.acknowledged).length;
const said = slackText().filter((m) => /you may see it twice/.test(m.flat)).length;
process.stdout.write(
	`seed ${SEED}: ${ROUNDS} kills, ${done.length} things done, ${acknowledged} acknowledged, ${left.length} lost or doubled, ${said} told alone as perhaps twice; ${Math.round((performance.now() - started) / 1_000)} s\n`,
);
for (const one of left) process.stdout.write(`  ${one}\n`);
for (const line of broken) process.stdout.write(`  ${line}\n`);
if (left.length > 0 || broken.length > 0) process.exitCode = 1;

/**
 * `npm run soak [-- seconds [people]]`: the program as a process, both chats, people who ask at the same time for minutes, and platforms
 * that make trouble in one call of twenty (429, 500, lost answers), deliver things twice and drop their connections. Prints figures; exit
 * status 1 when a question was not answered, or answered twice.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { discordLines } from "./discord-lines.ts";
import { type DiscordFakeMessage, type DiscordFault, fakeDiscord } from "./fakes/discord.ts";
import { fakeSlack, type SlackFault, type SlackMessage } from "./fakes/slack.ts";
import { openLab } from "./lab/lab.ts";
import { spread } from "./lab/spread.ts";
import { flatSlack } from "./normal.ts";

const SECONDS = Number(process.argv[2] ?? 120);
const PEOPLE = Number(process.argv[3] ?? 200);
const FAULTS = 0.05;
const TWICE = 0.02;
const ANSWER_MS_MAX = 60_000;
const HEARD_MS_MAX = 8_000;
const THINKING_MS = 2_500;
/** They come one after the other within this. */
const ARRIVING_MS = 5_000;
const DISCONNECT_EVERY_MS = 15_000;
/** Floors of the project. */
const ACK_P99_MS_MAX = 250;
const GROWTH_MAX = 1.25;

const folder = mkdtempSync(join(tmpdir(), "cf520-soak-"));
const [slack, discord, lab] = await Promise.all([fakeSlack(), fakeDiscord(), openLab()]);
/** Hosts of the laboratory that answer soon, each under so many names: what one workspace may request of one host has to last. */
const NAMES_EACH = 4;
const HOSTS = lab.hosts
	.map(({ host }) => host.split(".")[0] ?? "")
	.filter((name) => !/^(?:silent|slow-520|times-out|no-route|xn--|not-proxied)/.test(name))
	.flatMap((name) => Array.from({ length: NAMES_EACH }, (_, nth) => `n${nth}-${name}`));
/** Requests count by address too: each host has its own. */
const places = await spread([lab.edge.httpPort], HOSTS.length);
const child = spawn(process.execPath, [new URL("../src/main.ts", import.meta.url).pathname], {
	env: {
		PATH: process.env.PATH ?? "",
		SLACK_BOT_TOKEN: "xoxb-test",
		SLACK_APP_TOKEN: "xapp-test",
		SLACK_API_URL: slack.apiUrl,
		DISCORD_TOKEN: "aaaaaaaaaa.bbbb.cccc",
		DISCORD_API_URL: discord.apiUrl,
		CF520_SLACK_ADMINS: "UADMIN",
		CF520_DATA: join(folder, "cf520.sqlite"),
		CF520_ALLOW_TARGETS: "127.0.0.0/8",
		CF520_RESOLVE: HOSTS.map((name, nth) => `${name}.lab.example:${lab.edge.httpPort}:${places.address(nth)}`).join(","),
		PORT: "0",
	},
	stdio: ["ignore", "ignore", "pipe"],
});
let connected = "";
let port = "";
const events = new Map<string, number>();
const bad: string[] = [];
child.stderr.on("data", (data) => {
	for (const line of String(data).split("\n")) {
		const event = /"event":"([\w-]+)"/.exec(line)?.[1];
		if (event === undefined) continue;
		const counted = event === "busy" ? `busy: ${/"why":"([\w-]+)"/.exec(line)?.[1]}` : event;
		events.set(counted, (events.get(counted) ?? 0) + 1);
		if (event === "slack-connected" || event === "discord-connected") connected += event;
		port = /"health-listening","port":(\d+)/.exec(line)?.[1] ?? port;
		if (/^(?:broke|unhandled-rejection|uncaught-exception|reply-failed|watch-failed)$/.test(event)) bad.push(line);
	}
});
const gone = once(child, "close");
let alive = true;
void gone.then(() => {
	alive = false;
});
while (alive && !(connected.includes("slack-connected") && connected.includes("discord-connected"))) await sleep(50);

// The highest limits that admins can set: these people ask more than real ones.
slack.members.add("CADMIN");
await slack.command("admin limits person 60 channel 200 workspace 600", { user: "UADMIN", channel: "CADMIN" });
// People with Manage Server are admins.
discord.personPermissions |= 1n << 5n;
await discord.command("admin limits person 60 channel 200 workspace 600", { channel: "300000000000000002" });
await sleep(500);

let calls = 0;
let faults = 0;
const trouble = (): boolean => {
	calls += 1;
	const hit = Math.random() < FAULTS;
	if (hit) faults += 1;
	return hit;
};
const pick = <T>(all: readonly T[]): T => all[Math.floor(Math.random() * all.length)] as T;
slack.chaos = (method) =>
	method.startsWith("chat.") && trouble()
		? pick<SlackFault>([{ status: 429, retryAfter: 1 }, { status: 500 }, { loseAnswer: true }])
		: null;
discord.chaos = (route) =>
	/interactions|webhooks|messages|threads/.test(route) && trouble()
		? pick<DiscordFault>([{ status: 429, retryAfter: 0.3 }, { status: 500 }, { status: 204, loseAnswer: true }])
		: null;

let asked = 0;
let answered = 0;
let unheard = 0;
let refused = 0;
const wrong: string[] = [];
const kinds = new Map<string, number>();
const ended = performance.now() + SECONDS * 1_000;
const waits: number[] = [];

/** What stands in each channel, read as it comes: looking through everything each time would cost more than the bot. */
function byChannel<T>(all: readonly T[], channel: (one: T) => string): (of: string) => readonly T[] {
	const index = new Map<string, T[]>();
	let read = 0;
	return (of) => {
		for (; read < all.length; read += 1) {
			const one = all[read] as T;
			index.set(channel(one), [...(index.get(channel(one)) ?? []), one]);
		}
		return index.get(of) ?? [];
	};
}
const saidInSlack = (one: SlackMessage): Said => ({
	says: flatSlack(one),
	isHead: one.threadTs === null,
	asks: asksIn(JSON.stringify(one.blocks)),
});
const saidInDiscord =
	(channel: string) =>
	(one: DiscordFakeMessage): Said => ({
		says: discordLines(one.sent).join("\n"),
		isHead: one.channelId === channel,
		asks: asksIn(JSON.stringify(one.sent)),
	});
const inSlack = byChannel(slack.messages, (one) => one.channel);
const inDiscord = byChannel(discord.messages, (one) => one.channelId);

/** A message: what it says, whether it stands in the channel, and whether it asks a question of a case. */
interface Said {
	readonly says: string;
	readonly isHead: boolean;
	readonly asks: boolean;
}
interface Seen {
	readonly public: readonly Said[];
	readonly alone: readonly Said[];
}
const asksIn = (controls: string): boolean => /"(?:value|custom_id)":"a:/.test(controls);

/** What a kind of question gets: whether all of it stands, and how often the same stands. */
interface Expected {
	readonly isWhole: (seen: Seen) => boolean;
	readonly times: (seen: Seen) => number;
}

/** Of both chats: the sign of a verdict in front. */
const VERDICT = /^\W{0,6}(?:🔴|🟠|🟢|⚪)/u;
/** A page is not checked again while its host, its workspace or the person has no requests left: that is right, and counted. */
const NO_REQUESTS_LEFT =
	/reached its limit of \d+ requests|has used its half of the|used (?:your|its) (?:\d+ )?checks for 5 minutes|I am busy with many questions/;
const isRefused = ({ alone }: Seen): boolean => alone.some(({ says }) => NO_REQUESTS_LEFT.test(says));
const headsOf = (seen: Seen) => seen.public.filter((one) => one.isHead);
/** A verdict in the one head; where it opens a case that has something to ask, one question under it. */
const SITE: Expected = {
	isWhole: (seen) => {
		const told = [...headsOf(seen), ...seen.alone].filter(({ says }) => VERDICT.test(says));
		const opensCase = told.some(({ says }) => /fails with 520/.test(says));
		const asks = [...seen.public, ...seen.alone].some((one) => one.asks || /Fix:|Next:/.test(one.says));
		return isRefused(seen) || (told.length > 0 && (!opensCase || asks));
	},
	times: (seen) => Math.max(headsOf(seen).length, seen.public.filter((one) => one.asks).length),
};
const rayAnswer = (id: string): Expected => ({
	isWhole: (seen) =>
		[...seen.public, ...seen.alone].some(
			({ says }) => says.includes(id) && /received .* at /.test(says) && says.includes("grep"),
		),
	times: (seen) => seen.public.length,
});
const HELP_ANSWER: Expected = {
	isWhole: ({ alone }) => alone.some(({ says }) => /Find out why Cloudflare returns a 520/.test(says)),
	times: ({ alone }) => alone.length,
};

/** Asks once and waits for the answer: one, and no second one for a while. */
async function ask(
	kind: string,
	expected: Expected,
	/** Resolves once it is acknowledged. */
	deliver: () => Promise<void>,
	look: () => Seen,
): Promise<void> {
	asked += 1;
	kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
	const started = performance.now();
	// A question that fails because a connection is being renewed is asked again.
	while (alive) {
		const heard = await Promise.race([
			deliver().then(
				() => true,
				() => false,
			),
			sleep(HEARD_MS_MAX).then(() => false),
		]);
		if (heard) break;
		unheard += 1;
		await sleep(500);
	}
	if (Math.random() < TWICE) void deliver().catch(() => {});
	while (!expected.isWhole(look())) {
		if (!alive || performance.now() - started > ANSWER_MS_MAX) {
			wrong.push(`${kind}: not answered: ${JSON.stringify(look()).slice(0, 300)}`);
			return;
		}
		await sleep(100);
	}
	waits.push(performance.now() - started);
	await sleep(300);
	const times = expected.times(look());
	if (times > 1) wrong.push(`${kind}: stands ${times} times: ${JSON.stringify(look()).slice(0, 300)}`);
	else answered += 1;
	if (isRefused(look())) refused += 1;
}

let ray = 0x8a7d5e2fbcd1a1c3n;
async function slackPerson(nth: number): Promise<void> {
	await sleep(Math.random() * ARRIVING_MS);
	const user = `U${100 + nth}`;
	let questions = 0;
	while (alive && performance.now() < ended) {
		// A channel of its own for each question: everything in it belongs to it.
		const channel = `C${nth}X${++questions}`;
		slack.members.add(channel);
		const look = (): Seen => {
			const here = inSlack(channel);
			return {
				public: here.filter((one) => one.onlyFor === null).map(saidInSlack),
				alone: here.filter((one) => one.onlyFor === user).map(saidInSlack),
			};
		};
		const triggerId = `t${nth}.${questions}`;
		const command = (text: string) => () => slack.command(text, { user, channel, triggerId });
		const kind = Math.random();
		if (kind < 0.12)
			await ask("slack site", SITE, command(`http://${pick(HOSTS)}.lab.example:${lab.edge.httpPort}/s${nth}-${questions}`), look);
		else if (kind < 0.5) {
			ray += 0x100000n;
			const id = ray.toString(16);
			await ask("slack ray", rayAnswer(id), command(`${id}-DFW`), look);
		} else if (kind < 0.7) {
			ray += 0x100000n;
			const id = ray.toString(16);
			const mention = () => slack.mention(`${id}-FRA`, { user, channel, threadTs: "1.1", eventId: `Ev${nth}.${questions}` });
			await ask("slack mention", rayAnswer(id), mention, look);
		} else await ask("slack help", HELP_ANSWER, command("help"), look);
		await sleep(Math.random() * THINKING_MS);
	}
}

async function discordPerson(nth: number): Promise<void> {
	await sleep(Math.random() * ARRIVING_MS);
	const user = `4${String(nth).padStart(17, "0")}`;
	let questions = 0;
	while (alive && performance.now() < ended) {
		const channel = `3${String(nth * 10_000 + ++questions).padStart(17, "0")}`;
		const interactionId = `95${String(nth * 10_000 + questions).padStart(16, "0")}`;
		const look = (): Seen => {
			const heads = inDiscord(channel).filter((one) => one.author === "bot" && !one.deleted);
			const under = heads.flatMap(({ id }) => inDiscord(id));
			return {
				public: [...heads.filter((one) => one.onlyFor === null), ...under].map(saidInDiscord(channel)),
				alone: heads.filter((one) => one.onlyFor === user).map(saidInDiscord(channel)),
			};
		};
		const command = (text: string) => () => discord.command(text, { user, channel, interactionId });
		const kind = Math.random();
		if (kind < 0.12)
			await ask(
				"discord site",
				SITE,
				command(`http://${pick(HOSTS)}.lab.example:${lab.edge.httpPort}/d${nth}-${questions}`),
				look,
			);
		else if (kind < 0.7) {
			ray += 0x100000n;
			const id = ray.toString(16);
			await ask("discord ray", rayAnswer(id), command(`${id}-DFW`), look);
		} else await ask("discord help", HELP_ANSWER, command("help"), look);
		await sleep(Math.random() * THINKING_MS);
	}
}

const memory: number[] = [];
/** In use on the heap; its lowest values are those after a collection. */
const heap: number[] = [];
const scrape = async () => {
	const text = await fetch(`http://127.0.0.1:${port}/metrics`).then(
		(response) => response.text(),
		() => "",
	);
	const bytes = Number(/^process_resident_memory_bytes (\S+)/m.exec(text)?.[1] ?? Number.NaN);
	if (!Number.isNaN(bytes)) memory.push(bytes / 1024 / 1024);
	const used = Number(/^nodejs_heap_size_used_bytes (\S+)/m.exec(text)?.[1] ?? Number.NaN);
	if (!Number.isNaN(used)) heap.push(used / 1024 / 1024);
	return text;
};
const scraping = setInterval(() => void scrape(), 2_000);
const dropping = setInterval(() => {
	slack.disconnect();
	discord.disconnect();
}, DISCONNECT_EVERY_MS);
const half = Math.ceil(PEOPLE / 2);
await Promise.all([
	...Array.from({ length: half }, (_, nth) => slackPerson(nth)),
	...Array.from({ length: PEOPLE - half }, (_, nth) => discordPerson(nth)),
]);
clearInterval(scraping);
clearInterval(dropping);
const last = await scrape();
const open = /^cf520_queue_depth\{queue="open"\} (\d+)/m.exec(last)?.[1];
const stayed = alive;
child.kill("SIGTERM");
const [status] = (await gone) as [number | null];

const quantile = (all: readonly number[], q: number) =>
	[...all].sort((a, b) => a - b)[Math.min(all.length - 1, Math.floor(all.length * q))] ?? Number.NaN;
const mean = (all: readonly number[]) => all.reduce((sum, one) => sum + one, 0) / all.length;
const quarter = Math.floor(memory.length / 4);
const warm = mean(memory.slice(quarter, 2 * quarter));
const end = mean(memory.slice(-quarter));
const acks = [...slack.ackMs, ...discord.ackMs];
const figures = {
	seconds: SECONDS,
	people: PEOPLE,
	asked,
	answeredOnce: answered,
	noRequestsLeft: refused,
	notHeardAtFirst: unheard,
	kinds: Object.fromEntries(kinds),
	platformCalls: calls,
	faults,
	ackMs: { p50: Math.round(quantile(acks, 0.5)), p99: Math.round(quantile(acks, 0.99)), most: Math.round(Math.max(...acks)) },
	answerMs: { p50: Math.round(quantile(waits, 0.5)), p99: Math.round(quantile(waits, 0.99)) },
	memoryMb: { warm: Math.round(warm), end: Math.round(end), growth: Number((end / warm).toFixed(2)) },
	heapAfterCollectionMb: {
		warm: Math.round(Math.min(...heap.slice(quarter, 2 * quarter))),
		end: Math.round(Math.min(...heap.slice(-quarter))),
	},
	stillOpen: open,
	exitStatus: status,
	events: Object.fromEntries([...events].sort()),
};
process.stdout.write(`${JSON.stringify(figures, null, 1)}\n`);
const problems = [
	...wrong,
	...bad,
	...(stayed ? [] : ["the process ended by itself"]),
	...(figures.ackMs.p99 > ACK_P99_MS_MAX
		? [`acknowledged within ${figures.ackMs.p99} ms (p99), more than ${ACK_P99_MS_MAX}`]
		: []),
	...(end / warm > GROWTH_MAX ? [`memory grew by ${figures.memoryMb.growth}`] : []),
];
for (const one of problems.slice(0, 30)) process.stdout.write(`  ${one.slice(0, 400)}\n`);
await Promise.all([slack.close(), discord.close(), places.close(), lab.close()]);
rmSync(folder, { recursive: true, force: true });
process.exit(problems.length > 0 ? 1 : 0);

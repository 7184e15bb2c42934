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
import { discordControls } from "./discord-lines.ts";
import { fakeDiscord } from "./fakes/discord.ts";
import { fakeSlack } from "./fakes/slack.ts";
import { openLab } from "./lab/lab.ts";
import { spread } from "./lab/spread.ts";
import { flatSlack } from "./normal.ts";

const ROUNDS = Number(process.argv[2] ?? 50);
const SEED = Number(process.argv[3] ?? Date.now() % 1_000_000);
/** Longer than a question takes here; a kill comes at any moment within it. */
const KILL_WITHIN_MS = 1_200;
/** What was under way at a kill is resumed last, and one person's at a time: after so many kills it is given the time for that. */
const LULL_EVERY = 5;
const LULL_MS_MAX = 25_000;
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
/** So many cases go on in one round. */
const GO_ON_AT_ONCE = 4;
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
	CF520_SLACK_ADMINS: "UADMIN",
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

/** An action, and how to find its result. */
interface Done {
	readonly what: string;
	acknowledged: boolean;
	/** What is wrong with the messages; null for nothing. */
	check(): string | null;
}
const done: Done[] = [];
/** Log lines of things that must not happen, of all processes. */
const broken: string[] = [];
let people = 0;
const failing = () => `http://n${people % HOSTS_MAX}-closes-empty.lab.example:${lab.edge.httpPort}`;

/** A message of either chat: what it says without marks, and what can be pressed. */
interface Seen {
	readonly id: string;
	readonly onlyFor: string | null;
	/** It stands in the channel, and not in a thread. */
	readonly isHead: boolean;
	readonly says: string;
	readonly actions: readonly string[];
	press(action: string, person: Person): Promise<unknown>;
}
interface Person {
	readonly user: string;
	readonly name: string;
}

const plain = (text: string) => text.replace(/[*`\\]/g, "");

function inSlackChannel(channel: string): Seen[] {
	return slack.messages
		.filter((one) => one.channel === channel)
		.map((one) => ({
			id: one.ts,
			onlyFor: one.onlyFor,
			isHead: one.threadTs === null,
			says: plain(flatSlack(one)),
			actions: [...JSON.stringify(one.blocks).matchAll(/"value":"((?:[^"\\]|\\.)*)"/g)].map(([, value = ""]) => value),
			press: (action, { user, name }) => slack.press(one, action, { user, name }),
		}));
}

function inDiscordChannel(channel: string): Seen[] {
	const isThere = (id: string) => id === channel || discord.threads.get(id)?.parent === channel;
	return discord.messages
		.filter((one) => one.author === "bot" && !one.deleted && isThere(one.channelId))
		.map((one) => ({
			id: one.id,
			onlyFor: one.onlyFor,
			isHead: one.channelId === channel,
			says: plain(one.content),
			actions: discordControls(one.sent).map(({ action }) => action),
			press: (action, { user }) => discord.press(one, action, { user }),
		}));
}

/** Told alone, outside the thread, it names the host. */
const CHECKED = /Checked (?:\S+ )?again: still 520/;
const PERHAPS_TWICE = /you may see it twice/;
const GAVE_UP = /I was stopped twice while working on this question/;
const countOf = (all: readonly Seen[], says: RegExp): number => all.filter((one) => says.test(one.says)).length;
const asks = (one: Seen): boolean => one.actions.some((action) => action.startsWith("a:"));

/** What people did with a case, in order, as far as it can be read. */
interface Flow {
	readonly asker: Person;
	readonly steps: { readonly kind: StepKind; readonly who: Person; readonly at: string }[];
	look(): Seen[];
}
type StepKind = "answer" | "undo" | "recheck" | "solve" | "reopen";
const FLOW: readonly StepKind[] = ["answer", "undo", "answer", "recheck", "solve", "reopen", "answer", "solve"];

/** What must stand once for a step, in public. */
const STANDS: Readonly<Record<StepKind, (name: string) => readonly RegExp[]>> = {
	answer: (name) => [new RegExp(`✅ ${name}: `)],
	undo: (name) => [new RegExp(`^${name} undid the answer "`, "m"), new RegExp(`↩ ${name} undid the answer to: `)],
	recheck: () => [],
	solve: (name) => [new RegExp(`Solved by ${name} after `)],
	reopen: (name) => [new RegExp(`^${name} reopened this case\\.`, "m")],
};

/**
 * The whole state of a case: one head with what is so now; in its thread one message for the first question and one for each step; one
 * open question, none where it is solved; each answer with its way back.
 */
function caseProblem({ asker, steps, look }: Flow, acknowledged: boolean): string | null {
	const all = look();
	const [open, alone] = [all.filter((one) => one.onlyFor === null), all.filter((one) => one.onlyFor !== null)];
	const heads = open.filter((one) => one.isHead);
	const thread = open.filter((one) => !one.isHead);
	if (heads.length > 1) return `${heads.length} heads`;
	const [head] = heads;
	const isTold = head !== undefined && /fails with 520|: solved/.test(head.says);
	const toldAlone = alone.filter((one) => one.onlyFor === asker.user && /fails with 520/.test(one.says)).length;
	if (!isTold) {
		if (!acknowledged || toldAlone > 0) return null;
		return head === undefined
			? `no answer: ${alone
					.map((one) => one.says)
					.join(" / ")
					.slice(0, 200)}`
			: `left at: ${head.says.slice(0, 120)}`;
	}
	if (!acknowledged) return null;
	// A message that may have arrived can be in the channel, and is repeated privately. So is a check whose first message was being sent.
	const checkers = steps.flatMap(({ kind, who }) => (kind === "recheck" ? [who.user] : []));
	const checkedAlone = alone.filter((one) => checkers.includes(one.onlyFor ?? "") && CHECKED.test(one.says)).length;
	const perhaps = countOf(alone, PERHAPS_TWICE) + checkedAlone;
	const posts = 1 + steps.length;
	if (thread.length > posts || thread.length < posts - perhaps)
		return `${thread.length} messages in the thread for ${posts} things`;
	const solved = steps.findLast(({ kind }) => kind === "solve" || kind === "reopen");
	const isSolved = solved?.kind === "solve";
	for (const [nth, { kind, who, at }] of steps.entries()) {
		// An undone answer is shown as undone.
		const isUndone = kind === "answer" && steps[nth + 1]?.kind === "undo";
		for (const stands of isUndone ? [] : STANDS[kind](who.name)) {
			const times = countOf(open, stands);
			if (times > 1) return `${stands} stands ${times} times`;
			if (times === 0 && perhaps === 0) return `${stands} is lost`;
		}
		const turned = thread.find((one) => one.id === at);
		if (kind === "answer" && !isUndone && perhaps === 0 && turned?.says.includes(`✅ ${who.name}: `) !== true)
			return `the question of ${who.name}'s answer is still: ${turned?.says.slice(0, 80)}`;
	}
	const rechecks = steps.filter(({ kind }) => kind === "recheck").length;
	const checked = countOf(thread, CHECKED);
	if (checked > rechecks || checked + checkedAlone < rechecks) return `checked again ${checked} times for ${rechecks}`;
	const backs = steps.reduce((sum, { kind }) => sum + (kind === "answer" ? 1 : kind === "undo" ? -1 : 0), 0);
	const undo = thread.filter((one) => one.actions.some((action) => action.startsWith("b:"))).length;
	if (perhaps === 0 && undo !== backs) return `${undo} answers can be undone of ${backs}`;
	return stateProblem(head, thread, isSolved ? (solved?.who.name ?? "") : null, perhaps);
}

/** What holds of every case at the end: its head, and how many questions are open. */
function stateProblem(head: Seen, thread: readonly Seen[], solvedBy: string | null, perhaps: number): string | null {
	const asking = thread.filter(asks).length;
	if (solvedBy !== null) {
		if (!new RegExp(`: solved\\s+(?:· )?by ${solvedBy} after`, "i").test(head.says))
			return `solved, and the head says: ${head.says.slice(0, 120)}`;
		return asking > perhaps ? `solved, and ${asking} questions are open` : null;
	}
	if (!/fails with 520/.test(head.says)) return `the head says: ${head.says.slice(0, 120)}`;
	const isLikely = /likely: /i.test(head.says);
	const fixes = thread.filter((one) => one.actions.some((action) => action.startsWith("g:"))).length;
	if (isLikely && fixes === 0 && perhaps === 0) return "the cause is likely, and nothing says what to do";
	const most = isLikely ? 0 : 1;
	if (asking > most + perhaps || (asking < most && perhaps === 0))
		return `${asking} questions are open${isLikely ? ", and the cause is likely" : ""}`;
	return null;
}

/** Cases that go on: what was done last in each, and whether that is over. */
const flows: { readonly flow: Flow; readonly one: Done }[] = [];

function opened(chat: "slack" | "discord"): void {
	const nth = ++people;
	const url = `${failing()}/${chat}${nth}`;
	const user = chat === "slack" ? `U${nth}` : `4${String(nth).padStart(17, "0")}`;
	// A channel of its own: everything in it belongs to this question.
	const channel = chat === "slack" ? `C${1_000 + nth}` : String(300_000_000_000_100_000n + BigInt(nth));
	if (chat === "slack") slack.members.add(channel);
	const flow: Flow = {
		asker: { user, name: "" },
		steps: [],
		look: () => (chat === "slack" ? inSlackChannel(channel) : inDiscordChannel(channel)),
	};
	const one: Done = { what: `${chat} case ${nth}`, acknowledged: false, check: () => caseProblem(flow, one.acknowledged) };
	done.push(one);
	flows.push({ flow, one });
	const command = chat === "slack" ? slack.command(url, { user, channel }) : discord.command(url, { user, channel });
	void command.then(
		() => {
			one.acknowledged = true;
		},
		() => {},
	);
}

/** The next thing is done with a case whose last one is over. */
function goOn({ flow, one }: (typeof flows)[number]): void {
	const kind = FLOW[flow.steps.length];
	const all = flow.look();
	if (kind === undefined || !one.acknowledged || one.check() !== null || countOf(all, PERHAPS_TWICE) > 0) return;
	const open = all.filter((each) => each.onlyFor === null);
	const startsWith = { answer: "a:", undo: "b:", recheck: "c:", reopen: "x:", solve: "c:" }[kind];
	const message = open.findLast((each) => each.actions.some((action) => action.startsWith(startsWith)));
	const actions = message?.actions.filter((action) => action.startsWith(startsWith) && !action.endsWith(":?")) ?? [];
	const action = actions[Math.floor(next() * actions.length)];
	// A likely cause leaves nothing to answer: such a case stays as it is.
	if (message === undefined || action === undefined) return;
	const nth = ++people;
	const isSlack = flow.asker.user.startsWith("U");
	const user = isSlack ? `U${nth}` : `4${String(nth).padStart(17, "0")}`;
	const who = { user, name: isSlack ? `person${nth}` : `user${user}` };
	const press = kind === "solve" ? `w:${action.split(":")[1]}:origin-crashed` : action;
	one.acknowledged = false;
	void message.press(press, who).then(
		() => {
			flow.steps.push({ kind, who, at: message.id });
			one.acknowledged = true;
			pressedIn.set(kind, (pressedIn.get(kind) ?? 0) + 1);
		},
		() => {
			one.acknowledged = true;
		},
	);
}
const pressedIn = new Map<StepKind, number>();

const VALUES = ["nothing", "crash", "complete-200", "refused-or-444", "client-closed-499"];
/** A button of the one case for that, by many at once: what each said is told once, or to them alone. */
function pressed(): void {
	const head = inSlackChannel("C1").find((one) => one.onlyFor === null && one.actions.some((action) => action.startsWith("c:")));
	const id = head?.actions.find((action) => action.startsWith("c:"))?.slice(2);
	if (head === undefined || id === undefined) return;
	const name = `person${++people}`;
	const user = `U${people}`;
	const told = new RegExp(`✅ ${name}: |^${name} said |, ${name} says `, "m");
	const one: Done = {
		what: `slack press by ${name}`,
		acknowledged: false,
		check: () => {
			const all = inSlackChannel("C1");
			const times = countOf(
				all.filter((each) => each.onlyFor === null),
				told,
			);
			const alone = all.filter((each) => each.onlyFor === user).length;
			if (times > 1) return `told ${times} times`;
			return one.acknowledged && times + alone === 0 ? "lost" : null;
		},
	};
	done.push(one);
	void head.press(`a:${id}:origin-log:${VALUES[Math.floor(next() * VALUES.length)]}`, { user, name }).then(
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
			const all = slack.messages.map((m) => ({ ...m, says: plain(flatSlack(m)) })).filter((m) => m.says.includes(id));
			const told = all.filter((m) => m.onlyFor === null && m.threadTs === threadTs);
			const isWhole = told.every(
				({ says }) => /^Ray [0-9a-f]{16}: received .* at Dallas \(DFW\)/.test(says) && says.includes("grep"),
			);
			if (told.length > 1) return `told ${told.length} times`;
			if (!isWhole) return `left at: ${told[0]?.says.slice(0, 120)}`;
			const alone = all.filter((m) => m.onlyFor === "U1").length;
			// Ended twice while it was worked on: only that is told, with an id of ours.
			const without = slack.messages.filter((m) => m.onlyFor === "U1" && m.threadTs === threadTs).map((m) => plain(flatSlack(m)));
			const gaveUp = without.filter((says) => GAVE_UP.test(says));
			return one.acknowledged && told.length + alone + gaveUp.length === 0 ? `lost; privately: ${without.join(" / ")}` : null;
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

const problems = () =>
	done.flatMap((one) => {
		const problem = one.check();
		return problem === null ? [] : [`${one.what}: ${problem}`];
	});

const started = performance.now();
let run = start();
await run.connected;
// As much as admins may allow: each case is checked several times.
await slack.command("admin limits person 60 channel 200 workspace 600", { user: "UADMIN" });
discord.personPermissions |= 1n << 5n;
await discord.command("admin limits person 60 channel 200 workspace 600");
await slack.command(`watch http://by-hand.lab.example:${lab.edge.httpPort}/ for 24h every 30s`);
await slack.command(`http://closes-empty.lab.example:${lab.edge.httpPort}/pressed`);
await sleep(1_500);
for (let round = 0; round < ROUNDS; round += 1) {
	for (const deliver of again) deliver();
	const kill = sleep(next() * KILL_WITHIN_MS);
	const ready = flows.filter(({ flow }) => flow.steps.length < FLOW.length);
	const some = Array.from({ length: GO_ON_AT_ONCE }, () => ready[Math.floor(next() * ready.length)]);
	const further = [...new Set(some)].flatMap((one) => (one === undefined ? [] : [() => goOn(one)]));
	for (const act of [() => opened(round % 2 === 0 ? "slack" : "discord"), pressed, mentioned, ...further, pressed]) {
		act();
		await Promise.race([kill, sleep(next() * 60)]);
	}
	await kill;
	run.child.kill("SIGKILL");
	await run.gone;
	run = start();
	await run.connected;
	const lullBy = performance.now() + ((round + 1) % LULL_EVERY === 0 ? LULL_MS_MAX : 0);
	while (performance.now() < lullBy && problems().length > 0) await sleep(200);
	if ((round + 1) % 10 === 0) process.stdout.write(`${round + 1} kills, ${done.length} things done\n`);
}
for (const deliver of again) deliver();
const settledBy = performance.now() + SETTLE_MS_MAX;
while (problems().length > 0 && performance.now() < settledBy) await sleep(200);
// Duplicates come late: waits a moment more after everything has arrived.
await sleep(1_500);
const watches = slack.messages.filter(
	(m) => m.onlyFor === null && m.threadTs === null && /by-hand.*watching/s.test(flatSlack(m)),
);
const many = inSlackChannel("C1").filter((one) => one.onlyFor === null);
const manysHead = many.find((one) => one.actions.some((action) => action.startsWith("c:")));
const manys =
	manysHead === undefined
		? "no head"
		: stateProblem(
				manysHead,
				many.filter((one) => !one.isHead),
				null,
				countOf(inSlackChannel("C1"), PERHAPS_TWICE),
			);
const left = [
	...problems(),
	...(manys === null ? [] : [`the case of many: ${manys}`]),
	...(watches.length === 1 ? [] : [`the watch has ${watches.length} heads`]),
];
run.child.kill("SIGTERM");
await run.gone;
await Promise.all([slack.close(), discord.close(), places.close(), lab.close()]);
rmSync(folder, { recursive: true, force: true });
const acknowledged = done.filter((one) => one.acknowledged).length;
const said = slack.messages.filter((m) => PERHAPS_TWICE.test(flatSlack(m))).length;
const steps = [...pressedIn].map(([kind, times]) => `${times} ${kind}`).join(", ");
process.stdout.write(
	`seed ${SEED}: ${ROUNDS} kills, ${done.length} things done, ${acknowledged} acknowledged, ${left.length} lost or doubled (${flows.length} cases: ${steps}), ${said} told alone as perhaps twice; ${Math.round((performance.now() - started) / 1_000)} s\n`,
);
for (const one of left) process.stdout.write(`  ${one}\n`);
for (const { flow, one } of flows) {
	if (one.check() === null) continue;
	process.stdout.write(`  ${one.what}: ${flow.steps.map(({ kind, who }) => `${who.name} ${kind}`).join(", ")}\n`);
	for (const each of flow.look())
		process.stdout.write(
			`    ${each.isHead ? "head" : "thread"}${each.onlyFor === null ? "" : ` for ${each.onlyFor}`}: ${each.says.replace(/\s+/g, " ").slice(0, 160)}\n`,
		);
}
for (const line of broken) process.stdout.write(`  ${line}\n`);
if (left.length > 0 || broken.length > 0) process.exitCode = 1;

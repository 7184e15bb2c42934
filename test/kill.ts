/**
 * `npm run kill [-- rounds [seed]]`: the program as a process is killed (SIGKILL) at random moments while people ask, press and paste in
 * both chats, and started again each time. Afterwards everything that was acknowledged stands once: nothing lost, nothing doubled.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fakeDiscord } from "./fakes/discord.ts";
import { fakeSlack } from "./fakes/slack.ts";
import { seeded } from "./fakes/traffic.ts";
import { startBot } from "./kill/bot.ts";
import { FLOW } from "./kill/case-problem.ts";
import { People } from "./kill/people.ts";
import { PERHAPS_TWICE } from "./kill/seen.ts";
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
/** So many cases go on in one round. */
const GO_ON_AT_ONCE = 4;
/** One host a question, for no host is looked at more than 400 times in an hour, and killed questions look again. */
const HOSTS_MAX = 400;

const next = seeded(SEED);
const folder = mkdtempSync(join(tmpdir(), "cf520-kill-"));
const [slack, discord, lab] = await Promise.all([fakeSlack(), fakeDiscord(), openLab()]);
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
/** Log lines of things that must not happen, of all processes. */
const broken: string[] = [];
const start = () => startBot(env, (line) => broken.push(line));
const people = new People({
	slack,
	discord,
	next,
	failing: (nth) => `http://n${nth % HOSTS_MAX}-closes-empty.lab.example:${lab.edge.httpPort}`,
});

const started = performance.now();
let run = start();
await run.connected;
// As much as admins may allow: each case is checked several times.
await slack.command("admin limits person 60 channel 200 workspace 600", { user: "UADMIN" });
discord.personPermissions |= 1n << 5n;
await discord.command("admin limits person 60 channel 200 workspace 600");
await slack.command(`watch http://by-hand.lab.example:${lab.edge.httpPort}/ for 24h every 30s`);
await people.manys(`http://closes-empty.lab.example:${lab.edge.httpPort}/pressed`);
await sleep(1_500);
for (let round = 0; round < ROUNDS; round += 1) {
	people.again();
	const kill = sleep(next() * KILL_WITHIN_MS);
	const ready = people.cases.filter(({ flow }) => flow.steps.length < FLOW.length);
	const some = Array.from({ length: GO_ON_AT_ONCE }, () => ready[Math.floor(next() * ready.length)]);
	const further = [...new Set(some)].flatMap((one) => (one === undefined ? [] : [() => people.goOn(one)]));
	const opened = () => people.opened(round % 2 === 0 ? "slack" : "discord");
	const pressed = () => people.pressed();
	for (const act of [opened, pressed, () => people.mentioned(), ...further, pressed]) {
		act();
		await Promise.race([kill, sleep(next() * 60)]);
	}
	await kill;
	run.child.kill("SIGKILL");
	await run.gone;
	run = start();
	await run.connected;
	const lullBy = performance.now() + ((round + 1) % LULL_EVERY === 0 ? LULL_MS_MAX : 0);
	while (performance.now() < lullBy && people.problems().length > 0) await sleep(200);
	if ((round + 1) % 10 === 0) process.stdout.write(`${round + 1} kills, ${people.done.length} things done\n`);
}
people.again();
const settledBy = performance.now() + SETTLE_MS_MAX;
while (people.problems().length > 0 && performance.now() < settledBy) await sleep(200);
// Duplicates come late: waits a moment more after everything has arrived.
await sleep(1_500);
const watches = slack.messages.filter(
	(m) => m.onlyFor === null && m.threadTs === null && /by-hand.*watching/s.test(flatSlack(m)),
);
const left = [
	...people.problems(),
	...[people.manysProblem() ?? []].flat(),
	...(watches.length === 1 ? [] : [`the watch has ${watches.length} heads`]),
];
run.child.kill("SIGTERM");
await run.gone;
await Promise.all([slack.close(), discord.close(), places.close(), lab.close()]);
rmSync(folder, { recursive: true, force: true });
const acknowledged = people.done.filter((one) => one.acknowledged).length;
const said = slack.messages.filter((m) => PERHAPS_TWICE.test(flatSlack(m))).length;
const steps = [...people.pressedIn].map(([kind, times]) => `${times} ${kind}`).join(", ");
process.stdout.write(
	`seed ${SEED}: ${ROUNDS} kills, ${people.done.length} things done, ${acknowledged} acknowledged, ${left.length} lost or doubled (${people.cases.length} cases: ${steps}), ${said} told alone as perhaps twice; ${Math.round((performance.now() - started) / 1_000)} s\n`,
);
for (const line of [...left, ...people.details(), ...broken]) process.stdout.write(`  ${line}\n`);
if (left.length > 0 || broken.length > 0) process.exitCode = 1;

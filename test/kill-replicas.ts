/**
 * `npm run kill:replicas [-- disruptions [seed [folder]]]`: three processes of one bot share a PostgreSQL through a PgBouncer, are killed and frozen
 * beyond their lease at random moments, and lose the database and the pooler once each, while people ask, press and paste in both chats.
 * Afterwards everything that was acknowledged stands once, whoever answered it. Details of what is wrong stand before the last line; the
 * folder gets every log line and every message, for whoever has to find out why.
 */
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { fakeDiscord } from "./fakes/discord.ts";
import { fakeSlack } from "./fakes/slack.ts";
import { seeded } from "./fakes/traffic.ts";
import { FLOW } from "./kill/case-problem.ts";
import { askedAtOnce, askedByOne, BusyThread, lookedAt, mentionedInDiscord, pasted, WatchedPage } from "./kill/many.ts";
import { People, type Scene } from "./kill/people.ts";
import { Replicas } from "./kill/replicas.ts";
import { PERHAPS_TWICE, plain } from "./kill/seen.ts";
import { openLab } from "./lab/lab.ts";
import { spread } from "./lab/spread.ts";
import { flatSlack } from "./normal.ts";
import { type Server, startBouncer, startPostgres } from "./postgres.ts";

const DISRUPTIONS = Number(process.argv[2] ?? 12);
const SEED = Number(process.argv[3] ?? Date.now() % 1_000_000);
const FOLDER = process.argv[4] ?? null;
const REPLICAS = 3;
const LEASE_MS = 3_000;
/** Longer than the lease: a replica that goes on has lost what it had. */
const FROZEN_MS = 5_000;
const OUTAGE_MS = 4_000;
/** From one disruption to the next. */
const GAP_MS = { min: 1_500, max: 4_500 } as const;
/** What was under way at a kill is resumed last, and one person's at a time: after so many it is given the time for that. */
const LULL_EVERY = 6;
const LULL_MS_MAX = 15_000;
const SETTLE_MS_MAX = 150_000;
/** People do something so often: two processors serve everything here. */
const ACT_EVERY_MS = 450;
/** This share of what the chats deliver comes twice. */
const TWICE = 0.15;
/** An event that is not acknowledged is sent again. */
const AGAIN_MS = 3_000;
/** One host a question, and some addresses for all of them: none of these is looked at too often. */
const HOSTS_MAX = 400;
const ADDRESSES = 48;
/** Hosts with an address of their own: for what is asked by many at once, and for what is watched. */
const OWN = 8;
/** Requests to one host in an hour (`LIMITS` of `looks/limits.ts`, written down once more). */
const HOST_REQUESTS_MAX = 400;
/** Questions of one person in five minutes: what the admin decides here. */
const PERSON_MAX = 10;
const BURST = 24;
/** A watched page fails and works in turn; what is told names the minute. */
const TURN_EVERY_MS = 65_000;
/** It was found to work before that: so the first failure is a change. */
const FIRST_TURN_MS = 35_000;

const next = seeded(SEED);
const started = performance.now();
const broken: string[] = [];
const postgres = await startPostgres();
const bouncer = await startBouncer(postgres);
const database = bouncer.through(await postgres.database());
const [slack, discord, lab] = await Promise.all([
	fakeSlack({ random: seeded(SEED + 1), twice: TWICE, againMs: AGAIN_MS }),
	fakeDiscord({ random: seeded(SEED + 2), twice: TWICE }),
	openLab(),
]);
const port = lab.edge.httpPort;
const places = await spread([port], ADDRESSES + OWN);
const hostOf = (nth: number, name = "closes-empty") => `n${nth}-${name}.lab.example`;
/** Numbers of hosts with an address of their own. */
const own = (nth: number) => HOSTS_MAX + nth;
const HOT = hostOf(own(0));
const watchedHosts = [1, 2, 3, 4].map((nth) => hostOf(own(nth), "by-hand"));
const environment = (name: string) => ({
	PATH: process.env.PATH ?? "",
	SLACK_BOT_TOKEN: "xoxb-test",
	SLACK_APP_TOKEN: "xapp-test",
	SLACK_API_URL: slack.apiUrlOf(name),
	DISCORD_TOKEN: "aaaaaaaaaa.bbbb.cccc",
	DISCORD_API_URL: discord.apiUrlOf(name),
	DATABASE_URL: database,
	CF520_TEST_LEASE_MS: String(LEASE_MS),
	CF520_KEY: "ab".repeat(32),
	CF520_SLACK_ADMINS: "UADMIN",
	CF520_ALLOW_TARGETS: "127.0.0.0/8",
	CF520_STATUS_URL: "off",
	CF520_GLOBALPING_URL: "off",
	CF520_CLOUDFLARE_URL: "off",
	CF520_RESOLVE: [
		...[...lab.resolve].map(([key, [address]]) => `${key}:${address}`),
		...Array.from({ length: HOSTS_MAX }, (_, nth) => `${hostOf(nth)}:${port}:${places.address(nth % ADDRESSES)}`),
		...Array.from({ length: OWN }, (_, nth) =>
			[hostOf(own(nth)), hostOf(own(nth), "by-hand")].map((host) => `${host}:${port}:${places.address(ADDRESSES + nth)}`),
		).flat(),
	].join(","),
});

const scene: Scene = { slack, discord, next, failing: (nth) => `http://${hostOf(nth % HOSTS_MAX)}:${port}` };
const people = new People(scene);
const keep = (name: string, line: string) => FOLDER !== null && appendFileSync(join(FOLDER, name), `${line}\n`);
const at = () => `${(performance.now() / 1_000).toFixed(2)} s`;
const replicas = await Replicas.start(
	REPLICAS,
	environment,
	(line) => broken.push(line),
	(line) => keep("log", `${at()} ${line}`),
);
await slack.command(`admin limits person ${PERSON_MAX} channel 200 workspace 600`, { user: "UADMIN" });
discord.personPermissions |= 1n << 5n;
await discord.command(`admin limits person ${PERSON_MAX} channel 200 workspace 600`);
const watched = watchedHosts.map(
	(host, nth) => new WatchedPage(people, scene, nth % 2 === 0 ? "slack" : "discord", `http://${host}:${port}/`),
);
await people.manys(`http://closes-empty.lab.example:${port}/pressed`);
const threads = [new BusyThread(people, scene), new BusyThread(people, scene)];
const busy: string[] = [];

/** What people do, in turn: something every moment, and now and then something by many at once. */
const acts: readonly (() => void)[] = [
	() => people.opened("slack"),
	() => people.pressed(),
	() => someGoOn(),
	() => people.mentioned(),
	() => people.opened("discord"),
	() => someGoOn(),
	() => threads[0]?.ask(2),
	() => someGoOn(),
	() => mentionedInDiscord(people, scene),
	() => someGoOn(),
	() => pasted(people, scene),
	() => people.pressed(),
	() => someGoOn(),
	() => threads[1]?.ask(2),
	() => someGoOn(),
];
function someGoOn(): void {
	const ready = people.cases.filter(({ flow }) => flow.steps.length < FLOW.length + 2);
	const some = Array.from({ length: 3 }, () => ready[Math.floor(next() * ready.length)]);
	for (const one of new Set(some)) if (one !== undefined) people.goOn(one);
}
let acted = 0;
let isOver = false;
const acting = (async () => {
	while (!isOver) {
		acts[acted % acts.length]?.();
		acted += 1;
		await sleep(ACT_EVERY_MS * (0.5 + next()));
	}
})();
let turns = 0;
let turning: NodeJS.Timeout;
function turn(): void {
	turns += 1;
	lab.turnTo(turns % 2 === 1 ? "closes-empty" : "healthy");
	turning = setTimeout(turn, TURN_EVERY_MS);
}
turning = setTimeout(turn, FIRST_TURN_MS);

/** It is away for a while. */
async function outage(server: Server): Promise<void> {
	await server.stop();
	await sleep(OUTAGE_MS);
	await server.start();
}
type Disruption = "kill" | "freeze" | "postgres" | "bouncer" | "burst";
const disruptions: Disruption[] = Array.from({ length: DISRUPTIONS }, (_, nth) => (nth % 2 === 0 ? "kill" : "freeze"));
for (let nth = disruptions.length - 1; nth > 0; nth -= 1) {
	const other = Math.floor(next() * (nth + 1));
	[disruptions[nth], disruptions[other]] = [disruptions[other] as Disruption, disruptions[nth] as Disruption];
}
for (const one of ["postgres", "bouncer", "burst", "burst", "burst"] as const)
	disruptions.splice(Math.floor(next() * (disruptions.length + 1)), 0, one);

const underWay: Promise<void>[] = [];
await sleep(2_000);
for (const [nth, what] of disruptions.entries()) {
	// One at least goes on, and one at most is frozen or killed beside the one that is meant.
	while (what !== "burst" && replicas.up < 2) await sleep(100);
	keep("log", `${at()} ${what}`);
	if (what === "kill") underWay.push(replicas.kill(next()));
	if (what === "freeze") underWay.push(replicas.freeze(next(), FROZEN_MS));
	if (what === "postgres") underWay.push(outage(postgres));
	if (what === "bouncer") underWay.push(outage(bouncer));
	if (what === "burst") {
		askedAtOnce(people, scene, `http://${HOT}:${port}`, BURST);
		busy.push(...askedByOne(people, scene, "UBUSY", PERSON_MAX));
		continue;
	}
	await sleep(GAP_MS.min + next() * (GAP_MS.max - GAP_MS.min));
	if ((nth + 1) % LULL_EVERY !== 0) continue;
	await Promise.all(underWay);
	const lullBy = performance.now() + LULL_MS_MAX;
	while (performance.now() < lullBy && people.problems().length > 0) await sleep(200);
	process.stdout.write(
		`${replicas.kills} kills, ${replicas.freezes} freezes, ${people.done.length} things done, ${Math.round((performance.now() - started) / 1_000)} s\n`,
	);
}
await Promise.all(underWay);
isOver = true;
await acting;
const settledBy = performance.now() + SETTLE_MS_MAX;
while ((people.problems().length > 0 || watched.some(({ failed }) => !failed)) && performance.now() < settledBy) await sleep(250);
// Duplicates come late: waits a moment more after everything has arrived.
await sleep(FROZEN_MS);
clearTimeout(turning);

const wrong = people.problems();
const isDoubled = (problem: string) => /\b(?:told|stands) \d+ times|\d+ heads/.test(problem);
const manys = people.manysProblem();
const lost = [
	...wrong.filter((problem) => !isDoubled(problem)),
	...(manys === null ? [] : [manys]),
	...watched.flatMap(({ failed }, nth) => (failed ? [] : [`the watch of ${watchedHosts[nth]} told of no failure`])),
];
const doubled = wrong.filter(isDoubled);
const atOnce = threads.flatMap((one) => one.atOnce((by, at) => replicas.isLate(by, at)));
const requests = new Map<string, number>();
for (const { host } of lab.edge.requests) requests.set(host, (requests.get(host) ?? 0) + 1);
const overHost = [...requests].filter(([host, count]) => host.startsWith("n") && count > HOST_REQUESTS_MAX);
const byOne = lookedAt(scene, busy);
const overLimit = [
	...overHost.map(([host, count]) => `${host} got ${count} requests`),
	...(byOne > PERSON_MAX ? [`one person's ${byOne} questions were looked at`] : []),
];
const toldTwice = watched.flatMap((one) => one.twice());
const takenOver = await replicas.takenOver();
const alone = [
	...slack.messages.filter((one) => one.onlyFor !== null).map((one) => plain(flatSlack(one))),
	...discord.messages.filter((one) => one.onlyFor !== null).map((one) => one.content),
].filter((says) => PERHAPS_TWICE.test(says)).length;
if (FOLDER !== null) {
	const client = new pg.Client({ connectionString: database });
	await client.connect();
	const { rows } = await client.query("SELECT id, platform, owner, lane IS NOT NULL AS waits, begun, tries, at FROM pending");
	await client.end();
	for (const row of rows) keep("log", `left open: ${JSON.stringify(row)}`);
}
await replicas.end("SIGTERM");
await Promise.all([slack.close(), discord.close(), places.close(), lab.close()]);
await bouncer.end();
await postgres.end();

if (FOLDER !== null) {
	const said = slack.messages.map(({ blocks, ...one }) => ({ ...one, says: plain(flatSlack({ blocks })) }));
	const messages = discord.messages.map(({ sent: _, ...one }) => one);
	const touched = { slack: slack.touched, discord: discord.touched };
	const threads = [...discord.threads];
	writeFileSync(join(FOLDER, "messages.json"), JSON.stringify({ slack: said, discord: messages, touched, threads }, null, 1));
}
const steps = [...people.pressedIn].map(([kind, times]) => `${times} ${kind}`).join(", ");
const tell = (line: string) => process.stdout.write(`${line}\n`);
tell(
	`seed ${SEED}: ${people.done.length} things done, ${people.done.filter((one) => one.acknowledged).length} acknowledged (${people.cases.length} cases: ${steps}; ${threads.reduce((sum, one) => sum + one.begun, 0)} questions in busy threads), ${watched.reduce((sum, one) => sum + one.told, 0)} changes of ${watched.length} watches told in ${turns} turns, ${requests.get(HOT) ?? 0} requests to the busiest host, ${byOne} of ${busy.length} questions of one person looked at; ${discord.sessions.identifies()} identifies; ${Math.round((performance.now() - started) / 1_000)} s`,
);
for (const line of [...lost, ...doubled, ...atOnce, ...overLimit, ...toldTwice, ...people.details(), ...broken])
	tell(`  ${line}`);
tell(
	`${replicas.kills} kills, ${replicas.freezes} freezes, ${takenOver} taken over, ${lost.length} lost, ${doubled.length} doubled, ${alone} told alone as perhaps twice, ${atOnce.length} of a thread at once, ${overLimit.length} over a limit, ${toldTwice.length} watches told twice`,
);
const isBroken = broken.some((line) => !/"event":"given-up"/.test(line));
if (isBroken || [lost, doubled, atOnce, overLimit, toldTwice].some((all) => all.length > 0)) process.exitCode = 1;

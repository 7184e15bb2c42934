import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeSlack } from "../fakes/slack.ts";
import { postgresFolder, startPostgres } from "../postgres.ts";
import { rate, standsIn, started } from "./service.ts";

/** Replicas on PostgreSQL against one process on SQLite, all on this machine: ratios within the run. */

const COMMANDS = 200;
const ROUNDS = 3;
const WAYS = ["sqlite", "1", "2", "3"] as const;
const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** Commands a second until each answer stands. Every replica runs here, beside PostgreSQL and the fake: more of them share the same processors. */
export async function benchReplicas(): Promise<void> {
	const bench = "commands-a-second-by-replicas-on-postgresql";
	const say = (figures: Record<string, unknown>) => process.stdout.write(`${JSON.stringify({ bench, ...figures })}\n`);
	if (postgresFolder() === null) return void say({ notRun: "PostgreSQL is not installed" });
	const postgres = await startPostgres();
	const folder = mkdtempSync(join(tmpdir(), "cf520-bench-"));
	const slack = await fakeSlack();
	const stands = standsIn(slack);
	const database = await postgres.database();
	const env = { SLACK_BOT_TOKEN: "xoxb-1", SLACK_APP_TOKEN: "xapp-1", SLACK_API_URL: slack.apiUrl };
	const shared = { ...env, DATABASE_URL: database, CF520_KEY: randomBytes(32).toString("hex") };
	const main = new URL("../../src/main.ts", import.meta.url).pathname;
	const rates = new Map(WAYS.map((way) => [way, [] as number[]]));
	for (let round = 0; round < ROUNDS; round += 1)
		for (const way of WAYS) {
			const own = { ...env, CF520_DATA: join(folder, `${round}.sqlite`) };
			const count = way === "sqlite" ? 1 : Number(way);
			const all = Array.from({ length: count }, () => started([main], way === "sqlite" ? own : shared));
			const bots = await Promise.all(all);
			rates.get(way)?.push(await rate(slack, stands, COMMANDS));
			await Promise.all(bots.map((bot) => bot.stop()));
		}
	const of = (way: (typeof WAYS)[number]) => median(rates.get(way) ?? []);
	for (const way of WAYS.slice(1))
		say({
			replicas: Number(way),
			aSecond: Number(of(way).toFixed(1)),
			oneSqliteProcess: Number(of("sqlite").toFixed(1)),
			ratio: Number((of(way) / of("sqlite")).toFixed(3)),
		});
	await slack.close();
	await postgres.end();
	rmSync(folder, { recursive: true, force: true });
}

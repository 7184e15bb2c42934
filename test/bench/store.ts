import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Stores } from "../../src/desk/stores.ts";
import { postgresStores } from "../../src/store/postgres/postgres.ts";
import { sqliteStores } from "../../src/store/sqlite/sqlite.ts";
import { realClock } from "../clock.ts";
import { postgresFolder, startPostgres } from "../postgres.ts";
import { aCase } from "../store/values.ts";

/** What one question asks of the store, in SQLite and in PostgreSQL side by side. */

type Tell = (bench: string, figures: Record<string, number>, value: number, limit: number) => void;

const KEY = Buffer.alloc(32, 7);
const QUESTIONS = 300;
/** The first ones warm up. */
const WARM = 30;
const MESSAGES = 4;
/** PostgreSQL is another process: each statement is a round trip. Still a hundred times faster than a site is looked at. */
const RATIO_MAX = 100;
const MICROS = 1_000;
const WHOLE = "whole question";

const median = (values: readonly number[]) => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

/** How long each operation of a question took, by its name, in milliseconds. */
async function question({ inbox, cases, requestCounts }: Stores, nth: string): Promise<Record<string, number>> {
	const took: Record<string, number> = {};
	const timed = async <T>(op: string, call: () => Promise<T>): Promise<T> => {
		const at = performance.now();
		const result = await call();
		took[op] = (took[op] ?? 0) + performance.now() - at;
		return result;
	};
	const one = aCase(nth, { threadKey: nth });
	const at = performance.now();
	await timed("accept", () => inbox.open(nth, nth, "slack", "x".repeat(500), "slack T1"));
	await timed("turn", () => inbox.turn(nth, nth, 20));
	await timed("reserve", () =>
		requestCounts.reserve([
			{ key: `host ${nth}`, amount: 8, max: 400, windowMs: 3_600_000 },
			{ key: `person ${nth}`, amount: 1, max: 9, windowMs: 3_600_000 },
		]),
	);
	await timed("open case", () => cases.open(one));
	for (let slot = 0; slot < MESSAGES; slot += 1) {
		const outbox = inbox.outbox(nth);
		await timed("message", async () => {
			await outbox.sending(String(slot));
			await outbox.sent(String(slot), '["C1","1.2"]');
		});
	}
	await timed("get case", () => cases.get(nth));
	await timed("change case", () => cases.change(nth, (now) => ({ ...now, rays: [...now.rays, nth] })));
	await timed("end", () => inbox.end(nth));
	return { ...took, [WHOLE]: performance.now() - at };
}

/** Medians in microseconds, by operation. */
async function medians(stores: Stores, prefix: string): Promise<Map<string, number>> {
	const all: Record<string, number>[] = [];
	for (let nth = 0; nth < WARM + QUESTIONS; nth += 1) {
		const took = await question(stores, `${prefix} ${nth}`);
		if (nth >= WARM) all.push(took);
	}
	const ops = Object.keys(all[0] ?? {});
	return new Map(ops.map((op) => [op, MICROS * median(all.map((took) => took[op] ?? Number.NaN))]));
}

/** Rows of `npm run bench`: each hot operation of the store, µs at the median. */
export async function benchStore(tell: Tell): Promise<void> {
	if (postgresFolder() === null) {
		process.stdout.write(
			`${JSON.stringify({ bench: "store-postgres-against-sqlite", skipped: "PostgreSQL is not installed" })}\n`,
		);
		return;
	}
	const folder = mkdtempSync(join(tmpdir(), "cf520-bench-store-"));
	const server = await startPostgres({ fsync: true });
	const sqlite = sqliteStores(join(folder, "bench.sqlite"), realClock, { key: KEY, leaseMs: 15_000 });
	const postgres = await postgresStores(await server.database(), realClock, { key: KEY });
	try {
		const [file, database] = [await medians(sqlite, "a"), await medians(postgres, "a")];
		for (const [op, micros] of file) {
			const other = database.get(op) ?? Number.NaN;
			const figures = { sqliteMicros: Math.round(micros), postgresMicros: Math.round(other), ratio: other / micros };
			const bench = `store-${op.replaceAll(" ", "-")}-postgres-against-sqlite`;
			if (op === WHOLE) tell(bench, figures, figures.ratio, RATIO_MAX);
			else process.stdout.write(`${JSON.stringify({ bench, ...figures, ratio: Number(figures.ratio.toFixed(1)) })}\n`);
		}
	} finally {
		await sqlite.close();
		await postgres.close();
		await server.end();
		rmSync(folder, { recursive: true, force: true });
	}
}

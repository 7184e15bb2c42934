import { setImmediate } from "node:timers/promises";
import pg from "pg";
import type { Stores } from "../../src/desk/stores.ts";
import type { Clock } from "../../src/store/clock.ts";
import { migrate } from "../../src/store/postgres/migrations.ts";
import { type PostgresOptions, postgresStores } from "../../src/store/postgres/postgres.ts";
import { sqlOn } from "../../src/store/postgres/query.ts";
import type { Postgres } from "../postgres.ts";
import type { Engine } from "./contract.ts";
import { NOW } from "./values.ts";

export const KEY = Buffer.alloc(32, 7);
/** Of a process that is never alone for so long. */
const LEASE_MS = 30 * 24 * 3_600_000;
/** In a row, without anything under way. */
const QUIET_ROUNDS = 4;

/** Work on a connection beside the stores. */
export async function beside<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
	const client = new pg.Client({ connectionString: url });
	client.on("error", () => {});
	await client.connect();
	try {
		return await work(client);
	} finally {
		await client.end();
	}
}

/** The database's clock stands from now on, until it is turned. */
const HAND_CLOCK = `CREATE TABLE hand_clock (at bigint NOT NULL); INSERT INTO hand_clock VALUES (${NOW});
	CREATE OR REPLACE FUNCTION cf520_now() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT at FROM hand_clock'`;

/** A new database with the tables, whose clock stands. */
export async function databaseWithHandClock(postgres: Postgres): Promise<string> {
	const url = await postgres.database();
	await beside(url, async (client) => {
		await migrate(sqlOn(client), null);
		await client.query(HAND_CLOCK);
	});
	return url;
}

export const turnDatabase = (url: string, nowMs: number): Promise<unknown> =>
	beside(url, (client) => client.query("UPDATE hand_clock SET at = $1", [nowMs]));

/** Resolves when no statement of any store runs, and none follows what has come back. */
export async function settledIn(url: string): Promise<void> {
	await beside(url, async (client) => {
		for (let quiet = 0; quiet < QUIET_ROUNDS; ) {
			for (let nth = 0; nth < 5; nth += 1) await setImmediate();
			const { rows } = await client.query<{ n: number }>(
				"SELECT count(*)::int AS n FROM pg_stat_activity WHERE backend_type = 'client backend' AND state <> 'idle' AND pid <> pg_backend_pid()",
			);
			quiet = rows[0]?.n === 0 ? quiet + 1 : 0;
		}
	});
}

/**
 * PostgreSQL as the contract suite needs it: a database a place, with a clock that stands.
 * @param through the address that the stores get
 */
export function postgresEngine(name: string, postgres: () => Postgres, through: (url: string) => string): Engine {
	let last = "";
	return {
		name,
		place: async () => {
			const url = await databaseWithHandClock(postgres());
			last = url;
			const open = (clock: Clock, leaseMs: number | null): Promise<Stores> =>
				postgresStores(through(url), clock, { key: KEY, leaseMs: leaseMs ?? LEASE_MS } satisfies PostgresOptions);
			return Object.assign(open, { turned: async (nowMs: number) => void (await turnDatabase(url, nowMs)) });
		},
		settled: () => settledIn(last),
	};
}

import pg from "pg";
import type { Line } from "./line.ts";
import { configOf, DatabaseAway, QueryFailed, queryFailed, type Sql, sqlOn } from "./query.ts";
import { within } from "./within.ts";

const CONNECT_MS_MAX = 1_000;
/** Of one process. One question has one statement at a time under way, of about 0.4 ms. */
const CLIENTS_MAX = 8;
/** After so long it is found out whether the database is there at all. */
const SLOW_MS = 900;
/** Past what PostgreSQL itself ends. */
const CALL_MS_MAX = 6_000;
const CLOSE_MS_MAX = 1_000;
/** Connecting takes longer than a statement: it is kept over quiet minutes. */
const IDLE_MS_MAX = 60_000;
/** PostgreSQL ends a statement after so long, and works for nobody any more. */
const STATEMENT_MS_MAX = 5_000;
/** What waits for somebody who froze in the middle goes on after five seconds. For this transaction only: PgBouncer's connections are shared. */
const BEGIN = `BEGIN; SET LOCAL statement_timeout = ${STATEMENT_MS_MAX}; SET LOCAL idle_in_transaction_session_timeout = 5000`;
/** How poolers refuse a setting at a connection's start: PgBouncer as a violation of the protocol, others as not supported or unknown. */
const SETTING_REFUSED = new Set(["08P01", "0A000", "22023", "42704"]);
/** Deadlock, and what PostgreSQL asks to repeat. */
const REPEATED = new Set(["40P01", "40001"]);
const TRIES_MAX = 5;

/** Many connections to one database. */
export interface Database {
	/**
	 * One statement, all of it or nothing.
	 * @throws StoreAway
	 */
	readonly sql: Sql;
	/**
	 * Runs `work` in one transaction: all of it happens, or nothing; it may run again.
	 * @param locks names; who has one of them goes first, and what it left is seen by every statement of `work`
	 * @throws StoreAway, and what `work` throws
	 */
	atOnce<T>(locks: readonly string[], work: (sql: Sql) => Promise<T>): Promise<T>;
	/** The database is away: everything under way rejects. */
	dropAll(code: string): void;
	close(): Promise<void>;
}

/** Places for so many at a time, in order. */
function openPlaces(max: number) {
	let free = max;
	const waiting: (() => void)[] = [];
	return {
		take: async (): Promise<void> => {
			if (free > 0) free -= 1;
			else await new Promise<void>((resolve) => waiting.push(resolve));
		},
		give: (): void => {
			const next = waiting.shift();
			if (next === undefined) free += 1;
			else next();
		},
	};
}

/** Again where PostgreSQL asks for that: nothing of it has happened. */
async function repeated<T>(work: () => Promise<T>): Promise<T> {
	for (let tries = 1; ; tries += 1) {
		try {
			return await work();
		} catch (error) {
			if (!(error instanceof QueryFailed && REPEATED.has(error.code)) || tries >= TRIES_MAX) throw error;
		}
	}
}

/**
 * Connections, and who waits for one. After an outage there are new ones.
 * @param isBounded statements outside a transaction are ended by PostgreSQL too: a setting of the connection's start. A transaction around
 *   each, which PgBouncer would take, doubles its time (measured: 0.21 to 0.44 ms)
 */
function openPool(url: string, isBounded: boolean) {
	const bound = isBounded ? { statement_timeout: STATEMENT_MS_MAX } : {};
	const pool = new pg.Pool({ ...configOf(url, CONNECT_MS_MAX), ...bound, max: CLIENTS_MAX, idleTimeoutMillis: IDLE_MS_MAX });
	// Of a connection that nobody uses just then.
	pool.on("error", () => {});
	// Of one that somebody does: without a listener, PostgreSQL's end in a transaction is the process's.
	pool.on("connect", (client) => void client.on("error", () => {}));
	return { pool, places: openPlaces(CLIENTS_MAX), isBounded };
}

/**
 * @param line decides whether the database is there
 * @param lockKey the number of a lock, by its name
 */
export function openDatabase(url: string, line: Line, lockKey: (name: string) => string): Database {
	let current = openPool(url, true);
	let closed = false;
	/** Ends what is under way. */
	const cuts = new Set<(error: Error) => void>();

	/** On a connection of the pool, unless it is cut off before. */
	const steps = async <T>(work: (client: pg.PoolClient) => Promise<T>, whenCut: (drop: () => void) => void): Promise<T> => {
		const { pool, places, isBounded } = current;
		let isRefused = false;
		let [isCut, client]: [boolean, pg.PoolClient | null] = [false, null];
		const release = (isBroken: boolean) => {
			client?.release(isBroken);
			client = null;
		};
		whenCut(() => {
			isCut = true;
			release(true);
		});
		await places.take();
		try {
			if (isCut) throw new DatabaseAway("cut off");
			client = await pool.connect().catch((error: unknown) => {
				const failed = queryFailed(error);
				isRefused = isBounded && (SETTING_REFUSED.has(failed.code) || !current.isBounded);
				throw failed;
			});
			if (isCut || client === null) throw new DatabaseAway("cut off");
			const result = await work(client);
			release(false);
			return result;
		} catch (error) {
			// One that PostgreSQL has answered on is rolled back by now.
			release(error instanceof QueryFailed && error.isBroken);
			if (!isRefused || isCut) throw error;
		} finally {
			release(true);
			places.give();
		}
		// A pooler: from now on only transactions are ended by PostgreSQL, and the rest by us.
		if (current.pool === pool) {
			current = openPool(url, false);
			pool.end().catch(() => {});
		}
		return steps(work, whenCut);
	};
	const call = async <T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> => {
		const away = line.awaySince();
		if (away !== null || closed) throw new DatabaseAway(away ?? "closed");
		let drop = () => {};
		const { promise: cut, reject } = Promise.withResolvers<never>();
		cuts.add(reject);
		const slow = setTimeout(line.suspect, SLOW_MS);
		const late = setTimeout(() => reject(new DatabaseAway("time-out")), CALL_MS_MAX);
		const done = steps(work, (dropIt) => {
			drop = dropIt;
		});
		try {
			return await Promise.race([done, cut]);
		} catch (error) {
			// What is cut off ends by itself, and nobody waits for it.
			done.catch(() => {});
			drop();
			if (!(error instanceof QueryFailed)) throw error;
			if (error.isBroken) line.suspect();
			throw new DatabaseAway(error.code);
		} finally {
			clearTimeout(slow);
			clearTimeout(late);
			cuts.delete(reject);
			cut.catch(() => {});
		}
	};
	const transaction = async <T>(sql: Sql, locks: readonly string[], work: (sql: Sql) => Promise<T>): Promise<T> => {
		// In one order everywhere, or two wait for each other. What follows are other statements: their snapshots are younger than the locks.
		const taken = [...new Set(locks.map(lockKey))].sort().map((key) => `SELECT pg_advisory_xact_lock(${BigInt(key)})`);
		try {
			await sql([BEGIN, ...taken].join("; "));
			const result = await work(sql);
			await sql("COMMIT");
			return result;
		} catch (error) {
			if (!(error instanceof QueryFailed && error.isBroken)) await sql("ROLLBACK");
			throw error;
		}
	};
	return {
		sql: (text, ...values) => call((client) => repeated(() => sqlOn(client)(text, ...values))),
		atOnce: (locks, work) => call((client) => repeated(() => transaction(sqlOn(client), locks, work))),
		dropAll: (code) => {
			const { pool, isBounded } = current;
			current = openPool(url, isBounded);
			for (const cut of cuts) cut(new DatabaseAway(code));
			pool.end().catch(() => {});
		},
		close: async () => {
			closed = true;
			for (const cut of cuts) cut(new DatabaseAway("closed"));
			await within(current.pool.end(), CLOSE_MS_MAX).catch(() => {});
		},
	};
}

import { randomBytes } from "node:crypto";
import type pg from "pg";
import type { Stores } from "../../desk/stores.ts";
import { SALT_MARK } from "../access-rows.ts";
import { CLEAN_EVERY_MS, CLEAN_EVERY_WRITES, SWEEPS_A_LEASE } from "../ages.ts";
import type { Clock } from "../clock.ts";
import { namesIn } from "../names.ts";
import { OtherKey } from "../other-key.ts";
import { type Vault, vaultWith } from "../seal.ts";
import { accessesIn } from "./accesses.ts";
import { casesIn } from "./cases.ts";
import { deleteOld, keepNoLonger } from "./cleaning.ts";
import { requestCountsIn } from "./counts.ts";
import { type Database, openDatabase } from "./database.ts";
import { HEARD, inboxIn } from "./inbox.ts";
import { installsIn } from "./installs.ts";
import { leasesIn } from "./leases.ts";
import { connectClient, drop, type Line, openLine } from "./line.ts";
import { MIGRATIONS, type Migration, migrate } from "./migrations.ts";
import { policiesIn } from "./policies.ts";
import { DatabaseAway, QueryFailed, type Sql, sqlOn, textOf } from "./query.ts";
import { openReplica, type Replica } from "./replica.ts";
import { isTlsCode } from "./tls.ts";
import { watchesIn } from "./watches.ts";
import { TooLate, within } from "./within.ts";

/** How long a process counts as alive after its last beat: with the sweep, a crash is taken over within 20 s. */
const LEASE_MS = 15_000;
/** The database is away at the start, or starts itself. */
const AGAIN_MS = 500;
const FIRST_ANSWER_MS_MAX = 1_000;
export const KEY_MARK = "key";

/** How the database is opened. */
export interface PostgresOptions {
	/** 32 bytes that make what is kept unreadable for whoever reads the database; the same in every process. */
	readonly key: Uint8Array;
	/** How long a process counts as alive after its last beat. */
	readonly leaseMs?: number;
	/** Of the program, noted in the database: an older one that finds it can name it. */
	readonly version?: string | null;
	/**
	 * Called when what is in the database was sealed with another key, and nobody with that key runs: it stays unreadable, and new data is
	 * stored as usual.
	 */
	readonly otherKey?: () => void;
	/** The database stopped answering (at the start too), with a word for why (SQLSTATE, `ECONNREFUSED`); null: it answers again. */
	readonly away?: (code: string | null) => void;
	/** Ends the waiting at the start. */
	readonly signal?: AbortSignal;
	/** Those that this program knows. */
	readonly migrations?: readonly Migration[];
}

/** PostgreSQL answers, and takes us in no time: a wrong password, no such database, no rights, or no URL of one. */
export class DatabaseRefused extends Error {
	override readonly name = "DatabaseRefused";
	/** SQLSTATE, or the system's word. */
	readonly code: string;
	readonly isTls: boolean;

	constructor(code: string) {
		super(code);
		this.code = code;
		this.isTls = isTlsCode(code);
	}
}

/**
 * Classes of SQLSTATE that end by themselves: connection (08), a server that is not the one that writes (25), others at the same time (40, 55),
 * resources (53), the operator (57), the system (58), inside (XX). What no waiting cures is a wrong name, password, database or right, and a
 * table that another program made.
 */
const WAITED = /^(?:08|25|40|53|55|57|58|XX)/;
const SQLSTATE = /^(?:\d|F0|HV|P0)[0-9A-Z]{3,4}$/;
const isRefusal = (code: string): boolean => (SQLSTATE.test(code) && !WAITED.test(code)) || isTlsCode(code);

/**
 * On PostgreSQL, for any number of processes. Waits until the database is there.
 * @param url of the database, with its password; PgBouncer in transaction mode may be in between
 * @throws NewerDatabase; OtherKey while processes with that key run; DatabaseRefused; StoreAway when `signal` ended the waiting
 */
export async function postgresStores(url: string, clock: Clock, options: PostgresOptions): Promise<Stores> {
	const { away = () => {}, signal } = options;
	if (!URL.canParse(url)) throw new DatabaseRefused("not a URL");
	let told = false;
	for (;;) {
		let client: pg.Client | null = null;
		try {
			client = await connectClient(url);
			const stores = await openStores(url, clock, client, options);
			if (told) away(null);
			return stores;
		} catch (error) {
			if (client !== null) drop(client);
			const code = error instanceof TooLate ? "time-out" : codeOfFailure(error);
			if (code === null) throw error;
			if (isRefusal(code)) throw new DatabaseRefused(code);
			if (!told) away(code);
			told = true;
			if (signal?.aborted !== true) await waitFor(clock, signal);
			if (signal?.aborted === true) throw new DatabaseAway(code);
		}
	}
}

/** null: nothing of the database's. */
const codeOfFailure = (error: unknown): string | null =>
	error instanceof QueryFailed || error instanceof DatabaseAway ? error.code : null;

const waitFor = ({ later }: Clock, signal: AbortSignal | undefined): Promise<void> =>
	new Promise((resolve) => {
		const cancel = later(AGAIN_MS, () => {
			signal?.removeEventListener("abort", end);
			resolve();
		});
		const end = () => {
			cancel();
			resolve();
		};
		signal?.addEventListener("abort", end, { once: true });
	});

/**
 * Whether the database was written with this key so far; from now on it is.
 * @throws OtherKey when processes with another key run: each would take over questions of the other that it cannot read
 */
async function isSealedWith(sql: Sql, vault: Vault, leaseMs: number): Promise<boolean> {
	const put = (conflict: string) =>
		sql(
			`INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO ${conflict}`,
			KEY_MARK,
			vault.seal(KEY_MARK, "cf520"),
		);
	// Of two processes that start at once, one notes it.
	await put("NOTHING");
	const { rows } = await sql("SELECT value FROM meta WHERE key = $1", KEY_MARK);
	if (vault.open(KEY_MARK, rows[0]?.value) !== null) return true;
	const running = await sql("SELECT 1 FROM replicas WHERE beat_at > cf520_now() - $1::bigint LIMIT 1", leaseMs);
	if (running.changes > 0) throw new OtherKey();
	await put("UPDATE SET value = excluded.value");
	return false;
}

async function saltIn(sql: Sql): Promise<string> {
	const made = randomBytes(16).toString("hex");
	await sql("INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING", SALT_MARK, made);
	return textOf((await sql("SELECT value FROM meta WHERE key = $1", SALT_MARK)).rows[0]?.value) ?? made;
}

/** The number of a lock: 64 bits of its name's hash. */
const lockKeyIn =
	({ hash }: Vault) =>
	(name: string): string =>
		String(BigInt.asIntN(64, BigInt(`0x${hash("lock", name).slice(0, 16)}`)));

async function openStores(url: string, clock: Clock, first: pg.Client, options: PostgresOptions): Promise<Stores> {
	const { key, leaseMs = LEASE_MS, version = null, otherKey = () => {}, away = () => {}, migrations = MIGRATIONS } = options;
	const vault = vaultWith(key);
	const sql = sqlOn(first);
	// PgBouncer takes connections while PostgreSQL is away, and keeps them waiting.
	await within(sql("SELECT 1"), FIRST_ANSWER_MS_MAX);
	await migrate(sql, version, migrations);
	if (!(await isSealedWith(sql, vault, leaseMs))) otherKey();
	const salt = await saltIn(sql);
	const listeners: Listening = { heard: () => {}, away: () => {}, back: () => {} };
	const line = await openLine(url, first, clock.later, {
		heard: (what) => listeners.heard(what),
		away: (code) => listeners.away(code),
		back: () => listeners.back(),
	});
	let replica: Replica | null = null;
	try {
		replica = await openReplica(line, clock.later, leaseMs, version);
		const database = openDatabase(url, line, lockKeyIn(vault));
		return await put({ line, replica, database, vault, salt, told: away }, clock, listeners);
	} catch (error) {
		await replica?.close();
		await line.close();
		throw error;
	}
}

/** What happens on the line, once somebody listens. */
interface Listening {
	heard: (what: string) => void;
	away: (code: string) => void;
	back: () => void;
}

/** What open stores are made of. */
interface Parts {
	readonly line: Line;
	readonly replica: Replica;
	readonly database: Database;
	readonly vault: Vault;
	readonly salt: string;
	readonly told: (code: string | null) => void;
}

/** Puts the ports together. */
async function put({ line, replica, database, vault, salt, told }: Parts, clock: Clock, listeners: Listening): Promise<Stores> {
	const names = namesIn(vault);
	const { sql, atOnce } = database;
	let writes = 0;
	const wrote = () => {
		writes += 1;
		if (writes % CLEAN_EVERY_WRITES === 0) void tidy();
	};
	const inbox = inboxIn(database, vault, replica, clock.later, wrote);
	const clean = async () => {
		await inbox.endAgain();
		await deleteOld(database, vault, replica.leaseMs);
	};
	/** A database that is away fails nothing that is already written. */
	const tidy = () => clean().catch(() => {});
	const accesses = accessesIn(database, vault, salt);
	let freed = () => {};
	listeners.heard = (what) => {
		void inbox.wake();
		if (what === HEARD.freed) freed();
	};
	listeners.away = (code) => {
		database.dropAll(code);
		told(code);
	};
	listeners.back = () => {
		told(null);
		// Heard first, so that nobody takes over what is ours.
		replica
			.beat()
			.then(() => inbox.endAgain())
			.catch(() => {});
		void inbox.wake();
	};
	await tidy();
	const cleaning = setInterval(() => void tidy(), CLEAN_EVERY_MS);
	cleaning.unref();
	return {
		cases: casesIn(database, vault, wrote),
		inbox,
		watches: watchesIn(database, vault, replica, wrote),
		policies: policiesIn(database, vault, (name, after) => keepNoLonger(database, name, after)),
		requestCounts: requestCountsIn(database, vault, wrote),
		accesses,
		installs: installsIn(database, vault),
		leases: leasesIn(database, replica),
		whenFreed: (work) => {
			freed = work;
		},
		forget: async (workspace, host) => {
			const of = [names.workspace(workspace), ` ${names.host(host)} `] as const;
			const deleteFrom = (table: "cases" | "watches") => `DELETE FROM ${table} WHERE workspace = $1 AND strpos(domains, $2) > 0`;
			const forgotten = await atOnce([], async (on) => ({
				cases: (await on(deleteFrom("cases"), ...of)).changes,
				watches: (await on(deleteFrom("watches"), ...of)).changes,
			}));
			await accesses.forget(workspace, host);
			return forgotten;
		},
		forgetWorkspace: async (owner) => {
			const of = names.workspace(owner.workspace);
			const forgotten = await atOnce([], async (on) => {
				const questions = "DELETE FROM pending WHERE workspace = $1 RETURNING id";
				await on(`WITH gone AS (${questions}) DELETE FROM slots USING gone WHERE slots.owner = gone.id`, of);
				await on("DELETE FROM policies WHERE workspace = $1", of);
				const watches = "DELETE FROM watches WHERE workspace = $1 RETURNING id";
				return {
					cases: (await on("DELETE FROM cases WHERE workspace = $1", of)).changes,
					watches: Number(
						(
							await on(
								`WITH gone AS (${watches}), messages AS (DELETE FROM slots USING gone WHERE slots.owner = gone.id) SELECT count(*) AS n FROM gone`,
								of,
							)
						).rows[0]?.n,
					),
				};
			});
			await accesses.removeAll(owner, Number.MAX_SAFE_INTEGER);
			await sql("SELECT pg_notify($1, $2)", "cf520", HEARD.lanes);
			void inbox.wake();
			return forgotten;
		},
		hashed: names.text,
		durable: true,
		sweepMs: replica.leaseMs / SWEEPS_A_LEASE,
		close: async () => {
			clearInterval(cleaning);
			inbox.close();
			await replica.close();
			await Promise.all([line.close(), database.close()]);
		},
	};
}

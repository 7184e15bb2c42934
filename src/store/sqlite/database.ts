import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { Vault } from "../seal.ts";
import { migrate, refuseNewer } from "./migrations.ts";

const BUSY_MS_MAX = 5_000;

/** One connection, with what every part of the store needs of it. */
export interface Connection {
	/** A statement, prepared once. */
	sql(text: string): StatementSync;
	/** Runs `work` in one transaction: all of it happens, or nothing. `work` must not wait for anything. */
	atOnce<T>(work: () => T): T;
	/** For all that is written. */
	readonly vault: Vault;
	/** What is in the file was sealed with another key. */
	readonly foreign: boolean;
	/**
	 * What was deleted leaves the write-ahead log too.
	 * @returns false: another process was reading, and it has to be tried again
	 */
	checkpoint(): boolean;
	close(): void;
}

/** How a database is opened. */
interface ConnectOptions {
	/** Called once it is known to be ours: a key is made beside no other file. */
	readonly openVault: () => Vault;
	/** The key itself, as earlier versions sealed with it; null: they had none. */
	readonly formerKey?: Uint8Array | null;
	/** Of the program; null: none is noted. */
	readonly version?: string | null;
}

/** @throws NewerDatabase; what `openVault` throws; anything else when the file cannot be opened, or is not a cf520 database */
export function connect(file: string, { openVault, formerKey = null, version = null }: ConnectOptions): Connection {
	const database = new DatabaseSync(file);
	let foreign = false;
	let vault: Vault;
	try {
		// Before anything is changed.
		refuseNewer(database);
		database.exec(
			`PRAGMA busy_timeout = ${BUSY_MS_MAX}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;`,
		);
		vault = openVault();
		migrate(database, vault, formerKey, version);
		foreign = !isSealedWith(database, vault);
		rewritten(database);
		checkpointed(database);
	} catch (error) {
		database.close();
		throw error;
	}
	const prepared = new Map<string, StatementSync>();
	return {
		sql: (text) => {
			const statement = prepared.get(text) ?? database.prepare(text);
			prepared.set(text, statement);
			return statement;
		},
		atOnce: (work) => {
			database.exec("BEGIN IMMEDIATE");
			try {
				const result = work();
				database.exec("COMMIT");
				return result;
			} catch (error) {
				// A full disk rolls back by itself.
				if (database.isTransaction) database.exec("ROLLBACK");
				throw error;
			}
		},
		vault,
		foreign,
		checkpoint: () => checkpointed(database),
		close: () => database.close(),
	};
}

/** Text of a column; null for none. */
export const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** Every row of a statement's result, and no statement left open. */
const run = (database: DatabaseSync, text: string) => database.prepare(text).all();

/** Without waiting: waiting for another process here would block everything else. */
function checkpointed(database: DatabaseSync): boolean {
	database.exec("PRAGMA busy_timeout = 0");
	try {
		return run(database, "PRAGMA wal_checkpoint(TRUNCATE)")[0]?.busy !== 1;
	} finally {
		database.exec(`PRAGMA busy_timeout = ${BUSY_MS_MAX}`);
	}
}

const KEY_MARK = "key";

/** Whether a file was written with this key; null: nothing says so. Changes nothing. */
export function opensWith(database: DatabaseSync, vault: Vault): boolean | null {
	if (run(database, "SELECT 1 FROM sqlite_schema WHERE name = 'marks'").length === 0) return null;
	const mark = database.prepare("SELECT value FROM marks WHERE name = ?").get(KEY_MARK)?.value;
	return mark === undefined ? null : vault.open(KEY_MARK, mark) !== null;
}

/** Whether a file was written with this key so far; from now on it is. */
function isSealedWith(database: DatabaseSync, vault: Vault): boolean {
	const mark = database.prepare("SELECT value FROM marks WHERE name = ?").get(KEY_MARK)?.value;
	if (vault.open(KEY_MARK, mark) !== null) return true;
	database.prepare("INSERT OR REPLACE INTO marks (name, value) VALUES (?, ?)").run(KEY_MARK, vault.seal(KEY_MARK, "cf520"));
	return mark === undefined;
}

/** What an earlier version wrote in clear leaves the free pages too, also when the process ended right after the conversion. */
function rewritten(database: DatabaseSync): void {
	if (run(database, "SELECT 1 FROM marks WHERE name = 'converted'").length === 0) return;
	database.exec("VACUUM; DELETE FROM marks WHERE name = 'converted'");
}

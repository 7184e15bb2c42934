import { DatabaseSync, type StatementSync } from "node:sqlite";
import { migrate, refuseNewer } from "./migrations.ts";

const BUSY_MS_MAX = 5_000;

/** One connection, with what every part of the store needs of it. */
export interface Connection {
	/** A statement, prepared once. */
	sql(text: string): StatementSync;
	/** Runs `work` in one transaction: all of it happens, or nothing. `work` must not wait for anything. */
	atOnce<T>(work: () => T): T;
	/** What was deleted leaves the write-ahead log too. */
	checkpoint(): void;
	close(): void;
}

/**
 * @param version of the program; null: none is noted
 * @throws NewerDatabase; anything else when the file cannot be opened, or is no database of ours
 */
export function connect(file: string, version: string | null = null): Connection {
	const database = new DatabaseSync(file);
	try {
		// Before anything is changed.
		refuseNewer(database);
		database.exec(
			`PRAGMA busy_timeout = ${BUSY_MS_MAX}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA secure_delete = ON;`,
		);
		migrate(database, version);
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
		checkpoint: () => database.exec("PRAGMA wal_checkpoint(TRUNCATE)"),
		close: () => database.close(),
	};
}

/** Text of a column; null for none. */
export const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

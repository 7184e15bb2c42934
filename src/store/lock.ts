import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";

/** A process that stops takes up to ten seconds; its successor waits for it. */
const WAIT_MS_MAX = 12_000;

/**
 * Makes a file ours: two processes on one would both take up what is open in it. The operating system lets go of it when the process ends,
 * however it ends.
 * @param waitMs for another process to end
 * @returns lets go of it; null when another process has it
 * @throws when there can be no file at that place
 */
export function lockFile(file: string, waitMs = WAIT_MS_MAX): (() => void) | null {
	const path = `${file}.lock`;
	ownFile(path);
	const database = new DatabaseSync(path);
	try {
		database.exec(`PRAGMA busy_timeout = ${waitMs}; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE;`);
		return () => database.close();
	} catch {
		database.close();
		return null;
	}
}

/** Whether a process has a file now; changes nothing. */
export function isLocked(file: string): boolean {
	let database: DatabaseSync | null = null;
	try {
		database = new DatabaseSync(`${file}.lock`, { readOnly: true });
		database.exec("PRAGMA busy_timeout = 0");
		database.prepare("SELECT count(*) FROM sqlite_schema").get();
		return false;
	} catch (error) {
		// SQLITE_BUSY. There may be no lock yet, or none that we may read.
		return (error as { errcode?: unknown }).errcode === 5;
	} finally {
		database?.close();
	}
}

/**
 * Makes a file that only we may read and write, where there is none yet.
 * @throws when there can be none at that place
 */
export function ownFile(path: string): void {
	closeSync(openSync(path, "a", 0o600));
	try {
		chmodSync(path, 0o600);
	} catch {
		// Another's file, which we may write to all the same.
	}
}

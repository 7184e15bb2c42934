import { DatabaseSync } from "node:sqlite";

/** A process that stops takes up to ten seconds; its successor waits for it. */
const WAIT_MS_MAX = 12_000;

/**
 * Makes a file ours: two processes on one would both take up what is open in it. The operating system lets go of it when the process ends,
 * however it ends.
 * @param waitMs for another process to end
 * @returns lets go of it; null when another process has it
 */
export function lockFile(file: string | undefined, waitMs = WAIT_MS_MAX): (() => void) | null {
	if (file === undefined) return () => {};
	const database = new DatabaseSync(`${file}.lock`);
	try {
		database.exec(`PRAGMA busy_timeout = ${waitMs}; PRAGMA journal_mode = DELETE; BEGIN EXCLUSIVE;`);
		return () => database.close();
	} catch {
		database.close();
		return null;
	}
}

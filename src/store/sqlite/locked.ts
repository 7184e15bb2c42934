import type { Stores } from "../../desk/stores.ts";
import type { Clock } from "../clock.ts";
import { lockFile } from "../lock.ts";
import { type SqliteOptions, sqliteStores } from "./sqlite.ts";

/**
 * An SQLite file that is ours alone until it is closed. The lock comes first: what another process has is not changed, not even brought up
 * to date.
 * @param waitMs for another process to end
 * @returns null when another process has it
 * @throws as {@link sqliteStores}
 */
export function lockedStores(file: string, clock: Clock, options: SqliteOptions, waitMs?: number): Stores | null {
	const unlock = lockFile(file, waitMs);
	if (unlock === null) return null;
	try {
		const stores = sqliteStores(file, clock, options);
		return {
			...stores,
			close: async () => {
				await stores.close();
				unlock();
			},
		};
	} catch (error) {
		unlock();
		throw error;
	}
}

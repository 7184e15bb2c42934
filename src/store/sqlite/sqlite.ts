import type { Stores } from "../../desk/stores.ts";
import type { Clock } from "../clock.ts";
import { openForUs } from "../lock.ts";
import { type Seal, sealWith } from "../seal.ts";
import { casesIn } from "./cases.ts";
import { requestCountsIn } from "./counts.ts";
import { type Connection, connect, textOf } from "./database.ts";
import { inboxIn, SEEN_MS } from "./inbox.ts";
import { policiesIn, policyOf } from "./policies.ts";
import { openReplica } from "./replica.ts";
import { watchesIn } from "./watches.ts";

/** Requests count for an hour at most. */
const COUNTED_MS = 3_600_000;
/** What nobody finished is given up after this. */
const UNFINISHED_MS = 24 * 3_600_000;
/** Watches that ended are there a while: their buttons say so. */
const ENDED_WATCHES_MS = 7 * 24 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
/** In memory, only the newest are kept. */
const IN_MEMORY_MAX = 2_000;
/** Old rows are deleted now and then, not at every write. */
const CLEAN_EVERY_WRITES = 200;
/** In memory what is over the bound must not wait for so many. */
const CLEAN_EVERY_WRITES_IN_MEMORY = 20;
const CLEAN_EVERY_MS = 10 * 60_000;

/** The host itself and its subdomains. */
const OF_HOST = "(host = ?2 OR substr(host, -length(?2) - 1) = '.' || ?2)";

/** How a file is opened. */
export interface SqliteOptions {
	/** 32 bytes that make what was asked and where to answer it unreadable in the file; null for none. */
	readonly key?: Uint8Array | null;
	/** How long another handle on the file counts as alive after its last beat; null: the file is ours alone (see `lock`). */
	readonly leaseMs?: number | null;
	/** Of the program, noted in the file: an older one that finds it can name it. */
	readonly version?: string | null;
}

/** Gone with the process. */
export const memoryStores = (clock: Clock, max = IN_MEMORY_MAX): Stores =>
	openStores(connect(":memory:"), clock, sealWith(null), null, max);

/**
 * In an SQLite file, with a write-ahead log: what was kept is there after `kill -9`.
 * @throws NewerDatabase; anything else when the file cannot be opened, or is no database of ours
 */
export function sqliteStores(
	file: string,
	clock: Clock,
	{ key = null, leaseMs = null, version = null }: SqliteOptions = {},
): Stores {
	// What people asked is nobody else's on this machine; the log beside the file gets the same rights as the file.
	openForUs(file);
	return openStores(connect(file, version), clock, sealWith(key), leaseMs, null);
}

/** @param max cases that are kept; null: all that are young enough */
function openStores(connection: Connection, clock: Clock, seal: Seal, leaseMs: number | null, max: number | null): Stores {
	const { sql, atOnce } = connection;
	const { now } = clock;
	let writes = 0;
	const wrote = () => {
		writes += 1;
		if (writes % (max === null ? CLEAN_EVERY_WRITES : CLEAN_EVERY_WRITES_IN_MEMORY) === 0) tidy();
	};
	const replica = openReplica(connection, clock, leaseMs);
	const inbox = inboxIn(connection, replica, clock, seal, wrote);
	const clean = () => {
		inbox.endAgain();
		deleteOld(connection, now(), max);
	};
	const tidy = (after = () => {}) => {
		try {
			clean();
			after();
		} catch {
			// A full or broken disk must not end the process, nor fail what is written already; whoever writes next says so.
		}
	};
	clean();
	// By the clock too: a quiet bot writes little, and what is old has to go all the same.
	const cleaning = setInterval(tidy, CLEAN_EVERY_MS, connection.checkpoint);
	cleaning.unref();

	return {
		cases: casesIn(connection, wrote),
		inbox,
		watches: watchesIn(connection, replica, now, wrote),
		policies: policiesIn(connection, tidy),
		requestCounts: requestCountsIn(connection, now, wrote),
		forget: async (workspace, host) =>
			atOnce(() => ({
				cases: Number(sql(`DELETE FROM cases WHERE workspace = ?1 AND ${OF_HOST}`).run(workspace, host).changes),
				watches: Number(sql(`DELETE FROM watches WHERE workspace = ?1 AND ${OF_HOST}`).run(workspace, host).changes),
			})),
		durable: max === null,
		close: async () => {
			clearInterval(cleaning);
			inbox.close();
			try {
				replica.close();
			} finally {
				connection.close();
			}
		},
	};
}

/** Deletes what is older than it is kept, and in memory what is over the bound. */
function deleteOld(connection: Connection, atMs: number, max: number | null): void {
	const { sql } = connection;
	sql("DELETE FROM seen WHERE at < ?").run(atMs - SEEN_MS);
	// Those from the future are of a clock that was wrong.
	sql("DELETE FROM counts WHERE at < ? OR at > ?").run(atMs - COUNTED_MS, atMs + COUNTED_MS);
	sql("DELETE FROM watches WHERE due_at IS NULL AND last_at < ?").run(atMs - ENDED_WATCHES_MS);
	for (const row of sql("SELECT DISTINCT workspace FROM cases").all()) {
		const workspace = textOf(row.workspace);
		sql("DELETE FROM cases WHERE workspace IS ? AND last_at < ?").run(
			workspace,
			atMs - policyOf(connection, workspace).keepDays * DAY_MS,
		);
	}
	if (max !== null)
		sql("DELETE FROM cases WHERE id IN (SELECT id FROM cases ORDER BY last_at DESC, rowid DESC LIMIT -1 OFFSET ?)").run(max);
	sql("DELETE FROM pending WHERE at < ?").run(atMs - UNFINISHED_MS);
	sql("DELETE FROM replicas WHERE beat_at < ?").run(atMs - DAY_MS);
	sql(
		"DELETE FROM slots WHERE owner NOT IN (SELECT id FROM pending) AND owner NOT IN (SELECT id FROM watches WHERE due_at IS NOT NULL)",
	).run();
}

import { randomBytes } from "node:crypto";
import type { Stores } from "../../desk/stores.ts";
import {
	AHEAD_KEPT_MS,
	CLEAN_EVERY_MS,
	CLEAN_EVERY_WRITES,
	DAY_MS,
	ENDED_WATCHES_MS,
	SEEN_MS,
	SWEEPS_A_LEASE,
	UNFINISHED_MS,
} from "../ages.ts";
import type { Clock } from "../clock.ts";
import { keyBeside } from "../key-file.ts";
import { ownFile } from "../lock.ts";
import { memoryAccesses } from "../memory-accesses.ts";
import { namesIn } from "../names.ts";
import { vaultWith } from "../seal.ts";
import { accessesIn } from "./accesses.ts";
import { casesIn } from "./cases.ts";
import { requestCountsIn } from "./counts.ts";
import { type Connection, connect, textOf } from "./database.ts";
import { inboxIn } from "./inbox.ts";
import { installsIn } from "./installs.ts";
import { leasesIn } from "./leases.ts";
import { policiesIn, policyOf } from "./policies.ts";
import { openReplica } from "./replica.ts";
import { watchesIn } from "./watches.ts";

/** In memory, only the newest are kept. */
const IN_MEMORY_MAX = 2_000;
/** In memory what is over the bound must not wait for so many. */
const CLEAN_EVERY_WRITES_IN_MEMORY = 20;
/** What a question came with has left the write-ahead log five seconds after its end; many ends make one checkpoint. */
const CHECKPOINT_MS = 2_000;
/** Where another process was reading just then. */
const CHECKPOINT_AGAIN_MS = 500;
/** Of the key that is made beside a file. */
export const KEY_SUFFIX = ".key";

/** The host itself and its subdomains. */
const OF_HOST = "instr(domains, ?2) > 0";

/** How a file is opened. */
export interface SqliteOptions {
	/** 32 bytes that make what is kept unreadable in the file; null: those of the key beside it, made at the first start. */
	readonly key?: Uint8Array | null;
	/** Called when the file's content was encrypted with another key: it stays unreadable, and new data is stored as usual. */
	readonly otherKey?: () => void;
	/** How long another handle on the file counts as alive after its last beat; null: the file is ours alone (see `lock`). */
	readonly leaseMs?: number | null;
	/** Of the program, noted in the file: an older one that finds it can name it. */
	readonly version?: string | null;
}

/** Gone with the process. */
export const memoryStores = (clock: Clock, max = IN_MEMORY_MAX): Stores =>
	openStores(connect(":memory:", { openVault: () => vaultWith(randomBytes(32)) }), clock, {
		leaseMs: null,
		max,
		isKeyOurs: true,
	});

/**
 * In an SQLite file, with a write-ahead log: what was kept is there after `kill -9`.
 * @throws NewerDatabase; BadKeyFile when the key file beside it is invalid; anything else when the file cannot be opened, or is not a cf520
 * database
 */
export function sqliteStores(
	file: string,
	clock: Clock,
	{ key = null, leaseMs = null, version = null, otherKey = () => {} }: SqliteOptions = {},
): Stores {
	// Only the owner can read the file; the log beside it gets the same rights.
	ownFile(file);
	const openVault = () => vaultWith(key ?? keyBeside(`${file}${KEY_SUFFIX}`));
	const connection = connect(file, { openVault, formerKey: key, version });
	if (connection.foreign) otherKey();
	return openStores(connection, clock, { leaseMs, max: null, isKeyOurs: key === null });
}

/** How open stores keep things. */
interface Keeping {
	readonly leaseMs: number | null;
	/** Cases that are kept; null: all that are young enough. */
	readonly max: number | null;
	/** Nobody gave the key from outside: it is beside the file, or in memory. */
	readonly isKeyOurs: boolean;
}

function openStores(connection: Connection, clock: Clock, { leaseMs, max, isKeyOurs }: Keeping): Stores {
	const { sql, atOnce } = connection;
	const { now, later } = clock;
	const names = namesIn(connection.vault);
	const checkpoint = max === null ? checkpointsIn(connection, later) : NO_CHECKPOINTS;
	let writes = 0;
	const wrote = () => {
		writes += 1;
		if (writes % (max === null ? CLEAN_EVERY_WRITES : CLEAN_EVERY_WRITES_IN_MEMORY) === 0) tidy();
	};
	const replica = openReplica(connection, clock, leaseMs);
	const inbox = inboxIn(connection, replica, clock, wrote, checkpoint.soon);
	const clean = () => {
		inbox.endAgain();
		deleteOld(connection, now(), max);
	};
	const tidy = (after = () => {}) => {
		try {
			clean();
			after();
		} catch {
			// A full or broken disk must not end the process, nor fail what is already written; the next write reports it.
		}
	};
	clean();
	const accesses = isKeyOurs ? memoryAccesses() : accessesIn(connection, checkpoint.now);
	const cleaning = setInterval(tidy, CLEAN_EVERY_MS, checkpoint.now);
	cleaning.unref();

	return {
		cases: casesIn(connection, wrote),
		inbox,
		watches: watchesIn(connection, replica, now, wrote),
		policies: policiesIn(connection, tidy),
		requestCounts: requestCountsIn(connection, now, wrote),
		accesses,
		installs: installsIn(connection, checkpoint.now),
		leases: leasesIn(connection, replica, now),
		forget: async (workspace, host) => {
			const of = [names.workspace(workspace), ` ${names.host(host)} `];
			const forgotten = atOnce(() => ({
				cases: Number(sql(`DELETE FROM cases WHERE workspace = ?1 AND ${OF_HOST}`).run(...of).changes),
				watches: Number(sql(`DELETE FROM watches WHERE workspace = ?1 AND ${OF_HOST}`).run(...of).changes),
			}));
			await accesses.forget(workspace, host);
			checkpoint.now();
			return forgotten;
		},
		forgetWorkspace: async (owner) => {
			const of = names.workspace(owner.workspace);
			const forgotten = atOnce(() => {
				sql("DELETE FROM pending WHERE workspace = ?").run(of);
				sql("DELETE FROM policies WHERE workspace = ?").run(of);
				return {
					cases: Number(sql("DELETE FROM cases WHERE workspace = ?").run(of).changes),
					watches: Number(sql("DELETE FROM watches WHERE workspace = ?").run(of).changes),
				};
			});
			await accesses.removeAll(owner, Number.MAX_SAFE_INTEGER);
			clean();
			inbox.wake();
			checkpoint.now();
			return forgotten;
		},
		hashed: names.text,
		durable: max === null,
		sweepMs: leaseMs === null ? null : leaseMs / SWEEPS_A_LEASE,
		close: async () => {
			clearInterval(cleaning);
			checkpoint.cancel();
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
	sql("DELETE FROM counts WHERE until_at < ? OR at > ?").run(atMs, atMs + AHEAD_KEPT_MS);
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
	sql("DELETE FROM leases WHERE until_at < ?").run(atMs - DAY_MS);
	sql(
		"DELETE FROM slots WHERE owner NOT IN (SELECT id FROM pending) AND owner NOT IN (SELECT id FROM watches WHERE due_at IS NOT NULL)",
	).run();
}

/** Checkpoints: at once, or soon for all that ended in the meantime. */
interface Checkpoints {
	now(): void;
	soon(): void;
	cancel(): void;
}

const NO_CHECKPOINTS: Checkpoints = { now: () => {}, soon: () => {}, cancel: () => {} };

function checkpointsIn(connection: Connection, later: Clock["later"]): Checkpoints {
	let cancel: (() => void) | null = null;
	const soon = (ms = CHECKPOINT_MS) => {
		cancel ??= later(ms, () => {
			cancel = null;
			now();
		});
	};
	const now = () => {
		try {
			if (!connection.checkpoint()) soon(CHECKPOINT_AGAIN_MS);
		} catch {
			// A full or broken disk: the next end tries again, and so does the next start.
		}
	};
	return { now, soon: () => soon(), cancel: () => cancel?.() };
}

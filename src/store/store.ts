import { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { type Case, type Cases, memoryCases } from "../core/case.ts";
import { isTimeToForget, KEPT_MS, rememberSeen, type Seen } from "./seen.ts";

/** What outlives a question: the cases of threads, and the ids of what was handled. One port, two engines so far. */
export interface Store {
	readonly cases: Cases;
	readonly seen: Seen;
	close(): void;
}

/** Gone with the process. */
export function memoryStore(now: () => number): Store {
	return { cases: memoryCases(), seen: rememberSeen(now), close: () => {} };
}

/** Cases are kept this long after their last answer. */
export const CASES_KEPT_MS = 30 * 24 * 3_600_000;
const BUSY_MS_MAX = 5_000;

/** In order; the number of those that were applied stands in the database (PRAGMA user_version). Never change one that was released. */
const MIGRATIONS: readonly string[] = [
	`CREATE TABLE cases (id TEXT PRIMARY KEY, place TEXT, last_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
	 CREATE INDEX cases_by_place ON cases (place, last_at);
	 CREATE INDEX cases_by_age ON cases (last_at);
	 CREATE TABLE seen (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
	 CREATE INDEX seen_by_age ON seen (at);`,
];

/** What has to hold of a case that comes back; the head is a message of ours and is rendered like every other. */
const Kept = z.object({
	id: z.string(),
	code: z.string(),
	url: z.string(),
	facts: z.array(
		z.object({
			key: z.string(),
			value: z.union([z.string(), z.array(z.string())]),
			by: z.string(),
			who: z.string().nullable(),
			atMs: z.number(),
		}),
	),
	found: z
		.object({ cause: z.string(), confidence: z.enum(["likely", "possible"]) })
		.nullable()
		.default(null),
	unknown: z.array(z.string()),
	rays: z.array(z.string()),
	openedAtMs: z.number(),
	lastAtMs: z.number(),
	ref: z.string().nullable(),
	place: z.string().nullable(),
	head: z.object({ mood: z.string(), blocks: z.array(z.looseObject({ kind: z.string() })) }),
	solved: z.object({ cause: z.string(), who: z.string(), atMs: z.number() }).nullable(),
});

/**
 * In an SQLite file, with a write-ahead log: what was told is there after `kill -9`.
 * @throws when the file cannot be opened or is none
 */
export function sqliteStore(file: string, now: () => number): Store {
	const database = new DatabaseSync(file);
	database.exec(`PRAGMA busy_timeout = ${BUSY_MS_MAX}; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;`);
	migrate(database);
	const get = database.prepare("SELECT body FROM cases WHERE id = ?");
	const inPlace = database.prepare("SELECT body FROM cases WHERE place = ? ORDER BY last_at DESC, rowid DESC LIMIT 1");
	const put = database.prepare(
		"INSERT INTO cases (id, place, last_at, body) VALUES (?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET place = excluded.place, last_at = excluded.last_at, body = excluded.body",
	);
	const forget = database.prepare("DELETE FROM cases WHERE last_at < ?");
	const first = database.prepare("INSERT OR IGNORE INTO seen (id, at) VALUES (?, ?)");
	const forgetSeen = database.prepare("DELETE FROM seen WHERE at < ?");
	forget.run(now() - CASES_KEPT_MS);
	let puts = 0;
	let sinceForgotten = 0;
	return {
		cases: {
			get: (id) => caseOf(get.get(id)),
			inPlace: (place) => caseOf(inPlace.get(place)),
			put: (one) => {
				put.run(one.id, one.place, one.lastAtMs, JSON.stringify(one));
				puts += 1;
				if (puts % 100 === 0) forget.run(now() - CASES_KEPT_MS);
			},
		},
		seen: {
			first: (id) => {
				const at = now();
				sinceForgotten += 1;
				if (isTimeToForget(sinceForgotten)) forgetSeen.run(at - KEPT_MS);
				return first.run(id, at).changes === 1;
			},
		},
		close: () => database.close(),
	};
}

function migrate(database: DatabaseSync): void {
	const { user_version: applied } = z.object({ user_version: z.number() }).parse(database.prepare("PRAGMA user_version").get());
	if (applied > MIGRATIONS.length) throw new Error("the database is of a newer version");
	for (const [index, migration] of MIGRATIONS.entries()) {
		if (index < applied) continue;
		database.exec(`BEGIN; ${migration} PRAGMA user_version = ${index + 1}; COMMIT;`);
	}
}

/** A case as it was put; null for none, and for one that cannot be read any more. */
function caseOf(row: unknown): Case | null {
	const body = (row as { body?: unknown } | undefined)?.body;
	if (typeof body !== "string") return null;
	try {
		return Kept.parse(JSON.parse(body)) as unknown as Case;
	} catch {
		return null;
	}
}

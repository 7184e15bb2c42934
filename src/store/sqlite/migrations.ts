import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { NewerDatabase } from "../newer-database.ts";
import { hostOf, readCase, readWatch, watchedFor } from "../rows.ts";
import type { Vault } from "../seal.ts";
import { sealAll } from "./sealing.ts";

export { NewerDatabase };

/** In order; how many of them were applied is in the database (PRAGMA user_version). Never change one that was released. */
const MIGRATIONS: readonly ((database: DatabaseSync, vault: Vault, formerKey: Uint8Array | null) => void)[] = [
	(database) =>
		database.exec(`CREATE TABLE cases (id TEXT PRIMARY KEY, place TEXT, last_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
	 CREATE INDEX cases_by_place ON cases (place, last_at);
	 CREATE INDEX cases_by_age ON cases (last_at);
	 CREATE TABLE seen (id TEXT PRIMARY KEY, at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
	 CREATE INDEX seen_by_age ON seen (at);`),
	(database) => {
		database.exec(`ALTER TABLE cases ADD COLUMN workspace TEXT;
	 ALTER TABLE cases ADD COLUMN host TEXT;
	 CREATE INDEX cases_by_host ON cases (host, workspace, last_at);
	 CREATE TABLE pending (id TEXT PRIMARY KEY, platform TEXT NOT NULL, at INTEGER NOT NULL, tries INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
	 CREATE TABLE slots (owner TEXT NOT NULL, slot TEXT NOT NULL, ref TEXT, sure INTEGER NOT NULL, PRIMARY KEY (owner, slot)) STRICT, WITHOUT ROWID;
	 CREATE TABLE watches (id TEXT PRIMARY KEY, platform TEXT NOT NULL, workspace TEXT, host TEXT NOT NULL, url TEXT NOT NULL, place TEXT, asker TEXT, due_at INTEGER, last_at INTEGER NOT NULL, body TEXT NOT NULL) STRICT;
	 CREATE INDEX watches_by_due ON watches (platform, due_at) WHERE due_at IS NOT NULL;
	 CREATE INDEX watches_by_host ON watches (host) WHERE due_at IS NOT NULL;
	 CREATE INDEX watches_by_workspace ON watches (workspace) WHERE due_at IS NOT NULL;
	 CREATE TABLE policies (workspace TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
	 CREATE TABLE taken (host TEXT NOT NULL, at INTEGER NOT NULL, amount INTEGER NOT NULL) STRICT;
	 CREATE INDEX taken_by_host ON taken (host, at);
	 CREATE INDEX taken_by_age ON taken (at);`);
		const put = database.prepare("UPDATE cases SET host = ? WHERE id = ?");
		for (const row of database.prepare("SELECT body FROM cases").all()) {
			const one = readCase(row.body);
			if (one !== null) put.run(hostOf(one.url), one.id);
		}
	},
	(database) => {
		// `slots.owner` is the question or watch; `pending.owner` and `watches.owner` are the process that has it.
		database.exec(`CREATE TABLE replicas (id TEXT PRIMARY KEY, beat_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
	 ALTER TABLE cases ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
	 ALTER TABLE pending ADD COLUMN owner TEXT;
	 ALTER TABLE pending ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
	 ALTER TABLE pending ADD COLUMN lane TEXT;
	 ALTER TABLE pending ADD COLUMN ticket INTEGER;
	 CREATE INDEX pending_by_lane ON pending (lane, ticket) WHERE lane IS NOT NULL;
	 ALTER TABLE watches ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
	 ALTER TABLE watches ADD COLUMN owner TEXT;
	 ALTER TABLE watches ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
	 ALTER TABLE watches ADD COLUMN lease_until INTEGER;
	 ALTER TABLE watches ADD COLUMN watched_for TEXT;
	 CREATE UNIQUE INDEX watches_one_a_page ON watches (platform, coalesce(workspace, ''), watched_for, url) WHERE watched_for IS NOT NULL;
	 CREATE TABLE counts (key TEXT NOT NULL, at INTEGER NOT NULL, amount INTEGER NOT NULL) STRICT;
	 CREATE INDEX counts_by_key ON counts (key, at);
	 CREATE INDEX counts_by_age ON counts (at);
	 INSERT INTO counts (key, at, amount) SELECT 'host ' || host, at, amount FROM taken;
	 DELETE FROM taken;`);
		// Two that were begun on one page before this was a rule both go on; the older one is the page's.
		const put = database.prepare("UPDATE OR IGNORE watches SET watched_for = ? WHERE id = ?");
		for (const row of database.prepare("SELECT body FROM watches WHERE due_at IS NOT NULL ORDER BY rowid").all()) {
			const one = readWatch(row.body);
			if (one !== null) put.run(watchedFor(one), one.id);
		}
	},
	(database) =>
		// `begun` is 1 while a process works on it; `tries` counted every start before, and now the processes that ended in that.
		database.exec("ALTER TABLE pending ADD COLUMN begun INTEGER NOT NULL DEFAULT 0; UPDATE pending SET tries = 0;"),
	sealAll,
	(database) => database.exec("CREATE INDEX cases_by_workspace ON cases (workspace, last_at);"),
	// `owner`: of platform and workspace, found with any key; everything that names anything is sealed.
	(database) =>
		database.exec(
			`CREATE TABLE accesses (owner TEXT NOT NULL, platform TEXT NOT NULL, zone TEXT NOT NULL, zone_id TEXT NOT NULL, zone_name TEXT NOT NULL, sealed TEXT NOT NULL, token_id TEXT NOT NULL, by TEXT NOT NULL, at INTEGER NOT NULL, state TEXT NOT NULL, PRIMARY KEY (owner, zone)) STRICT, WITHOUT ROWID;`,
		),
	// `installs.id` is a hash of platform and id; both are in the sealed body.
	(database) =>
		database.exec(
			`ALTER TABLE pending ADD COLUMN workspace TEXT;
	 CREATE TABLE installs (id TEXT PRIMARY KEY, platform TEXT NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL) STRICT, WITHOUT ROWID;
	 CREATE TABLE leases (name TEXT PRIMARY KEY, owner TEXT NOT NULL, until_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;`,
		),
];

/** How many there are: the number of an up-to-date database. */
export const SCHEMA = MIGRATIONS.length;

const numberOf = (database: DatabaseSync): number =>
	z.object({ user_version: z.number() }).parse(database.prepare("PRAGMA user_version").get()).user_version;

/**
 * Changes nothing.
 * @throws NewerDatabase; anything else when it is not a database
 */
export function refuseNewer(database: DatabaseSync): void {
	if (numberOf(database) > MIGRATIONS.length) throw new NewerDatabase(writtenBy(database));
}

/**
 * How far a database is, and which version of the program wrote it last (null: not noted). Changes nothing.
 * @throws when it is not a database
 */
export const schemaIn = (database: DatabaseSync): { readonly number: number; readonly version: string | null } => ({
	number: numberOf(database),
	version: writtenBy(database),
});

/** Every version writes and reads `about` in this form: it is outside the migrations. */
function writtenBy(database: DatabaseSync): string | null {
	try {
		const row = database.prepare("SELECT value FROM about WHERE key = 'version'").get();
		return z.object({ value: z.string().regex(/^\d{1,6}(?:\.\d{1,6}){2}(?:-[\w.]{1,40})?$/) }).parse(row).value;
	} catch {
		return null;
	}
}

/**
 * Brings a database up to date.
 * @param formerKey as earlier versions sealed with it; null: they had none
 * @param version of the program, noted for older ones; null: it is not
 */
export function migrate(database: DatabaseSync, vault: Vault, formerKey: Uint8Array | null, version: string | null): void {
	const applied = numberOf(database);
	for (const [index, migration] of MIGRATIONS.entries()) {
		if (index < applied) continue;
		database.exec("BEGIN IMMEDIATE");
		migration(database, vault, formerKey);
		database.exec(`PRAGMA user_version = ${index + 1}; COMMIT;`);
	}
	if (version === null) return;
	database.exec("CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID");
	database
		.prepare("INSERT INTO about VALUES ('version', ?1) ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE value <> ?1")
		.run(version);
}

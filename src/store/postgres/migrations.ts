import { NewerDatabase } from "../newer-database.ts";
import { type Sql, textOf } from "./query.ts";

/** One step of the schema. */
export interface Migration {
	readonly sql: string;
	/** The oldest program that goes on beside it, by how many of these steps it knows: an addition leaves it as it was. */
	readonly oldestReader: number;
}

/**
 * In order; how many of them were applied is in the database (`meta`). Never change one that was released. Replicas of two releases run at
 * once: what a release no longer needs goes in the one after it.
 *
 * Times are Unix milliseconds by the database's clock (`cf520_now`), the same for every replica, except those that a case or watch brings.
 * Everything that names anything is sealed or a hash, as in `store/sqlite`.
 */
export const MIGRATIONS: readonly Migration[] = [
	{
		oldestReader: 1,
		sql: `CREATE FUNCTION cf520_now() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT (extract(epoch FROM statement_timestamp()) * 1000)::bigint';
	CREATE TABLE replicas (id text PRIMARY KEY, beat_at bigint NOT NULL, version text);
	CREATE TABLE seen (id text PRIMARY KEY, at bigint NOT NULL);
	CREATE INDEX seen_by_age ON seen (at);
	CREATE TABLE pending (id text PRIMARY KEY, seq bigint GENERATED ALWAYS AS IDENTITY, platform text NOT NULL, at bigint NOT NULL, tries int NOT NULL, begun boolean NOT NULL DEFAULT false,
		owner text, epoch int NOT NULL DEFAULT 0, lane text, ticket bigint, workspace text, body text NOT NULL);
	CREATE INDEX pending_by_lane ON pending (lane, ticket) WHERE lane IS NOT NULL;
	CREATE INDEX pending_by_platform ON pending (platform, at);
	CREATE TABLE slots (owner text NOT NULL, slot text NOT NULL, ref text, sure boolean NOT NULL, PRIMARY KEY (owner, slot));
	CREATE TABLE cases (id text PRIMARY KEY, seq bigint GENERATED ALWAYS AS IDENTITY, place text, workspace text, host text NOT NULL, domains text NOT NULL, last_at bigint NOT NULL,
		version int NOT NULL DEFAULT 0, body text NOT NULL);
	CREATE INDEX cases_by_place ON cases (place, last_at);
	CREATE INDEX cases_by_host ON cases (host, workspace, last_at);
	CREATE INDEX cases_by_workspace ON cases (workspace, last_at);
	CREATE TABLE watches (id text PRIMARY KEY, seq bigint GENERATED ALWAYS AS IDENTITY, platform text NOT NULL, workspace text, host text NOT NULL, domains text NOT NULL, url text NOT NULL, place text,
		asker text, due_at bigint, last_at bigint NOT NULL, ended boolean NOT NULL, watched_for text, version int NOT NULL DEFAULT 0, owner text, epoch int NOT NULL DEFAULT 0, lease_until bigint, body text NOT NULL);
	CREATE UNIQUE INDEX watches_one_a_page ON watches (platform, coalesce(workspace, ''), watched_for, url) WHERE watched_for IS NOT NULL;
	CREATE INDEX watches_by_due ON watches (platform, due_at) WHERE due_at IS NOT NULL;
	CREATE INDEX watches_by_host ON watches (host) WHERE due_at IS NOT NULL;
	CREATE INDEX watches_by_workspace ON watches (workspace);
	CREATE TABLE policies (workspace text PRIMARY KEY, body text NOT NULL);
	CREATE TABLE counts (key text NOT NULL, item text, at bigint NOT NULL, amount int NOT NULL, until_at bigint NOT NULL);
	CREATE INDEX counts_by_key ON counts (key, until_at);
	CREATE INDEX counts_by_end ON counts (until_at);
	CREATE TABLE accesses (owner text NOT NULL, platform text NOT NULL, zone text NOT NULL, zone_id text NOT NULL, zone_name text NOT NULL, sealed text NOT NULL, token_id text NOT NULL, by text NOT NULL, at bigint NOT NULL,
		state text NOT NULL, PRIMARY KEY (owner, zone));
	CREATE TABLE installs (id text PRIMARY KEY, platform text NOT NULL, at bigint NOT NULL, body text NOT NULL);
	CREATE INDEX installs_by_platform ON installs (platform, at);
	CREATE TABLE leases (name text PRIMARY KEY, owner text NOT NULL, until_at bigint NOT NULL);`,
	},
];

/** Any number: who brings the schema up to date has this lock. */
const LOCK = "5200520052005200";
/** Building an index takes its time. */
const BEGIN = "BEGIN; SET LOCAL statement_timeout = 600000; SET LOCAL idle_in_transaction_session_timeout = 60000";
const VERSION = /^\d{1,6}(?:\.\d{1,6}){2}(?:-[\w.]{1,40})?$/;

/** Every version reads and writes `meta` in this form. */
const META = "CREATE TABLE IF NOT EXISTS meta (key text PRIMARY KEY, value text NOT NULL)";
const PUT = "INSERT INTO meta (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value";

/**
 * Brings a database up to date, also when several do at once.
 * @param version of the program, noted for older ones; null: it is not
 * @param migrations those that this program knows
 * @throws NewerDatabase when this program is too old for it; QueryFailed
 */
export async function migrate(sql: Sql, version: string | null, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
	const atOnce = async <T>(work: () => Promise<T>): Promise<T> => {
		await sql(BEGIN);
		try {
			await sql("SELECT pg_advisory_xact_lock($1)", LOCK);
			const result = await work();
			await sql("COMMIT");
			return result;
		} catch (error) {
			// On a connection that is gone there is nothing to roll back.
			await sql("ROLLBACK").catch(() => {});
			throw error;
		}
	};
	const noted = async (key: string) => textOf((await sql("SELECT value FROM meta WHERE key = $1", key)).rows[0]?.value);
	const applied = async () => Number((await noted("schema")) ?? 0);
	const applyNext = async (): Promise<boolean> => {
		await sql(META);
		const at = await applied();
		const next = migrations[at];
		if (next === undefined) return false;
		await sql(next.sql);
		await sql(PUT, "schema", String(at + 1));
		await sql(PUT, "oldest_reader", String(next.oldestReader));
		return true;
	};
	while (await atOnce(applyNext));
	const at = await applied();
	if (at > migrations.length && Number((await noted("oldest_reader")) ?? at) > migrations.length) {
		const by = await noted("version");
		throw new NewerDatabase(by !== null && VERSION.test(by) ? by : null);
	}
	// An older one that goes on beside a newer one is not the one to name.
	if (at === migrations.length && version !== null) await sql(PUT, "version", version);
}

import { DEFAULT_POLICY, type Policy } from "../../read/policy.ts";
import { AHEAD_KEPT_MS, DAY_MS, ENDED_WATCHES_MS, SEEN_MS, UNFINISHED_MS } from "../ages.ts";
import type { Vault } from "../seal.ts";
import type { Database } from "./database.ts";
import { policyOf } from "./policies.ts";
import type { Sql } from "./query.ts";

/** Any number: who deletes what is old has this lock. */
const LOCK = "5200520052005201";
const OLD_CASES = "DELETE FROM cases WHERE last_at < cf520_now() - $1::bigint";

/**
 * Deletes what is older than it is kept, a table at a time: a backlog of one that takes too long keeps no other. One process at a time; the
 * others leave it to that one.
 * @param leaseMs a process that was not heard for so long may still come back
 */
export async function deleteOld({ atOnce }: Database, vault: Vault, leaseMs: number): Promise<void> {
	const deletions: readonly ((sql: Sql) => Promise<unknown>)[] = [
		(sql) => sql(`DELETE FROM seen WHERE at < cf520_now() - ${SEEN_MS}`),
		// Those from the future are of a clock that was wrong.
		(sql) => sql(`DELETE FROM counts WHERE until_at < cf520_now() OR at > cf520_now() + ${AHEAD_KEPT_MS}`),
		(sql) => sql(`DELETE FROM watches WHERE due_at IS NULL AND last_at < cf520_now() - ${ENDED_WATCHES_MS}`),
		(sql) => deleteOldCases(sql, vault),
		(sql) => sql(`DELETE FROM pending WHERE at < cf520_now() - ${UNFINISHED_MS}`),
		(sql) => sql("DELETE FROM replicas WHERE beat_at < cf520_now() - $1::bigint", Math.max(DAY_MS, 2 * leaseMs)),
		(sql) => sql(`DELETE FROM leases WHERE until_at < cf520_now() - ${DAY_MS}`),
		(sql) =>
			sql(`DELETE FROM slots WHERE NOT EXISTS (SELECT 1 FROM pending WHERE pending.id = slots.owner)
			AND NOT EXISTS (SELECT 1 FROM watches WHERE watches.id = slots.owner AND due_at IS NOT NULL)`),
	];
	const failures: unknown[] = [];
	for (const deletion of deletions)
		await atOnce([], async (sql) => {
			if ((await sql("SELECT pg_try_advisory_xact_lock($1) AS ours", LOCK)).rows[0]?.ours === true) await deletion(sql);
		}).catch((error: unknown) => void failures.push(error));
	if (failures.length > 0) throw failures[0];
}

async function deleteOldCases(sql: Sql, vault: Vault): Promise<void> {
	const byDays = new Map<number, string[]>();
	for (const { workspace, body } of (await sql("SELECT workspace, body FROM policies")).rows) {
		const name = String(workspace);
		const { keepDays } = policyOf(vault, name, body);
		byDays.set(keepDays, [...(byDays.get(keepDays) ?? []), name]);
	}
	const decided = [...byDays.values()].flat();
	await sql(`${OLD_CASES} AND (workspace IS NULL OR NOT workspace = ANY($2))`, DEFAULT_POLICY.keepDays * DAY_MS, decided);
	for (const [days, names] of byDays) await sql(`${OLD_CASES} AND workspace = ANY($2)`, days * DAY_MS, names);
}

/**
 * A shorter retention holds from now on.
 * @param name the workspace's, as the database has it
 */
export async function keepNoLonger({ sql }: Database, name: string, { keepDays }: Policy): Promise<void> {
	await sql(`${OLD_CASES} AND workspace = $2`, keepDays * DAY_MS, name);
}

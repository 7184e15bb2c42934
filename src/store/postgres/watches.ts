import type { Begun, ClaimedWatch, Watches, WatchLimits } from "../../desk/stores.ts";
import type { Watch } from "../../judge/watch.ts";
import { fairPick } from "../fair-pick.ts";
import { namesIn } from "../names.ts";
import { hostOf, mayKnowOf } from "../rows.ts";
import type { Vault } from "../seal.ts";
import { changeNow } from "./changed.ts";
import type { Database } from "./database.ts";
import { outboxOf } from "./outbox.ts";
import { type Sql, textOf } from "./query.ts";
import type { Replica } from "./replica.ts";
import { type WatchRows, watchRowsIn } from "./watch-rows.ts";

/** Claimed, and the claim still holds. */
const HELD = "(lease_until IS NOT NULL AND lease_until > cf520_now())";
/** Of one page in one workspace: the shared one and private ones. */
const SAME_PAGE_MAX = 1_000;
/** So many of those that are due are looked through for whose turn it is: a workspace has 30 of them at most. */
const DUE_MAX = 2_000;

const DUE = `SELECT id, workspace, asker FROM watches WHERE due_at IS NOT NULL AND platform = $1 AND due_at <= $2 AND NOT ${HELD} ORDER BY due_at LIMIT ${DUE_MAX}`;
/** One that somebody changes at this moment is claimed the next time. */
const CLAIM = `UPDATE watches SET owner = $2, epoch = epoch + 1, lease_until = cf520_now() + $3::bigint
	WHERE id IN (SELECT id FROM watches WHERE id = ANY($1) AND due_at IS NOT NULL AND NOT ${HELD} FOR UPDATE SKIP LOCKED) RETURNING id, body, epoch`;
const EXTEND = "UPDATE watches SET lease_until = cf520_now() + $4::bigint WHERE id = $1 AND owner = $2 AND epoch = $3";
const RELEASE = "UPDATE watches SET owner = NULL, lease_until = NULL WHERE id = $1 AND owner = $2 AND epoch = $3";
const READ = "SELECT id, body, version FROM watches WHERE id = $1 AND ($2::text IS NULL OR (owner = $2 AND epoch = $3))";
const NEXT = `SELECT min(CASE WHEN ${HELD} THEN greatest(due_at, lease_until) ELSE due_at END) AS at FROM watches WHERE due_at IS NOT NULL AND platform = $1`;

/** As `Watches.begin`, in one transaction. */
async function begin(on: Sql, { byId, open, count, insert }: WatchRows, one: Watch, max: WatchLimits): Promise<Begun> {
	const known = await byId(on, one.id);
	if (known !== null) return { begun: known };
	const all = await open(on, { workspace: one.workspace, url: one.url }, SAME_PAGE_MAX);
	const same = all.find((other) => other.platform === one.platform && mayKnowOf(one, other));
	if (same !== undefined) return { same };
	const [host, workspace] = [{ host: hostOf(one.url) }, { workspace: one.workspace }];
	const filters = { host: { ...host, ...workspace }, hostInAll: host, workspace, all: {} };
	for (const bound of ["host", "hostInAll", "workspace", "all"] as const)
		if ((await count(on, filters[bound])) >= max[bound]) return { many: bound };
	await insert(on, one);
	return { begun: one };
}

/** @param wrote called after every row that was added */
export function watchesIn(database: Database, vault: Vault, replica: Replica, wrote: () => void): Watches {
	const { sql, atOnce } = database;
	const rows = watchRowsIn(database, vault);
	const names = namesIn(vault);
	const { id: ours } = replica;
	return {
		get: (id) => rows.byId(sql, id),
		begin: async (one, max) => {
			// The bounds are of all together.
			const result = await atOnce(["watches"], (on) => begin(on, rows, one, max));
			if ("begun" in result && result.begun === one) wrote();
			return result;
		},
		claim: (platform, nowMs, max, leaseMs, held = []) =>
			// In turn: what is fair is decided on what is left.
			atOnce([`claim ${platform}`], async (on) => {
				const due = (await on(DUE, platform, nowMs)).rows.map(({ id, workspace, asker }) => ({
					id: String(id),
					workspace: textOf(workspace),
					asker: textOf(asker),
				}));
				const known = held.map(({ workspace, asker }) => ({ workspace: names.workspace(workspace), asker: names.person(asker) }));
				const picked = fairPick(due, known, max).map(({ id }) => id);
				if (picked.length === 0) return [];
				const taken = (await on(CLAIM, picked, ours, Math.round(leaseMs))).rows;
				const claimed: ClaimedWatch[] = [];
				for (const row of taken.toSorted((a, b) => picked.indexOf(String(a.id)) - picked.indexOf(String(b.id)))) {
					const watch = rows.opened(row);
					if (watch !== null) claimed.push({ watch, epoch: Number(row.epoch) });
					// Unreadable: it must not stay due forever.
					else await on("DELETE FROM watches WHERE id = $1", String(row.id));
				}
				return claimed;
			}),
		extend: async (id, epoch, leaseMs) => void (await sql(EXTEND, id, ours, epoch, Math.round(leaseMs))),
		release: async (id, epoch) => void (await sql(RELEASE, id, ours, epoch)),
		change: (id, work, epoch) => {
			const claim = epoch === undefined ? null : { owner: ours, epoch };
			return changeNow(
				async () => {
					const [row] = (await sql(READ, id, claim?.owner ?? null, claim?.epoch ?? null)).rows;
					const value = rows.opened(row);
					return row === undefined || value === null ? null : { value, version: Number(row.version) };
				},
				(after, version) => rows.update(after, version, claim),
				work,
			);
		},
		outbox: (id, epoch) => outboxOf(database, vault, "watches", id, ours, epoch),
		nextAtMs: async (platform) => {
			const at = (await sql(NEXT, platform)).rows[0]?.at;
			return typeof at === "number" ? at : null;
		},
		open: (filter, max) => rows.open(sql, filter, max),
		count: (filter) => rows.count(sql, filter),
	};
}

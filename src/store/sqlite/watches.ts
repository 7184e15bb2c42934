import type { SQLInputValue } from "node:sqlite";
import type { Begun, ClaimedWatch, Watches, WatchLimits } from "../../desk/stores.ts";
import type { Watch } from "../../judge/watch.ts";
import { fairPick } from "../fair-pick.ts";
import { namesIn } from "../names.ts";
import { hostOf, mayKnowOf } from "../rows.ts";
import { changeNow } from "./changed.ts";
import { type Connection, textOf } from "./database.ts";
import { type Condition, outboxOf } from "./outbox.ts";
import type { Replica } from "./replica.ts";
import { type WatchRows, watchRowsIn } from "./watch-rows.ts";

/** Claimed, and the claim still holds: any claim, or ours where the database is ours alone. */
const HELD = "(lease_until IS NOT NULL AND lease_until > ? AND (? OR owner IS ?))";
const ANYBODY: Condition = { where: "1", values: [] };
/** Of one page in one workspace: the shared one and private ones. */
const SAME_PAGE_MAX = 1_000;
/** So many of those that are due are looked through for whose turn it is: a workspace has 30 of them at most. */
const DUE_MAX = 2_000;

/** As `Watches.begin`, in one transaction. */
function begin({ byId, open, count, insert }: WatchRows, one: Watch, max: WatchLimits): Begun {
	const known = byId(one.id);
	if (known !== null) return { begun: known };
	const same = open({ workspace: one.workspace, url: one.url }, SAME_PAGE_MAX).find(
		(other) => other.platform === one.platform && mayKnowOf(one, other),
	);
	if (same !== undefined) return { same };
	const [host, workspace] = [{ host: hostOf(one.url) }, { workspace: one.workspace }];
	const filters = { host: { ...host, ...workspace }, hostInAll: host, workspace, all: {} };
	const many = (["host", "hostInAll", "workspace", "all"] as const).find((of) => count(filters[of]) >= max[of]);
	if (many !== undefined) return { many };
	insert(one);
	return { begun: one };
}

/** @param wrote called after every row that was added */
export function watchesIn(connection: Connection, replica: Replica, now: () => number, wrote: () => void): Watches {
	const { sql, atOnce } = connection;
	const rows = watchRowsIn(connection, now);
	const names = namesIn(connection.vault);
	/** Alone, only our own claims hold: other claimants have ended. */
	const held = (): SQLInputValue[] => [now(), replica.alone ? 0 : 1, replica.id];
	const mine = (epoch: number): Condition => ({ where: "owner = ? AND epoch = ?", values: [replica.id, epoch] });
	const claimed = (row: Record<string, unknown>, leaseMs: number): ClaimedWatch | [] => {
		const watch = rows.opened(row);
		if (watch === null) {
			// Unreadable: it must not stay due forever.
			sql("DELETE FROM watches WHERE id = ?").run(String(row.id));
			return [];
		}
		const epoch = Number(row.epoch) + 1;
		const claim = [replica.id, epoch, now() + leaseMs];
		sql("UPDATE watches SET owner = ?, epoch = ?, lease_until = ? WHERE id = ?").run(...claim, watch.id);
		return { watch, epoch };
	};

	return {
		get: async (id) => rows.byId(id),
		begin: async (one, max) => {
			const result = atOnce(() => begin(rows, one, max));
			if ("begun" in result && result.begun === one) wrote();
			return result;
		},
		claim: async (platform, nowMs, max, leaseMs, ours = []) =>
			atOnce(() => {
				const due = sql(
					`SELECT id, workspace, asker FROM watches WHERE due_at IS NOT NULL AND platform = ? AND due_at <= ? AND NOT ${HELD} ORDER BY due_at LIMIT ?`,
				)
					.all(platform, nowMs, ...held(), DUE_MAX)
					.map(({ id, workspace, asker }) => ({ id: String(id), workspace: textOf(workspace), asker: textOf(asker) }));
				const known = ours.map(({ workspace, asker }) => ({ workspace: names.workspace(workspace), asker: names.person(asker) }));
				return fairPick(due, known, max).flatMap(({ id }) => {
					const row = sql("SELECT id, body, epoch FROM watches WHERE id = ?").get(id);
					return row === undefined ? [] : claimed(row, leaseMs);
				});
			}),
		extend: async (id, epoch, leaseMs) => {
			const { where, values } = mine(epoch);
			sql(`UPDATE watches SET lease_until = ? WHERE id = ? AND ${where}`).run(now() + leaseMs, id, ...values);
		},
		release: async (id, epoch) => {
			const { where, values } = mine(epoch);
			sql(`UPDATE watches SET owner = NULL, lease_until = NULL WHERE id = ? AND ${where}`).run(id, ...values);
		},
		change: async (id, work, epoch) => {
			const claim = epoch === undefined ? ANYBODY : mine(epoch);
			return changeNow(
				() => {
					const row = sql(`SELECT id, body, version FROM watches WHERE id = ? AND ${claim.where}`).get(id, ...claim.values);
					const value = rows.opened(row);
					return row === undefined || value === null ? null : { value, version: Number(row.version) };
				},
				(after, version) => rows.update(after, version, claim),
				work,
			);
		},
		outbox: (id, epoch) => outboxOf(connection, "watches", id, mine(epoch)),
		nextAtMs: async (platform) => {
			const row = sql(
				`SELECT MIN(iif(${HELD}, max(due_at, lease_until), due_at)) AS at FROM watches WHERE due_at IS NOT NULL AND platform = ?`,
			).get(...held(), platform);
			return typeof row?.at === "number" ? row.at : null;
		},
		open: async (filter, max) => rows.open(filter, max),
		count: async (filter) => rows.count(filter),
	};
}

import type { WatchFilter } from "../../desk/stores.ts";
import type { Watch } from "../../judge/watch.ts";
import { dueAt, hostOf, readWatch, watchedFor } from "../rows.ts";
import type { Connection } from "./database.ts";
import type { Condition } from "./outbox.ts";

/** Not ended, as its body says; a body that nobody can read is none. */
const NOT_ENDED = "CASE WHEN json_valid(body) THEN json_extract(body, '$.ended') IS NULL ELSE 0 END";
/** The page's watch stays the page's; another one of the page, from before that was a rule, never becomes it. */
const STILL_FOR = `iif(watched_for IS NULL OR EXISTS (SELECT 1 FROM watches AS other WHERE other.id <> watches.id AND other.platform = watches.platform AND coalesce(other.workspace, '') = coalesce(watches.workspace, '') AND other.watched_for = ? AND other.url = watches.url), NULL, ?)`;

/** The rows of watches. */
export interface WatchRows {
	byId(id: string): Watch | null;
	open(filter: WatchFilter, max: number): Watch[];
	count(filter: WatchFilter): number;
	insert(one: Watch): void;
	/** @returns false: it was changed since, or the claim is lost */
	update(after: Watch, version: number, claim: Condition): boolean;
}

function matching(filter: WatchFilter): Condition {
	const fields = (["workspace", "host", "url", "threadKey", "asker"] as const).filter((field) => filter[field] !== undefined);
	return {
		where: ["due_at IS NOT NULL", ...fields.map((field) => `${field === "threadKey" ? "place" : field} IS ?`)].join(" AND "),
		values: fields.map((field) => filter[field] ?? null),
	};
}

/** @param now Unix milliseconds */
export function watchRowsIn({ sql, atOnce }: Connection, now: () => number): WatchRows {
	return {
		byId: (id) => readWatch(sql("SELECT body FROM watches WHERE id = ?").get(id)?.body),
		open: (filter, max) => {
			const { where, values } = matching(filter);
			return sql(`SELECT body FROM watches WHERE ${where} AND ${NOT_ENDED} ORDER BY rowid LIMIT ?`)
				.all(...values, max)
				.flatMap((row) => readWatch(row.body) ?? []);
		},
		count: (filter) => {
			const { where, values } = matching(filter);
			return Number(sql(`SELECT COUNT(*) AS n FROM watches WHERE ${where}`).get(...values)?.n);
		},
		insert: (one) => {
			const { id, platform, workspace, url, threadKey, asker } = one;
			// A row of this id or for this page that nobody can read is none.
			sql(
				"INSERT OR REPLACE INTO watches (id, platform, workspace, host, url, place, asker, due_at, last_at, body, watched_for) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			).run(
				...[id, platform, workspace, hostOf(url), url, threadKey, asker],
				...[dueAt(one), now(), JSON.stringify(one), watchedFor(one)],
			);
		},
		update: (after, version, claim) =>
			atOnce(() => {
				const due = dueAt(after);
				const pageOf = watchedFor(after);
				const { changes } = sql(
					`UPDATE watches SET place = ?, due_at = ?, last_at = ?, body = ?, watched_for = ${STILL_FOR}, version = version + 1 WHERE id = ? AND version = ? AND ${claim.where}`,
				).run(...[after.threadKey, due, now(), JSON.stringify(after), pageOf, pageOf], ...[after.id, version, ...claim.values]);
				if (changes === 1 && due === null) sql("DELETE FROM slots WHERE owner = ?").run(after.id);
				return changes === 1;
			}),
	};
}

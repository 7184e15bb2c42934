import type { WatchFilter } from "../../desk/stores.ts";
import type { Watch } from "../../judge/watch.ts";
import { type Names, namesIn, sealedAt } from "../names.ts";
import { dueAt, hostOf, readWatch, watchedFor } from "../rows.ts";
import type { Connection } from "./database.ts";
import type { Condition } from "./outbox.ts";

/** The page's watch stays the page's; another one of the page, from before that was a rule, never becomes it. */
const STILL_FOR = `iif(watched_for IS NULL OR EXISTS (SELECT 1 FROM watches AS other WHERE other.id <> watches.id AND other.platform = watches.platform AND coalesce(other.workspace, '') = coalesce(watches.workspace, '') AND other.watched_for = ? AND other.url = watches.url), NULL, ?)`;

/** The rows of watches. */
export interface WatchRows {
	/** null: none, or an unreadable one. */
	opened(row: Record<string, unknown> | undefined): Watch | null;
	byId(id: string): Watch | null;
	open(filter: WatchFilter, max: number): Watch[];
	count(filter: WatchFilter): number;
	insert(one: Watch): void;
	/** @returns false: it was changed since, or the claim is lost */
	update(after: Watch, version: number, claim: Condition): boolean;
}

function matching({ workspace, host, url, threadKey, asker }: WatchFilter, names: Names): Condition {
	const fields = {
		workspace: workspace === undefined ? undefined : names.workspace(workspace),
		host: host === undefined ? undefined : names.host(host),
		url: url === undefined ? undefined : names.url(url),
		place: threadKey === undefined ? undefined : names.place(threadKey),
		asker: asker === undefined ? undefined : names.person(asker),
	};
	const asked = Object.entries(fields).flatMap(([field, value]) => (value === undefined ? [] : [{ field, value }]));
	return {
		where: ["due_at IS NOT NULL", ...asked.map(({ field }) => `${field} IS ?`)].join(" AND "),
		values: asked.map(({ value }) => value),
	};
}

/** @param now Unix milliseconds */
export function watchRowsIn({ sql, atOnce, vault }: Connection, now: () => number): WatchRows {
	const names = namesIn(vault);
	const opened = (row: Record<string, unknown> | undefined): Watch | null =>
		row === undefined ? null : readWatch(vault.open(sealedAt("watches", String(row.id)), row.body));
	const sealed = (one: Watch): string => vault.seal(sealedAt("watches", one.id), JSON.stringify(one));
	return {
		opened,
		byId: (id) => opened(sql("SELECT id, body FROM watches WHERE id = ?").get(id)),
		open: (filter, max) => {
			const { where, values } = matching(filter, names);
			return sql(`SELECT id, body FROM watches WHERE ${where} AND ended = 0 ORDER BY rowid LIMIT ?`)
				.all(...values, max)
				.flatMap((row) => opened(row) ?? []);
		},
		count: (filter) => {
			const { where, values } = matching(filter, names);
			return Number(sql(`SELECT COUNT(*) AS n FROM watches WHERE ${where}`).get(...values)?.n);
		},
		insert: (one) => {
			const { id, platform, workspace, url, threadKey, asker } = one;
			const host = hostOf(url);
			// An unreadable row of this ID or page does not count.
			sql(
				"INSERT OR REPLACE INTO watches (id, platform, workspace, host, domains, url, place, asker, due_at, last_at, body, watched_for, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
			).run(
				...[id, platform, names.workspace(workspace), names.host(host), names.domains(host), names.url(url)],
				...[names.place(threadKey), names.person(asker), dueAt(one), now(), sealed(one), names.watchedFor(watchedFor(one))],
				one.ended === null ? 0 : 1,
			);
		},
		update: (after, version, claim) =>
			atOnce(() => {
				const due = dueAt(after);
				const pageOf = names.watchedFor(watchedFor(after));
				const { changes } = sql(
					`UPDATE watches SET place = ?, due_at = ?, last_at = ?, body = ?, watched_for = ${STILL_FOR}, ended = ?, version = version + 1 WHERE id = ? AND version = ? AND ${claim.where}`,
				).run(
					...[names.place(after.threadKey), due, now(), sealed(after), pageOf, pageOf, after.ended === null ? 0 : 1],
					...[after.id, version, ...claim.values],
				);
				if (changes === 1 && due === null) sql("DELETE FROM slots WHERE owner = ?").run(after.id);
				return changes === 1;
			}),
	};
}

import type { Cases } from "../../desk/stores.ts";
import { type Case, hasEnded } from "../../judge/case.ts";
import { hostOf, readCase } from "../rows.ts";
import { changeNow } from "./changed.ts";
import type { Connection } from "./database.ts";

/** @param wrote called after every row that was added */
export function casesIn({ sql, atOnce }: Connection, wrote: () => void): Cases {
	const byId = (id: string): Case | null => readCase(sql("SELECT body FROM cases WHERE id = ?").get(id)?.body);
	const inThread = (threadKey: string): Case | null =>
		readCase(sql("SELECT body FROM cases WHERE place = ? ORDER BY last_at DESC, rowid DESC LIMIT 1").get(threadKey)?.body);
	/** The one that `one` would open a second time. */
	const openAlready = (one: Case): Case | null => {
		const known = byId(one.id);
		if (known !== null) return known;
		const here = one.threadKey === null ? null : inThread(one.threadKey);
		return here === null || hasEnded(here, one.openedAtMs) || hostOf(here.url) !== hostOf(one.url) ? null : here;
	};
	return {
		get: async (id) => byId(id),
		inThread: async (threadKey) => inThread(threadKey),
		ofHost: async (workspace, host, max) =>
			sql("SELECT body FROM cases WHERE host = ? AND workspace IS ? ORDER BY last_at DESC, rowid DESC LIMIT ?")
				.all(host, workspace, max)
				.flatMap((row) => readCase(row.body) ?? []),
		open: async (one) => {
			const kept = atOnce(() => {
				const already = openAlready(one);
				if (already !== null) return already;
				// A row of this id that nobody can read is none.
				sql("INSERT OR REPLACE INTO cases (id, place, workspace, host, last_at, body) VALUES (?, ?, ?, ?, ?, ?)").run(
					one.id,
					one.threadKey,
					one.workspace,
					hostOf(one.url),
					one.lastAtMs,
					JSON.stringify(one),
				);
				return one;
			});
			if (kept === one) wrote();
			return kept;
		},
		change: async (id, work) =>
			changeNow(
				() => {
					const row = sql("SELECT body, version FROM cases WHERE id = ?").get(id);
					const value = readCase(row?.body);
					return row === undefined || value === null ? null : { value, version: Number(row.version) };
				},
				(after, version) =>
					sql(
						"UPDATE cases SET place = ?, workspace = ?, host = ?, last_at = ?, body = ?, version = version + 1 WHERE id = ? AND version = ?",
					).run(after.threadKey, after.workspace, hostOf(after.url), after.lastAtMs, JSON.stringify(after), id, version)
						.changes === 1,
				work,
			),
	};
}

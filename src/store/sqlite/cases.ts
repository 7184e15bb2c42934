import type { Cases } from "../../desk/stores.ts";
import { type Case, hasEnded } from "../../judge/case.ts";
import { namesIn, sealedAt } from "../names.ts";
import { hostOf, readCase } from "../rows.ts";
import { changeNow } from "./changed.ts";
import type { Connection } from "./database.ts";

/** @param wrote called after every row that was added */
export function casesIn({ sql, atOnce, vault }: Connection, wrote: () => void): Cases {
	const names = namesIn(vault);
	const opened = (row: Record<string, unknown> | undefined): Case | null =>
		row === undefined ? null : readCase(vault.open(sealedAt("cases", String(row.id)), row.body));
	const sealed = (one: Case): string => vault.seal(sealedAt("cases", one.id), JSON.stringify(one));
	const byId = (id: string): Case | null => opened(sql("SELECT id, body FROM cases WHERE id = ?").get(id));
	const inThread = (threadKey: string): Case | null =>
		opened(
			sql("SELECT id, body FROM cases WHERE place = ? ORDER BY last_at DESC, rowid DESC LIMIT 1").get(names.place(threadKey)),
		);
	const foundBy = ({ threadKey, workspace, url }: Case) => {
		const host = hostOf(url);
		return [names.place(threadKey), names.workspace(workspace), names.host(host), names.domains(host)];
	};
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
			sql("SELECT id, body FROM cases WHERE host = ? AND workspace IS ? ORDER BY last_at DESC, rowid DESC LIMIT ?")
				.all(names.host(host), names.workspace(workspace), max)
				.flatMap((row) => opened(row) ?? []),
		ofWorkspace: async (workspace, sinceMs, max) =>
			sql("SELECT id, body FROM cases WHERE workspace IS ? AND last_at >= ? ORDER BY last_at DESC, rowid DESC LIMIT ?")
				.all(names.workspace(workspace), sinceMs, max)
				.flatMap((row) => opened(row) ?? []),
		open: async (one) => {
			const kept = atOnce(() => {
				const already = openAlready(one);
				if (already !== null) return already;
				// An unreadable row of this ID does not count.
				sql("INSERT OR REPLACE INTO cases (id, place, workspace, host, domains, last_at, body) VALUES (?, ?, ?, ?, ?, ?, ?)").run(
					one.id,
					...foundBy(one),
					one.lastAtMs,
					sealed(one),
				);
				return one;
			});
			if (kept === one) wrote();
			return kept;
		},
		change: async (id, work) =>
			changeNow(
				() => {
					const row = sql("SELECT id, body, version FROM cases WHERE id = ?").get(id);
					const value = opened(row);
					return row === undefined || value === null ? null : { value, version: Number(row.version) };
				},
				(after, version) =>
					sql(
						"UPDATE cases SET place = ?, workspace = ?, host = ?, domains = ?, last_at = ?, body = ?, version = version + 1 WHERE id = ? AND version = ?",
					).run(...foundBy(after), after.lastAtMs, sealed(after), id, version).changes === 1,
				work,
			),
	};
}

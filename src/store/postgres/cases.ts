import type { Cases } from "../../desk/stores.ts";
import { type Case, hasEnded } from "../../judge/case.ts";
import { namesIn, sealedAt } from "../names.ts";
import { hostOf, readCase } from "../rows.ts";
import type { Vault } from "../seal.ts";
import { changeNow } from "./changed.ts";
import type { Database } from "./database.ts";
import { is, type Sql } from "./query.ts";

const INSERT = `INSERT INTO cases (id, place, workspace, host, domains, last_at, body) VALUES ($1, $2, $3, $4, $5, $6, $7)
	ON CONFLICT (id) DO UPDATE SET place = excluded.place, workspace = excluded.workspace, host = excluded.host, domains = excluded.domains,
	last_at = excluded.last_at, body = excluded.body, version = cases.version + 1`;
const UPDATE = `UPDATE cases SET place = $3, workspace = $4, host = $5, domains = $6, last_at = $7, body = $8, version = version + 1
	WHERE id = $1 AND version = $2`;

/** @param wrote called after every row that was added */
export function casesIn({ sql, atOnce }: Database, vault: Vault, wrote: () => void): Cases {
	const names = namesIn(vault);
	const opened = (row: Readonly<Record<string, unknown>> | undefined): Case | null =>
		row === undefined ? null : readCase(vault.open(sealedAt("cases", String(row.id)), row.body));
	const sealed = (one: Case): string => vault.seal(sealedAt("cases", one.id), JSON.stringify(one));
	const byId = async (on: Sql, id: string): Promise<Case | null> =>
		opened((await on("SELECT id, body FROM cases WHERE id = $1", id)).rows[0]);
	const inThread = async (on: Sql, threadKey: string): Promise<Case | null> => {
		const newest = "SELECT id, body FROM cases WHERE place = $1 ORDER BY last_at DESC, seq DESC LIMIT 1";
		return opened((await on(newest, names.place(threadKey))).rows[0]);
	};
	const columnsOf = (one: Case) => {
		const host = hostOf(one.url);
		const foundBy = [names.place(one.threadKey), names.workspace(one.workspace), names.host(host), names.domains(host)];
		return [...foundBy, one.lastAtMs, sealed(one)];
	};
	/** The one that `one` would open a second time. */
	const openAlready = async (on: Sql, one: Case): Promise<Case | null> => {
		const known = await byId(on, one.id);
		if (known !== null) return known;
		const here = one.threadKey === null ? null : await inThread(on, one.threadKey);
		return here === null || hasEnded(here, one.openedAtMs) || hostOf(here.url) !== hostOf(one.url) ? null : here;
	};
	return {
		get: (id) => byId(sql, id),
		inThread: (threadKey) => inThread(sql, threadKey),
		ofHost: async (workspace, host, max) => {
			const found = `SELECT id, body FROM cases WHERE host = $1 AND ${is("workspace", "$2")} ORDER BY last_at DESC, seq DESC LIMIT $3`;
			const { rows } = await sql(found, names.host(host), names.workspace(workspace), max);
			return rows.flatMap((row) => opened(row) ?? []);
		},
		ofWorkspace: async (workspace, sinceMs, max) => {
			const found = `SELECT id, body FROM cases WHERE ${is("workspace", "$1")} AND last_at >= $2 ORDER BY last_at DESC, seq DESC LIMIT $3`;
			const { rows } = await sql(found, names.workspace(workspace), sinceMs, max);
			return rows.flatMap((row) => opened(row) ?? []);
		},
		open: async (one) => {
			const thread = one.threadKey === null ? [] : [`thread ${one.threadKey}`];
			const kept = await atOnce([`case ${one.id}`, ...thread], async (on) => {
				const already = await openAlready(on, one);
				if (already !== null) return already;
				// An unreadable row of this ID does not count.
				await on(INSERT, one.id, ...columnsOf(one));
				return one;
			});
			if (kept === one) wrote();
			return kept;
		},
		change: (id, work) =>
			changeNow(
				async () => {
					const [row] = (await sql("SELECT id, body, version FROM cases WHERE id = $1", id)).rows;
					const value = opened(row);
					return row === undefined || value === null ? null : { value, version: Number(row.version) };
				},
				async (after, version) => (await sql(UPDATE, id, version, ...columnsOf(after))).changes === 1,
				work,
			),
	};
}

import type { WatchFilter } from "../../desk/stores.ts";
import type { Watch } from "../../judge/watch.ts";
import { type Names, namesIn, sealedAt } from "../names.ts";
import { dueAt, hostOf, readWatch, watchedFor } from "../rows.ts";
import type { Vault } from "../seal.ts";
import type { Database } from "./database.ts";
import { DatabaseAway, is, type Sql, type Value } from "./query.ts";

/** The page's watch stays the page's; another one of the page never becomes it. */
const STILL_FOR = `CASE WHEN watched_for IS NULL OR EXISTS (SELECT 1 FROM watches AS other WHERE other.id <> watches.id AND other.platform = watches.platform
	AND coalesce(other.workspace, '') = coalesce(watches.workspace, '') AND other.watched_for = $6 AND other.url = watches.url) THEN NULL ELSE $6 END`;
const UPDATE = `WITH changed AS (UPDATE watches SET place = $3, due_at = $4, last_at = cf520_now(), body = $5, watched_for = ${STILL_FOR}, ended = $7, version = version + 1
	WHERE id = $1 AND version = $2 AND ($8::text IS NULL OR (owner = $8 AND epoch = $9)) RETURNING id, due_at),
	messages AS (DELETE FROM slots USING changed WHERE slots.owner = changed.id AND changed.due_at IS NULL)
	SELECT 1 FROM changed`;
const SAME_PAGE = "platform = $1 AND coalesce(workspace, '') = coalesce($2, '') AND watched_for = $3 AND url = $4";
const INSERT = `INSERT INTO watches (id, platform, workspace, host, domains, url, place, asker, due_at, last_at, body, watched_for, ended)
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, cf520_now(), $10, $11, $12)`;
const UNIQUE_VIOLATION = "23505";

/** Of a claim; null: of any. */
export type Claim = { readonly owner: string; readonly epoch: number } | null;

/** The rows of watches. */
export interface WatchRows {
	/** null: none, or an unreadable one. */
	opened(row: Readonly<Record<string, unknown>> | undefined): Watch | null;
	byId(on: Sql, id: string): Promise<Watch | null>;
	open(on: Sql, filter: WatchFilter, max: number): Promise<Watch[]>;
	count(on: Sql, filter: WatchFilter): Promise<number>;
	insert(on: Sql, one: Watch): Promise<void>;
	/** @returns false: it was changed since, or the claim is lost */
	update(after: Watch, version: number, claim: Claim): Promise<boolean>;
}

function matching({ workspace, host, url, threadKey, asker }: WatchFilter, names: Names): { where: string; values: Value[] } {
	const fields = {
		workspace: workspace === undefined ? undefined : names.workspace(workspace),
		host: host === undefined ? undefined : names.host(host),
		url: url === undefined ? undefined : names.url(url),
		place: threadKey === undefined ? undefined : names.place(threadKey),
		asker: asker === undefined ? undefined : names.person(asker),
	};
	const asked = Object.entries(fields).flatMap(([field, value]) => (value === undefined ? [] : [{ field, value }]));
	return {
		where: ["due_at IS NOT NULL", ...asked.map(({ field }, nth) => is(field, `$${nth + 1}`))].join(" AND "),
		values: asked.map(({ value }) => value),
	};
}

export function watchRowsIn({ sql }: Database, vault: Vault): WatchRows {
	const names = namesIn(vault);
	const opened = (row: Readonly<Record<string, unknown>> | undefined): Watch | null =>
		row === undefined ? null : readWatch(vault.open(sealedAt("watches", String(row.id)), row.body));
	const sealed = (one: Watch): string => vault.seal(sealedAt("watches", one.id), JSON.stringify(one));
	return {
		opened,
		byId: async (on, id) => opened((await on("SELECT id, body FROM watches WHERE id = $1", id)).rows[0]),
		open: async (on, filter, max) => {
			const { where, values } = matching(filter, names);
			const found = `SELECT id, body FROM watches WHERE ${where} AND NOT ended ORDER BY seq LIMIT $${values.length + 1}`;
			return (await on(found, ...values, max)).rows.flatMap((row) => opened(row) ?? []);
		},
		count: async (on, filter) => {
			const { where, values } = matching(filter, names);
			return Number((await on(`SELECT count(*) AS n FROM watches WHERE ${where}`, ...values)).rows[0]?.n);
		},
		insert: async (on, one) => {
			const { id, platform, workspace, url, threadKey, asker } = one;
			const host = hostOf(url);
			const pageOf = [names.workspace(workspace), names.watchedFor(watchedFor(one)), names.url(url)] as const;
			// An unreadable row of this ID or page does not count.
			await on(`DELETE FROM watches WHERE id = $5 OR (${SAME_PAGE})`, platform, ...pageOf, id);
			await on(
				INSERT,
				...[id, platform, names.workspace(workspace), names.host(host), names.domains(host), names.url(url)],
				...[names.place(threadKey), names.person(asker), dueAt(one), sealed(one), names.watchedFor(watchedFor(one))],
				one.ended !== null,
			);
		},
		update: async (after, version, claim) => {
			const row = [names.place(after.threadKey), dueAt(after), sealed(after), names.watchedFor(watchedFor(after))] as const;
			const of = [after.ended !== null, claim?.owner ?? null, claim?.epoch ?? null] as const;
			try {
				return (await sql(UPDATE, after.id, version, ...row, ...of)).changes === 1;
			} catch (error) {
				// Another became the page's at the same moment: the next try sees it.
				if (error instanceof DatabaseAway && error.code === UNIQUE_VIOLATION) return false;
				throw error;
			}
		},
	};
}

import {
	AHEAD_MS_MAX,
	type Counted,
	isCounted,
	keysOf,
	type NoRoom,
	noRoomFor,
	type RequestCounts,
	type Reservation,
} from "../../looks/request-counts.ts";
import { namesIn } from "../names.ts";
import type { Vault } from "../seal.ts";
import type { Database } from "./database.ts";
import { textOf } from "./query.ts";

/** What is in the windows. What a clock that was wrong has noted does not count, or it would for hours. */
const COUNTED = `SELECT cf520_now() AS now, key, at, amount, item FROM (SELECT 1) AS one
	LEFT JOIN counts ON key = ANY($1) AND until_at > cf520_now() AND at <= cf520_now() + $2::bigint ORDER BY at`;
const ADD = `INSERT INTO counts (key, item, at, amount, until_at)
	SELECT key, item, $3::bigint, amount, $3::bigint + windows FROM unnest($1::text[], $2::text[], $4::int[], $5::bigint[]) AS added (key, item, amount, windows)`;

/** Something counted under a key. */
interface Row {
	readonly key: string;
	readonly atMs: number;
	readonly amount: number;
	readonly item: string | null;
}

/** @param wrote called after every reservation */
export function requestCountsIn({ atOnce }: Database, vault: Vault, wrote: () => void): RequestCounts {
	const names = namesIn(vault);
	const itemOf = ({ key, item }: Reservation) => (item === undefined ? null : names.count(`${key}\0${item}`));
	return {
		reserve: async (asks) => {
			const keys = [...new Set(asks.flatMap(keysOf).map(names.count))];
			// The locks come first, in a statement of their own: one that locked and summed would not see what was added while it waited.
			const noRoom = await atOnce(
				keys.map((key) => `count ${key}`),
				async (sql): Promise<NoRoom | null> => {
					const { rows } = await sql(COUNTED, keys, AHEAD_MS_MAX);
					const now = Number(rows[0]?.now);
					const before = rows.flatMap(({ key, at, amount, item }): Row[] =>
						typeof key === "string" ? [{ key, atMs: Number(at), amount: Number(amount), item: textOf(item) }] : [],
					);
					const added: (Row & { readonly windowMs: number })[] = [];
					for (const asked of asks) {
						const item = itemOf(asked);
						const ask = item === null ? asked : { ...asked, item };
						const counted = (key: string): Counted[] =>
							[...before, ...added]
								.filter((row) => row.key === names.count(key))
								.map((row) => ({ untilMs: row.atMs + ask.windowMs, amount: row.amount, item: row.item }));
						const full = noRoomFor(ask, counted, now);
						if (full !== null) return full;
						for (const key of keysOf(ask))
							if (!isCounted(counted(key), ask))
								added.push({ key: names.count(key), atMs: now, amount: ask.amount, item, windowMs: ask.windowMs });
					}
					const column = <T>(of: (row: (typeof added)[number]) => T): T[] => added.map(of);
					if (added.length > 0)
						await sql(
							ADD,
							column(({ key }) => key),
							column(({ item }) => item),
							now,
							column(({ amount }) => amount),
							column(({ windowMs }) => windowMs),
						);
					return null;
				},
			);
			if (noRoom === null) wrote();
			return noRoom;
		},
	};
}

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
import { type Connection, textOf } from "./database.ts";

/** Ends a transaction in which something has no room. */
class Full extends Error {
	readonly noRoom: NoRoom;

	constructor(noRoom: NoRoom) {
		super();
		this.noRoom = noRoom;
	}
}

/** @param wrote called after every reservation */
export function requestCountsIn({ sql, atOnce, vault }: Connection, now: () => number, wrote: () => void): RequestCounts {
	const names = namesIn(vault);
	const countedBy =
		({ windowMs }: Reservation, atMs: number) =>
		(key: string): Counted[] => {
			const name = names.count(key);
			sql("DELETE FROM counts WHERE key = ? AND at <= ?").run(name, atMs - windowMs);
			// What a clock that was wrong has noted does not count, or it would for hours.
			return sql("SELECT at, amount, item FROM counts WHERE key = ? AND at <= ? ORDER BY at")
				.all(name, atMs + AHEAD_MS_MAX)
				.map((row) => ({ untilMs: Number(row.at) + windowMs, amount: Number(row.amount), item: textOf(row.item) }));
		};
	/** @throws Full */
	const reserveOne = (asked: Reservation, atMs: number): void => {
		const { key, amount, windowMs } = asked;
		const item = asked.item === undefined ? null : names.count(`${key}\0${asked.item}`);
		const ask = item === null ? asked : { ...asked, item };
		const counted = countedBy(ask, atMs);
		const full = noRoomFor(ask, counted, atMs);
		if (full !== null) throw new Full(full);
		for (const one of keysOf(ask)) {
			if (isCounted(counted(one), ask)) continue;
			const row = [names.count(one), item, atMs, amount, atMs + windowMs];
			sql("INSERT INTO counts (key, item, at, amount, until_at) VALUES (?, ?, ?, ?, ?)").run(...row);
		}
	};
	return {
		reserve: async (asks) => {
			const atMs = now();
			try {
				atOnce(() => {
					for (const ask of asks) reserveOne(ask, atMs);
				});
			} catch (error) {
				if (error instanceof Full) return error.noRoom;
				throw error;
			}
			wrote();
			return null;
		},
	};
}

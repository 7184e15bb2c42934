import {
	AHEAD_MS_MAX,
	type Counted,
	keysOf,
	type NoRoom,
	noRoomFor,
	type RequestCounts,
	type Reservation,
} from "../../looks/request-counts.ts";
import type { Connection } from "./database.ts";

/** @param wrote called after every reservation */
export function requestCountsIn({ sql, atOnce }: Connection, now: () => number, wrote: () => void): RequestCounts {
	const countedBy =
		({ windowMs }: Reservation, atMs: number) =>
		(key: string): Counted[] => {
			sql("DELETE FROM counts WHERE key = ? AND at <= ?").run(key, atMs - windowMs);
			// What a clock that was wrong has noted does not count, or it would for hours.
			return sql("SELECT at, amount FROM counts WHERE key = ? AND at <= ? ORDER BY at")
				.all(key, atMs + AHEAD_MS_MAX)
				.map((row) => ({ untilMs: Number(row.at) + windowMs, amount: Number(row.amount) }));
		};
	return {
		reserve: async (asks) => {
			const atMs = now();
			const noRoom = atOnce((): NoRoom | null => {
				for (const ask of asks) {
					const full = noRoomFor(ask, countedBy(ask, atMs), atMs);
					if (full !== null) return full;
				}
				for (const ask of asks)
					for (const key of keysOf(ask)) sql("INSERT INTO counts (key, at, amount) VALUES (?, ?, ?)").run(key, atMs, ask.amount);
				return null;
			});
			if (noRoom === null) wrote();
			return noRoom;
		},
	};
}

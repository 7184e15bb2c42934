import { AHEAD_MS_MAX, type NoRoom, type RequestCounts, type Reservation } from "../../looks/request-counts.ts";
import type { Connection } from "./database.ts";

/** @param wrote called after every reservation */
export function requestCountsIn({ sql, atOnce }: Connection, now: () => number, wrote: () => void): RequestCounts {
	const roomFor = ({ key, amount, max, windowMs }: Reservation, atMs: number): NoRoom | null => {
		sql("DELETE FROM counts WHERE key = ? AND at <= ?").run(key, atMs - windowMs);
		// What a clock that was wrong has noted does not count, or it would for hours.
		const untilMs = atMs + AHEAD_MS_MAX;
		let sum = Number(sql("SELECT coalesce(sum(amount), 0) AS sum FROM counts WHERE key = ? AND at <= ?").get(key, untilMs)?.sum);
		if (sum + amount <= max) return null;
		for (const row of sql("SELECT at, amount FROM counts WHERE key = ? AND at <= ? ORDER BY at").all(key, untilMs)) {
			sum -= Number(row.amount);
			if (sum + amount <= max) return { key, againMs: Number(row.at) + windowMs - atMs };
		}
		// More than there is ever room for.
		return { key, againMs: windowMs };
	};
	return {
		reserve: async (asks) => {
			const atMs = now();
			const noRoom = atOnce(() => {
				for (const ask of asks) {
					const full = roomFor(ask, atMs);
					if (full !== null) return full;
				}
				for (const { key, amount } of asks) sql("INSERT INTO counts (key, at, amount) VALUES (?, ?, ?)").run(key, atMs, amount);
				return null;
			});
			if (noRoom === null) wrote();
			return noRoom;
		},
	};
}

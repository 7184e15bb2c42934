import { TakenOver } from "../../desk/stores.ts";
import type { Clock } from "../clock.ts";
import { namesIn } from "../names.ts";
import type { Connection } from "./database.ts";
import type { Owned } from "./owned.ts";

/** Another process may have ended what is waited for here. */
const POLL_MS = 500;

/** Turns in threads. */
interface SqliteLanes {
	/** As `Inbox.turn`. */
	turn(id: string, lane: string, max: number): Promise<"now" | "full">;
	/** Something has ended or was taken over: waiting callers check again. */
	wake(): void;
}

/** A caller who waits for its turn. */
interface Waiter {
	/** @returns false: it waits on */
	look(): boolean;
}

/** @param ended what has ended and could not be deleted: nothing waits for it */
export function lanesIn(
	{ sql, atOnce, vault }: Connection,
	{ later }: Clock,
	owned: Owned,
	ended: ReadonlySet<string>,
): SqliteLanes {
	const names = namesIn(vault);
	const waiters = new Set<Waiter>();
	let cancelPoll: (() => void) | null = null;

	const wake = () => {
		for (const one of waiters) if (one.look()) waiters.delete(one);
		if (waiters.size === 0) {
			cancelPoll?.();
			cancelPoll = null;
		} else
			cancelPoll ??= later(POLL_MS, () => {
				cancelPoll = null;
				wake();
			});
	};
	/** Takes a place at the end of a lane, or keeps the one from before. */
	const join = (id: string, epoch: number, lane: string | null, max: number): boolean =>
		atOnce(() => {
			if (!owned.has(id, epoch)) throw new TakenOver();
			if (sql("SELECT 1 FROM pending WHERE id = ? AND ticket IS NOT NULL").get(id) !== undefined) return true;
			const before = sql("SELECT id, ticket FROM pending WHERE lane = ? ORDER BY ticket").all(lane);
			if (before.filter((row) => !ended.has(String(row.id))).length >= max) return false;
			sql("UPDATE pending SET lane = ?, ticket = ? WHERE id = ?").run(lane, Number(before.at(-1)?.ticket ?? 0) + 1, id);
			return true;
		});
	const isFirst = (id: string): boolean =>
		sql(
			"SELECT before.id FROM pending AS before, pending AS me WHERE me.id = ? AND before.lane = me.lane AND before.ticket < me.ticket",
		)
			.all(id)
			.every((row) => ended.has(String(row.id)));

	return {
		turn: async (id, lane, max) => {
			const epoch = owned.epochOf(id);
			if (!join(id, epoch, names.lane(lane), max)) return "full";
			await new Promise<void>((resolve, reject) => {
				waiters.add({
					look: () => {
						try {
							if (!owned.has(id, epoch)) throw new TakenOver();
							if (!isFirst(id)) return false;
							resolve();
						} catch (error) {
							reject(error);
						}
						return true;
					},
				});
				wake();
			});
			return "now";
		},
		wake,
	};
}

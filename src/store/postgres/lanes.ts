import { TakenOver } from "../../desk/stores.ts";
import type { Clock } from "../clock.ts";
import { namesIn } from "../names.ts";
import type { Vault } from "../seal.ts";
import type { Database } from "./database.ts";
import type { Owned } from "./owned.ts";

/** Another process may have ended what is waited for here, and its notification may be lost. */
const POLL_MS = 500;

/** Turns in threads. */
interface PostgresLanes {
	/** As `Inbox.turn`. */
	turn(id: string, lane: string, max: number): Promise<"now" | "full">;
	/** Something has ended or was taken over: waiting callers check again. */
	wake(): Promise<void>;
}

/** A caller who waits for its turn. */
interface Waiter {
	readonly id: string;
	readonly epoch: number;
	readonly resolve: (turn: "now") => void;
	readonly reject: (error: Error) => void;
}

const JOINED = "SELECT ticket FROM pending WHERE id = $1 AND owner = $2 AND epoch = $3";
/** How many are in a lane, but for those that have ended, and the last ticket. */
const BEFORE =
	"SELECT count(*) FILTER (WHERE NOT id = ANY($2)) AS open, coalesce(max(ticket), 0) AS last FROM pending WHERE lane = $1";
const JOIN = "UPDATE pending SET lane = $4, ticket = $5 WHERE id = $1 AND owner = $2 AND epoch = $3";
/** Tickets are given under the lane's lock: none that is smaller can appear later. */
const FIRST = `SELECT id, epoch, NOT EXISTS (SELECT 1 FROM pending AS before WHERE before.lane = pending.lane AND before.ticket < pending.ticket AND NOT before.id = ANY($3)) AS first
	FROM pending WHERE id = ANY($1) AND owner = $2`;

/** @param ended what has ended and could not be deleted: nothing waits for it */
export function lanesIn(
	{ sql, atOnce }: Database,
	vault: Vault,
	later: Clock["later"],
	owned: Owned,
	ended: ReadonlySet<string>,
): PostgresLanes {
	const names = namesIn(vault);
	const waiters = new Set<Waiter>();
	let cancelPoll: (() => void) | null = null;
	let looking: Promise<void> | null = null;
	let again = false;

	const settle = (waiter: Waiter, row: Readonly<Record<string, unknown>> | undefined) => {
		const isOurs = owned.epochOf(waiter.id) === waiter.epoch && Number(row?.epoch) === waiter.epoch;
		if (isOurs && row?.first !== true) return;
		waiters.delete(waiter);
		if (isOurs) waiter.resolve("now");
		else waiter.reject(new TakenOver());
	};
	const look = async () => {
		const asked = [...waiters];
		const lost = asked.filter(({ id, epoch }) => owned.epochOf(id) !== epoch);
		for (const one of lost) settle(one, undefined);
		const ids = asked.filter((one) => waiters.has(one)).map(({ id }) => id);
		if (ids.length === 0) return;
		// While the database is away everybody waits on.
		const found = await sql(FIRST, ids, owned.owner, [...ended]).catch(() => null);
		if (found === null) return;
		for (const one of asked)
			if (waiters.has(one))
				settle(
					one,
					found.rows.find(({ id }) => id === one.id),
				);
	};
	const poll = () => {
		if (waiters.size === 0) {
			cancelPoll?.();
			cancelPoll = null;
		} else
			cancelPoll ??= later(POLL_MS, () => {
				cancelPoll = null;
				return wake();
			});
	};
	/** One look at a time, for all that wait; what happens during a look is looked at once more. */
	const wake = (): Promise<void> => {
		again = true;
		looking ??= (async () => {
			while (again) {
				again = false;
				await look();
			}
			looking = null;
			poll();
		})();
		return looking;
	};
	/** Takes a place at the end of a lane, or keeps the one from before. */
	const join = (id: string, epoch: number, lane: string | null, max: number): Promise<boolean> =>
		atOnce([`lane ${lane}`], async (on) => {
			const [mine] = (await on(JOINED, id, owned.owner, epoch)).rows;
			if (mine === undefined || owned.epochOf(id) !== epoch) throw new TakenOver();
			if (mine.ticket !== null) return true;
			const [before] = (await on(BEFORE, lane, [...ended])).rows;
			if (Number(before?.open) >= max) return false;
			const { changes } = await on(JOIN, id, owned.owner, epoch, lane, Number(before?.last) + 1);
			if (changes !== 1) throw new TakenOver();
			return true;
		});

	return {
		turn: async (id, lane, max) => {
			const epoch = owned.epochOf(id);
			const joined = await join(id, epoch, names.lane(lane), max).catch((error: unknown) => {
				// Released, or closed, in the meantime.
				throw owned.epochOf(id) === epoch ? error : new TakenOver();
			});
			if (!joined) return "full";
			const { promise, resolve, reject } = Promise.withResolvers<"now">();
			waiters.add({ id, epoch, resolve, reject });
			void wake();
			return promise;
		},
		wake,
	};
}

import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Line } from "./line.ts";

/** This process among those that share the database. */
export interface Replica {
	readonly id: string;
	readonly leaseMs: number;
	/**
	 * Says that we are alive.
	 * @returns true: nobody is to be taken over from yet. After an outage every process looks dead; each first gets the time to be heard.
	 * @throws StoreAway
	 */
	beat(): Promise<boolean>;
	close(): Promise<void>;
}

/** A beat that is lost or late must not look like an end. */
const BEATS_A_LEASE = 3;

const BEAT = `INSERT INTO replicas (id, beat_at, version) VALUES ($1, cf520_now(), $2)
	ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at RETURNING beat_at`;
/** Whether nobody but us was heard, and somebody is missing: that they all ended is less likely than that nobody could be heard. */
const SILENCE = `SELECT count(*) > 0 AND count(*) FILTER (WHERE beat_at > cf520_now() - $2::bigint) = 0 AS silent FROM replicas WHERE id <> $1`;

/**
 * By the clock of the database alone.
 * @param leaseMs how long a process counts as alive after its last beat
 * @throws StoreAway
 */
export async function openReplica(
	{ sql }: Pick<Line, "sql">,
	later: Clock["later"],
	leaseMs: number,
	version: string | null,
): Promise<Replica> {
	const id = randomUUID();
	let beatAtMs: number | null = null;
	let quietUntilMs = 0;
	let closed = false;
	const beat = async () => {
		const at = Number((await sql(BEAT, id, version)).rows[0]?.beat_at);
		if (beatAtMs !== null && at - beatAtMs >= leaseMs) quietUntilMs = at + leaseMs;
		beatAtMs = Math.max(at, beatAtMs ?? at);
		return at < quietUntilMs;
	};
	let cancel = () => {};
	const beatAgain = () => {
		cancel = later(leaseMs / BEATS_A_LEASE, async () => {
			// When the database does not answer, the next beat says that we were away.
			await beat().catch(() => {});
			if (!closed) beatAgain();
		});
	};
	await beat();
	const { rows } = await sql(SILENCE, id, leaseMs);
	if (rows[0]?.silent === true) quietUntilMs = (beatAtMs ?? 0) + leaseMs;
	beatAgain();
	return {
		id,
		leaseMs,
		beat,
		close: async () => {
			closed = true;
			cancel();
			// Away: the lease runs out.
			await sql("DELETE FROM replicas WHERE id = $1", id).catch(() => {});
		},
	};
}

import { randomUUID } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Connection } from "./database.ts";

/** This handle on the database among those that share it. */
export interface Replica {
	readonly id: string;
	/** The database is ours alone: what another handle left is free at once. */
	readonly alone: boolean;
	/**
	 * Says that we are alive.
	 * @returns Unix milliseconds: who was heard after that is alive
	 */
	aliveSince(): number;
	close(): void;
}

/** A beat that is lost or late must not look like an end. */
const BEATS_A_LEASE = 3;

/** @param leaseMs how long a handle counts as alive after its last beat; null: the database is ours alone, without heartbeats */
export function openReplica({ sql }: Connection, { now, later }: Clock, leaseMs: number | null): Replica {
	const id = randomUUID();
	// A time after every heartbeat.
	if (leaseMs === null) return { id, alone: true, aliveSince: () => Number.MAX_SAFE_INTEGER, close: () => {} };
	let beatAtMs = now();
	/** After a pause every process looks dead: each first gets time for a heartbeat. */
	let quietUntilMs = 0;
	const beat = () => {
		const at = now();
		if (at - beatAtMs >= leaseMs) quietUntilMs = at + leaseMs;
		sql("INSERT INTO replicas (id, beat_at) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET beat_at = excluded.beat_at").run(id, at);
		beatAtMs = at;
	};
	let cancel = () => {};
	const beatAgain = () => {
		cancel = later(leaseMs / BEATS_A_LEASE, () => {
			try {
				beat();
			} catch {
				// A database that does not answer: the next beat says that we were away.
			}
			beatAgain();
		});
	};
	beat();
	beatAgain();
	return {
		id,
		alone: false,
		aliveSince: () => {
			beat();
			return now() < quietUntilMs ? 0 : now() - leaseMs;
		},
		close: () => {
			cancel();
			sql("DELETE FROM replicas WHERE id = ?").run(id);
		},
	};
}

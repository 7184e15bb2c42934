import { type Inbox, StoreAway, TakenOver, type Unfinished } from "../../desk/stores.ts";
import { SEEN_MS } from "../ages.ts";
import type { Clock } from "../clock.ts";
import { namesIn, sealedAt } from "../names.ts";
import type { Vault } from "../seal.ts";
import type { Database } from "./database.ts";
import { lanesIn } from "./lanes.ts";
import { CHANNEL } from "./line.ts";
import { outboxOf } from "./outbox.ts";
import { openOwned } from "./owned.ts";
import type { Replica } from "./replica.ts";

/** Chats give three seconds: who tries again does it while few others have failed. The sweep finds the rest. */
const DOUBTFUL_MAX = 1_000;

/** What others are told. */
export const HEARD = { lanes: "lanes", freed: "freed" } as const;

/** The inbox, and what happens around it. */
interface PostgresInbox extends Inbox {
	/** Deletes what ended while the database was away. */
	endAgain(): Promise<void>;
	/** Rows were deleted or ended elsewhere: waiting callers check again. */
	wake(): Promise<void>;
	/** Ends all waiting. */
	close(): void;
}

/** One statement: of two at once, the second waits for the first, and finds it. */
const ACCEPT = `WITH new AS (INSERT INTO seen (id, at) VALUES ($1, cf520_now()) ON CONFLICT (id) DO UPDATE SET at = excluded.at WHERE seen.at < excluded.at - ${SEEN_MS} RETURNING id)
	INSERT INTO pending (id, platform, at, tries, body, owner, workspace) SELECT $2, $3, cf520_now(), 0, $4, $5, $6 FROM new`;
const ACCEPTED_BY_US = "SELECT 1 FROM pending WHERE id = $1 AND owner = $2 AND epoch = 0";
const BEGIN = "UPDATE pending SET begun = true WHERE id = $1 AND owner = $2 AND epoch = $3";
/**
 * What nobody alive owns; and what is ours without our knowing, because the answer to a statement was lost. What was released, or only
 * waited, is not to blame for the end of a process. Who is just being taken over by another, or sends, is passed over.
 */
const TAKE_OVER = `WITH free AS (SELECT id, at, seq, tries + (owner IS NOT NULL AND owner <> $2 AND begun)::int AS deaths FROM pending
	WHERE platform = $1 AND (owner IS NULL OR (owner = $2 AND id = ANY($3)) OR (owner <> $2
		AND NOT EXISTS (SELECT 1 FROM replicas WHERE replicas.id = pending.owner AND ($4 OR beat_at > cf520_now() - $5::bigint))))
	ORDER BY at, seq LIMIT $6 FOR UPDATE SKIP LOCKED)
	UPDATE pending SET tries = free.deaths, begun = false, owner = $2, epoch = epoch + 1 FROM free WHERE pending.id = free.id
	RETURNING pending.id, pending.body, pending.at, pending.seq, pending.tries, pending.epoch`;
const OURS = "SELECT id FROM pending WHERE platform = $1 AND owner = $2 AND NOT id = ANY($3)";
/** Released and not yet taken over: it is answered all the same. */
const END = `WITH gone AS (DELETE FROM pending WHERE id = $1 AND (owner = $2 OR owner IS NULL) RETURNING id, lane),
	messages AS (DELETE FROM slots USING gone WHERE slots.owner = gone.id)
	SELECT pg_notify('${CHANNEL}', '${HEARD.lanes}') FROM gone WHERE lane IS NOT NULL`;
const RELEASE = `WITH questions AS (UPDATE pending SET owner = NULL WHERE owner = $1),
	watches AS (UPDATE watches SET owner = NULL, lease_until = NULL WHERE owner = $1)
	SELECT pg_notify('${CHANNEL}', '${HEARD.freed}')`;

/** @param wrote called after every row that was added */
export function inboxIn(
	database: Database,
	vault: Vault,
	replica: Replica,
	later: Clock["later"],
	wrote: () => void,
): PostgresInbox {
	const { sql } = database;
	const names = namesIn(vault);
	const owned = openOwned(replica.id);
	/** Ended while the database was away. */
	const undeleted = new Set<string>();
	/** Whether they were accepted nobody knows. */
	const doubtful = new Set<string>();
	const lanes = lanesIn(database, vault, later, owned, undeleted);
	/** What is taken over is known to be ours before anybody looks again. */
	let takingOver: Promise<unknown> = Promise.resolve();

	const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
		const done = takingOver.then(work);
		takingOver = done.catch(() => {});
		return done;
	};
	const isOursAlready = async (id: string): Promise<boolean> =>
		doubtful.delete(id) && (await sql(ACCEPTED_BY_US, id, replica.id)).changes === 1;
	/** A sweep may have found it in the meantime. */
	const disown = (id: string) => {
		if (owned.epochOf(id) === 0) owned.delete(id);
	};
	const accept = async (id: string, event: string, platform: string, body: string, workspace: string | null) => {
		const row = [id, platform, vault.seal(sealedAt("pending", id), body), replica.id, names.workspace(workspace)] as const;
		if (owned.epochOf(id) >= 0) return false;
		// Known to be ours before it can be: else it would look like one whose answer was lost.
		owned.add(id, 0);
		try {
			const accepted = (await sql(ACCEPT, names.event(event), ...row)).changes === 1 || (await isOursAlready(id));
			if (!accepted) disown(id);
			return accepted;
		} catch (error) {
			disown(id);
			if (error instanceof StoreAway) doubtful.add(id);
			const [oldest] = doubtful;
			if (doubtful.size > DOUBTFUL_MAX && oldest !== undefined) doubtful.delete(oldest);
			throw error;
		}
	};
	const end = async (id: string) => {
		await sql(END, id, replica.id);
		undeleted.delete(id);
	};
	const takeOver = async (platform: string, max: number): Promise<Unfinished[]> => {
		const isQuiet = await replica.beat();
		// What is accepted meanwhile was known to be ours before it was in there: only what is unknown now is without anybody.
		const isKnown = (id: string) => owned.epochOf(id) >= 0 || undeleted.has(id);
		const ours = (await sql(OURS, platform, replica.id, [...owned.ids(), ...undeleted])).rows.map(({ id }) => String(id));
		const unknown = ours.filter((id) => !isKnown(id));
		const { rows } = await sql(TAKE_OVER, platform, replica.id, unknown, isQuiet, replica.leaseMs, max);
		return rows
			.toSorted((a, b) => Number(a.at) - Number(b.at) || Number(a.seq) - Number(b.seq))
			.map((row) => {
				const id = String(row.id);
				owned.add(id, Number(row.epoch));
				doubtful.delete(id);
				const body = vault.open(sealedAt("pending", id), row.body);
				return { id, body, atMs: Number(row.at), deaths: Number(row.tries) };
			});
	};

	return {
		open: async (id, event, platform, body, workspace = null) => {
			const accepted = await accept(id, event, platform, body, workspace);
			if (accepted) wrote();
			return accepted;
		},
		turn: lanes.turn,
		begin: async (id) => {
			if ((await sql(BEGIN, id, replica.id, owned.epochOf(id))).changes !== 1) throw new TakenOver();
		},
		outbox: (id) => outboxOf(database, vault, "pending", id, replica.id, owned.epochOf(id)),
		unfinished: (platform, max) => inTurn(() => takeOver(platform, max)),
		release: () =>
			inTurn(async () => {
				owned.clear();
				void lanes.wake();
				await sql(RELEASE, replica.id);
			}),
		end: async (id) => {
			owned.delete(id);
			undeleted.add(id);
			try {
				await end(id);
			} finally {
				void lanes.wake();
			}
		},
		endAgain: async () => {
			for (const id of undeleted) await end(id);
		},
		wake: lanes.wake,
		close: () => {
			owned.clear();
			void lanes.wake();
		},
	};
}

import { type Inbox, TakenOver, type Unfinished } from "../../desk/stores.ts";
import { SEEN_MS } from "../ages.ts";
import type { Clock } from "../clock.ts";
import { namesIn, sealedAt } from "../names.ts";
import type { Connection } from "./database.ts";
import { lanesIn } from "./lanes.ts";
import { outboxOf } from "./outbox.ts";
import { ownedIn } from "./owned.ts";
import type { Replica } from "./replica.ts";

/** The inbox, and what cleaning has to do for it. */
interface SqliteInbox extends Inbox {
	/** Deletes what ended while the disk was full or broken. */
	endAgain(): void;
	/** Rows were deleted by another part: waiting callers check again. */
	wake(): void;
	/** Ends all waiting. */
	close(): void;
}

/**
 * @param wrote called after every row that was added
 * @param deleted called after the end of every question
 */
export function inboxIn(
	connection: Connection,
	replica: Replica,
	clock: Clock,
	wrote: () => void,
	deleted: () => void,
): SqliteInbox {
	const { sql, atOnce, vault } = connection;
	const names = namesIn(vault);
	const { now } = clock;
	const owned = ownedIn(connection, replica);
	/** Ended while the disk was full or broken. */
	const undeleted = new Set<string>();
	const lanes = lanesIn(connection, clock, owned, undeleted);

	const accept = (id: string, event: string, platform: string, body: string, workspace: string | null): boolean =>
		atOnce(() => {
			const at = now();
			const seen = names.event(event);
			sql("DELETE FROM seen WHERE id = ? AND at < ?").run(seen, at - SEEN_MS);
			if (sql("INSERT OR IGNORE INTO seen (id, at) VALUES (?, ?)").run(seen, at).changes !== 1) return false;
			const row = [id, platform, at, vault.seal(sealedAt("pending", id), body), replica.id, names.workspace(workspace)];
			sql("INSERT INTO pending (id, platform, at, tries, body, owner, workspace) VALUES (?, ?, ?, 0, ?, ?, ?)").run(...row);
			return true;
		});
	const takeOver = (platform: string, max: number) => {
		const aliveSince = replica.aliveSince();
		return atOnce(() => {
			const rows = sql(
				"SELECT id, body, at, tries + (owner IS NOT NULL AND begun) AS deaths, epoch FROM pending WHERE platform = ?1 AND (owner IS NULL OR (owner <> ?2 AND owner NOT IN (SELECT id FROM replicas WHERE beat_at > ?3))) ORDER BY at, rowid LIMIT ?4",
			).all(platform, replica.id, aliveSince, max);
			// What was released, or only waited, is not to blame for the end of a process.
			const take = sql("UPDATE pending SET tries = ?, begun = 0, owner = ?, epoch = epoch + 1 WHERE id = ?");
			for (const { id, deaths } of rows) take.run(Number(deaths), replica.id, String(id));
			return rows;
		});
	};
	const end = (id: string) =>
		atOnce(() => {
			// Released and not yet taken over: it is answered all the same.
			const { changes } = sql("DELETE FROM pending WHERE id = ? AND (owner = ? OR owner IS NULL)").run(id, replica.id);
			if (changes === 1) sql("DELETE FROM slots WHERE owner = ?").run(id);
			return changes === 1;
		});

	return {
		open: async (id, event, platform, body, workspace = null) => {
			const accepted = accept(id, event, platform, body, workspace);
			if (accepted) {
				owned.add(id, 0);
				wrote();
			}
			return accepted;
		},
		turn: lanes.turn,
		begin: async (id) => {
			const { where, values } = owned.in(owned.epochOf(id));
			if (sql(`UPDATE pending SET begun = 1 WHERE id = ? AND ${where}`).run(id, ...values).changes !== 1) throw new TakenOver();
		},
		outbox: (id) => outboxOf(connection, "pending", id, owned.in(owned.epochOf(id))),
		unfinished: async (platform, max) =>
			takeOver(platform, max).map((row): Unfinished => {
				owned.add(String(row.id), Number(row.epoch) + 1);
				const id = String(row.id);
				const body = vault.open(sealedAt("pending", id), row.body);
				return { id, body, atMs: Number(row.at), deaths: Number(row.deaths) };
			}),
		release: async () => {
			atOnce(() => {
				sql("UPDATE pending SET owner = NULL WHERE owner = ?").run(replica.id);
				sql("UPDATE watches SET owner = NULL, lease_until = NULL WHERE owner = ?").run(replica.id);
			});
			owned.clear();
			lanes.wake();
		},
		end: async (id) => {
			owned.delete(id);
			try {
				if (end(id)) deleted();
			} catch (error) {
				undeleted.add(id);
				throw error;
			} finally {
				lanes.wake();
			}
		},
		endAgain: () => {
			for (const id of undeleted) {
				if (end(id)) deleted();
				undeleted.delete(id);
			}
		},
		wake: lanes.wake,
		close: () => {
			owned.clear();
			lanes.wake();
		},
	};
}

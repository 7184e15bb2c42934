import { type Outbox, TakenOver } from "../../desk/stores.ts";
import { sealedAt } from "../names.ts";
import type { Vault } from "../seal.ts";
import type { Database } from "./database.ts";

/**
 * The messages of a question or watch, while it is ours: of this owner, in this epoch. Its row is locked for the time of the statement, so
 * that whoever takes it over at the same moment comes before or after, and sees what is being sent.
 * @param table where the question or watch is
 */
export function outboxOf(
	{ sql }: Database,
	vault: Vault,
	table: "pending" | "watches",
	id: string,
	owner: string,
	epoch: number,
): Outbox {
	const at = (slot: string) => sealedAt("slots", `${id} ${slot}`);
	const ours = `SELECT id FROM ${table} WHERE id = $1 AND owner = $3 AND epoch = $4 FOR NO KEY UPDATE`;
	const own = [owner, epoch] as const;
	return {
		get: async (slot) => {
			const [row] = (await sql("SELECT ref, sure FROM slots WHERE owner = $1 AND slot = $2", id, slot)).rows;
			return row === undefined ? null : { messageRef: vault.open(at(slot), row.ref), sent: row.sure === true };
		},
		sending: async (slot) => {
			const { changes } = await sql(
				`WITH ours AS (${ours}) INSERT INTO slots (owner, slot, sure) SELECT id, $2, false FROM ours ON CONFLICT (owner, slot) DO UPDATE SET sure = slots.sure`,
				id,
				slot,
				...own,
			);
			if (changes === 0) throw new TakenOver();
		},
		failed: async (slot) => {
			await sql(
				`WITH ours AS (${ours}) DELETE FROM slots USING ours WHERE slots.owner = ours.id AND slot = $2 AND NOT sure`,
				id,
				slot,
				...own,
			);
		},
		sent: async (slot, messageRef) => {
			const ref = messageRef === null ? null : vault.seal(at(slot), messageRef);
			await sql(
				`INSERT INTO slots (owner, slot, ref, sure) SELECT id, $2, $3, true FROM ${table} WHERE id = $1 ON CONFLICT (owner, slot) DO UPDATE SET ref = excluded.ref, sure = true`,
				id,
				slot,
				ref,
			);
		},
	};
}

import type { SQLInputValue } from "node:sqlite";
import { type Outbox, TakenOver } from "../../desk/stores.ts";
import { sealedAt } from "../names.ts";
import type { Connection } from "./database.ts";

/** A condition in SQL with its values. */
export interface Condition {
	readonly where: string;
	readonly values: readonly SQLInputValue[];
}

/**
 * The messages of a question or watch.
 * @param table where the question or watch is
 * @param ours holds while it is ours
 */
export function outboxOf({ sql, vault }: Connection, table: "pending" | "watches", id: string, ours: Condition): Outbox {
	const { where, values } = ours;
	const at = (slot: string) => sealedAt("slots", `${id} ${slot}`);
	return {
		get: async (slot) => {
			const row = sql("SELECT ref, sure FROM slots WHERE owner = ? AND slot = ?").get(id, slot);
			return row === undefined ? null : { messageRef: vault.open(at(slot), row.ref), sent: row.sure === 1 };
		},
		sending: async (slot) => {
			const { changes } = sql(
				`INSERT INTO slots (owner, slot, ref, sure) SELECT id, ?, NULL, 0 FROM ${table} WHERE id = ? AND ${where} ON CONFLICT (owner, slot) DO UPDATE SET sure = sure`,
			).run(slot, id, ...values);
			if (changes === 0) throw new TakenOver();
		},
		failed: async (slot) => {
			sql(
				`DELETE FROM slots WHERE owner = ? AND slot = ? AND sure = 0 AND EXISTS (SELECT 1 FROM ${table} WHERE id = ? AND ${where})`,
			).run(id, slot, id, ...values);
		},
		sent: async (slot, messageRef) => {
			sql(
				`INSERT INTO slots (owner, slot, ref, sure) SELECT id, ?, ?, 1 FROM ${table} WHERE id = ? ON CONFLICT (owner, slot) DO UPDATE SET ref = excluded.ref, sure = 1`,
			).run(slot, messageRef === null ? null : vault.seal(at(slot), messageRef), id);
		},
	};
}

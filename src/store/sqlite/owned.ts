import type { Connection } from "./database.ts";
import type { Condition } from "./outbox.ts";
import type { Replica } from "./replica.ts";

const NEVER_OURS = -1;

/**
 * The questions that are ours, each with the epoch in which it became so: an answer from before we lost a question and got it back does not
 * own it.
 */
export interface Owned {
	epochOf(id: string): number;
	/** Holds for the rows that are ours in this epoch. */
	in(epoch: number): Condition;
	has(id: string, epoch: number): boolean;
	add(id: string, epoch: number): void;
	delete(id: string): void;
	/** Nothing is ours anymore. */
	clear(): void;
}

export function ownedIn({ sql }: Connection, { id: replica }: Replica): Owned {
	const epochs = new Map<string, number>();
	const ours = (epoch: number): Condition => ({ where: "owner = ? AND epoch = ?", values: [replica, epoch] });
	return {
		epochOf: (id) => epochs.get(id) ?? NEVER_OURS,
		in: ours,
		has: (id, epoch) => {
			const { where, values } = ours(epoch);
			return epochs.has(id) && sql(`SELECT 1 FROM pending WHERE id = ? AND ${where}`).get(id, ...values) !== undefined;
		},
		add: (id, epoch) => void epochs.set(id, epoch),
		delete: (id) => void epochs.delete(id),
		clear: () => epochs.clear(),
	};
}

const NEVER_OURS = -1;

/**
 * The questions that are ours, each with the epoch in which it became so: an answer from before we lost a question and got it back does not
 * own it.
 */
export interface Owned {
	/** Our name in the database. */
	readonly owner: string;
	epochOf(id: string): number;
	ids(): readonly string[];
	add(id: string, epoch: number): void;
	delete(id: string): void;
	/** Nothing is ours anymore. */
	clear(): void;
}

export function openOwned(owner: string): Owned {
	const epochs = new Map<string, number>();
	return {
		owner,
		epochOf: (id) => epochs.get(id) ?? NEVER_OURS,
		ids: () => [...epochs.keys()],
		add: (id, epoch) => void epochs.set(id, epoch),
		delete: (id) => void epochs.delete(id),
		clear: () => epochs.clear(),
	};
}

/** Takes what belongs together one after the other, and everything else side by side. */
interface KeyedQueue {
	/**
	 * Runs `work` when everything before it under the same key has ended; null when too much waits there already.
	 * @param key null: belongs to nothing, runs at once
	 */
	enqueue<T>(key: string | null, work: () => Promise<T>): Promise<T> | null;
	/** How much waits for something before it under its key. */
	readonly waiting: number;
}

/** @param max that may wait or run under one key */
export function keyedQueue(max: number): KeyedQueue {
	const lines = new Map<string, { last: Promise<unknown>; length: number }>();
	let depth = 0;
	return {
		get waiting() {
			return depth - lines.size;
		},
		enqueue: (key, work) => {
			if (key === null) return work();
			const line = lines.get(key) ?? { last: Promise.resolve(), length: 0 };
			if (line.length >= max) return null;
			line.length += 1;
			depth += 1;
			lines.set(key, line);
			const mine = line.last.then(work).finally(() => {
				line.length -= 1;
				depth -= 1;
				if (line.length === 0) lines.delete(key);
			});
			line.last = mine.catch(() => {});
			return mine;
		},
	};
}

/** Slack redelivers for up to about five minutes; ten are kept. */
export const KEPT_MS = 10 * 60_000;
const KEPT_MAX = 50_000;

/** Remembers ids of what was handled, so that a second delivery does nothing. */
export interface Seen {
	/** true the first time an id is met, false after that. */
	first(id: string): boolean;
}

export function rememberSeen(now: () => number): Seen {
	const seen = new Map<string, number>();
	return {
		first: (id) => {
			const at = now();
			for (const [old, since] of seen) {
				if (at - since < KEPT_MS && seen.size <= KEPT_MAX) break;
				seen.delete(old);
			}
			if (seen.has(id)) return false;
			seen.set(id, at);
			return true;
		},
	};
}

/** Old ids are cleared away now and then, not at every one. */
export const isTimeToForget = (count: number): boolean => count % 50 === 1;

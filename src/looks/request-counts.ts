/** Room for so much more under one key. */
export interface Reservation {
	/** What is counted: `host shop.example`, `person slack U1`. A key always has the same window. */
	readonly key: string;
	readonly amount: number;
	/** So much fits into a window. */
	readonly max: number;
	/** At most an hour. */
	readonly windowMs: number;
}

/** No room under a key, and the milliseconds until there is. */
export interface NoRoom {
	readonly key: string;
	readonly againMs: number;
}

/** What went out, counted in sliding windows over the end of the process and over all processes. */
export interface RequestCounts {
	/**
	 * Takes room under every key at once, or under none. Of several at once, no more get through than fit.
	 * @returns null: it was taken; else the first key without room
	 */
	reserve(asks: readonly Reservation[]): Promise<NoRoom | null>;
}

/** Counts that end with the process. */
export interface MemoryCounts {
	/** As {@link RequestCounts.reserve}, at once. */
	reserve(asks: readonly Reservation[]): NoRoom | null;
	/** Counts what went out already. */
	add(asks: readonly Reservation[]): void;
	/** How much is counted under a key. */
	used(key: string): number;
}

/** Under more keys than this nobody asks within an hour; the oldest are forgotten. */
const KEYS_MAX = 20_000;

/** Clocks of processes differ; what lies further in the future was noted by a clock that was wrong, and counts for nothing. */
export const AHEAD_MS_MAX = 60_000;

interface Counted {
	readonly atMs: number;
	readonly untilMs: number;
	readonly amount: number;
}

/**
 * When there is room again under a key.
 * @param counted what is in the window, oldest first
 * @returns null: there is room now
 */
function againMs(counted: readonly Counted[], { amount, max, windowMs }: Reservation, nowMs: number): number | null {
	let sum = counted.reduce((all, one) => all + one.amount, 0);
	if (sum + amount <= max) return null;
	for (const one of counted) {
		sum -= one.amount;
		if (sum + amount <= max) return one.untilMs - nowMs;
	}
	// More than there is ever room for.
	return windowMs;
}

/** @param now Unix milliseconds */
export function memoryCounts(now: () => number): MemoryCounts {
	const keys = new Map<string, Counted[]>();
	const counted = (key: string): Counted[] => {
		const nowMs = now();
		return (keys.get(key) ?? []).filter(({ atMs, untilMs }) => untilMs > nowMs && atMs <= nowMs + AHEAD_MS_MAX);
	};
	const add: MemoryCounts["add"] = (asks) => {
		for (const { key, amount, windowMs } of asks) {
			const entries = [...counted(key), { atMs: now(), untilMs: now() + windowMs, amount }];
			keys.delete(key);
			keys.set(key, entries);
		}
		for (const old of keys.keys()) {
			if (keys.size <= KEYS_MAX) break;
			keys.delete(old);
		}
	};
	return {
		reserve: (asks) => {
			for (const ask of asks) {
				const later = againMs(counted(ask.key), ask, now());
				if (later !== null) return { key: ask.key, againMs: later };
			}
			add(asks);
			return null;
		},
		add,
		used: (key) => counted(key).reduce((all, one) => all + one.amount, 0),
	};
}

/** Room for so much more under one key. */
export interface Reservation {
	/** What is counted: `host shop.example`, `person slack U1`. A key always has the same window. */
	readonly key: string;
	readonly amount: number;
	/** So much fits into a window. */
	readonly max: number;
	/** At most a week. */
	readonly windowMs: number;
	/** Who takes it, where several share the key; absent: only `max` applies. */
	readonly part?: Part;
	/** What is counted once a window, however often it comes: an address, say. Absent: every reservation counts. */
	readonly item?: string;
}

/** What one of several may take of what is under a key. */
export interface Part {
	/** Whose part it is: the rest of the key that their own count has. */
	readonly of: string;
	/** So much of it is theirs at most while another has taken something within the window. */
	readonly max: number;
	/** So much is left for those who have taken nothing within the window. */
	readonly reserve: number;
}

/** The key under which a part is counted, beside its whole. */
export const partKey = (key: string, { of }: Part): string => `${key} of ${of}`;

/** No room under a key, and the milliseconds until there is. */
export interface NoRoom {
	readonly key: string;
	readonly againMs: number;
	/** There would be room, but not for this one's part. */
	readonly part?: true;
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
interface MemoryCounts {
	/** As {@link RequestCounts.reserve}, at once. */
	reserve(asks: readonly Reservation[]): NoRoom | null;
	/** Counts what went out already. */
	add(asks: readonly Reservation[]): void;
	/** How much is counted under a key. */
	used(key: string): number;
}

/** More keys than are used within an hour; the oldest are dropped. */
const KEYS_MAX = 20_000;

/** Clocks of processes differ; what lies further in the future was noted by a clock that was wrong, and counts for nothing. */
export const AHEAD_MS_MAX = 60_000;

/** Something that was taken, in its window until then. */
export interface Counted {
	/** A name of {@link Reservation.item}; null: every one counts. */
	readonly item: string | null;
	readonly untilMs: number;
	readonly amount: number;
}

/** With the time at which it was taken. */
interface CountedAt extends Counted {
	readonly atMs: number;
}

/**
 * When there is room again under a key.
 * @param counted what is in the window, oldest first
 * @returns null: there is room now
 */
function againMs(counted: readonly Counted[], ask: Reservation, nowMs: number): number | null {
	const { amount, max, windowMs } = ask;
	if (isCounted(counted, ask)) return null;
	let sum = counted.reduce((all, one) => all + one.amount, 0);
	if (sum + amount <= max) return null;
	for (const one of counted) {
		sum -= one.amount;
		if (sum + amount <= max) return one.untilMs - nowMs;
	}
	// More than there is ever room for.
	return windowMs;
}

/** Whether what an item of this name takes is counted already. */
export const isCounted = (counted: readonly Counted[], { item }: Reservation): boolean =>
	item !== undefined && counted.some((one) => one.item === item);

const sumOf = (counted: readonly Counted[]) => counted.reduce((all, one) => all + one.amount, 0);

/**
 * Whether there is room under a key, and for the part of it that is meant.
 * @param counted what is in the window under a key, oldest first
 * @returns null: there is room now
 */
export function noRoomFor(ask: Reservation, counted: (key: string) => readonly Counted[], nowMs: number): NoRoom | null {
	const { key, part } = ask;
	const all = counted(key);
	const whole = againMs(all, ask, nowMs);
	if (part === undefined) return whole === null ? null : { key, againMs: whole };
	const own = counted(partKey(key, part));
	const othersToo = sumOf(all) > sumOf(own);
	const unreserved = own.length === 0 ? null : againMs(all, { ...ask, max: ask.max - part.reserve }, nowMs);
	const ownPart = othersToo ? againMs(own, { ...ask, max: part.max }, nowMs) : null;
	const later = Math.max(whole ?? 0, unreserved ?? 0, ownPart ?? 0);
	if (later === 0) return null;
	return whole !== null || ownPart === null ? { key, againMs: later } : { key, againMs: later, part: true };
}

/** Every key that a reservation counts under: its own, and that of its part. */
export const keysOf = (ask: Reservation): readonly string[] =>
	ask.part === undefined ? [ask.key] : [ask.key, partKey(ask.key, ask.part)];

/** @param now Unix milliseconds */
export function memoryCounts(now: () => number): MemoryCounts {
	const keys = new Map<string, CountedAt[]>();
	const counted = (key: string): CountedAt[] => {
		const nowMs = now();
		return (keys.get(key) ?? []).filter(({ atMs, untilMs }) => untilMs > nowMs && atMs <= nowMs + AHEAD_MS_MAX);
	};
	const put = (key: string, entries: CountedAt[]) => (entries.length === 0 ? keys.delete(key) : keys.set(key, entries));
	const add: MemoryCounts["add"] = (asks) => {
		const atMs = now();
		for (const ask of asks)
			for (const key of keysOf(ask)) {
				const before = counted(key);
				if (isCounted(before, ask)) continue;
				const { amount, windowMs, item = null } = ask;
				keys.delete(key);
				keys.set(key, [...before, { item, atMs, untilMs: atMs + windowMs, amount }]);
			}
		for (const old of keys.keys()) {
			if (keys.size <= KEYS_MAX) break;
			keys.delete(old);
		}
	};
	return {
		reserve: (asks) => {
			const before = asks.flatMap(keysOf).map((key) => [key, counted(key)] as const);
			for (const ask of asks) {
				const full = noRoomFor(ask, counted, now());
				if (full !== null) {
					for (const [key, entries] of before) put(key, entries);
					return full;
				}
				add([ask]);
			}
			return null;
		},
		add,
		used: (key) => sumOf(counted(key)),
	};
}

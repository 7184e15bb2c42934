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

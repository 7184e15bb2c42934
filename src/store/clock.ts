/** The clock, and what waits for it. */
export interface Clock {
	/** Unix milliseconds. */
	readonly now: () => number;
	/** Does some work after so many milliseconds; the result takes that back. */
	readonly later: (ms: number, work: () => void) => () => void;
}

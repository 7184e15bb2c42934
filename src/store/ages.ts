export const DAY_MS = 24 * 3_600_000;
/** Unfinished questions are given up after this. */
export const UNFINISHED_MS = DAY_MS;
/** What is counted further ahead goes: a clock that is behind for a moment must not lose what other hours have counted. */
export const AHEAD_KEPT_MS = 3_600_000;
/** Watches that ended are there a while: their buttons say so. */
export const ENDED_WATCHES_MS = 7 * DAY_MS;
/** Chats redeliver for up to about five minutes; ten are kept. */
export const SEEN_MS = 10 * 60_000;
/** Old rows are deleted now and then, not at every write. */
export const CLEAN_EVERY_WRITES = 200;
/** By the clock too: a quiet bot writes little, and what is old has to go all the same. */
export const CLEAN_EVERY_MS = 10 * 60_000;
/** What another process left waits for one lease and at most one sweep. */
export const SWEEPS_A_LEASE = 3;

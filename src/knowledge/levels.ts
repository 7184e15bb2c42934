/**
 * How likely an answer is, in words: a table that is set by hand cannot carry more. A row is normalised over the values of its key, so
 * that only the proportions count.
 */
export const NEVER = 0.02;
/** Half of {@link RARE}, for a key with so many answers that together they would outweigh the usual ones. */
export const SELDOM = 0.05;
export const RARE = 0.1;
export const SOME = 0.3;
export const USUAL = 0.6;
export const ALWAYS = 0.9;
export type Level = typeof NEVER | typeof SELDOM | typeof RARE | typeof SOME | typeof USUAL | typeof ALWAYS;

/** A share with the range in which the true one lies, both from 0 to 1. */
export interface Share {
	readonly hits: number;
	readonly of: number;
	readonly low: number;
	readonly high: number;
}

/** 95 % of a normal distribution lie within this many standard deviations. */
const Z = 1.96;

/**
 * Wilson's score interval, 95 %: honest for few looks, also for none or all of them (E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209).
 * @param of at least 1
 */
export function shareOf(hits: number, of: number): Share {
	const p = hits / of;
	const z2 = Z * Z;
	const middle = (p + z2 / (2 * of)) / (1 + z2 / of);
	const half = (Z / (1 + z2 / of)) * Math.sqrt((p * (1 - p)) / of + z2 / (4 * of * of));
	return { hits, of, low: hits === 0 ? 0 : Math.max(0, middle - half), high: hits === of ? 1 : Math.min(1, middle + half) };
}

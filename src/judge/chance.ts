/** Of the 95 % interval, two-sided. */
export const Z_95 = 1.96;
/** One-sided at 90 %: where a sample's share may lie on the other side of a bound. */
export const Z_SAMPLE = 1.28;

/**
 * The interval of Wilson (1927) for a share: unlike the usual one it holds near 0 and 1, and for few rows.
 * @param share from 0 to 1
 * @param n rows that it was seen in; with none, everything is possible
 */
export function wilson(share: number, n: number, z = Z_95): { readonly lower: number; readonly upper: number } {
	if (n <= 0) return { lower: 0, upper: 1 };
	const p = Math.min(1, Math.max(0, share));
	const by = 1 + (z * z) / n;
	const middle = (p + (z * z) / (2 * n)) / by;
	const half = (z / by) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
	return { lower: Math.max(0, middle - half), upper: Math.min(1, middle + half) };
}

/** ln n!, by Stirling's series above 20 (error below 1e-9). */
function logFactorial(n: number): number {
	let sum = 0;
	if (n <= 20) {
		for (let k = 2; k <= n; k += 1) sum += Math.log(k);
		return sum;
	}
	return n * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI * n) + 1 / (12 * n) - 1 / (360 * n ** 3);
}
const logChoose = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

/** Terms that are summed; the others are smaller than what is asked for. */
const TERMS_MAX = 10_000;

/**
 * Fisher's exact test, one-sided: how likely at least `seen` of `drawn` are marked by chance, when `marked` of `all` are.
 * @returns 0 to 1
 */
export function fisher(seen: number, drawn: number, marked: number, all: number): number {
	const [x, f, k, n] = [seen, drawn, marked, all].map((one) => Math.max(0, Math.round(one))) as [number, number, number, number];
	if (f > n || k > n || x > Math.min(f, k)) return x === 0 ? 1 : 0;
	if (x <= Math.max(0, f + k - n)) return 1;
	let sum = 0;
	const end = Math.min(f, k, x + TERMS_MAX);
	for (let at = x; at <= end; at += 1) {
		const term = Math.exp(logChoose(k, at) + logChoose(n - k, f - at) - logChoose(n, f));
		sum += term;
		if (at > x && term < sum * 1e-12) break;
	}
	return Math.min(1, sum);
}

/** Whether something holds: of a sample it may be open. */
export type Held = "yes" | "no" | "open";

/**
 * Whether a share reaches a bound. All rows seen: as they are. Of a sample the bound has to lie outside of what the whole may be.
 * @param interval one row seen stands for so many
 */
export function reaches(share: number, n: number, min: number, interval: number): Held {
	if (interval <= 1) return share >= min ? "yes" : "no";
	const { lower, upper } = wilson(share, n, Z_SAMPLE);
	if (lower >= min) return "yes";
	return upper < min ? "no" : "open";
}

export const not = (held: Held): Held => (held === "open" ? "open" : held === "yes" ? "no" : "yes");
export const both = (...all: readonly Held[]): Held => (all.includes("no") ? "no" : all.includes("open") ? "open" : "yes");
export const either = (...all: readonly Held[]): Held => (all.includes("yes") ? "yes" : all.includes("open") ? "open" : "no");

/**
 * Between what a sampled count lies, at 95 %: what Cloudflare told, else by the rows that were seen (a row is kept with the same chance).
 * @param n rows seen, each of which stands for `interval`
 */
export function boundsOf({
	estimate,
	n,
	interval,
	lower,
	upper,
}: {
	readonly estimate: number;
	readonly n: number;
	readonly interval: number;
	readonly lower: number | null;
	readonly upper: number | null;
}): { readonly lower: number; readonly upper: number } {
	if (lower !== null && upper !== null) return { lower, upper };
	const error = interval <= 1 ? 0 : Z_95 * interval * Math.sqrt(n * (1 - 1 / interval));
	return { lower: Math.max(n, Math.floor(estimate - error)), upper: Math.ceil(estimate + error) };
}

/**
 * Where in the origin's log a request lies. It starts a little before Cloudflare received it (clocks), and ends when Cloudflare
 * would have given up: 125 s of silence (https://developers.cloudflare.com/fundamentals/reference/connection-limits/, 2026-07-23).
 */
export interface LogWindow {
	readonly fromMs: number;
	readonly toMs: number;
}

const BEFORE_MS = 2_000;
const READ_TIMEOUT_MS = 125_000;
const AFTER_MS = 2_000;

/**
 * @param firstMs when Cloudflare received the (first) request, Unix milliseconds
 * @param lastMs when it received the last one; the same for a single request
 * @param waitMs how long Cloudflare waited, where known; else its read time-out
 */
export function logWindow(firstMs: number, lastMs = firstMs, waitMs = READ_TIMEOUT_MS): LogWindow {
	return { fromMs: firstMs - BEFORE_MS, toMs: lastMs + Math.min(Math.max(waitMs, 0), READ_TIMEOUT_MS) + AFTER_MS };
}

const MINUTE_MS = 60_000;
/** Longer stretches are no longer worth a list of minutes. */
const MINUTES_MAX = 4;
/** Clocks of servers are off by this much. */
const CLOCK_MS = 2_000;

/**
 * A moment in each minute in which an origin's log may hold a request, Unix milliseconds: nginx writes the time at the end of a request, Apache
 * that at its start, so both minutes count when they differ.
 * @param receivedAtMs when Cloudflare received it
 * @param waitMs how long Cloudflare waited; 0 where that is not known: most failures show at once
 */
export function logMinutes(receivedAtMs: number, waitMs = 0): number[] {
	const minute = (ms: number) => Math.floor(ms / MINUTE_MS);
	const first = minute(receivedAtMs - CLOCK_MS);
	const last = minute(receivedAtMs + Math.min(Math.max(waitMs, 0), READ_TIMEOUT_MS) + CLOCK_MS);
	const own = minute(receivedAtMs);
	return Array.from({ length: last - first + 1 }, (_, nth) => first + nth)
		.slice(0, MINUTES_MAX)
		.map((one) => (one === own ? Math.floor(receivedAtMs / 1_000) * 1_000 : one * MINUTE_MS));
}

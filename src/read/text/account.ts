import type { Question, Unread } from "./kinds.ts";
import { readSite } from "./site.ts";
import { looksLikeHost, type Target } from "./target.ts";
import { durationMs } from "./watch.ts";
import { bareWord } from "./words.ts";

/** The shortest and the longest time that the numbers of an account are asked for; the plan may keep less. */
const SINCE_MS = { min: 5 * 60_000, max: 30 * 24 * 3_600_000 } as const;
const SINCE = /^(?:since|for|last|past)$/;

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

/** `numbers <host> [since 3h]`, the longest and the shortest time at most; null: something else stands behind the host. */
export function numbersQuestion(words: readonly string[]): Question | Unread | null {
	const target = accountTarget(words);
	if (target === null || "kind" in target) return target;
	const rest = words.slice(1).map((word) => bareWord(word).toLowerCase());
	if (rest.length === 0) return { kind: "numbers", target, sinceMs: null };
	const told = SINCE.test(rest[0] ?? "") ? rest.slice(1) : rest;
	const filled = told[0] === "the" ? told.slice(told[1] === "last" || told[1] === "past" ? 2 : 1) : told;
	const said = filled.filter((word) => word !== "ago").join(" ");
	const sinceMs = filled.length > 3 ? null : durationMs(said, 3_600_000, SINCE_MS);
	if (sinceMs !== null) return { kind: "numbers", target, sinceMs };
	// A time that is not understood is told: the host is asked for its numbers, and nobody asked to check it.
	return rest[0] === "since" ? { kind: "misread", why: "numbers-time" } : null;
}

import { timesInDigits } from "./ago.ts";
import type { Question, Unread } from "./kinds.ts";
import { readSite } from "./site.ts";
import { WATCH_EVERY_MS, WATCH_FOR_MS } from "./watch-times.ts";
import { bareWord } from "./words.ts";

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** `90s`, `30m`, `2h`, `30 minutes`, a bare number in the unit that is meant there; null for anything else. Bounded, never refused for its size. */
export function durationMs(
	text: string,
	bareUnitMs: number,
	range: { readonly min: number; readonly max: number },
): number | null {
	const [, digits = "", unit = ""] = /^(\d{1,6})(?:\s*(s|m|h|d)[a-z]*)?$/i.exec(text) ?? [];
	if (digits === "") return null;
	const ms = Number(digits) * (UNIT_MS[unit.toLowerCase()] ?? bareUnitMs);
	return Math.min(Math.max(ms, range.min), range.max);
}

/** `watch <url> [for 30m] [every 60s] [privately]`, in any order behind the URL. */
export function watchQuestion(words: readonly string[]): Question | Unread {
	const target = readSite(words[0] ?? "");
	if ("kind" in target) return target;
	const wrong: Unread = { kind: "misread", why: "watch-times" };
	let forMs: number = WATCH_FOR_MS.default;
	let everyMs: number = WATCH_EVERY_MS.default;
	let alone = false;
	const said = words.slice(1).map((word) => bareWord(word).toLowerCase());
	const rest = timesInDigits(said.join(" "))
		.split(" ")
		.filter((word) => word !== "");
	while (rest.length > 0) {
		const word = rest.shift() ?? "";
		if (word === "privately" || word === "private") {
			alone = true;
			continue;
		}
		if (word !== "for" && word !== "every" && !/^\d/.test(word)) return wrong;
		// A bare time is how long.
		const amount = /^\d/.test(word) ? word : (rest.shift() ?? "");
		const spelt = /^\d+$/.test(amount) && /^(?:s|m|h|d)[a-z]*$/.test(rest[0] ?? "") ? `${amount}${rest.shift()}` : amount;
		const ms = word === "every" ? durationMs(spelt, 1_000, WATCH_EVERY_MS) : durationMs(spelt, 60_000, WATCH_FOR_MS);
		if (ms === null) return wrong;
		if (word === "every") everyMs = ms;
		else forMs = ms;
	}
	return { kind: "watch", target, forMs, everyMs, alone };
}

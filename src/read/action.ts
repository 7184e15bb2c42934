import { isCause, SOMETHING_ELSE } from "../knowledge/causes/list.ts";
import { type EvidenceKey, isEvidenceKey, isValue } from "../knowledge/evidence.ts";

/** What a button does. Kept in the button itself, so that it still works after a restart. */
export type Press =
	/** Opens the private form for the address of this site's origin. */
	| { readonly do: "origin-form"; readonly url: string }
	/** Opens the private form for pasting into a case: log lines, what curl printed, headers. */
	| { readonly do: "paste-form"; readonly case: string }
	/** Answers a question of a case; null: nobody knows. */
	| { readonly do: "answer"; readonly case: string; readonly key: EvidenceKey; readonly value: string | null }
	| { readonly do: "take-back"; readonly case: string; readonly key: EvidenceKey }
	/** Has the page looked at in variants: what changes the result? */
	| { readonly do: "variants"; readonly case: string }
	/** Asks what it was, to close the case. */
	| { readonly do: "solved"; readonly case: string }
	| { readonly do: "it-was"; readonly case: string; readonly cause: string }
	| { readonly do: "report"; readonly case: string }
	/** Has a page looked at until it recovers. */
	| { readonly do: "watch"; readonly url: string }
	| { readonly do: "unwatch"; readonly watch: string };

/** Discord: characters of a custom_id; the smallest room that a chat gives a button. */
export const PRESS_MAX_CHARS = 100;

/** As short text for a button. null when it does not fit in `max` characters: the button is left out then. */
export function pressText(press: Press, max: number): string | null {
	const text = written(press);
	return text.length <= max ? text : null;
}

function written(press: Press): string {
	switch (press.do) {
		case "origin-form":
			return `o:${press.url}`;
		case "answer":
			return `a:${press.case}:${press.key}:${press.value ?? "?"}`;
		case "take-back":
			return `b:${press.case}:${press.key}`;
		case "paste-form":
			return `p:${press.case}`;
		case "variants":
			return `v:${press.case}`;
		case "solved":
			return `s:${press.case}`;
		case "it-was":
			return `w:${press.case}:${press.cause}`;
		case "report":
			return `r:${press.case}`;
		case "watch":
			return `k:${press.url}`;
		case "unwatch":
			return `u:${press.watch}`;
	}
}

/** The presses that open a form; the others go to the desk. */
type FormPress = Extract<Press, { do: "origin-form" | "paste-form" }>;
export type DeskPress = Exclude<Press, FormPress>;
export type WatchPress = Extract<Press, { do: "watch" | "unwatch" }>;
/** The presses that belong to a case. */
export type CasePress = Exclude<DeskPress, WatchPress>;

export const isOfCase = (press: DeskPress): press is CasePress => press.do !== "watch" && press.do !== "unwatch";

const WORD = /^[\w-]{1,60}$/;

/** Reads what came back from a button: hostile like everything that comes from outside. null for what is none of ours. */
export function readPress(text: string): Press | null {
	if (text.length > 2_100) return null;
	if (text.startsWith("o:")) return { do: "origin-form", url: text.slice(2) };
	if (text.startsWith("k:")) return { do: "watch", url: text.slice(2) };
	const [what, id = "", third = "", fourth = "", ...more] = text.split(":");
	if (!WORD.test(id) || more.length > 0) return null;
	switch (what) {
		case "a":
			if (!isEvidenceKey(third) || (fourth !== "?" && !isValue(third, fourth))) return null;
			return { do: "answer", case: id, key: third, value: fourth === "?" ? null : fourth };
		case "b":
			return isEvidenceKey(third) ? { do: "take-back", case: id, key: third } : null;
		case "p":
			return { do: "paste-form", case: id };
		case "v":
			return { do: "variants", case: id };
		case "s":
			return { do: "solved", case: id };
		case "w":
			return isCause(third) || third === SOMETHING_ELSE ? { do: "it-was", case: id, cause: third } : null;
		case "r":
			return { do: "report", case: id };
		case "u":
			return { do: "unwatch", watch: id };
		default:
			return null;
	}
}

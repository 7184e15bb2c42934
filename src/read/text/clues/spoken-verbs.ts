import { accountTarget, numbersQuestion } from "../account.ts";
import { ADMIN_WORDS } from "../admin.ts";
import { type AskedPlaces, placesAlone, placesBehind } from "../places.ts";
import { statusAsked, statusOf } from "../status-of.ts";
import type { Intent } from "../understood.ts";
import { bareWord } from "../words.ts";
import { isSlipOf } from "./slips.ts";
import type { TargetClue } from "./targets.ts";

/** A text that begins with a verb and is formed like it. */
export interface VerbClue {
	readonly intent: Intent;
	/** The words after the verb. */
	readonly rest: string;
	/** The target right behind it. */
	readonly target: TargetClue | null;
	readonly places: AskedPlaces | null;
	readonly since: string | null;
	readonly answer: { readonly key: string | null; readonly value: string } | null;
}

/** Every verb that a text may begin with; slips of the hand are measured against these. */
const VERBS: readonly string[] = [
	"help",
	"privacy",
	"explain",
	"headers",
	"origin",
	"autopsy",
	"logs",
	"answer",
	"report",
	"watch",
	"unwatch",
	"solved",
	"admin",
	"forget",
	"connect",
	"disconnect",
	"account",
	"numbers",
	"evidence",
	"more",
	"undo",
	"reopen",
	"status",
	"check",
	"recheck",
	"retry",
	"diagnose",
	"places",
];
/** How long back: `since 3h`, `the last 90 min`. */
const SINCE = /(?:\b(?:since|for|last|past)(?: the)?(?: last| past)?|^\S+)\s+(\d{1,4}\s?(?:m|min|h|d|w)[a-z]*)\b/i;
const CONNECTS: ReadonlySet<string> = new Set(["connect", "disconnect", "account", "numbers"]);
const ADMIN: ReadonlySet<string> = new Set([...ADMIN_WORDS, "listen"]);

/** Verbs that people set a colon behind. */
const COLON: ReadonlySet<string> = new Set([
	"solved",
	"logs",
	"answer",
	"explain",
	"watch",
	"report",
	"check",
	"autopsy",
	"connect",
	"disconnect",
]);

const NONE = { rest: "", target: null, places: null, since: null, answer: null } as const;
/** A mention that is taken off leaves its blank. */
const LEAD = /^\s*(?:(?:please|pls|hey|hi|ok|okay|cf520|\/cf520|@cf520)[ ,:]+\s*)*/i;

/**
 * The verb that a text begins with, when the rest is formed like its own; null otherwise.
 * @param targets of the text, with their places in it
 */
export function findVerb(text: string, targets: readonly TargetClue[]): VerbClue | null {
	const lead = (LEAD.exec(text.slice(0, 200))?.[0] ?? "").length;
	const first = /^\S{1,40}/.exec(text.slice(lead, lead + 41))?.[0] ?? "";
	const start = lead + first.length;
	const word = bareWord(first).toLowerCase().replace(/[:,]$/, "");
	const rest = text.slice(start, start + 4_000).trim();
	// `Headers:` and `Origin:` are the beginning of a paste.
	if (/:$/.test(first) && !COLON.has(word)) return null;
	const verb = VERBS.includes(word) ? word : VERBS.find((one) => (one.length > 4 || rest === "") && isSlipOf(word, one));
	if (verb === undefined) return spokenOtherwise(text.slice(lead), targets, lead);
	const gap = /^[\s<"'`(]*/.exec(text.slice(start, start + 20))?.[0].length ?? 0;
	const target = targets.find((one) => one.start === start + gap) ?? null;
	const line = !rest.includes("\n");
	const words = rest.split(/\s+/, 12).filter((one) => one !== "");
	const clue = (intent: Intent, more: Partial<VerbClue> = {}): VerbClue => ({ ...NONE, intent, rest, target, ...more });
	switch (verb) {
		case "help":
		case "privacy":
			return words.length === 0 ? clue(verb) : null;
		case "explain":
			return line && targets.length === 0 && words.length > 0 && words.length <= 10 ? clue("explain") : null;
		case "headers":
		case "origin":
			return target !== null &&
				!/^["'`>)]*:? *(?:is|gives|shows|works|returns|5\d\d\b(?!\.))/.test(text.slice(target.end, target.end + 20))
				? clue(verb)
				: null;
		case "autopsy":
			return clue("autopsy");
		case "logs":
			return words.length > 1 ? clue("logs") : null;
		case "answer":
			return readAnswer(words, clue);
		case "report":
			return line && targets.length === 0 && words.length <= 8 ? clue("report") : null;
		case "watch":
			if (target !== null) return clue("watch");
			return words.length === 0 ||
				/^(?:it|this|that|the (?:site|page|url|shop|host))?(?: (?:for|every|until|please|again|privately)\b|$)/i.test(rest)
				? clue("watch")
				: null;
		case "unwatch":
			return words.length <= 2 ? clue("unwatch") : null;
		case "solved":
			return line && words.length <= 20 && targets.length === 0 && !/\?\s*$/.test(rest) ? clue("solved") : null;
		case "admin": {
			const what = bareWord(words[0] ?? "").toLowerCase();
			const known = what === "" || [...ADMIN].some((one) => one === what || isSlipOf(what, one));
			return known && line ? clue("admin") : null;
		}
		case "forget":
			return target !== null && words.length === 1 ? clue("forget") : null;
		case "evidence":
		case "more":
			return words.length === 0 ? clue("evidence") : null;
		case "undo":
		case "reopen":
			return words.length <= 3 && targets.length === 0 ? clue("undo") : null;
		case "status":
			if (words.length === 1 && target === null && /^\d{3,4}\W*$/.test(rest)) return clue("explain");
			return (target === null && statusOf(rest) !== null) || (words.length === 1 && /^[0-9a-f]{15,16}/i.test(rest))
				? clue("status")
				: null;
		case "check":
		case "diagnose":
			return target !== null ? (placesOf(text, target) ?? null) : null;
		default:
			if (!CONNECTS.has(verb)) return null;
			if (words.length > 0 && target === null && !(verb === "numbers" && numbersQuestion(words, 0) !== null)) return null;
			// Whatever stands behind the host of these is a secret in the wrong place, or nothing.
			if ((verb === "connect" || verb === "disconnect") && target !== null && accountTarget(words) !== null)
				return clue("connect");
			if (words.length > 4 && numbersQuestion(words, 0) === null) return null;
			return clue("connect", { since: SINCE.exec(rest)?.[1]?.replace(/\s/g, "") ?? null });
	}
}

/** `answer KEY VALUE` or `answer VALUE`. */
function readAnswer(words: readonly string[], clue: (intent: Intent, more: Partial<VerbClue>) => VerbClue): VerbClue | null {
	const said = words.map((word) => (word === "?" ? word : bareWord(word).toLowerCase()));
	if (said.length === 0 || said.length > 6) return null;
	const [first = "", second] = said;
	return clue("answer", { answer: second === undefined ? { key: null, value: first } : { key: first, value: second } });
}

/** What is asked for without its verb in front. */
function spokenOtherwise(text: string, targets: readonly TargetClue[], lead: number): VerbClue | null {
	const short = text.slice(0, 200);
	if (
		/^\?+\s*$/.test(text) ||
		/^(?:what can you do|how do(?:es)? (?:this|it|you) work|commands|usage|hilfe|ayuda|ajuda|aide)[?.!\s]*$/i.test(short)
	)
		return { ...NONE, intent: "help" };
	if (/^(?:stop|end|cancel|quit) (?:the )?watch(?:ing)?\b/i.test(short))
		return { ...NONE, intent: "unwatch", target: targets[0] ?? null };
	if (
		targets.length === 0 &&
		/^(?:(?:write|make|send|create|give me|generate|draft|can (?:you|i|we) (?:have|get|write|make|send)|i need|we need) )+(?:a |the |me |us |an? \w+ )*report\b/i.test(
			short,
		)
	)
		return { ...NONE, intent: "report" };
	if (
		targets.length === 0 &&
		/^(?:show|give|what(?:'s| is| are))(?: me| us)? (?:the |all |your )?(?:evidence|details|proof|facts)\b|^details[ ?!.]*$/i.test(
			short,
		)
	)
		return { ...NONE, intent: "evidence" };
	if (
		targets.length === 0 &&
		/^(?:take (?:that|it|this) back|(?:please )?undo (?:that|it|this)|that was (?:a mistake|wrong)|revert my answer|i was wrong)\b/i.test(
			short,
		)
	)
		return { ...NONE, intent: "undo" };
	const [first] = targets;
	if (first === undefined && statusAsked(short) !== null) return { ...NONE, intent: "status" };
	if (first === undefined) {
		const alone = placesAlone(text);
		return alone === null ? null : { ...NONE, intent: "places", places: alone };
	}
	const places = placesOf(`${" ".repeat(lead)}${text}`, first);
	if (places !== null || first.start <= lead + 2) return places;
	if (/^(?:keep an eye on|monitor|observe|look after) $/i.test(text.slice(0, Math.max(0, first.start - lead))))
		return { ...NONE, intent: "watch", target: first };
	return null;
}

/** `<target> from São Paulo and Sydney`, and the same as a question. */
function placesOf(text: string, target: TargetClue): VerbClue | null {
	const asked = placesBehind(text.slice(0, target.start), text.slice(target.end));
	return asked === null ? null : { ...NONE, intent: "places", target, places: asked };
}

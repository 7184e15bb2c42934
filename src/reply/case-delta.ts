import { type Case, type CasePlaces, type Fact, isMeasured, rankCase } from "../judge/case.ts";
import { failsElsewhere } from "../judge/places.ts";
import type { Verdict } from "../judge/verdict.ts";
import { CAUSES, isCause } from "../knowledge/causes/list.ts";
import { type Block, type Button, controls, type Message, message, note, say, title } from "../message/message.ts";
import { bold, clock, join, ours, type Text, text } from "../message/text.ts";
import type { Target } from "../read/text/target.ts";
import { headLine } from "./case-head.ts";
import { questionBlocks } from "./case-question.ts";
import {
	askedWords,
	casePage,
	familyWords,
	firstWords,
	lasting,
	meaningOf,
	personWords,
	solvedWords,
	standingOf,
	titleOf,
	valueWords,
	YOU,
} from "./case-words.ts";
import { toldOtherCodeWords } from "./other-code.ts";
import { casePlacesButton, failingShare } from "./places.ts";
import { lowered } from "./words.ts";

/** A change of a case, posted once in its thread, with the next question. */

/** How a change is posted. */
interface DeltaOptions {
	/** The question is open already, in a message that can be found. */
	readonly asksAlready: boolean;
	/** The head cannot be edited here, so the message begins with its first line. */
	readonly headLost: boolean;
	/** The fix of the likely cause was posted before. */
	readonly fixTold?: boolean;
	/** Blocks below the change. */
	readonly extra?: readonly Block[];
}

/**
 * One change of a case: what it means, and what to do next.
 * @param change null: nothing that has words of its own
 */
export function deltaMessage(
	one: Case,
	change: Text | null,
	{ asksAlready, headLost, fixTold = false, extra = [] }: DeltaOptions,
): Message {
	const standing = standingOf(one);
	const isLikely = standing.kind === "named" && standing.certainty === "likely";
	const line = headLost ? headLine(one) : null;
	return message(
		line === null ? "neutral" : failsElsewhere(one) === null ? one.head.mood : "likely",
		line,
		change === null ? null : say(change),
		...extra,
		...(one.access === "none"
			? []
			: isLikely
				? fixTold
					? []
					: fixBlocks(one, standing.first.cause)
				: asksAlready
					? []
					: questionBlocks(one)),
	);
}

const DIRECT_CHECK = "run `origin <url>`";
/** Whether we asked the origin directly ourselves, and what it returned counts. */
const isCheckedDirectly = ({ facts }: Case): boolean => facts.some(({ key, by }) => key === "direct-origin" && by === "look");

/** What a fix names as a command where no button can do it. */
const BY_BUTTON: readonly { readonly command: string; readonly words: string; readonly button: (one: Case) => Button }[] = [
	{
		command: DIRECT_CHECK,
		words: "check the origin directly",
		button: ({ url }) => ({ label: "Check it for me…", action: { do: "origin-form", url } }),
	},
	{
		command: "run `headers <url>`",
		words: "measure the response headers",
		button: ({ url }) => ({ label: "Show headers", action: { do: "ask", text: `headers ${url}` } }),
	},
];

/** What a person does about the likely cause; what we can do ourselves is a button. */
function fixBlocks(one: Case, cause: string): Block[] {
	if (!isCause(cause)) return [];
	const [first = "", second = first] = CAUSES[cause].fixes;
	// What a check of ours has shown already is not offered again: the next step is.
	const fix = isCheckedDirectly(one) && lowered(first).startsWith(DIRECT_CHECK) ? second : first;
	const words = lowered(fix);
	const own = BY_BUTTON.find(({ command }) => words.startsWith(command));
	return [
		say(text`${bold("Fix:")} ${ours(own === undefined ? words : words.replace(own.command, own.words))}`),
		controls(
			text``,
			[
				...(own === undefined ? [] : [own.button(one)]),
				{ label: "Solved…", action: { do: "solved-form", case: one.id } },
				{ label: "Not it", action: { do: "not-it", case: one.id, cause } },
				{ label: "Report…", action: { do: "report", case: one.id } },
				{ label: "Explain", action: { do: "ask", text: `explain ${cause}` } },
			],
			[],
		),
	];
}

/** Whether the likely cause of a case is the same as before. */
export function isSameLikely(before: Case, after: Case): boolean {
	const [was, is] = [standingOf(before), standingOf(after)];
	return (
		isLikelyKnown(before) &&
		isLikelyKnown(after) &&
		was.kind === "named" &&
		is.kind === "named" &&
		was.first.cause === is.first.cause
	);
}

/** Whether a case asks nothing anymore, because its likely cause is known. */
export function isLikelyKnown(one: Case): boolean {
	const standing = standingOf(one);
	return standing.kind === "named" && standing.certainty === "likely";
}

/** What is newly likely or possible; empty when nothing changed. */
export function movedWords(before: Case, after: Case): Text {
	const [was, is] = [standingOf(before), standingOf(after)];
	if (is.kind === "named") {
		const same = was.kind === "named" && was.first.cause === is.first.cause && was.certainty === is.certainty;
		if (same) return text``;
		return text` ${bold(`${is.certainty === "likely" ? "Likely" : "Possibly"}: ${lowered(titleOf(is.first.cause))}.`)}`;
	}
	if (is.kind !== "open" || is.family === null) return was.kind === "named" ? text` No cause is likely now.` : text``;
	const known = was.kind === "open" ? was.family?.family : undefined;
	return known === is.family.family ? text`` : text` ${familyWords(is.family)}`;
}

/** The zone's numbers changed what is likely, or answered a question. @param moved as in {@link movedWords} */
export const analyticsWords = (moved: Text): Text => text`Cloudflare Analytics adds evidence.${moved}`;

/** What a new fact means; the old question's message names who said it. */
export function changeWords(before: Case, after: Case, fact: Fact): Text {
	const known = before.facts.find(({ key }) => key === fact.key);
	if (before === after) return text`${firstWords(fact.who)} confirmed: ${valueWords(fact, after.code)}.`;
	const other = toldOtherCodeWords(after, fact);
	if (other !== null) return text`${saidBy(fact.who)} ${valueWords(fact, after.code)}.${other}`;
	const added = addedTo(fact, known);
	const means = meaningOf(added, after.code);
	const what = text`${valueWords(added, after.code)}${replacedWords(fact, known, after.code)}${means === null ? text`` : text`: ${ours(means)}`}.`;
	return text`${byWords(before, fact)}${what}${movedWords(before, after)}`;
}

/** Who said it, unless the old question's message says that. */
function byWords({ open }: Case, { by, who, key }: Fact): Text {
	if (by === "analytics") return text`Cloudflare Analytics: `;
	if (isMeasured(by)) return text``;
	if (by === "paste") return text`${who === YOU ? "Your" : `${firstWords(who)}'s`} paste shows `;
	return open !== null && open.key === key && open.messageRef !== null ? text`` : text`${saidBy(who)} `;
}

/** An answer follows, and perhaps a colon: one a sentence is enough. */
const saidBy = (who: string | null): string => `${firstWords(who)} said`;

/** Of a list, what came to it. */
function addedTo(fact: Fact, known: Fact | undefined): Pick<Fact, "key" | "value" | "by"> {
	const before = known === undefined ? [] : [known.value].flat();
	const added = [fact.value].flat().filter((value) => !before.includes(value));
	return { key: fact.key, by: fact.by, value: added.length === 0 ? fact.value : added };
}

/** What was known before: replaced, or still so beside it where several things can be so at once. */
function replacedWords(fact: Fact, known: Fact | undefined, caseCode: string): Text {
	if (known === undefined || String(known.value) === String(fact.value)) return text``;
	const [before, all] = [[known.value].flat(), [fact.value].flat()];
	return before.every((value) => all.includes(value))
		? text` besides "${valueWords(known, caseCode)}"`
		: text` instead of "${valueWords(known, caseCode)}"`;
}

export const undoneWords = (before: Case, after: Case, fact: Fact | undefined, who: string): Text =>
	text`${firstWords(who)} undid ${fact === undefined ? text`an answer` : text`the answer "${valueWords(fact, before.code)}"`}.${movedWords(before, after)}`;

/** After a cause was denied: the next one, or none. */
export const deniedWords = (before: Case, after: Case, cause: string, who: string): Text =>
	text`${firstWords(who)}: not ${ours(lowered(titleOf(cause)))}.${movedWords(before, after)}`;

/** The next question, where a case still asks one. */
export const nextBlocks = (one: Case): Block[] =>
	one.solved !== null || one.access === "none" || isLikelyKnown(one) ? [] : questionBlocks(one);

/**
 * What a repeated check met. `share`: `5 of 5`.
 * @param isElsewhere posted where nothing else names the page
 */
export function checkedAgain(after: Case, verdict: Verdict, before: Case, nowMs: number, isElsewhere: boolean): Message {
	const of = verdict.pattern.share;
	const at = clock(nowMs, nowMs);
	const page = isElsewhere ? casePage(after) : null;
	if (verdict.kind === "working")
		return worksNow(
			{ ...before, solved: after.solved },
			failsElsewhere(after),
			page,
			of === null ? null : of.of - of.hits,
			of?.of ?? null,
		);
	const share = of === null ? text`` : text`, ${of.hits} of ${of.of}`;
	const code =
		verdict.kind === "cut"
			? text`cut off midway`
			: verdict.code === null
				? text`no usable response`
				: text`${String(verdict.code)}`;
	const same = String(verdict.code) === before.code || verdict.kind === "cut";
	return message(
		"bad",
		say(
			text`${page === null ? text`Checked again` : text`Checked ${page} again`}: ${bold(same ? "still" : "now")} ${code}${share} (${at}).`,
		),
		...(isElsewhere || (same && before.open !== null) ? [] : nextBlocks(after)),
	);
}

/**
 * A check without failures: whether that is new, and whether there is a case to close.
 * @param elsewhere other places fail, so nothing is solved
 * @param page null: the thread says which
 */
function worksNow(
	before: Case,
	elsewhere: CasePlaces | null,
	page: Text | null,
	worked: number | null,
	of: number | null,
): Message {
	const still = before.head.mood === "good";
	const share = worked === null ? text`` : text`: ${worked} of ${of ?? worked} requests returned a page`;
	const words =
		page === null ? text`${still ? "Still works" : "Works again"}` : text`${page} ${still ? "still works" : "works again"}`;
	if (before.solved !== null) return message("good", title(text`${words}${share}`));
	const watch = { do: "watch", url: before.url } as const;
	if (elsewhere !== null)
		return message(
			"likely",
			title(
				text`${words} from here${worked === null ? text`` : text` (${worked} of ${of ?? worked})`}, fails from ${failingShare(elsewhere)}`,
			),
			controls(text``, [casePlacesButton(before.id), { label: "Watch", action: watch }], []),
		);
	// Where no request ever failed, nothing is solved.
	if (still && before.rays.length === 0)
		return message(
			"good",
			title(text`${words}${share}`),
			controls(
				text``,
				[
					{ label: "Watch", action: watch },
					{ label: "Paste the error…", action: { do: "paste-form", case: before.id } },
				],
				[],
			),
		);
	return message(
		"good",
		title(text`${words}${share}. Solved?`),
		controls(
			text``,
			[
				{ label: "Solved…", action: { do: "solved-form", case: before.id }, primary: true },
				{ label: "Keep watching", action: watch },
			],
			[],
		),
	);
}

/** The end of a case, for its thread. */
export function solvedMessage(one: Case): Message {
	const { who = "someone", cause = "", atMs = one.lastAtMs } = one.solved ?? {};
	return message(
		"solved",
		say(text`${bold("Solved")} by ${who} after ${lasting(atMs - one.openedAtMs)}: ${solvedWords(cause)}.`),
		controls(
			text``,
			[
				{ label: "Reopen", action: { do: "reopen", case: one.id } },
				{ label: "Report…", action: { do: "report", case: one.id } },
			],
			[],
		),
	);
}

export const reopenedWords = (who: string): Text => text`${firstWords(who)} reopened this case.`;

/** Two lines for a handover: since when, who said what, what is ruled out. */
export function handoverBlocks(one: Case, nowMs: number): Block[] {
	const told = one.facts.filter(({ by }) => !isMeasured(by)).slice(-HANDOVER_FACTS_MAX);
	const answersTold = told.map((fact) => text`${personWords(fact.who)}: ${valueWords(fact, one.code)}`);
	const ruledOut = rankCase(one).ruledOut.slice(0, HANDOVER_RULED_OUT_MAX);
	return [
		note(
			text`Since ${clock(one.openedAtMs, nowMs)}, ${lasting(nowMs - one.openedAtMs)}.${answersTold.length === 0 ? text`` : text` Answers: ${join(answersTold, "; ")}.`}${
				ruledOut.length === 0
					? text``
					: text` Ruled out: ${ours(ruledOut.map(({ cause }) => lowered(titleOf(cause))).join(", "))}.`
			}${one.unknown.length === 0 ? text`` : text` Nobody knows: ${join(one.unknown.slice(0, 2).map(askedWords), " ")}`}`,
		),
	];
}

const HANDOVER_FACTS_MAX = 4;
const HANDOVER_RULED_OUT_MAX = 2;

/** Buttons of the message about a solved case that fails again. */
export const failsAgain = (one: Case): Message => {
	const again: Button[] = [
		{ label: "Reopen", action: { do: "reopen", case: one.id }, primary: true },
		{ label: "New case", action: { do: "fresh", url: one.url } },
	];
	return message("bad", title(text`${casePage(one)} fails again. Reopen?`), controls(text``, again, []));
};

/** A solved case was checked in its thread, and works. @param nowMs Unix milliseconds of the check */
export function stillSolved(one: Case, { pattern: { share } }: Verdict, nowMs: number): Message {
	const counted = share === null ? text`` : text`, ${share.of - share.hits} of ${share.of} requests`;
	return message("solved", say(text`Checked again: ${casePage(one)} works${counted} (${clock(nowMs, nowMs)}). It stays solved.`));
}

/** Controls of a site that has no case here, in the thread of another one's: each names the host. */
export function controlsNaming({ url, host }: Target): Block {
	const naming = (verb: string): string => shortened(`${verb} ${host}`);
	return controls(
		text``,
		[
			{ label: naming("Check"), action: { do: "ask", text: url } },
			{ label: naming("Watch"), action: { do: "watch", url } },
		],
		[],
	);
}

/** So many characters of a label are shown on a phone. */
const LABEL_MAX_CHARS = 24;
const shortened = (label: string): string =>
	label.length <= LABEL_MAX_CHARS ? label : `${label.slice(0, LABEL_MAX_CHARS - 1)}…`;

/** The progress message after the result was posted separately. */
export const checkedHere = (one: Case): Message => message("neutral", say(text`Checked ${casePage(one)} again.`));

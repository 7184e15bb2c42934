import { type Case, evidenceOf, expectedAnswers, type Fact, nextQuestion, rankCase } from "../judge/case.ts";
import type { Ranked, RankedFamily, Ranking } from "../judge/rank.ts";
import { CAUSES, isCause, SOMETHING_ELSE } from "../knowledge/causes/list.ts";
import { findCode } from "../knowledge/codes/codes.ts";
import { codeWordsOf } from "../knowledge/codes/words.ts";
import { answers, EVIDENCE, type EvidenceKey, fineValues, labelOf } from "../knowledge/evidence.ts";
import { FAMILIES } from "../knowledge/families.ts";
import { type Block, type Button, buttons, list, type Message, message, note, say, title } from "../message/message.ts";
import { ask, bold, code, join, ours, type Text, text, time } from "../message/text.ts";
import { readTarget } from "../read/text/target.ts";
import { codeStep, stepBlocks } from "./next-step.ts";
import { toldOtherCodeWords } from "./other-code.ts";
import type { Reply } from "./reply.ts";
import { hostWords, ownerWords, percent } from "./words.ts";

const NAMED_MAX = 3;
const ANSWERS_MAX = 4;
const RULED_OUT_SHOWN = 4;
const LABEL_MAX_CHARS = 40;
/** A question that takes less uncertainty away is none. */
const ASK_FROM_BITS = 0.02;

/** What is known of a cause, as it may be said: a named one, a code that says it itself, or nothing that can be named. */
type Standing =
	| { readonly kind: "named"; readonly first: Ranked }
	| { readonly kind: "code"; readonly code: string }
	| { readonly kind: "open"; readonly family: RankedFamily | null };

/** A family is named from here on: what is less likely is none that anybody should act on. */
const FAMILY_FROM = 0.4;
/** From here on it is likely, below only possible. */
const LIKELY_FROM = 0.6;
/** Suspects that are less likely are not told. */
const SUSPECT_FROM = 0.05;

function standingOf(one: Case, { ranked, families, abstains }: Ranking): Standing {
	const [first] = ranked;
	if (!abstains && first !== undefined && isCause(first.cause)) return { kind: "named", first };
	// A code of Cloudflare's other than 520 says what is wrong: no likelihood of it is told.
	if (first !== undefined && !isCause(first.cause)) return { kind: "code", code: first.cause };
	if (one.code !== "520") return { kind: "code", code: one.code };
	const [family] = families;
	return { kind: "open", family: family === undefined || family.probability < FAMILY_FROM ? null : family };
}

const familyWords = ({ family, probability }: RankedFamily): Text =>
	text`Points to ${ours(FAMILIES[family])} (${probability >= LIKELY_FROM ? "likely" : "possible"}).`;

const titleOf = (cause: string): string => (isCause(cause) ? CAUSES[cause].title : codeWordsOf(cause).title);

const suspectsOf = ({ ranked }: Ranking): readonly Ranked[] =>
	ranked.filter(({ cause, probability }) => isCause(cause) && probability >= SUSPECT_FROM).slice(0, NAMED_MAX);

/** A cause as people read it: its title, its id for `explain`, and the article's number. */
function causeName({ cause, articleCause }: Pick<Ranked, "cause" | "articleCause">): Text {
	return text`${ours(titleOf(cause))} (${code(cause)}${articleCause === null ? text`` : text`, a kind of cause ${articleCause} of the five`})`;
}

/** What is known and asked, in words: `what the origin's log shows: 444 or 4xx`. */
function factWords(fact: Pick<Fact, "key" | "value">): Text {
	return text`${ours(EVIDENCE[fact.key].name)}: ${valueWords(fact)}`;
}

function valueWords({ key, value }: Pick<Fact, "key" | "value">): Text {
	const values = typeof value === "string" ? [value] : value;
	return ours(values.map((one) => labelOf(key, one)).join(", "));
}

/** What somebody said it was: one of our causes, or words of theirs. */
const solvedWords = (cause: string): Text => (isCause(cause) ? ours(CAUSES[cause].title) : text`${cause}`);

/** The state of a case in one line, for its head. */
function caseLine(one: Case): Text {
	if (one.solved !== null) return text`${bold("Solved:")} ${solvedWords(one.solved.cause)}, says ${one.solved.who}.`;
	const standing = standingOf(one, rankCase(one));
	switch (standing.kind) {
		case "named":
			return text`${bold("Likeliest:")} ${causeName(standing.first)}, ${percent(standing.first.probability)}; ${one.facts.length} facts so far.`;
		case "code":
			return codeLine(standing.code);
		case "open":
			return text`${bold("Cause:")} unknown so far.${standing.family === null ? text`` : text` ${familyWords(standing.family)}`}`;
	}
}

/** What a code says itself, in one plain sentence. */
function codeLine(code: string): Text {
	const { title, means } = codeWordsOf(code);
	return text`${bold(`${title}.`)}${means === "" ? text`` : text` ${ours(means)}`}`;
}

/** The head of a case: what was seen first, and where it stands now. */
export function caseHead(one: Case): Message {
	return { ...one.head, blocks: [...one.head.blocks, say(caseLine(one))] };
}

/** Where a case stands in a line or two, and the open question: for whoever asks, or says what nobody understands. */
export function statusMessage(one: Case): Message {
	const target = readTarget(one.url);
	return message(
		"neutral",
		say(text`${"why" in target ? text`` : text`${hostWords(target)}: `}${standsWords(one)}`),
		...(one.solved === null ? questionBlocks(one) : []),
	);
}

function standsWords(one: Case): Text {
	// Nothing failed: the code is only the one that is asked about.
	if (seenWorking(one) && one.solved === null) return text`nothing failed when I looked.`;
	const owner = /^\d{3,4}$/.test(one.code) ? findCode(Number(one.code))?.owner : undefined;
	const side = owner === undefined || one.solved !== null ? text`` : text` Whose side: ${ownerWords(owner)}.`;
	// Otherwise its line begins with it.
	const isCode = one.solved === null && standingOf(one, rankCase(one)).kind === "code";
	return text`${isCode ? text`` : text`${one.code}. `}${caseLine(one)}${side}`;
}

/** Where a case stands: likely causes and why, what is ruled out, the one next question. */
export function caseMessage(one: Case, change: Text | null, earlier: readonly Case[] = []): Message {
	const ranking = rankCase(one);
	const standing = seenWorking(one) ? null : standingOf(one, ranking);
	return message(
		"neutral",
		title(standing === null ? text`If somebody still sees a ${one.code} there` : text`Where this stands`),
		change === null ? null : say(change),
		earlier.length === 0 ? null : say(text`${bold("Before, here:")} ${joined(earlier.map(earlierWords))}.`),
		...(standing === null ? [] : standingBlocks(one, standing, ranking, change === null)),
		...questionBlocks(one),
		...(standing?.kind !== "named" ? [] : firstFix(standing.first)),
		buttons(
			text`${ask("report")} makes a statement to forward.`,
			...(one.facts.some(({ key }) => key === "variants")
				? []
				: [{ label: "Try variants", action: { do: "variants", case: one.id } } as const]),
			{ label: "Paste log lines …", action: { do: "paste-form", case: one.id } },
			{ label: "Solved: it was …", action: { do: "solved", case: one.id } },
			{ label: "Report to forward", action: { do: "report", case: one.id } },
		),
	);
}

/** Likelihoods only where a cause is named; a code says what it means; else the usual suspects, and whose kind of cause it is. */
function standingBlocks(one: Case, standing: Standing, ranking: Ranking, isFirst: boolean): (Block | null)[] {
	const suspects = suspectsOf(ranking);
	const titles = join(
		suspects.map(({ cause }) => ours(titleOf(cause))),
		"; ",
	);
	switch (standing.kind) {
		case "named":
			return namedBlocks(one, standing.first, ranking);
		case "code":
			return [
				say(codeLine(standing.code)),
				// Where nothing was looked at, no other message has said where to look.
				...(isFirst && one.facts.every(({ by }) => by !== "look") ? stepOf(one, standing.code) : []),
				suspects.length === 0 ? null : say(text`${bold("It can also be:")} ${titles}.`),
			];
		case "open":
			return [
				say(text`Not enough evidence yet. Usual suspects: ${titles}.`),
				standing.family === null ? null : say(familyWords(standing.family)),
			];
	}
}

function stepOf(one: Case, code: string): Block[] {
	const target = readTarget(one.url);
	const step = "why" in target ? null : codeStep(Number(code), target);
	return step === null ? [] : stepBlocks(step);
}

function namedBlocks(one: Case, first: Ranked, { ranked, ruledOut, supporting, contradicting }: Ranking): (Block | null)[] {
	const likely = ranked.filter(({ probability }, index) => index < NAMED_MAX && probability >= SUSPECT_FROM);
	return [
		say(text`${bold("Likely causes,")} by ${one.facts.length} ${one.facts.length === 1 ? "fact" : "facts"}:`),
		list(likely.map((each) => text`${bold(percent(each.probability))} ${causeName(each)}.`)),
		one.found !== null && first.cause === one.found.cause
			? say(text`${bold("Seen in the bytes")} of the origin's own answer: ${causeName(first)}, ${one.found.confidence}.`)
			: null,
		supporting.length === 0
			? null
			: say(
					text`${bold("Because")} ${joined(
						supporting
							.slice(0, 2)
							.map((effect) => text`${factWords(effect)}${effect.why === null ? text`` : text` (${ours(effect.why)})`}`),
					)}.`,
				),
		contradicting.length === 0
			? null
			: say(
					text`${bold("Speaks against it:")} ${joined(contradicting.map((effect) => factWords(effect)))}. Look at that again before you act on it.`,
				),
		list(
			ruledOut
				.slice(0, RULED_OUT_SHOWN)
				.map(({ cause, key, value }) => text`Ruled out: ${ours(titleOf(cause))}, for ${factWords({ key, value })}.`),
		),
	];
}

function firstFix({ cause }: Ranked): Block[] {
	if (!isCause(cause)) return [];
	return [say(text`${bold("If it is that:")} ${ours(CAUSES[cause].fixes[0] ?? "")} ${ask(`explain ${cause}`)} tells more.`)];
}

/** An earlier case of the same host, in a few words: is it the same again? */
function earlierWords(one: Case): Text {
	const what = text`${one.code === "520" ? text`a ${one.code}` : one.code} at ${time(one.openedAtMs)}`;
	if (one.solved !== null) return text`${what}, solved: ${solvedWords(one.solved.cause)}`;
	const standing = standingOf(one, rankCase(one));
	return standing.kind !== "named" || seenWorking(one)
		? text`${what}, cause not found`
		: text`${what}, likeliest ${ours(titleOf(standing.first.cause))}`;
}

/** Our looks met nothing, and nobody has said anything yet. */
const seenWorking = (one: Case): boolean =>
	one.facts.every(({ by }) => by === "look") &&
	one.facts.some(({ key, value }) => key === "edge-pattern" && value === "not-reproduced");

/** The one question that is worth most for its effort, with its likeliest answers as buttons; nothing where none is worth asking. */
function questionBlocks(one: Case) {
	const next = nextQuestion(one);
	if (next === undefined || next.bits < ASK_FROM_BITS) return [];
	const { key } = next;
	const { ask: question, how, many } = EVIDENCE[key];
	const all = answers(key);
	const expected = likeliest(one, key);
	const button = (value: string | null, label: string): Button => ({
		label: label.slice(0, LABEL_MAX_CHARS),
		action: { do: "answer", case: one.id, key, value },
	});
	const shown = all.filter(({ value }) => expected.includes(value));
	const others = all.filter(({ value }) => !expected.includes(value));
	return [
		say(text`${bold(question)} ${ours(how)}${many === true ? " Several can be true: press each of them." : ""}`),
		list(shown.map(({ label, means }) => text`${ours(label)}: ${ours(means)}.`)),
		buttons(
			text`To answer: ${ask(`answer ${key} ${all[0]?.value ?? ""}`)}`,
			...shown.map(({ value, label }) => button(value, label)),
			button(null, "I do not know"),
		),
		...(others.length === 0
			? []
			: [
					note(
						text`Something else? Say ${ask(`answer ${key} ${others[0]?.value ?? ""}`)}${
							others.length === 1
								? text``
								: text`, or one of: ${others
										.slice(1)
										.map(({ value }) => value)
										.join(", ")}`
						}.`,
					),
				]),
	];
}

/** Up to four answers: those that the current ranking expects most, in the order of the list. */
function likeliest(one: Case, key: EvidenceKey): readonly string[] {
	const values = fineValues(key);
	if (values.length <= ANSWERS_MAX) return values;
	const expected = expectedAnswers(one, key);
	const best = [...values].sort((a, b) => (expected.get(b) ?? 0) - (expected.get(a) ?? 0)).slice(0, ANSWERS_MAX);
	return values.filter((value) => best.includes(value));
}

const joined = (texts: readonly Text[]): Text => join(texts, "; ");

/** What was said now, and what was known before: replaced, or still so beside it where several things can be so at once. */
function movedWords(fact: Fact, known: Fact | undefined): Text {
	if (known === undefined || String(known.value) === String(fact.value)) return factWords(fact);
	const before = [known.value].flat();
	const all = [fact.value].flat();
	const added = all.filter((value) => !before.includes(value));
	if (added.length === 0 || !before.every((value) => all.includes(value)))
		return text`${factWords(fact)} (instead of ${valueWords(known)})`;
	return text`${factWords({ key: fact.key, value: added })} (besides ${valueWords(known)})`;
}

/** What a new fact did, for the thread: who said it, and when. */
export function changeWords(before: Case, after: Case, fact: Fact): Text {
	const named = (one: Case) => {
		const standing = standingOf(one, rankCase(one));
		return standing.kind === "named" ? standing.first.cause : null;
	};
	const is = named(after);
	const known = before.facts.find(({ key }) => key === fact.key);
	const by = fact.by === "look" ? text`A look of mine` : text`${fact.who ?? "Somebody"}`;
	return text`${by} at ${time(fact.atMs)}: ${movedWords(fact, known)}.${
		is === null || named(before) === is ? text`` : text` Now most likely: ${ours(titleOf(is))}.`
	}${toldOtherCodeWords(after, fact) ?? text``}`;
}

export const unknownWords = (key: EvidenceKey, who: string, atMs: number): Text =>
	text`${who} at ${time(atMs)}: nobody knows ${ours(EVIDENCE[key].name)}. I ask something else.`;

export const takenBackWords = (key: EvidenceKey, who: string, atMs: number): Text =>
	text`${who} at ${time(atMs)} took an answer back. Open again: ${ours(EVIDENCE[key].name)}.`;

/** For the person who pressed, only. */
export const answeredBefore = (one: Case, fact: Fact): Message =>
	message(
		"neutral",
		say(
			text`That is noted already: ${factWords(fact)}${fact.who === null || [fact.value].flat().length > 1 ? text`` : text`, from ${fact.who} at ${time(fact.atMs)}`}.`,
		),
		buttons(text``, { label: "Take it back", action: { do: "take-back", case: one.id, key: fact.key } }),
	);

export const caseGone: Message = message(
	"neutral",
	say(
		text`That button belongs to a case that I do not know any more; ask about the site again, and the thread goes on from there.`,
	),
);

export const caseEnded = (one: Case): Message =>
	message(
		"neutral",
		say(
			one.solved !== null
				? text`This case is closed: ${caseLine(one)} Ask about the site again for a new one.`
				: text`This case ended without an answer, a day after its last one. Ask about the site again for a new one.`,
		),
	);

const CHOICES_MAX = 9;

/** Asks what it was. */
export function whatWasIt(one: Case): Message {
	const { ranked } = rankCase(one);
	const choices = ranked.filter(({ cause }) => isCause(cause)).slice(0, CHOICES_MAX);
	return message(
		"good",
		title(text`Good. What was it?`),
		list(choices.map((choice) => causeName(choice))),
		buttons(
			text`Say ${ask(`solved ${choices[0]?.cause ?? "origin-crashed"}`)}`,
			...choices.map(({ cause }): Button => ({ label: cause, action: { do: "it-was", case: one.id, cause } })),
			{ label: "something else", action: { do: "it-was", case: one.id, cause: SOMETHING_ELSE } },
		),
	);
}

export function solvedMessage(one: Case): Message {
	const minutes = Math.max(1, Math.round(((one.solved?.atMs ?? one.lastAtMs) - one.openedAtMs) / 60_000));
	return message(
		"good",
		title(text`${caseLine(one)}`),
		say(text`It took ${minutes} min and ${one.facts.length} facts: ${joined(one.facts.map(factWords))}.`),
	);
}

/** As data, for `--json`. */
function caseData(one: Case) {
	const evidence = evidenceOf(one);
	const { ranked, families, ruledOut, abstains } = rankCase(one);
	const next = nextQuestion(one);
	return {
		evidence,
		abstains,
		families: families.map((each) => ({ ...each, probability: Number(each.probability.toFixed(4)) })),
		ranked: ranked.map((each) => ({ ...each, probability: Number(each.probability.toFixed(4)) })),
		ruledOut: ruledOut.map(({ cause, key, value, why }) => ({ cause, why: `${key} is ${value}: ${why}` })),
		question: next === undefined ? null : { key: next.key, ask: EVIDENCE[next.key].ask },
	};
}

/** A site's answer with the case that it opens: the head says where it stands, the thread asks the one question. */
export function withCase(reply: Reply, one: Case, earlier: readonly Case[]): Reply {
	const { ranked, ruledOut, ...data } = caseData(one);
	const before = Array.isArray(reply.data.ruledOut) ? reply.data.ruledOut : [];
	// Where nothing failed, the head stays as it is until somebody says more.
	const open = seenWorking(one);
	return {
		...reply,
		head: open ? reply.head : caseHead(one),
		thread: [...reply.thread, caseMessage(one, null, earlier)],
		data: { ...reply.data, case: one.id, ...data, ranked, ruledOut: [...before, ...ruledOut] },
	};
}

/** Words of the private form for pasting. */
export const PASTE_FORM = {
	title: "Paste into the case",
	label: "Log lines, what curl printed, or headers",
	hint: "I say which lines I know and what they mean. The lines themselves are not shown, and not kept.",
	submit: "Read",
} as const;

/** Words of the private form for what it was. */
export const SOLVED_FORM = {
	title: "Solved",
	label: "What was the cause?",
	hint: "For example: a deploy closed idle connections too early",
	submit: "Close the case",
} as const;

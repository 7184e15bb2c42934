import { type Case, evidenceOf, type Fact, isMeasured, nextQuestion, rankCase } from "../judge/case.ts";
import { failsElsewhere } from "../judge/places.ts";
import { isCause } from "../knowledge/causes/list.ts";
import { EVIDENCE } from "../knowledge/evidence.ts";
import { type Button, buttons, controls, list, type Message, message, say } from "../message/message.ts";
import { bold, clock, link, ours, plainText, type Text, text } from "../message/text.ts";
import type { Action } from "../read/action.ts";
import { handoverBlocks, nextBlocks } from "./case-delta.ts";
import { caseHead, seenWorking } from "./case-head.ts";
import { caseHost, casePage, personWords, placesCounted, sideByCause, solvedWords, titleOf, valueWords } from "./case-words.ts";
import { answerSentence, clauseOf, factSentences } from "./fact-sentences.ts";
import { casePlacesButton, failingShare } from "./places.ts";
import type { Reply } from "./reply.ts";
import { FROM_ONE_PLACE } from "./site-evidence.ts";
import { FAULT, lowered } from "./words.ts";

/** Messages of a case besides its head and changes. */

/**
 * The head's lines and the open question: the answer to `status` and to what is not understood.
 * @param asks whether it is posted in the thread of the case
 */
export function statusMessage(one: Case, nowMs: number, asks = true): Message {
	const head = caseHead(one);
	return {
		mood: head.mood,
		blocks: [
			...head.blocks.filter(({ kind }) => kind !== "buttons"),
			...handoverBlocks(one, nowMs),
			...(asks && one.solved === null ? nextBlocks(one) : []),
		],
	};
}

/** The same after its question has moved on. */
export function statusRest(one: Case, nowMs: number): Message {
	const { mood, blocks } = caseHead(one);
	return { mood, blocks: [...blocks.slice(0, 1), ...handoverBlocks(one, nowMs)] };
}

/** The answer to "is it just us?", where other places were asked a moment ago: what they told. @param nowMs Unix milliseconds */
export function othersMessage(one: Case, nowMs: number): Message {
	const controlsHere = controls(
		text``,
		[casePlacesButton(one.id), { label: "Check again", action: { do: "recheck", case: one.id } }],
		[],
	);
	const { places } = one;
	if (places === null) return message("neutral", say(text`Other places were not asked.`), controlsHere);
	const { failing, fine, of, code, atMs, hereOnly } = places;
	const [is, gets] = failing > 0 ? ["No: ", failing === 1 ? "gets" : "get"] : ["", ""];
	const others =
		failing > 0
			? `${failing} of ${of} other places ${gets} ${code === null ? "an error" : `a ${code}`}`
			: `${fine} of ${of} other places work`;
	const here = failing > 0 && one.head.mood === "good" ? " It works from here." : hereOnly ? " Only my own requests fail." : "";
	return message("neutral", say(text`${is}${bold(others)} (${clock(atMs, nowMs)}).${here}`), controlsHere);
}

/** The answer to "is it us or Cloudflare?": what the head says of that. */
export function sideMessage(one: Case): Message {
	const elsewhere = one.solved === null ? failsElsewhere(one) : null;
	if (elsewhere !== null)
		return message(
			"neutral",
			say(text`${FAULT} unknown so far: ${casePage(one)} works from here, fails from ${failingShare(elsewhere)}.`),
		);
	if (seenWorking(one) && one.solved === null)
		return message("neutral", say(text`Neither, as far as I can see: ${casePage(one)} worked when I checked.`));
	const side = sideByCause(one);
	if (one.solved !== null && side !== null) return message("neutral", say(text`${bold(`${FAULT} ${side}`)} (confirmed).`));
	const said = caseHead({ ...one, solved: null }).blocks.find(({ kind }) => kind === "say");
	if (said?.kind !== "say") return message("neutral", say(text`${FAULT} unknown so far.`));
	if (one.code !== "520" || !plainText(said.text).endsWith(`${FAULT} the origin (certain).`)) return message("neutral", said);
	const whose = one.access === "none" ? "The origin:" : "Your origin:";
	return message("neutral", say(text`${bold(whose)} Cloudflare reached it and got an unusable response (certain).`));
}

/** For the person who pressed, only. */
export const answeredBefore = (one: Case, fact: Fact): Message =>
	message(
		"neutral",
		say(
			text`Already noted: ${valueWords(fact)}${fact.who === null || [fact.value].flat().length > 1 ? text`` : text`, from ${fact.who}`}.`,
		),
		buttons(text``, { label: "Undo", action: { do: "take-back", case: one.id, key: fact.key } }),
	);

/** For the person who pressed an old button: nothing changes. */
export const alreadyNoted: Message = message("neutral", say(text`Already noted.`));
export const alreadyUndone: Message = message("neutral", say(text`That answer is already undone.`));
export const alreadyOpen: Message = message("neutral", say(text`This case is already open.`));

export const caseGone: Message = message(
	"neutral",
	say(text`I do not know that case anymore. Check the site again to start a new one.`),
	buttons(text``, { label: "Check a site…", action: { do: "url-form" } }),
);

export const caseEnded = (one: Case): Message =>
	one.solved !== null
		? message(
				"neutral",
				say(text`This case is solved: ${solvedWords(one.solved.cause)}, by ${personWords(one.solved.who)}.`),
				buttons(text``, { label: "Reopen", action: { do: "reopen", case: one.id } }),
			)
		: message(
				"neutral",
				say(text`This case closed after a day without activity.`),
				buttons(text``, { label: "Check again", action: { do: "recheck", case: one.id } }),
			);

/** Asks what it was: the likeliest first, the others behind a menu, and a line of one's own. */
export function whatWasIt(one: Case): Message {
	const choice = (cause: string): Button => ({
		label: titleOf(cause),
		action: { do: "it-was", case: one.id, cause },
	});
	const [first, ...others] = causesByRank(one);
	return message(
		"neutral",
		say(text`What was the cause?${first === undefined ? text`` : text` Likeliest: ${bold(lowered(titleOf(first)))}.`}`),
		controls(
			text``,
			[
				// A title is longer than a button may be on a phone.
				...(first === undefined ? [] : [{ ...choice(first), label: "The likeliest" }]),
				{ label: "Something else…", action: { do: "solved-form", case: one.id } },
			],
			[{ label: "Another cause…", options: others.map(choice) }],
		),
	);
}

/** The ids of all causes, likeliest first: what a form offers. */
const causesByRank = (one: Case): readonly string[] =>
	rankCase(one)
		.ranked.map(({ cause }) => cause)
		.filter(isCause);

/** Asks back a sentence that names the cause. */
export const solvedAskBack = (one: Case, cause: string): Message =>
	message(
		"neutral",
		say(text`Solved as ${bold(lowered(titleOf(cause)))}?`),
		controls(
			text``,
			[
				{ label: "Yes", action: { do: "it-was", case: one.id, cause } },
				{ label: "Other…", action: { do: "solved-form", case: one.id } },
			],
			[],
		),
	);

export const following = (one: Case): Message =>
	message(
		"neutral",
		say(text`I will mention you when ${casePage(one)} recovers or fails again.`),
		buttons(text``, { label: "Stop following", action: { do: "unfollow", case: one.id } }),
	);

export const notFollowing = (one: Case): Message => message("neutral", say(text`You no longer follow ${casePage(one)}.`));

/** Where the evidence of the newest check is already. */
export const evidenceIs = (url: string | null): Message =>
	message(
		"neutral",
		say(url === null ? text`The evidence of this check is above.` : text`The evidence of this check: ${link(url, "open it")}`),
	);

export const noEvidence: Message = message("neutral", say(text`Nothing was checked in this case yet.`));

/** The evidence of a check with what other places told: it is not of one place only. */
export function withOtherPlaces(evidence: Message, { places, lastAtMs }: Case): Message {
	if (places === null) return evidence;
	const told = text`Other places at ${clock(places.atMs, lastAtMs)}: ${placesCounted(places)}.`;
	const isOnePlace = (item: Text): boolean => plainText(item).startsWith(FROM_ONE_PLACE);
	const ours = (item: Text): Text => text`${plainText(item).replace(`${FROM_ONE_PLACE} only`, FROM_ONE_PLACE)}`;
	const lists = evidence.blocks.map((block) =>
		block.kind === "list" && block.items.some(isOnePlace)
			? { ...block, items: block.items.flatMap((item) => (isOnePlace(item) ? [ours(item), told] : [item])) }
			: block,
	);
	const hasPlace = lists.some((block, nth) => block !== evidence.blocks[nth]);
	return { ...evidence, blocks: hasPlace ? lists : [...lists, ...[list([told])].filter((block) => block !== null)] };
}

/** The evidence of a check with what people said since. */
export function evidenceMessage(one: Case): Message | null {
	if (one.evidence === null) return null;
	const told = one.facts.filter(({ by }) => !isMeasured(by)).slice(-TOLD_MAX);
	const { blocks } = withOtherPlaces(one.evidence, one);
	const known = blocks.flatMap((block) => (block.kind === "list" ? block.items : [])).filter(isRuledOut).length;
	const ruledOut = rankCase(one).ruledOut.slice(0, Math.max(0, RULED_OUT_MAX - known));
	return {
		...one.evidence,
		blocks: [
			...blocks,
			list([
				...told.flatMap(factSentences).map(ours),
				...ruledOut.map(
					({ cause, key, value }) =>
						text`Ruled out: ${ours(titleOf(cause))}, because ${ours(clauseOf(answerSentence(key, value)))}.`,
				),
			]),
		].filter((block) => block !== null),
	};
}

const TOLD_MAX = 4;
/** Of what people would suspect, together with what the check itself ruled out. */
const RULED_OUT_MAX = 3;
const isRuledOut = (item: Text): boolean => plainText(item).startsWith("Ruled out:");

/** The host already has an open case. */
export const knownCase = (one: Case, url: string | null, asked: string): Message =>
	message(
		"neutral",
		say(text`${casePage(one)} already has an open case${url === null ? text`.` : text`: ${[link(url, "open the thread")]}.`}`),
		controls(
			text``,
			[
				{ label: "Check again there", action: { do: "recheck", case: one.id } },
				{ label: "New case", action: { do: "fresh", url: asked } },
			],
			[],
		),
	);

/** Asks which of the channel's open cases is meant. */
export const whichCase = (all: readonly Case[], meant: (id: string) => Action): Message =>
	message(
		"neutral",
		say(text`Which site?`),
		controls(
			text``,
			all.slice(0, WHICH_MAX).map((one) => ({ label: nameAmong(one, all).slice(0, LABEL_MAX_CHARS), action: meant(one.id) })),
			[],
		),
	);

/** The host; the path, where several cases are of one host. */
function nameAmong(one: Case, all: readonly Case[]): string {
	if (all.filter((each) => caseHost(each) === caseHost(one)).length === 1) return caseHost(one);
	const page = plainText(casePage(one));
	return page.slice(Math.max(0, page.indexOf("/")));
}

const WHICH_MAX = 5;
const LABEL_MAX_CHARS = 24;

/** A solved case of this host, or the earlier one, in a few words; null for none. */
export function earlierWords(earlier: readonly Case[]): Text | null {
	const solved = earlier.find((one) => one.solved !== null)?.solved;
	return solved == null ? null : text`Before: solved as ${solvedWords(solved.cause)}.`;
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

/** A site's answer with the case that it opens: its head, and in its thread the one question. */
export function withCase(reply: Reply, one: Case, question: Message | null): Reply {
	const { ranked, ruledOut, ...data } = caseData(one);
	const before = Array.isArray(reply.data.ruledOut) ? reply.data.ruledOut : [];
	return {
		...reply,
		head: caseHead(one),
		thread: question === null ? [] : [question],
		data: { ...reply.data, case: one.id, ...data, ranked, ruledOut: [...before, ...ruledOut] },
	};
}

/** Words of the private form for pasting. */
export const PASTE_FORM = {
	title: "Paste into the case",
	label: "Log lines, curl output or headers",
	hint: "I say which lines I recognize. The lines themselves are not shown and not kept.",
	submit: "Read",
} as const;

/** Words of the private form for what it was. */
export const SOLVED_FORM = {
	title: "Solved",
	label: "What was the cause?",
	hint: "For example: a deploy closed idle connections too early",
	submit: "Close the case",
} as const;

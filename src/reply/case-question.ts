import { type Case, expectedAnswers, type Fact, isMeasured, nextQuestion, OF_THE_SERVER } from "../judge/case.ts";
import { answers, type EvidenceKey, fineValues } from "../knowledge/evidence.ts";
import { isOnPlatform } from "../knowledge/platforms.ts";
import { type Block, type Button, controls, type Message, message, note, say } from "../message/message.ts";
import { bold, plainText, type Text, text } from "../message/text.ts";
import { decodeRay } from "../read/ray/decode.ts";
import { readTarget } from "../read/text/target.ts";
import { askedWords, firstWords, personWords, sourceName, unknownWords, valueWords, YOU } from "./case-words.ts";
import { EXIT_ZERO, type QuestionStep, questionStep } from "./next-step.ts";
import { toRun } from "./to-run.ts";
import { CUT_OFF } from "./words.ts";

/** The one open question of a case: how it is asked, answered, and what is left of it then. */

const CONTROLS_MAX = 5;
/** How many answers are shown when a paste can answer too. */
const BESIDE_PASTE = 2;

/** How to bring what does not fit into a button, where that has to be said. */
const MENTION_HINT = text`To paste logs or curl output here, mention @cf520.`;

/** The moment of the newest failing request that a Ray ID tells, Unix milliseconds; null for none. */
export function failedAtMs(one: Case): number | null {
	const [newest] = one.rays.flatMap((id) => {
		const ray = decodeRay(id, null, one.lastAtMs);
		return "why" in ray ? [] : [ray.receivedAtMs];
	});
	return newest ?? null;
}

const isIntermittent = (one: Case): boolean =>
	one.facts.some(({ key, value }) => key === "edge-pattern" && (value === "random" || value === "bursts"));

/** Patterns of failures that checks from outside do not meet, or only by chance: a recording at the origin does. */
const RECORDED: ReadonlySet<string> = new Set(["random", "bursts", "not-reproduced"]);
/** A failure in as many requests is met by a few more of them. */
const SEEN_SHARE = 0.2;

/** Evidence that shows how the origin fails, by its bytes or its ending. One complete response says nothing about requests that fail now and then. */
const isOriginKnown = ({ found, facts }: Case): boolean =>
	found !== null || facts.some(({ key, value }) => key === "direct-origin" && value !== "ok");

/**
 * Whether to offer a recording at the origin: requests fail now and then, nothing shows how yet, and someone can reach the server and run
 * something on it, which a platform's own name rules out.
 */
export const isRecordable = (one: Case): boolean =>
	one.code === "520" &&
	one.access !== "none" &&
	one.solved === null &&
	!isOriginKnown(one) &&
	!isOnPlatform(new URL(one.url).hostname) &&
	one.facts.some(({ key, value }) => key === "edge-pattern" && RECORDED.has(String(value)));

/** Whether a few requests would not meet it. */
const isSeldom = (one: Case): boolean =>
	isRecordable(one) && !(isIntermittent(one) && one.counted !== null && one.counted.failed >= one.counted.of * SEEN_SHARE);

/** The one question that is worth most for its effort, as blocks; none where nothing is worth asking. */
export function questionBlocks(one: Case): Block[] {
	const key = nextQuestion(one)?.key;
	const target = readTarget(one.url);
	if (key === undefined || "why" in target) return [];
	const step = questionStep(key, {
		target,
		code: one.code,
		rays: one.rays,
		atMs: failedAtMs(one),
		intermittent: isIntermittent(one),
		seldom: isSeldom(one),
	});
	const asked = text`${bold("Next:")} ${step.ask}`;
	return [...(step.command === null ? [say(asked)] : toRun(asked, step.command)), answerControls(one, key, step)];
}

function answerControls(one: Case, key: EvidenceKey, { labels, first = [], pastes }: QuestionStep): Block {
	const expected = byExpectation(one, key);
	const order = [...first, ...others(expected, first)];
	const all = answers(key).filter(({ value }) => order.includes(value));
	const button = (value: string): Button => ({
		label: labels[value] ?? all.find((each) => each.value === value)?.label ?? value,
		action: { do: "answer", case: one.id, key, value },
	});
	const out: Button = {
		label: key === "direct-origin" ? "I cannot run this" : "I do not know",
		action: { do: "answer", case: one.id, key, value: null },
	};
	const paste = (label: string): Button => ({ label, action: { do: "paste-form", case: one.id } });
	const isDirect = key === "direct-origin" && labels.ok === EXIT_ZERO;
	const record: Button[] = isRecordable(one) ? [{ label: "Record it", action: { do: "record", case: one.id } }] : [];
	// What curl accepts Cloudflare may reject: exit 0 alone clears nothing.
	const values = isDirect ? order.filter((value) => value !== "ok") : order;
	const beside: Button[] =
		key === "direct-origin"
			? [
					...(pastes === undefined ? [] : [paste(pastes)]),
					{ label: "Check it for me…", action: { do: "origin-form", url: one.url } },
				]
			: key === "origin-log"
				? [paste("Paste logs…"), ...record]
				: record;
	// Of what fails now and then, a request that worked says nothing.
	const exitZero = !isDirect ? [] : record.length > 0 ? record : [paste("Exit 0…")];
	const room = CONTROLS_MAX - 1 - beside.length - exitZero.length;
	const few = values.length <= room;
	// The way out says the same, and asks who can see them.
	const usual = values.filter((value) => value !== "no-access");
	const most = pastes !== undefined ? 0 : Math.min(room - 1, beside.length > 0 ? BESIDE_PASTE : room - 1);
	const shown = few ? values : usual.slice(0, most);
	const buttons = [...shown.map(button), ...exitZero, ...beside, out];
	return controls(text``, buttons, few ? [] : [{ label: "Other result…", options: others(values, shown).map(button) }]);
}

const others = (all: readonly string[], shown: readonly string[]): readonly string[] =>
	all.filter((value) => !shown.includes(value));

/** The newest check met a page that is cut off midway. */
export const isCutOff = ({ head }: Case): boolean =>
	head.blocks.some((block) => block.kind === "title" && plainText(block.text).endsWith(CUT_OFF));

/**
 * The fine answers, likeliest first by the present ranking; what the check itself saw comes first.
 */
function byExpectation(one: Case, key: EvidenceKey): readonly string[] {
	const expected = expectedAnswers(one, key);
	const likely = (value: string) =>
		key === "direct-origin" && value === "closed-mid-body" && isCutOff(one) ? 1 : (expected.get(value) ?? 0);
	return [...fineValues(key)].sort((a, b) => likely(b) - likely(a));
}

/** The first question of a case, in its thread; null where nothing is worth asking. */
export function firstQuestion(one: Case, earlier: Text | null, hint: boolean): Message | null {
	const blocks = questionBlocks(one);
	if (blocks.length === 0) return null;
	return message(
		"neutral",
		...blocks.slice(0, -1),
		earlier === null ? null : note(earlier),
		...blocks.slice(-1),
		hint ? note(MENTION_HINT) : null,
	);
}

/** The message of an answered question: the answer, by whom, with [Undo]. */
export function answeredMessage(one: Case, rest: Message | null, fact: Fact): Message {
	const who = isMeasured(fact.by) ? sourceName(fact.by) : personWords(fact.who);
	return withRest(
		rest,
		say(text`✅ ${who}: ${valueWords(fact, one.code)}`),
		controls(text``, [{ label: "Undo", action: { do: "take-back", case: one.id, key: fact.key } }], []),
	);
}

/** The message of an undone answer. */
export const undoneMessage = (rest: Message | null, key: EvidenceKey, who: string): Message =>
	withRest(rest, say(text`↩ ${firstWords(who)} undid the answer to: ${askedWords(key)}`));

/** The message of a question that moved down or is no longer needed. */
export const closedQuestion = (rest: Message | null, isAskedBelow: boolean): Message =>
	rest ?? message("neutral", say(isAskedBelow ? text`See the question below.` : text`No answer is needed anymore.`));

/** The message of a question that someone cannot answer. */
export const passedMessage = (rest: Message | null, who: string, key: EvidenceKey): Message =>
	withRest(rest, say(key === "direct-origin" ? text`⏭ ${firstWords(who)} cannot run this.` : text`⏭ ${unknownWords(who)}`));

const withRest = (rest: Message | null, ...blocks: readonly Block[]): Message => ({
	mood: rest?.mood ?? "neutral",
	blocks: [...(rest?.blocks ?? []), ...blocks],
});

/** Whether "I cannot answer" may mean that no one here can reach the server. */
export const asksWhoRunsIt = (one: Case, key: EvidenceKey): boolean => one.access === null && OF_THE_SERVER.has(key);

/** Asks who runs the server, in place of a question that someone cannot answer. */
export const whoRunsIt = (one: Case, key: EvidenceKey): Block[] => [
	say(text`${bold("Next:")} do you or your team run this server?`),
	controls(
		text``,
		[
			{ label: "Yes", action: { do: "access", case: one.id, key, has: true } },
			{ label: "Not my server", action: { do: "access", case: one.id, key, has: false } },
		],
		[],
	),
];

/** Two people say different things. */
export const disputedMessage = (one: Case, known: Fact, other: Fact): Message =>
	message(
		"neutral",
		say(
			text`${firstWords(known.who)} says ${bold(labelWords(known))}, ${personWords(other.who)} says ${bold(labelWords(other))}. Which is right?`,
		),
		controls(
			text``,
			[known, other].map((fact) => ({
				label: labelWords(fact).slice(0, LABEL_MAX_CHARS),
				action: { do: "answer", case: one.id, key: fact.key, value: lastOf(fact), askedBack: true } as const,
			})),
			[],
		),
	);

/** For the person who pressed: another answer or a measurement says otherwise. */
export const contradictsMessage = (one: Case, known: Fact, fact: Fact): Message =>
	message(
		"neutral",
		say(text`${contradicted(known)} ${bold(labelWords(known))}. Replace it?`),
		controls(
			text``,
			[
				{ label: "Replace", action: { do: "answer", case: one.id, key: fact.key, value: lastOf(fact), askedBack: true } },
				{ label: "Keep", action: { do: "leave" } },
			],
			[],
		),
	);

function contradicted({ by, who, key }: Fact): string {
	if (by === "look") return "My own check shows";
	if (by === "places") return "Other places show";
	if (by === "analytics") return "Cloudflare Analytics shows";
	if (by === "paste")
		return `${who === YOU ? "Your" : `${firstWords(who)}'s`} ${key === "direct-origin" ? "curl output" : "paste"} shows`;
	return `${firstWords(who)} answered`;
}

const LABEL_MAX_CHARS = 24;
const lastOf = ({ value }: Fact): string => (typeof value === "string" ? value : (value.at(-1) ?? ""));
const labelWords = (fact: Fact): string => answers(fact.key).find(({ value }) => value === lastOf(fact))?.label ?? lastOf(fact);

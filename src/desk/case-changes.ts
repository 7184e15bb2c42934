import { type Case, type Fact, type FoundCause, hasEnded, withFact, withoutFact, withUnknown } from "../judge/case.ts";
import { type Evidence, type EvidenceKey, withAnswer } from "../knowledge/evidence.ts";
import type { Message } from "../message/message.ts";
import { join, type Text } from "../message/text.ts";
import type { CaseAction } from "../read/action.ts";
import { LOG_STRENGTH } from "../read/logs/evidence.ts";
import { answeredBefore, caseEnded, changeWords, takenBackWords, unknownWords } from "../reply/case.ts";

/**
 * What becomes of a case, as values: a change is made to the case as it is then, perhaps a second time because somebody was faster, and
 * what is posted of it is made from what it was really made to.
 */

/** New evidence about a case, and where it is from. */
export interface NewEvidence {
	readonly evidence: Evidence;
	readonly by: Fact["by"];
	/** The person's name as the chat shows it; null for a look. */
	readonly who: string | null;
	/** The cause that the bytes of the origin's response name; undefined when the bytes were not read. */
	readonly found?: FoundCause | null | undefined;
	/** What of it a log line with the Ray ID of the case says. */
	readonly own?: readonly EvidenceKey[];
}

export const factsOf = ({ evidence, by, who, own = [] }: NewEvidence, atMs: number): Fact[] =>
	Object.entries(evidence).map(([name, value]) => {
		const key = name as EvidenceKey;
		return { key, value, by, who, atMs, ...(own.includes(key) ? { own: true } : {}) };
	});

/**
 * A case with new evidence. One that has ended stays as it is.
 * @returns words: what that moved; null for nothing, and then the case is the one that was given
 */
export function withEvidence(
	before: Case,
	news: NewEvidence,
	atMs: number,
): { readonly after: Case; readonly words: Text | null } {
	const nothing = { after: before, words: null };
	if (hasEnded(before, atMs)) return nothing;
	let after: Case = news.found === undefined ? before : { ...before, found: news.found };
	const changes: Text[] = [];
	for (const told of factsOf(news, atMs)) {
		const known = after.facts.find(({ key }) => key === told.key);
		const fact = { ...told, value: withAnswer(told.key, known?.value, told.value) };
		if (known !== undefined && (String(known.value) === String(fact.value) || isWeaker(fact, known))) continue;
		const moved = withFact(after, fact);
		changes.push(changeWords(after, moved, fact));
		after = moved;
	}
	return changes.length === 0 ? nothing : { after, words: join(changes) };
}

/** A later paste of other lines does not undo what says more; the line with the case's own Ray ID says more than any that only has its time. */
const isWeaker = (fact: Fact, known: Fact): boolean =>
	fact.key === "origin-log" &&
	fact.by === "paste" &&
	known.by === "paste" &&
	(fact.own === known.own
		? LOG_STRENGTH.indexOf(String(fact.value)) > LOG_STRENGTH.indexOf(String(known.value))
		: known.own === true);

/** What a person said of a case that changes it. */
export interface Said {
	readonly action: Extract<CaseAction, { readonly do: "answer" | "take-back" | "it-was" }>;
	readonly who: string;
	/** The question was resumed: its change may have been kept already, and perhaps not told. */
	readonly resumed: boolean;
	readonly atMs: number;
}

/** The case after that, and what is posted of it: a change in the thread, a sentence to the person alone, or nothing. */
export interface AfterSaid {
	readonly after: Case;
	readonly post: { readonly change: Text | null } | { readonly alone: Message } | null;
}

export function withSaid(one: Case, said: Said): AfterSaid {
	const { action, who, resumed, atMs } = said;
	if (hasEnded(one, atMs)) {
		const closedByThis = resumed && action.do === "it-was" && one.solved?.cause === action.cause && one.solved.who === who;
		return { after: one, post: closedByThis ? { change: null } : { alone: caseEnded(one) } };
	}
	switch (action.do) {
		case "answer":
			return action.value === null ? nobodyKnows(one, action.key, said) : answered(one, action.key, action.value, said);
		case "take-back": {
			const post = { change: takenBackWords(action.key, who, atMs) };
			if (one.facts.some(({ key }) => key === action.key) || one.unknown.includes(action.key))
				return { after: withoutFact(one, action.key, atMs), post };
			return { after: one, post: resumed ? post : null };
		}
		case "it-was":
			return { after: { ...one, solved: { cause: action.cause, who, atMs }, lastAtMs: atMs }, post: { change: null } };
	}
}

function answered(one: Case, key: EvidenceKey, value: string, { who, resumed, atMs }: Said): AfterSaid {
	const known = one.facts.find((fact) => fact.key === key);
	const told = withAnswer(key, known?.value, value);
	if (known !== undefined && String(known.value) === String(told))
		return {
			after: one,
			post: resumed && known.who === who ? { change: changeWords(one, one, known) } : { alone: answeredBefore(one, known) },
		};
	const fact: Fact = { key, value: told, by: "person", who, atMs };
	const after = withFact(one, fact);
	return { after, post: { change: changeWords(one, after, fact) } };
}

function nobodyKnows(one: Case, key: EvidenceKey, { who, resumed, atMs }: Said): AfterSaid {
	const known = one.facts.find((fact) => fact.key === key);
	// Someone who does not know takes nothing away from someone who does.
	if (known !== undefined) return { after: one, post: { alone: answeredBefore(one, known) } };
	const post = { change: unknownWords(key, who, atMs) };
	if (one.unknown.includes(key)) return { after: one, post: resumed ? post : null };
	return { after: withUnknown(one, key, atMs), post };
}

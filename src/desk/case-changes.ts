import type { ByteMap } from "../judge/byte-map.ts";
import {
	CASE_RAYS_MAX,
	type Case,
	type CasePlaces,
	type Fact,
	type FoundCause,
	hasEnded,
	isCoincidence,
	staysBeside,
	withColos,
	withFact,
	withoutFact,
	withUnknown,
} from "../judge/case.ts";
import { type Evidence, type EvidenceKey, withAnswer } from "../knowledge/evidence.ts";
import type { Message } from "../message/message.ts";
import { join, type Text, text } from "../message/text.ts";
import type { CaseAction } from "../read/action.ts";
import { LOG_STRENGTH } from "../read/logs/evidence.ts";
import type { Ray } from "../read/ray/decode.ts";
import { alreadyNoted, alreadyOpen, alreadyUndone, answeredBefore, caseEnded } from "../reply/case.ts";
import { changeWords, deniedWords, movedWords, reopenedWords, undoneWords } from "../reply/case-delta.ts";
import { asksWhoRunsIt, contradictsMessage, disputedMessage } from "../reply/case-question.ts";
import { unknownWords } from "../reply/case-words.ts";

/**
 * Changes of a case, as values: a change applies to the case as stored at that moment (again when another change came first), and what is
 * posted is made from that result.
 */

/** The question that makes a change: its id, and which of its changes where it makes several. */
export interface Changing {
	readonly question: string;
	/** It may have made this change already. */
	readonly resumed: boolean;
}

/** A case with the state before the last change, so that a resumed question finds its own change and does not repeat it. */
export function changedBy(by: Changing, one: Case, work: (one: Case) => Case): Case {
	if (beforeChange(by, one) !== null) return one;
	const after = work(one);
	const { open, disputed } = one;
	return after === one ? one : { ...after, newest: { by: by.question, before: { ...otherIn(one, after), open, disputed } } };
}

/** The case before the resumed question's own change; null when that was not the last change. */
export const beforeChange = ({ question, resumed }: Changing, one: Case): Case | null =>
	resumed && one.newest?.by === question ? { ...one, ...one.newest.before, newest: null } : null;

/** The fields in which two cases differ. */
const otherIn = (one: Case, after: Case): Partial<Omit<Case, "newest">> =>
	Object.fromEntries(
		Object.entries(one).filter(([name, value]) => name !== "newest" && value !== after[name as keyof Case]),
	) as Partial<Omit<Case, "newest">>;

/** New evidence about a case, and where it is from. */
export interface NewEvidence {
	readonly evidence: Evidence;
	readonly by: Fact["by"];
	/** The person's name as the chat shows it; null for a look. */
	readonly who: string | null;
	/** The cause that the bytes of the origin's response name; undefined when the bytes were not read. */
	readonly found?: FoundCause | null | undefined;
	/** What these bytes are; undefined when they were not read. */
	readonly bytes?: ByteMap | undefined;
	/** Of analytics: the rows behind each. */
	readonly rows?: Partial<Readonly<Record<EvidenceKey, number>>>;
	/** Of analytics: since when it fails. */
	readonly beganAtMs?: number;
	/** Of analytics: settings that were changed before it began. */
	readonly changes?: Fact["changes"];
	/** What of it a log line with the Ray ID of the case says. */
	readonly own?: readonly EvidenceKey[];
	/** The Ray IDs of failures that were met. */
	readonly rays?: readonly Ray[];
	/** A direct request has shown that the origin takes HTTP/2. */
	readonly speaksHttp2?: true;
	/** What other places told, in numbers. */
	readonly places?: CasePlaces;
	/** What was seen, in words of its own; undefined: the answers say it. */
	readonly says?: Text | undefined;
}

export const factsOf = ({ evidence, by, who, own = [], rows = {}, changes }: NewEvidence, atMs: number): Fact[] =>
	Object.entries(evidence).map(([name, value]) => {
		const key = name as EvidenceKey;
		const n = rows[key];
		return {
			key,
			value,
			by,
			who,
			atMs,
			...(own.includes(key) ? { own: true } : {}),
			...(n === undefined ? {} : { n }),
			...(key === "what-changed" && changes !== undefined ? { changes } : {}),
		};
	});

/**
 * A case with new evidence. One that has ended stays as it is.
 * @returns the change in words; null when nothing changed, with the given case
 */
export function withEvidence(
	before: Case,
	news: NewEvidence,
	atMs: number,
): { readonly after: Case; readonly words: Text | null } {
	if (hasEnded(before, atMs)) return { after: before, words: null };
	const { rays = [] } = news;
	const met = rays.length === 0 ? before : withColos({ ...before, rays: withMore(before.rays, rays) }, rays);
	const known = news.speaksHttp2 === true ? { ...met, speaksHttp2: true } : met;
	const since = news.beganAtMs === undefined ? known : { ...known, beganAtMs: news.beganAtMs };
	// Evidence that was posted before lacks the places.
	const asked = news.places === undefined ? since : { ...since, places: news.places, evidenceRef: null };
	let after: Case = news.found === undefined ? asked : { ...asked, found: news.found, bytes: news.bytes ?? null };
	const changes: Text[] = [];
	for (const told of factsOf(news, atMs)) {
		const known = after.facts.find(({ key }) => key === told.key);
		const fact = { ...told, value: withAnswer(told.key, known?.value, told.value) };
		if (known !== undefined && (String(known.value) === String(fact.value) || isWeaker(fact, known) || staysBeside(known, fact)))
			continue;
		const moved = withFact(after, fact);
		changes.push(changeWords(after, moved, fact));
		after = moved;
	}
	if (news.says !== undefined) return { after, words: text`${news.says}${movedWords(before, after)}` };
	if (changes.length > 0) return { after, words: join(changes) };
	// When it began is no change to tell, and is kept.
	return { after: since === known ? before : { ...before, beganAtMs: since.beganAtMs }, words: null };
}

/** Ray IDs that were not known, behind those that were. */
const withMore = (known: readonly string[], rays: readonly Ray[]): readonly string[] =>
	[...new Set([...known, ...rays.map(({ id }) => id)])].slice(0, CASE_RAYS_MAX);

/** A later paste does not replace stronger evidence: a line with the case's Ray ID counts more than one with only its time. */
const isWeaker = (fact: Fact, known: Fact): boolean =>
	fact.key === "origin-log" &&
	fact.by === "paste" &&
	known.by === "paste" &&
	(fact.own === known.own
		? LOG_STRENGTH.indexOf(String(fact.value)) > LOG_STRENGTH.indexOf(String(known.value))
		: known.own === true);

/** A person's statement that changes a case. */
export interface Said {
	readonly action: Extract<
		CaseAction,
		{ readonly do: "answer" | "take-back" | "it-was" | "not-it" | "access" | "reopen" | "follow" | "unfollow" }
	>;
	readonly who: string;
	/** As in `Conversation.asker`; null when unknown. */
	readonly asker: string | null;
	/** The question was resumed: its change may be stored, but not posted. */
	readonly resumed: boolean;
	readonly atMs: number;
}

/** What happens to the question of an answer. */
export interface Answered {
	readonly key: EvidenceKey;
	readonly how: "answered" | "undone" | "passed";
	readonly who: string;
}

/** What is posted of it. */
export type Post =
	/** A change, in the thread. */
	| {
			readonly kind: "change";
			readonly change: Text | null;
			readonly answered: Answered | null;
			/** It was solved, and is open again. */
			readonly reopened?: true;
	  }
	/** The case is solved. */
	| { readonly kind: "solved" }
	/** A private sentence. */
	| { readonly kind: "alone"; readonly message: Message }
	/** Two people's conflicting answers, posted publicly. */
	| { readonly kind: "disputed"; readonly key: EvidenceKey; readonly message: Message }
	/** Asks who runs the server, in the place of a question. */
	| { readonly kind: "who-runs-it"; readonly key: EvidenceKey }
	/** No one in the thread can reach the server. */
	| { readonly kind: "no-access"; readonly key: EvidenceKey; readonly who: string }
	| { readonly kind: "following" | "not-following" };

/** The case after the change, and what to post. */
interface AfterSaid {
	readonly after: Case;
	readonly post: Post;
}

/** Two different answers within this time are a dispute; a later one is a correction. */
const AT_ONCE_MS = 60_000;
const FOLLOWERS_MAX = 50;
/** Every press gets a response. */
const ALREADY_NOTED: Post = { kind: "alone", message: alreadyNoted };

export function withSaid(one: Case, said: Said): AfterSaid {
	const { action, who, asker, resumed, atMs } = said;
	if (action.do === "follow" || action.do === "unfollow") return followed(one, action.do === "follow", asker);
	if (action.do === "reopen") return reopened(one, said);
	if (hasEnded(one, atMs)) {
		const closedByThis = resumed && action.do === "it-was" && one.solved?.cause === action.cause && one.solved.who === who;
		return { after: one, post: closedByThis ? { kind: "solved" } : { kind: "alone", message: caseEnded(one) } };
	}
	switch (action.do) {
		case "answer":
			return action.value === null ? nobodyKnows(one, action.key, said) : answered(one, action.key, action.value, said);
		case "take-back":
			return takenBack(one, action.key, said);
		case "it-was":
			return {
				after: { ...one, solved: { cause: action.cause, who, atMs }, lastAtMs: atMs },
				post: { kind: "solved" },
			};
		case "not-it": {
			const after = { ...one, denied: [...new Set([...one.denied, action.cause])], lastAtMs: atMs };
			const known = one.denied.includes(action.cause);
			if (known && !resumed) return { after: one, post: ALREADY_NOTED };
			return { after, post: { kind: "change", change: deniedWords(one, after, action.cause, who), answered: null } };
		}
		case "access":
			return access(one, action, said);
	}
}

function followed(one: Case, follows: boolean, asker: string | null): AfterSaid {
	const others = one.followers.filter((key) => key !== asker);
	const followers = follows && asker !== null ? [...others, asker].slice(-FOLLOWERS_MAX) : others;
	return { after: { ...one, followers }, post: { kind: follows ? "following" : "not-following" } };
}

function reopened(one: Case, { who, resumed, atMs }: Said): AfterSaid {
	const post: Post = { kind: "change", change: reopenedWords(who), answered: null, reopened: true };
	if (!hasEnded(one, atMs)) return { after: one, post: resumed ? post : { kind: "alone", message: alreadyOpen } };
	return { after: { ...one, solved: null, open: null, lastAtMs: atMs }, post };
}

function takenBack(one: Case, key: EvidenceKey, { who, resumed, atMs }: Said): AfterSaid {
	const known = one.facts.find((fact) => fact.key === key);
	const after: Case = {
		...withoutFact(one, key, atMs),
		// Undoing "no access" also undoes that no one can reach the server.
		access: key === "origin-log" && known?.value === "no-access" ? null : one.access,
	};
	const post: Post = {
		kind: "change",
		change: undoneWords(one, after, known, who),
		answered: { key, how: "undone", who },
	};
	if (known !== undefined || one.unknown.includes(key)) return { after, post };
	return { after: one, post: resumed ? post : { kind: "alone", message: alreadyUndone } };
}

/** Says whether the people of the thread can reach the server. */
function access(one: Case, { key, has }: Extract<CaseAction, { do: "access" }>, { who, resumed, atMs }: Said): AfterSaid {
	if (one.access !== null && !resumed) return { after: one, post: ALREADY_NOTED };
	const known = one.facts.find((fact) => fact.key === key);
	// Someone answered meanwhile: "I cannot run this" does not remove that answer.
	if (known !== undefined && !resumed) return { after: one, post: { kind: "alone", message: answeredBefore(one, known) } };
	if (has) {
		const after: Case = { ...(known === undefined ? withUnknown(one, key, atMs) : one), access: "own" };
		return { after, post: passed(one, key, who) };
	}
	const noAccess: Fact = { key: "origin-log", value: "no-access", by: "person", who, atMs };
	const hasLog = one.facts.some((fact) => fact.key === "origin-log");
	const after: Case = { ...(hasLog ? one : withFact(one, noAccess)), access: "none", lastAtMs: atMs };
	return { after, post: { kind: "no-access", key, who } };
}

function answered(one: Case, key: EvidenceKey, value: string, said: Said): AfterSaid {
	const { action, who, resumed, atMs } = said;
	// A setting that was changed before the failures began does not answer the question of what changed.
	const known = one.facts.find((fact) => fact.key === key && !isCoincidence(fact));
	const told = withAnswer(key, known?.value, value);
	const changed = (before: Case, after: Case, fact: Fact): Post => ({
		kind: "change",
		change: changeWords(before, after, fact),
		answered: { key, how: "answered", who },
	});
	if (known !== undefined && String(known.value) === String(told)) {
		// This press settles a dispute.
		const settles = one.disputed?.key === key && isConfirmed(action);
		if (settles) {
			const facts = one.facts.map((fact) => (fact === known ? { ...known, confirmed: true as const } : fact));
			return { after: { ...one, facts, lastAtMs: atMs }, post: changed(one, one, { ...known, who }) };
		}
		if (resumed && known.who === who) return { after: one, post: changed(one, one, known) };
		return { after: one, post: { kind: "alone", message: answeredBefore(one, known) } };
	}
	const fact: Fact = { key, value: told, by: "person", who, atMs, ...(isConfirmed(action) ? { confirmed: true } : {}) };
	const after = withFact(one, fact);
	if (known !== undefined && !isConfirmed(action) && isReplaced(known, told)) {
		const newer: Fact = { ...fact, value };
		if (known.by !== "person") return { after: one, post: { kind: "alone", message: contradictsMessage(one, known, newer) } };
		if (known.who !== who)
			return {
				after: one,
				post:
					atMs - known.atMs <= AT_ONCE_MS
						? { kind: "disputed", key, message: disputedMessage(one, known, newer) }
						: { kind: "alone", message: contradictsMessage(one, known, newer) },
			};
	}
	return { after, post: changed(one, after, fact) };
}

const isConfirmed = (action: Said["action"]): boolean => action.do === "answer" && action.askedBack === true;

/** Whether an answer replaces another one rather than adding to it. */
const isReplaced = (known: Fact, told: Fact["value"]): boolean =>
	![known.value].flat().every((value) => [told].flat().includes(value));

/** "Cannot answer" edits the question; only a question without a message gets a new one. */
function passed({ open }: Case, key: EvidenceKey, who: string): Post {
	const isShown = open?.key === key && open.messageRef !== null;
	return { kind: "change", change: isShown ? null : unknownWords(who), answered: { key, how: "passed", who } };
}

function nobodyKnows(one: Case, key: EvidenceKey, { who, resumed, atMs }: Said): AfterSaid {
	const known = one.facts.find((fact) => fact.key === key);
	// "I do not know" does not remove an answer.
	if (known !== undefined) return { after: one, post: { kind: "alone", message: answeredBefore(one, known) } };
	if (asksWhoRunsIt(one, key) && !one.unknown.includes(key)) return { after: one, post: { kind: "who-runs-it", key } };
	const post = passed(one, key, who);
	if (one.unknown.includes(key)) return { after: one, post: resumed ? post : ALREADY_NOTED };
	return { after: withUnknown(one, key, atMs), post };
}

import type { Evidence, EvidenceKey } from "../knowledge/evidence.ts";
import type { Message } from "../message/message.ts";
import type { Text } from "../message/text.ts";
import type { Ray } from "../read/ray/decode.ts";
import type { ByteMap } from "./byte-map.ts";
import { answerProbabilities, nextKeys, type QuestionValue } from "./next-question.ts";
import type { ChangeBefore, RankOptions } from "./posterior.ts";
import { type Ranking, rank } from "./rank.ts";
import { toldOtherCode } from "./visitors-code.ts";

/** A look of ours, other places, the owner's analytics, a person's answer, or something that a person pasted. */
export type Source = "look" | "places" | "analytics" | "person" | "paste";
/** We measured it, or had it measured: no one of the thread told it. */
export const isMeasured = (by: Source): boolean => by !== "person" && by !== "paste";

/** One piece of evidence of a case, and where it is from. */
export interface Fact {
	readonly key: EvidenceKey;
	readonly value: string | readonly string[];
	readonly by: Source;
	/** The person's name as the chat shows it; null for a look. */
	readonly who: string | null;
	readonly atMs: number;
	/** From a record of the failing request itself, by its Ray ID: a log line, a row of analytics. */
	readonly own?: boolean | undefined;
	/** Of analytics: the rows behind it. */
	readonly n?: number | undefined;
	/** Of `what-changed` by analytics: the settings, and how long before. */
	readonly changes?: readonly ChangeBefore[] | undefined;
	/** Said again by a person who was shown what speaks against it: nothing measured takes it away. */
	readonly confirmed?: boolean | undefined;
}

/** A code that the host of a case gave visitors. */
export interface SeenCode {
	readonly code: string;
	/** Unix milliseconds. */
	readonly atMs: number;
}

/** What the autopsy of an answer names. */
export interface FoundCause {
	readonly cause: string;
	readonly confidence: "likely" | "possible";
}

/** What a check counted: requests for the page itself, of those that say whether it works. */
interface CountedRequests {
	readonly failed: number;
	readonly of: number;
	/** Unix milliseconds. */
	readonly atMs: number;
}

/** One thread's record. A value: every change makes a new one. */
export interface Case {
	readonly id: string;
	/** The code that visitors see, as text. */
	readonly code: string;
	readonly url: string;
	/** The workspace or server that it belongs to; null for none (a terminal). */
	readonly workspace: string | null;
	readonly facts: readonly Fact[];
	/** The cause that the bytes of the origin's own answer speak for, by the newest look or paste of it; null for none. */
	readonly found: FoundCause | null;
	/** Keys that were asked without an answer. */
	readonly unknown: readonly EvidenceKey[];
	readonly rays: readonly string[];
	/** The codes that its host gave visitors: by looks, watches and pages that people pasted. */
	readonly codes: readonly SeenCode[];
	readonly openedAtMs: number;
	readonly lastAtMs: number;
	/** The adapter's reference to the head message; null when it cannot be found again. */
	readonly messageRef: string | null;
	/** The key of its thread. */
	readonly threadKey: string | null;
	/** Who reads it: the room of its thread, or the one person who sees it; null if unknown. */
	readonly room: string | null;
	/** Everyone in the workspace can read that room. */
	readonly isOpen: boolean;
	/** The head as it was first told: the state follows under it. */
	readonly head: Message;
	readonly solved: { readonly cause: string; readonly who: string; readonly atMs: number } | null;
	/** Who asked: as in `Conversation.asker` (null when unknown), and as the chat shows them. */
	readonly asker: { readonly key: string | null; readonly name: string } | null;
	/** Who is called besides, as `Conversation.asker` names them. */
	readonly followers: readonly string[];
	/** The one open question, and the message that asks it; null for none. */
	readonly open: OpenQuestion | null;
	/** Where answers are shown, with what else their message says: an answer that is undone is marked there. */
	readonly answered: readonly Shown[];
	/** Two people's answers to one question, and the message that asks which is right; null for none. */
	readonly disputed: Shown | null;
	/** Causes ruled out with [Not it]. */
	readonly denied: readonly string[];
	/** Whether the people of the thread can reach the server; null if not said. */
	readonly access: "own" | "none" | null;
	/** What the newest check saw, ready to be told; null where nothing was checked. */
	readonly evidence: Message | null;
	/** Where that was posted; null: not yet, or it cannot be found again. */
	readonly evidenceRef: string | null;
	/** What the newest check counted; null where nothing was checked. */
	readonly counted: CountedRequests | null;
	/** When a check of ours last met the failure, Unix milliseconds; null: none did. */
	readonly failedAtMs: number | null;
	/** Since when the owner's analytics show it, Unix milliseconds; null: they do not say. */
	readonly beganAtMs: number | null;
	/** The data center of each of its Ray IDs whose text or response named one. */
	readonly colos: Readonly<Record<string, string>>;
	/** The bytes of the origin's own response, by the newest direct request or paste; null for none. */
	readonly bytes: ByteMap | null;
	/** A direct request has shown that the origin takes HTTP/2. */
	readonly speaksHttp2: boolean;
	/** What services said beside the newest check. */
	readonly beside: readonly Beside[];
	/** What other places told of its page last; null: they were not asked. */
	readonly places: CasePlaces | null;
	/** What was changed last, and by which question; null: nothing yet. */
	readonly newest: NewestChange | null;
}

/** What other places told of the page of a case, in numbers. */
export interface CasePlaces {
	/** Unix milliseconds. */
	readonly atMs: number;
	readonly of: number;
	readonly failing: number;
	/** They work, also from Cloudflare's cache. */
	readonly fine: number;
	readonly silent: number;
	/** The code of all failing ones; null: several, or none fails. */
	readonly code: number | null;
	/** It is decided that our own requests alone fail. */
	readonly hereOnly: boolean;
	/** Our own requests have met another outcome since: the two are no longer of one moment. */
	readonly outdated?: true | undefined;
}

/** What a service says beside a check, in a few words. What of it is evidence are facts besides. */
export interface Beside {
	readonly service: BesideService;
	readonly says: Text;
	/** What to ask again in a few minutes; absent: it has said all. */
	readonly again?: string | undefined;
}
export const BESIDE_SERVICES = ["status", "account"] as const;
type BesideService = (typeof BESIDE_SERVICES)[number];

/** A change, and what it was made to: a question that is resumed after it was kept tells it in the same words. */
interface NewestChange {
	readonly by: string;
	/** What was otherwise before, and the questions that were open. */
	readonly before: Partial<Omit<Case, "newest">>;
}

/** A message that is about one question. */
export interface Shown {
	readonly key: EvidenceKey;
	/** Where it is; null where it cannot be found again. */
	readonly messageRef: string | null;
	/** What the message says besides: what is left of it when the question goes elsewhere; null: nothing. */
	readonly rest: Message | null;
}

/** A question as it was asked. */
interface OpenQuestion extends Shown {
	/** How many messages came under it since. */
	readonly below: number;
}

/** A case without an answer for this long ends quietly. */
export const CASE_ENDS_AFTER_MS = 24 * 3_600_000;

/** What a case is opened with; nothing is known of it yet. */
type CaseStart = Pick<Case, "id" | "code" | "url" | "workspace" | "rays" | "head"> &
	Partial<Pick<Case, "messageRef" | "threadKey" | "room" | "isOpen" | "asker" | "evidence">>;

/** @param atMs Unix milliseconds */
export const newCase = (start: CaseStart, atMs: number): Case => ({
	facts: [],
	found: null,
	unknown: [],
	codes: [],
	openedAtMs: atMs,
	lastAtMs: atMs,
	messageRef: null,
	threadKey: null,
	room: null,
	isOpen: false,
	solved: null,
	asker: null,
	followers: [],
	open: null,
	answered: [],
	disputed: null,
	denied: [],
	access: null,
	evidence: null,
	evidenceRef: null,
	counted: null,
	failedAtMs: null,
	beganAtMs: null,
	colos: {},
	bytes: null,
	speaksHttp2: false,
	beside: [],
	places: null,
	newest: null,
	...start,
});

/** A setting that happened to be changed before: nobody has said that it has to do with it. */
export const isCoincidence = ({ key, by }: Pick<Fact, "key" | "by">): boolean => key === "what-changed" && by === "analytics";

/** The evidence as the judge takes it; a coincidence is none, and counts by what that setting can break alone. */
export function evidenceOf(one: Case): Evidence {
	return Object.fromEntries(one.facts.filter((fact) => !isCoincidence(fact)).map(({ key, value }) => [key, value]));
}

/** Analytics of fewer rows say less than our own requests. */
const ANALYTICS_FROM = 50;

/** How much a source counts where two differ: what the failing request itself shows most, what a person says least. */
function weightOf(fact: Fact): number {
	const { by, key, n = 0, own } = fact;
	// A person who says what changed knows more than a coincidence in time.
	if (isCoincidence(fact)) return -1;
	switch (by) {
		case "paste":
			return 6;
		case "look":
			return key === "direct-origin" ? 5 : 2;
		case "analytics":
			return own === true ? 6 : n >= ANALYTICS_FROM ? 4 : 1;
		case "places":
			return 3;
		case "person":
			return 0;
	}
}

const FROM_AFAR: ReadonlySet<Source> = new Set<Source>(["places", "analytics"]);
/** All requests fail, or none does: these are two moments, and the newer one holds. */
const MOMENTS: ReadonlySet<string> = new Set(["all", "not-reproduced"]);

/**
 * Whether something known stays when something newer differs: what a person confirmed always, and where other places or analytics are one of
 * the two, what counts more. Between our own requests and people the newer one holds.
 */
export function staysBeside(known: Fact, told: Fact): boolean {
	if (known.confirmed === true) return true;
	if (!FROM_AFAR.has(known.by) && !FROM_AFAR.has(told.by)) return false;
	if (known.key === "edge-pattern" && MOMENTS.has(String(known.value)) && MOMENTS.has(String(told.value))) return false;
	return weightOf(known) > weightOf(told);
}

/** A new answer; it takes the place of an older one to the same question. */
export function withFact(one: Case, fact: Fact): Case {
	return {
		...one,
		facts: [...one.facts.filter(({ key }) => key !== fact.key), fact],
		unknown: one.unknown.filter((key) => key !== fact.key),
		lastAtMs: fact.atMs,
		// An answer about the server shows that someone can reach it after all.
		access: one.access === "none" && canReach(fact) ? "own" : one.access,
	};
}

const canReach = ({ key, value, by }: Fact): boolean => !isMeasured(by) && OF_THE_SERVER.has(key) && value !== "no-access";

export function withoutFact(one: Case, key: EvidenceKey, atMs: number): Case {
	return {
		...one,
		facts: one.facts.filter((fact) => fact.key !== key),
		unknown: one.unknown.filter((other) => other !== key),
		lastAtMs: atMs,
	};
}

export function withUnknown(one: Case, key: EvidenceKey, atMs: number): Case {
	return { ...withoutFact(one, key, atMs), unknown: [...one.unknown.filter((other) => other !== key), key] };
}

/** Ended: solved, or quiet for a day. */
export const hasEnded = (one: Case, nowMs: number): boolean => one.solved !== null || nowMs - one.lastAtMs > CASE_ENDS_AFTER_MS;

/** Ray IDs that a case holds at most. */
export const CASE_RAYS_MAX = 20;

/** More Ray IDs of its failures; the newest are kept. */
export const withRays = (one: Case, rays: readonly string[]): Case => ({
	...one,
	rays: [...new Set([...rays, ...one.rays])].slice(0, CASE_RAYS_MAX),
});

/** With what Ray IDs of its failures say of data centers; only those of its own Ray IDs are kept. */
export function withColos(one: Case, rays: readonly Ray[]): Case {
	const all = { ...one.colos, ...Object.fromEntries(rays.flatMap(({ id, colo }) => (colo === null ? [] : [[id, colo]]))) };
	return { ...one, colos: Object.fromEntries(Object.entries(all).filter(([id]) => one.rays.includes(id))) };
}

/** A case is a value: what is judged of it is judged once, however many messages tell of it. */
function oncePerCase<T>(judge: (one: Case) => T): (one: Case) => T {
	const judged = new WeakMap<Case, { readonly is: T }>();
	return (one) => {
		const known = judged.get(one) ?? { is: judge(one) };
		judged.set(one, known);
		return known.is;
	};
}

/** The judge over everything that a case holds: its evidence, and what the bytes of the origin's answer name. */
export const rankCase: (one: Case) => Ranking = oncePerCase((one) => rank(one.code, evidenceOf(one), rankOptions(one)));

/**
 * What a person ran and told of the origin would have been another code than visitors get: it probably went to an address or port that
 * Cloudflare does not use, and counts for little. Our own requests of that kind are no evidence at all.
 */
function rankOptions(one: Case): RankOptions {
	const told = one.facts.find(({ key, by }) => key === "direct-origin" && by !== "look");
	const isFaint = told !== undefined && toldOtherCode(one.code, String(told.value)) !== null;
	const changes = one.facts.find(isCoincidence)?.changes;
	return { found: one.found, faint: isFaint ? "direct-origin" : null, ...(changes === undefined ? {} : { changes }) };
}

/** Keys that need access to the server or to the account at Cloudflare. */
export const OF_THE_SERVER: ReadonlySet<EvidenceKey> = new Set<EvidenceKey>([
	"direct-origin",
	"origin-log",
	"host-health",
	"what-changed",
	"cloudflare-features",
	"waits-for",
	"edge-saw",
]);

/** A question that removes less uncertainty is not asked. */
const ASK_FROM_BITS = 0.02;

/** What is worth asking next in a case; undefined when nothing is left, or nothing that the people of the thread can find out. */
export const nextQuestion: (one: Case) => QuestionValue | undefined = oncePerCase((one) =>
	nextKeys(one.code, evidenceOf(one), one.unknown, rankOptions(one)).find(
		({ key, bits }) => bits >= ASK_FROM_BITS && !(one.access === "none" && OF_THE_SERVER.has(key)),
	),
);

/** How likely each answer to a question is, by the present ranking of a case. */
export const expectedAnswers = (one: Case, key: EvidenceKey): ReadonlyMap<string, number> =>
	answerProbabilities(one.code, evidenceOf(one), key, rankOptions(one));

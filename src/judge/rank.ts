import { SAYS_AGAIN } from "../knowledge/again.ts";
import { articleCauseOf, CAUSES, familyOf, isCause } from "../knowledge/causes/list.ts";
import { BEHIND_OTHER_CODES, isCodeCause } from "../knowledge/codes/behind.ts";
import { EVIDENCE, EVIDENCE_KEYS, type Evidence, type EvidenceKey, fineValues, toldOf } from "../knowledge/evidence.ts";
import { FAMILY_IDS, type Family } from "../knowledge/families.ts";
import { NEVER, USUAL } from "../knowledge/levels.ts";
import { MODEL, type Model, rowOf } from "./model.ts";

/** A cause, or for other codes the code itself, with its probability. */
export interface Ranked {
	readonly cause: string;
	readonly articleCause: number | null;
	readonly probability: number;
}

/** A kind of causes, with the sum of their probabilities. */
export interface RankedFamily {
	readonly family: Family;
	readonly probability: number;
}

/** A cause that the evidence speaks against, and the piece of it that does so most. */
export interface RuledOutCause {
	readonly cause: string;
	readonly key: EvidenceKey;
	readonly value: string;
	readonly why: string;
}

/** What one piece of evidence did to one cause: above 1 for it, below 1 against it. */
export interface Effect {
	readonly key: EvidenceKey;
	readonly value: string;
	readonly factor: number;
	/** The mechanism, where the cause has one of its own for this key. */
	readonly why: string | null;
}

export interface Ranking {
	readonly ranked: readonly Ranked[];
	/** The families of those causes, likeliest first; a code as its own cause is in none. */
	readonly families: readonly RankedFamily[];
	readonly ruledOut: readonly RuledOutCause[];
	/** No cause is likely enough to name: what can be named is the first family. */
	readonly abstains: boolean;
	/** The first cause is named, and as likely as what held-out cases have shown to be right nearly always. */
	readonly surely: boolean;
	/** Why the first cause stands first. */
	readonly supporting: readonly Effect[];
	/** Pieces of evidence that speak clearly against the cause that stands first all the same. */
	readonly contradicting: readonly Effect[];
}

export interface RankOptions {
	/** The cause that the autopsy of the origin's own answer names, and how sure. */
	readonly found?: { readonly cause: string; readonly confidence: "likely" | "possible" } | null;
	/** An answer that counts for little: see `rankCase`. */
	readonly faint?: EvidenceKey | null;
	/** Another model than that of everything counted (for measuring). */
	readonly model?: Model;
}

/**
 * Of 25 causes: as uncertain as between five and six equal ones. Held-out cases that were solved are mostly below, those that never were
 * mostly above (`npm run bench:judge`).
 */
const ABSTAIN_BITS = 2.5;
/** Of held-out causes told with so much, all were right, and of fresh ones with a table written before them too. */
const SURELY_FROM = 0.8;
/**
 * What all answers together weigh that only say another one again ({@link SAYS_AGAIN}), in answers: the exponent of their likelihoods. Half
 * of one, however many they are: a second look at the same thing can correct a mistaken first one, and tells nothing else (none where the first holds the other wholly). Held-out figures
 * hardly move between 0.3 and 1; with full weight for each, fewer of those told with 80 % or more are right.
 */
const SAID_AGAIN = 0.5;
/** In one case of a hundred, all that was told belongs to another failure: no cause is ever certain. */
export const ELSEWHERE = 0.01;
/** Of the few that can lie behind another code. */
const ABSTAIN_BELOW = 0.4;
const RULED_OUT_BELOW = 0.01;
/** A piece of evidence that makes a cause this much less likely is a contradiction, not noise. */
const AGAINST_FACTOR = 0.34;
/**
 * How much more likely a cause is when the bytes themselves show it. A fault in the bytes is certain; that it is this one that people meet,
 * is nearly: one look in twenty may have met something else. Of a possible reading, one in four.
 */
const FOUND_FACTOR = { likely: 20, possible: 4 } as const;
/** 522 and 524 come after Cloudflare's own time: there it says nothing about the origin. */
const OWN_TIMER: ReadonlySet<string> = new Set(["522", "524"]);
/** No request reaches the origin, so that its log shows none: nobody is asked for that line. */
const NO_REQUEST: ReadonlySet<string> = new Set(["521", "522", "523", "525", "526", "530", "1016", "1033"]);
/** A code as its own cause is only named when a look past Cloudflare (522: or a variant) has shown it: else it is the question said again. */
const SHOWN_BY: Readonly<Record<string, readonly EvidenceKey[]>> = {
	"521": ["direct-origin"],
	"522": ["direct-origin", "variants"],
	"523": ["direct-origin"],
	"524": ["direct-origin"],
	"525": ["direct-origin"],
	"526": ["direct-origin"],
	"502": ["direct-origin"],
	"503": ["direct-origin"],
	"504": ["direct-origin"],
};

type Distribution = ReadonlyMap<string, number>;

/** What is expected behind a code before anything is known. */
function prior(code: string, { model = MODEL }: RankOptions): Distribution {
	const other = Object.hasOwn(BEHIND_OTHER_CODES, code) ? BEHIND_OTHER_CODES[code] : undefined;
	if (other !== undefined) return scaled(new Map(Object.entries(other).map(([cause, { weight }]) => [cause, weight])));
	return is520(code) ? scaled(model.prior) : new Map([[code, 1]]);
}

/**
 * Whether anything is known beyond a code that can be its own cause. What the code itself makes expected is the code said again, and what
 * is usual whatever fails says nothing: then no cause is ranked.
 */
function saysMore(code: string, evidence: Evidence): boolean {
	const isExpected = (key: EvidenceKey, value: string): boolean => {
		const row = rowOf(code, key, code);
		const level = row === undefined ? EVIDENCE[key].values[value]?.usually : row.values[value];
		return (level ?? NEVER) >= USUAL;
	};
	return heardOf(evidence, code, {}).some(({ key, things }) =>
		things.some((values) => !values.every((value) => isExpected(key, value))),
	);
}

/** What is ranked: what can lie behind a code, or where nothing tells more than the code, the code itself. */
function ranking(code: string, evidence: Evidence, options: RankOptions): Distribution {
	const isAlone = !is520(code) && isCodeCause(code) && options.found == null && !saysMore(code, evidence);
	return isAlone ? new Map([[code, 1]]) : posterior(code, evidence, options);
}

/** 520 itself, and names that people give to what is shown as one (`499/520-like`). */
const is520 = (code: string) => /(?:^|\D)520(?:\D|$)/.test(code);

function scaled(weights: Distribution): Distribution {
	const sum = [...weights.values()].reduce((all, one) => all + one, 0);
	return new Map([...weights].map(([cause, weight]) => [cause, sum === 0 ? 0 : weight / sum]));
}

/** What is known of one key: things that are so, each the fine values that it can be, and how much they count. */
interface Heard {
	readonly key: EvidenceKey;
	readonly told: readonly string[];
	readonly things: readonly (readonly string[])[];
	readonly weight: number;
	/** People say that there is no feature of Cloudflare that matters. */
	readonly isDenial: boolean;
}

const namesOf = (evidence: Evidence, key: EvidenceKey): readonly string[] => {
	const value = evidence[key];
	return value === undefined ? [] : typeof value === "string" ? [value] : value;
};

/** What is known of some keys, of all when none are named, and says something: a code's own timer says nothing. */
function heardOf(
	evidence: Evidence,
	code: string,
	{ faint = null }: Pick<RankOptions, "faint">,
	keys: readonly EvidenceKey[] = EVIDENCE_KEYS,
): readonly Heard[] {
	const again = saidAgain(evidence);
	return keys.flatMap((key) => {
		const weight = (again.get(key) ?? 1) * (faint === key ? FAINT_WEIGHT : 1);
		if (weight === 0 || (key === "time-to-failure" && OWN_TIMER.has(code))) return [];
		const things = toldOf(evidence, key).filter(({ length }) => length > 0);
		const isDenial = key === "cloudflare-features" && things.every((values) => values.every((value) => value === "none"));
		return things.length === 0 ? [] : [{ key, told: namesOf(evidence, key), things, weight, isDenial }];
	});
}

const FAINT_WEIGHT = 0.25;

/** What each key weighs of which all that is told only says again what is told of another: none has a share where the other holds it wholly. */
function saidAgain(evidence: Evidence): ReadonlyMap<EvidenceKey, number> {
	const held = new Set<EvidenceKey>();
	// By observation: the keys that tell of it, and those of them that only say it again.
	const observations: { told: Set<EvidenceKey>; again: Set<EvidenceKey> }[] = [];
	for (const { key, says, againIn, values, wholly } of SAYS_AGAIN) {
		const told = namesOf(evidence, againIn);
		if (told.length === 0 || !told.every((value) => values.includes(value))) continue;
		if (!namesOf(evidence, key).some((value) => says.includes(value))) continue;
		if (wholly) {
			held.add(againIn);
			continue;
		}
		const same = observations.filter((one) => one.told.has(key) || one.told.has(againIn));
		const joined = {
			told: new Set([key, againIn, ...same.flatMap((one) => [...one.told])]),
			again: new Set([againIn, ...same.flatMap((one) => [...one.again])]),
		};
		observations.splice(0, observations.length, ...observations.filter((one) => !same.includes(one)), joined);
	}
	const shares = observations.flatMap(({ again }) => {
		const rest = [...again].filter((key) => !held.has(key));
		return rest.map((key) => [key, SAID_AGAIN / rest.length] as const);
	});
	return new Map([...shares, ...[...held].map((key) => [key, 0] as const)]);
}

/**
 * P(evidence | cause) of one key, by its weight. The values of a coarse answer exclude each other: they add up. Of several things that are so
 * at once, one is this failure's and the others stand beside it, and nothing says which: they count as their mean.
 */
function factor(cause: string, heard: Heard, evidence: Evidence, code: string, { model = MODEL }: RankOptions): number {
	const { key, things, weight } = heard;
	// Without the noise of the row: the cause needs what is denied, and people know what they use.
	if (isDenied(cause, heard, evidence)) return NEVER * model.likelihood(null, key, "none");
	const likelihood = (values: readonly string[]) =>
		values.reduce((sum, value) => sum + model.likelihood(cause, key, value, code), 0);
	return (things.reduce((sum, values) => sum + likelihood(values), 0) / things.length) ** weight;
}

/** Whether people say that there is no feature that the cause needs, and nothing shows the cause itself. */
function isDenied(cause: string, { isDenial }: Heard, evidence: Evidence): boolean {
	const needs = isDenial && isCause(cause) ? CAUSES[cause].needs : undefined;
	if (needs === undefined) return false;
	const shows = ([key, values]: readonly [string, readonly string[]]) =>
		toldOf(evidence, key as EvidenceKey).some((told) => told.length > 0 && told.every((value) => values.includes(value)));
	return !Object.entries(needs.unless ?? {}).some(shows);
}

function posterior(code: string, evidence: Evidence, options: RankOptions): Distribution {
	const heard = heardOf(evidence, code, options);
	const expected = prior(code, options);
	const weights = new Map<string, number>();
	for (const [cause, before] of expected)
		weights.set(
			cause,
			heard.reduce((product, one) => product * factor(cause, one, evidence, code, options), before),
		);
	const { found } = options;
	const before = found == null ? undefined : weights.get(found.cause);
	if (found != null && before !== undefined) weights.set(found.cause, before * FOUND_FACTOR[found.confidence]);
	return new Map([...scaled(weights)].map(([cause, p]) => [cause, (1 - ELSEWHERE) * p + ELSEWHERE * (expected.get(cause) ?? 0)]));
}

const entropy = (distribution: Distribution) =>
	-[...distribution.values()].reduce((sum, p) => (p > 0 ? sum + p * Math.log2(p) : sum), 0);

/**
 * Ranks what can lie behind a code by naive Bayes over the table of `causes` and what was counted (`model.ts`), each observation once
 * ({@link SAYS_AGAIN}). Pure and deterministic; total over the evidence keys.
 * A code that can be its own cause is ranked alone while nothing else is known.
 * @param code `520`, another code, or the name of an incident
 */
export function rank(code: string, evidence: Evidence, options: RankOptions = {}): Ranking {
	const after = ranking(code, evidence, options);
	const moves = movesOf(code, evidence, options);
	const ranked = [...after]
		.map(([cause, probability]): Ranked => ({ cause, articleCause: articleCauseOf(cause), probability }))
		.sort((a, b) => b.probability - a.probability || (a.cause < b.cause ? -1 : 1));
	const [top] = ranked;
	const open = abstains(code, after, top, evidence);
	const ofTop = top === undefined ? [] : moves(top.cause);
	return {
		ranked,
		families: familiesOf(ranked),
		ruledOut: ranked.flatMap(({ cause, probability }) => {
			if (probability > RULED_OUT_BELOW) return [];
			const [worst] = moves(cause).sort((a, b) => a.factor - b.factor);
			// Only by a mechanism of its own: unlikely is not ruled out.
			return worst === undefined || worst.factor > AGAINST_FACTOR || worst.why === null
				? []
				: [{ cause, key: worst.key, value: worst.value, why: worst.why }];
		}),
		abstains: open,
		surely: !open && top !== undefined && top.probability >= SURELY_FROM,
		supporting: ofTop.filter((one) => one.factor > 1).sort((a, b) => b.factor - a.factor),
		contradicting: ofTop.filter((one) => one.factor < AGAINST_FACTOR),
	};
}

/** What the causes of each family have together, likeliest first. */
function familiesOf(ranked: readonly Ranked[]): readonly RankedFamily[] {
	const of = (family: Family) => ranked.filter(({ cause }) => familyOf(cause) === family);
	return FAMILY_IDS.map((family) => ({ family, causes: of(family) }))
		.filter(({ causes }) => causes.length > 0)
		.map(({ family, causes }) => ({ family, probability: causes.reduce((sum, { probability }) => sum + probability, 0) }))
		.sort((a, b) => b.probability - a.probability);
}

/** The mechanism of a cause for one key: what it needs and has not, else its row. */
function whyOf(cause: string, heard: Heard, evidence: Evidence, code: string): string | null {
	const needs = isCause(cause) && isDenied(cause, heard, evidence) ? CAUSES[cause].needs : undefined;
	return needs?.why ?? rowOf(cause, heard.key, code)?.why ?? null;
}

/** How each known answer moved a cause, against what all causes together made expect. */
function movesOf(code: string, evidence: Evidence, options: RankOptions): (cause: string) => Effect[] {
	const heard = heardOf(evidence, code, options);
	const before = prior(code, options);
	const expected = heard.map((one) =>
		[...before].reduce((sum, [cause, p]) => sum + p * factor(cause, one, evidence, code, options), 0),
	);
	return (cause) =>
		heard.map((one, nth) => ({
			key: one.key,
			value: one.told.join(", "),
			factor: factor(cause, one, evidence, code, options) / (expected[nth] ?? 1),
			why: whyOf(cause, one, evidence, code),
		}));
}

function abstains(code: string, after: Distribution, top: Ranked | undefined, evidence: Evidence): boolean {
	if (top === undefined) return true;
	const shownBy = Object.hasOwn(SHOWN_BY, top.cause) ? SHOWN_BY[top.cause] : undefined;
	if (shownBy?.every((key) => evidence[key] === undefined) === true) return true;
	return is520(code) ? entropy(after) > ABSTAIN_BITS : top.probability < ABSTAIN_BELOW;
}

/** A question that is worth asking: how many bits of uncertainty its answer takes away on average, for what it costs. */
export interface QuestionValue {
	readonly key: EvidenceKey;
	readonly bits: number;
	readonly cost: number;
	/** How likely somebody knows the answer. */
	readonly known: number;
}

/** How likely somebody who is asked knows the answer. By Laplace's rule, so that a key that no case tells is not worth nothing. */
const knownBy = (key: EvidenceKey): number => {
	const { by, of } = EVIDENCE[key].answered;
	return (by + 1) / (of + 2);
};

/** What is asked first is asked for less than this only in its turn: it would take a question away that tells something. */
const FIRST_FROM_BITS = 0.1;
const isFirst = ({ key, bits }: QuestionValue): boolean => EVIDENCE[key].first === true && bits >= FIRST_FROM_BITS;

const worth = ({ bits, cost, known }: QuestionValue): number => (bits * known) / cost;

/**
 * What to find out next: the keys that are neither known nor given up, the most informative for its effort first, by how often
 * people know the answer; before those what costs one sentence.
 * @param unknown keys that were asked and stay unknown
 */
export function nextKeys(
	code: string,
	evidence: Evidence,
	unknown: readonly string[],
	options: RankOptions = {},
): QuestionValue[] {
	const now = posterior(code, evidence, options);
	const uncertain = entropy(now);
	return EVIDENCE_KEYS.filter((key) => evidence[key] === undefined && !unknown.includes(key))
		.map((key) => ({
			key,
			bits: gain(key, now, uncertain, evidence, code, options),
			cost: EVIDENCE[key].cost,
			known: knownBy(key),
		}))
		.sort(
			(a, b) =>
				Number(isFirst(b)) - Number(isFirst(a)) ||
				worth(b) - worth(a) ||
				EVIDENCE_KEYS.indexOf(a.key) - EVIDENCE_KEYS.indexOf(b.key),
		);
}

function gain(
	key: EvidenceKey,
	now: Distribution,
	uncertain: number,
	evidence: Evidence,
	code: string,
	options: RankOptions,
): number {
	if (key === "who-is-hit" && evidence["edge-pattern"] === "all") return 0;
	if (key === "origin-log" && NO_REQUEST.has(code)) return 0;
	let left = 0;
	for (const [value, chance] of expectedOf(key, now, code, options)) {
		// An answer that would only say again what is known takes away less, and one that says nothing takes away nothing.
		const then = { ...evidence, [key]: value };
		const heard = heardOf(then, code, options, [key]);
		const after = [...now].map(
			([cause, p]) => [cause, heard.reduce((product, one) => product * factor(cause, one, then, code, options), p)] as const,
		);
		left += chance * entropy(scaled(new Map(after)));
	}
	return Math.max(0, uncertain - left);
}

/** How likely each answer to a question is. */
const expectedOf = (
	key: EvidenceKey,
	now: Distribution,
	code: string,
	{ model = MODEL }: RankOptions,
): ReadonlyMap<string, number> =>
	new Map(
		fineValues(key).map((value) => [
			value,
			[...now].reduce((sum, [cause, p]) => sum + p * model.likelihood(cause, key, value, code), 0),
		]),
	);

/** How likely each answer to a question is, by what is known so far. */
export function answerProbabilities(
	code: string,
	evidence: Evidence,
	key: EvidenceKey,
	options: RankOptions = {},
): ReadonlyMap<string, number> {
	return expectedOf(key, posterior(code, evidence, options), code, options);
}

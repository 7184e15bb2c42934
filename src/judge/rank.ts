import { type AnyRow, CASE_WEIGHT, type Rows } from "../knowledge/causes/cause.ts";
import { articleCauseOf, CAUSE_IDS, CAUSES, familyOf, isCause } from "../knowledge/causes/list.ts";
import { BEHIND_OTHER_CODES, CODE_ROWS, isCodeCause } from "../knowledge/codes/behind.ts";
import { EVIDENCE, EVIDENCE_KEYS, type Evidence, type EvidenceKey, fineValues, toldOf } from "../knowledge/evidence.ts";
import { FAMILY_IDS, type Family } from "../knowledge/families.ts";
import { NEVER, USUAL } from "../knowledge/levels.ts";
import { SAID_AGAIN } from "../knowledge/said-again.ts";

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
	/** Nothing is likely enough to name. */
	readonly abstains: boolean;
	/** Why the first cause stands first. */
	readonly supporting: readonly Effect[];
	/** Pieces of evidence that speak clearly against the cause that stands first all the same. */
	readonly contradicting: readonly Effect[];
}

export interface RankOptions {
	/** The cause that the autopsy of the origin's own answer names, and how sure. */
	readonly found?: { readonly cause: string; readonly confidence: "likely" | "possible" } | null;
	/** Leave this solved case's vote out of the priors (for measuring). */
	readonly without?: string;
}

/** What every row is mixed with: people err, clocks are off, two things break at once. */
const NOISE = 0.15;
/** Of 25 causes: as uncertain as eight equal ones. */
const ABSTAIN_BITS = 3;
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

function normalised(key: EvidenceKey, level: (value: string) => number): ReadonlyMap<string, number> {
	const values = fineValues(key).map((value) => [value, level(value)] as const);
	const sum = values.reduce((all, [, weight]) => all + weight, 0);
	return new Map(values.map(([value, weight]) => [value, weight / sum]));
}

const usual = new Map(
	EVIDENCE_KEYS.map((key) => [key, normalised(key, (value) => EVIDENCE[key].values[value]?.usually ?? NEVER)] as const),
);
const known = new Map<string, ReadonlyMap<string, number>>();

/** P(value | cause) where the cause shows as this code, mixed with what most faults do. */
function likelihood(cause: string, key: EvidenceKey, value: string, code: string): number {
	const background = usual.get(key);
	const id = rowBehind(code, cause, key) === undefined ? `${cause} ${key}` : `${code} ${cause} ${key}`;
	let row = known.get(id);
	if (row === undefined) {
		const own = rowOf(cause, key, code);
		const exact = own === undefined ? background : normalised(key, (one) => own.values[one] ?? NEVER);
		row = new Map(
			fineValues(key).map((one) => [one, (1 - NOISE) * (exact?.get(one) ?? 0) + NOISE * (background?.get(one) ?? 0)]),
		);
		known.set(id, row);
	}
	return row.get(value) ?? 0;
}

/** What is seen of a cause behind one code only. */
function rowBehind(code: string, cause: string, key: EvidenceKey): AnyRow | undefined {
	const behind: Readonly<Record<string, { readonly given?: Rows } | undefined>> | undefined = Object.hasOwn(
		BEHIND_OTHER_CODES,
		code,
	)
		? BEHIND_OTHER_CODES[code]
		: undefined;
	return behind !== undefined && Object.hasOwn(behind, cause) ? behind[cause]?.given?.[key] : undefined;
}

function rowOf(cause: string, key: EvidenceKey, code: string): AnyRow | undefined {
	const behind = rowBehind(code, cause, key);
	if (behind !== undefined) return behind;
	if (isCause(cause)) return CAUSES[cause].given[key];
	return isCodeCause(cause) ? CODE_ROWS[cause][key] : undefined;
}

type Distribution = ReadonlyMap<string, number>;

/** What is expected behind a code before anything is known. */
function prior(code: string, { without }: RankOptions): Distribution {
	const other = Object.hasOwn(BEHIND_OTHER_CODES, code) ? BEHIND_OTHER_CODES[code] : undefined;
	if (other !== undefined) return scaled(new Map(Object.entries(other).map(([cause, { weight }]) => [cause, weight])));
	if (!is520(code)) return new Map([[code, 1]]);
	return scaled(
		new Map(
			CAUSE_IDS.map((cause) => {
				const { base, cases } = CAUSES[cause].prior;
				return [cause, base + CASE_WEIGHT * (cases - (cause === without ? 1 : 0))];
			}),
		),
	);
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
	return EVIDENCE_KEYS.some((key) =>
		heard(key, evidence, code).some((values) => !values.every((value) => isExpected(key, value))),
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

/** P(one of these values | cause). They exclude each other, so that those of a coarse value add up. */
const likelihoodOfAny = (cause: string, key: EvidenceKey, values: readonly string[], code: string): number =>
	values.reduce((sum, value) => sum + likelihood(cause, key, value, code), 0);

/** Whether a piece of evidence says anything: not what another piece holds already, and not a code's own timer. */
function speaks(key: EvidenceKey, value: string, evidence: Evidence, code: string): boolean {
	if (key === "time-to-failure" && OWN_TIMER.has(code)) return false;
	return !SAID_AGAIN.some(
		(again) => again.key === key && again.value === value && toldOf(evidence, again.by.key).some(isAllIn(again.by.values)),
	);
}

const isAllIn =
	(list: readonly string[]) =>
	(values: readonly string[]): boolean =>
		values.length > 0 && values.every((value) => list.includes(value));

/** Whether people say that there is no feature that the cause needs, and nothing shows the cause itself. */
function isDenied(cause: string, evidence: Evidence): boolean {
	const needs = isCause(cause) ? CAUSES[cause].needs : undefined;
	if (needs === undefined) return false;
	const shown = Object.entries(needs.unless ?? {}).some(([key, values]) =>
		toldOf(evidence, key as EvidenceKey).some(isAllIn(values)),
	);
	return (
		!shown && toldOf(evidence, "cloudflare-features").every(isAllIn(["none"])) && evidence["cloudflare-features"] !== undefined
	);
}

/** What is known of a key and says something: things that are so, each the fine values that it can be. */
const heard = (key: EvidenceKey, evidence: Evidence, code: string): readonly (readonly string[])[] =>
	toldOf(evidence, key).filter((values) => values.length > 0 && values.every((value) => speaks(key, value, evidence, code)));

/**
 * P(evidence | cause) of one key. Of several things that are so at once, one is this failure's and the others stand beside it, and nothing
 * says which: they count as their mean.
 */
function factor(cause: string, key: EvidenceKey, evidence: Evidence, code: string): number {
	const things = heard(key, evidence, code);
	if (things.length === 0) return 1;
	// Without the noise of the row: the cause needs what is denied, and people know what they use.
	if (key === "cloudflare-features" && isDenied(cause, evidence)) return NEVER * likelihoodOfAny("", key, ["none"], code);
	return things.reduce((sum, values) => sum + likelihoodOfAny(cause, key, values, code), 0) / things.length;
}

function posterior(code: string, evidence: Evidence, options: RankOptions): Distribution {
	const weights = new Map<string, number>();
	for (const [cause, before] of prior(code, options))
		weights.set(
			cause,
			EVIDENCE_KEYS.reduce((product, key) => product * factor(cause, key, evidence, code), before),
		);
	const { found } = options;
	const before = found == null ? undefined : weights.get(found.cause);
	if (found != null && before !== undefined) weights.set(found.cause, before * FOUND_FACTOR[found.confidence]);
	return scaled(weights);
}

const entropy = (distribution: Distribution) =>
	-[...distribution.values()].reduce((sum, p) => (p > 0 ? sum + p * Math.log2(p) : sum), 0);

/**
 * Ranks what can lie behind a code by naive Bayes over the table of `causes`. Pure and deterministic; total over the evidence keys.
 * A code that can be its own cause is ranked alone while nothing else is known.
 * @param code `520`, another code, or the name of an incident
 */
export function rank(code: string, evidence: Evidence, options: RankOptions = {}): Ranking {
	const after = ranking(code, evidence, options);
	const before = prior(code, options);
	const ranked = [...after]
		.map(([cause, probability]): Ranked => ({ cause, articleCause: articleCauseOf(cause), probability }))
		.sort((a, b) => b.probability - a.probability || (a.cause < b.cause ? -1 : 1));
	const [top] = ranked;
	const moves = top === undefined ? [] : movesOf(top.cause, code, evidence, before);
	return {
		ranked,
		families: familiesOf(ranked),
		ruledOut: ranked.flatMap(({ cause, probability }) => {
			if (probability > RULED_OUT_BELOW) return [];
			const [worst] = movesOf(cause, code, evidence, before).sort((a, b) => a.factor - b.factor);
			// Only by a mechanism of its own: unlikely is not ruled out.
			return worst === undefined || worst.factor > AGAINST_FACTOR || worst.why === null
				? []
				: [{ cause, key: worst.key, value: worst.value, why: worst.why }];
		}),
		abstains: abstains(code, after, top, evidence),
		supporting: moves.filter((one) => one.factor > 1).sort((a, b) => b.factor - a.factor),
		contradicting: moves.filter((one) => one.factor < AGAINST_FACTOR),
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
function whyOf(cause: string, key: EvidenceKey, evidence: Evidence, code: string): string | null {
	const needs = key === "cloudflare-features" && isCause(cause) && isDenied(cause, evidence) ? CAUSES[cause].needs : undefined;
	return needs?.why ?? rowOf(cause, key, code)?.why ?? null;
}

/** How each known answer moved a cause, against what all causes together made expect. */
function movesOf(cause: string, code: string, evidence: Evidence, before: Distribution): Effect[] {
	return EVIDENCE_KEYS.flatMap((key) => {
		if (heard(key, evidence, code).length === 0) return [];
		const value = evidence[key] ?? "";
		const expected = [...before].reduce((sum, [other, p]) => sum + p * factor(other, key, evidence, code), 0);
		return [
			{
				key,
				value: typeof value === "string" ? value : value.join(", "),
				factor: factor(cause, key, evidence, code) / expected,
				why: whyOf(cause, key, evidence, code),
			},
		];
	});
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
		.map((key) => ({ key, bits: gain(key, now, uncertain, evidence, code), cost: EVIDENCE[key].cost, known: knownBy(key) }))
		.sort(
			(a, b) =>
				Number(isFirst(b)) - Number(isFirst(a)) ||
				worth(b) - worth(a) ||
				EVIDENCE_KEYS.indexOf(a.key) - EVIDENCE_KEYS.indexOf(b.key),
		);
}

function gain(key: EvidenceKey, now: Distribution, uncertain: number, evidence: Evidence, code: string): number {
	if (key === "who-is-hit" && evidence["edge-pattern"] === "all") return 0;
	if (key === "time-to-failure" && OWN_TIMER.has(code)) return 0;
	if (key === "origin-log" && NO_REQUEST.has(code)) return 0;
	let left = 0;
	for (const value of fineValues(key)) {
		// What would only say again what is known moves nothing.
		const isNews = speaks(key, value, evidence, code);
		const joint = new Map([...now].map(([cause, p]) => [cause, p * likelihood(isNews ? cause : "", key, value, code)]));
		const chance = [...joint.values()].reduce((sum, one) => sum + one, 0);
		if (chance > 0) left += chance * entropy(scaled(joint));
	}
	return Math.max(0, uncertain - left);
}

/** How likely each answer to a question is, by what is known so far. */
export function answerProbabilities(
	code: string,
	evidence: Evidence,
	key: EvidenceKey,
	options: RankOptions = {},
): ReadonlyMap<string, number> {
	const now = posterior(code, evidence, options);
	return new Map(
		fineValues(key).map((value) => [
			value,
			[...now].reduce((sum, [cause, p]) => sum + p * likelihood(cause, key, value, code), 0),
		]),
	);
}

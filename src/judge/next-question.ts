import { EVIDENCE, EVIDENCE_KEYS, type Evidence, type EvidenceKey, fineValues } from "../knowledge/evidence.ts";
import { type Distribution, MODEL, scaled } from "./model.ts";
import { entropy, factor, piecesOf, posterior, type RankOptions } from "./posterior.ts";

/** No request reaches the origin, so its log is not asked for. */
const NO_REQUEST: ReadonlySet<string> = new Set(["521", "522", "523", "525", "526", "530", "1016", "1033"]);

/** A question that is worth asking: how many bits of uncertainty its answer takes away on average, for what it costs. */
export interface QuestionValue {
	readonly key: EvidenceKey;
	readonly bits: number;
	readonly cost: number;
	/** How likely a person knows the answer. */
	readonly known: number;
}

/** How likely the person asked knows the answer. By Laplace's rule, so that a key that no case tells is not worth nothing. */
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
		const pieces = piecesOf(then, code, options, [key]);
		const after = [...now].map(
			([cause, p]) => [cause, pieces.reduce((product, one) => product * factor(cause, one, then, code, options), p)] as const,
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

import { articleCauseOf, CAUSES, familyOf, isCause } from "../knowledge/causes/list.ts";
import { isCodeCause } from "../knowledge/codes/behind.ts";
import { EVIDENCE, type Evidence, type EvidenceKey } from "../knowledge/evidence.ts";
import { FAMILY_IDS, type Family } from "../knowledge/families.ts";
import { NEVER, USUAL } from "../knowledge/levels.ts";
import { type Distribution, rowOf } from "./model.ts";
import { entropy, factor, is520, isDenied, type Piece, piecesOf, posterior, prior, type RankOptions } from "./posterior.ts";

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
interface RuledOutCause {
	readonly cause: string;
	readonly key: EvidenceKey;
	readonly value: string;
	readonly why: string;
}

/** What one piece of evidence did to one cause: above 1 for it, below 1 against it. */
interface Effect {
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

/**
 * Of 25 causes: as uncertain as between five and six equal ones. Held-out cases that were solved are mostly below, those that never were
 * mostly above (`npm run bench:judge`).
 */
const ABSTAIN_BITS = 2.5;
/** Of held-out causes told with so much, all were right, and of fresh ones with a table written before them too. */
const SURELY_FROM = 0.8;
/** Of the few that can lie behind another code. */
const ABSTAIN_BELOW = 0.4;
const RULED_OUT_BELOW = 0.01;
/** A piece of evidence that makes a cause this much less likely is a contradiction, not noise. */
const AGAINST_FACTOR = 0.34;
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
	return piecesOf(evidence, code, {}).some(({ key, things }) =>
		things.some((values) => !values.every((value) => isExpected(key, value))),
	);
}

/** What is ranked: what can lie behind a code, or where nothing tells more than the code, the code itself. */
function ranking(code: string, evidence: Evidence, options: RankOptions): Distribution {
	const isAlone = !is520(code) && isCodeCause(code) && options.found == null && !saysMore(code, evidence);
	return isAlone ? new Map([[code, 1]]) : posterior(code, evidence, options);
}

/**
 * Ranks what can lie behind a code by naive Bayes over the table of `causes` and what was counted (`model.ts`), each observation once
 * (`posterior.ts`). Pure and deterministic; total over the evidence keys.
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
function whyOf(cause: string, piece: Piece, evidence: Evidence, code: string): string | null {
	const needs = isCause(cause) && isDenied(cause, piece, evidence) ? CAUSES[cause].needs : undefined;
	return needs?.why ?? rowOf(cause, piece.key, code)?.why ?? null;
}

/** How each known answer moved a cause, against what all causes together made expect. */
function movesOf(code: string, evidence: Evidence, options: RankOptions): (cause: string) => Effect[] {
	const pieces = piecesOf(evidence, code, options);
	const before = prior(code, options);
	const expected = pieces.map((one) =>
		[...before].reduce((sum, [cause, p]) => sum + p * factor(cause, one, evidence, code, options), 0),
	);
	return (cause) =>
		pieces.map((one, nth) => ({
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

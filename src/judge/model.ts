import type { AnyRow, Rows } from "../knowledge/causes/cause.ts";
import { CAUSE_IDS, CAUSES, type CauseId, isCause } from "../knowledge/causes/list.ts";
import { BEHIND_OTHER_CODES, CODE_ROWS, isCodeCause } from "../knowledge/codes/behind.ts";
import { COUNTED, type Counts } from "../knowledge/counted.ts";
import { EVIDENCE, EVIDENCE_KEYS, type EvidenceKey, fineOf, fineValues } from "../knowledge/evidence.ts";
import { SOME } from "../knowledge/levels.ts";

/**
 * The table as cases, the cases as counts. Every row of the table is a Dirichlet distribution: it weighs as much as {@link ROW_CASES}
 * public cases, and the answers of those that were counted are added. So mechanism decides where no cases were counted, and counts decide
 * where there are many. Held-out log loss is flat from 2 to 16, and worse without counts.
 */
const ROW_CASES = 8;
/** What most faults do is counted over all causes, and weighs a little more. */
const USUAL_CASES = 10;
/** What every row is mixed with: one answer in ten is mistaken, or tells of something else that broke at the same time. */
const NOISE = 0.1;

/** A weight for each value; its weights add up to 1 once it is {@link scaled}. */
export type Distribution = ReadonlyMap<string, number>;

/** What the judge knows, ready to be asked. */
export interface Model {
	/** Cases by which each cause of a 520 is expected, before anything is known. */
	readonly prior: ReadonlyMap<CauseId, number>;
	/** P(fine value | cause, that it shows as this code, that the key is known); without a cause, of what most faults do. */
	readonly likelihood: (cause: string | null, key: EvidenceKey, value: string, code?: string) => number;
}

/** The same shares, adding up to 1. */
export function scaled(weights: Distribution): Distribution {
	const sum = [...weights.values()].reduce((all, one) => all + one, 0);
	return new Map([...weights].map(([value, weight]) => [value, sum === 0 ? 0 : weight / sum]));
}

/** The answers of one key that a row gives, before any noise: what it names, and what it leaves as it usually is. */
function shape(key: EvidenceKey, row: AnyRow, usual: Distribution): Distribution {
	const named = Object.values(row.values).reduce<number>((sum, level) => sum + (level ?? 0), 0);
	const left = (value: string): number => {
		const usually = usual.get(value) ?? 0;
		const { says } = EVIDENCE[key].values[value] ?? {};
		// Who asks is not changed by a mechanism that does not say so.
		if (says === "asker") return (named * usually) / (1 - usually);
		// Several things can be so at once: to name one does not deny another, it is only expected less. "None of them" denies.
		return EVIDENCE[key].many === true && says === undefined ? named * usually * SOME : 0;
	};
	return scaled(new Map(fineValues(key).map((value) => [value, row.values[value] ?? left(value)])));
}

/**
 * A row and the answers that were counted beside it. A coarse answer counts for its fine ones as the row expects them. The share of
 * "nothing of the kind" stays: people tell what there is, so that counts do not say how often there is nothing.
 */
function withCounts(key: EvidenceKey, row: Distribution, cases: number, answers: Readonly<Record<string, number>>): Distribution {
	const sums = new Map([...row].map(([value, share]) => [value, share * cases]));
	for (const [value, count] of Object.entries(answers)) {
		const fine = fineOf(key, value);
		const expected = fine.reduce((sum, one) => sum + (row.get(one) ?? 0), 0);
		for (const one of fine) sums.set(one, (sums.get(one) ?? 0) + (count * (row.get(one) ?? 0)) / expected);
	}
	const nothing = fineValues(key).find((value) => EVIDENCE[key].values[value]?.says === "nothing");
	if (nothing !== undefined) {
		const share = row.get(nothing) ?? 0;
		sums.delete(nothing);
		const rest = [...sums.values()].reduce((all, one) => all + one, 0);
		sums.set(nothing, (rest * share) / (1 - share));
	}
	return scaled(sums);
}

/** All answers to a key that were counted, whatever the cause. */
function allCounted(counts: Counts, key: EvidenceKey): Record<string, number> {
	const sums: Record<string, number> = {};
	for (const cause of CAUSE_IDS)
		for (const [value, count] of Object.entries(counts[cause]?.answers[key] ?? {})) sums[value] = (sums[value] ?? 0) + count;
	return sums;
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

/** The row of a cause, or of a code that stands as its own cause, where it shows as this code. */
export function rowOf(cause: string, key: EvidenceKey, code: string): AnyRow | undefined {
	const behind = rowBehind(code, cause, key);
	if (behind !== undefined) return behind;
	if (isCause(cause)) return CAUSES[cause].given[key];
	return isCodeCause(cause) ? CODE_ROWS[cause][key] : undefined;
}

/** Builds the judge's knowledge from the table and from counted cases. Pure. */
export function modelOf(counts: Counts): Model {
	const usual = new Map(
		EVIDENCE_KEYS.map((key) => {
			const table = scaled(new Map(fineValues(key).map((value) => [value, EVIDENCE[key].values[value]?.usually ?? 0])));
			return [key, withCounts(key, table, USUAL_CASES, allCounted(counts, key))] as const;
		}),
	);
	const rows = new Map<string, Distribution>();
	const build = (cause: string, key: EvidenceKey, code: string): Distribution => {
		const usually = usual.get(key) ?? new Map<string, number>();
		const own = rowOf(cause, key, code);
		const exact = own === undefined ? usually : shape(key, own, usually);
		const mixed = new Map([...exact].map(([value, share]) => [value, (1 - NOISE) * share + NOISE * (usually.get(value) ?? 0)]));
		// What is seen behind another code was not counted for it.
		const isCounted = isCause(cause) && rowBehind(code, cause, key) === undefined;
		return isCounted ? withCounts(key, mixed, ROW_CASES, counts[cause]?.answers[key] ?? {}) : mixed;
	};
	return {
		prior: new Map(CAUSE_IDS.map((cause) => [cause, CAUSES[cause].prior.base + (counts[cause]?.cases ?? 0)])),
		likelihood: (cause, key, value, code = "520") => {
			if (cause === null) return usual.get(key)?.get(value) ?? 0;
			const id = rowBehind(code, cause, key) === undefined ? `${cause} ${key}` : `${code} ${cause} ${key}`;
			let row = rows.get(id);
			if (row === undefined) {
				row = build(cause, key, code);
				rows.set(id, row);
			}
			return row.get(value) ?? 0;
		},
	};
}

/** The model of everything that was counted. */
export const MODEL = modelOf(COUNTED);

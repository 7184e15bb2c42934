import { nextKeys } from "../judge/next-question.ts";
import { rank } from "../judge/rank.ts";
import { allValues, EVIDENCE, type Evidence } from "../knowledge/evidence.ts";

const round = (n: number) => Number(n.toFixed(4));

/** The judge's answer as data (DESIGN: contracts). Pure. */
export function judgeData(id: unknown, code: string, evidence: Evidence, unknown: readonly string[]) {
	const { ranked, families, ruledOut, abstains, surely, supporting, contradicting } = rank(code, evidence);
	// A question that can change nothing is left out.
	const next = nextKeys(code, evidence, unknown).find(({ bits }) => bits > 1e-9);
	return {
		id,
		ranked: ranked.map((one) => ({ ...one, probability: round(one.probability) })),
		families: families.map((one) => ({ ...one, probability: round(one.probability) })),
		ruledOut: ruledOut.map(({ cause, key, value, why }) => ({ cause, why: `${key} is ${value}: ${why}` })),
		abstains,
		surely,
		because: supporting.map(({ key, value, factor, why }) => ({ key, value, factor: round(factor), why })),
		against: contradicting.map(({ key, value, factor, why }) => ({ key, value, factor: round(factor), why })),
		next:
			next === undefined
				? null
				: {
						key: next.key,
						step: next.key,
						ask: EVIDENCE[next.key].ask,
						answers: allValues(next.key),
					},
	};
}

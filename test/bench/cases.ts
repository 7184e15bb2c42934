import { readFileSync } from "node:fs";
import { z } from "zod";
import { type CauseId, isCause } from "../../src/knowledge/causes/list.ts";
import type { Counted, Counts } from "../../src/knowledge/counted.ts";
import { EVIDENCE_KEYS, type Evidence, type EvidenceKey } from "../../src/knowledge/evidence.ts";

/** The public cases (read in 2026-11), and how they are counted. */

const Words = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const Case = z.object({
	id: z.string(),
	code: z.string(),
	seen: Words,
	direct: Words,
	told: Words,
	/** Keys whose value was not observed: derived from the mechanism, once it was known. */
	inferred: z.array(z.string()),
	cause: z.string().nullable(),
	resolved: z.boolean(),
	/** Causes that a second reader could have chosen. */
	alternatives: z.array(z.string()),
});
export type JudgeCase = z.infer<typeof Case>;

export const CASES: readonly JudgeCase[] = readFileSync(new URL("../fixtures/cases-evidence.jsonl", import.meta.url), "utf8")
	.trim()
	.split("\n")
	.map((line) => Case.parse(JSON.parse(line)));

/** Everything that could be known of a case; on request without inferred checks. */
export function evidenceOf(one: JudgeCase, inferred = true): Evidence {
	const all: Evidence = { ...one.seen, ...one.direct, ...one.told };
	return inferred ? all : Object.fromEntries(Object.entries(all).filter(([key]) => !one.inferred.includes(key)));
}

/** The project that a case comes from: ids of one repository differ by the number of their issue; every other case is a project of its own. */
export const projectOf = ({ id }: Pick<JudgeCase, "id">): string => (id.startsWith("gh-") ? id.replace(/-\d+$/, "") : id);

const is520 = ({ code }: JudgeCase) => /(?:^|\D)520(?:\D|$)/.test(code);
/** What the code of a case decides already: it says nothing of how a 520 with the same cause looks. */
const OF_THE_CODE: readonly EvidenceKey[] = ["direct-origin", "time-to-failure", "other-codes"];
/** A case with another code shows what its cause looks like, but under another choice of cases. */
const OTHER_CODE = 0.5;
/** Of a case that a second reader would have put elsewhere, what counts there. */
const ELSEWHERE = 0.25;

/** Counts solved cases by cause: 520s for how common causes are, all of them for how causes look; a project counts once, however many cases it has. */
export function countCases(cases: readonly JudgeCase[]): Counts {
	const solved = cases.filter((one) => one.resolved && one.cause !== null && isCause(one.cause));
	const sizes = Map.groupBy(solved, projectOf);
	const sums: Partial<Record<CauseId, { cases: number; answers: Partial<Record<EvidenceKey, Record<string, number>>> }>> = {};
	for (const one of solved) {
		const weight = (is520(one) ? 1 : OTHER_CODE) / (sizes.get(projectOf(one))?.length ?? 1);
		for (const [cause, share] of labels(one)) {
			sums[cause] ??= { cases: 0, answers: {} };
			const sum = sums[cause];
			if (is520(one)) sum.cases += weight * share;
			for (const [key, values] of looked(one)) {
				sum.answers[key] ??= {};
				const answers = sum.answers[key];
				for (const value of values) answers[value] = (answers[value] ?? 0) + (weight * share) / values.length;
			}
		}
	}
	return sums satisfies Partial<Record<CauseId, Counted>>;
}

/** The cause of a case and, with a part of its weight, those that a second reader could have chosen. */
function labels({ cause, alternatives }: JudgeCase): readonly (readonly [CauseId, number])[] {
	if (cause === null || !isCause(cause)) return [];
	const others = alternatives.filter(isCause);
	return [
		[cause, others.length === 0 ? 1 : 1 - ELSEWHERE],
		...others.map((other) => [other, ELSEWHERE / others.length] as const),
	];
}

/** The observed answers of a case. */
const looked = (one: JudgeCase): readonly (readonly [EvidenceKey, readonly string[]])[] =>
	EVIDENCE_KEYS.flatMap((key) => {
		const value = evidenceOf(one, false)[key];
		if (value === undefined || (!is520(one) && OF_THE_CODE.includes(key))) return [];
		return [[key, typeof value === "string" ? [value] : value] as const];
	});

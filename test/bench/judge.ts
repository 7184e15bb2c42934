import { readFileSync } from "node:fs";
import { z } from "zod";
import { nextKeys, rank } from "../../src/judge/rank.ts";
import { EVIDENCE_KEYS, type Evidence, type EvidenceKey } from "../../src/knowledge/evidence.ts";

/**
 * `npm run bench:judge`: the judge on 119 public cases (read in 2026-11). Of the 66 solved ones with a 520 each is judged without its own
 * vote in the priors. Prints the figures as JSON lines and names the misses; ends with 1 when a figure misses its limit.
 *
 * How it is counted: what a bot can see by itself is there from the start; every further key that is asked for counts as asked, also when
 * the answer is "I do not know"; a cause is reached when it stands first for the first time.
 */

const Words = z.record(z.string(), z.union([z.string(), z.array(z.string())]));
const Case = z.object({
	id: z.string(),
	code: z.string(),
	seen: Words,
	direct: Words,
	told: Words,
	cause: z.string().nullable(),
	resolved: z.boolean(),
});
export type JudgeCase = z.infer<typeof Case>;

export const CASES: readonly JudgeCase[] = readFileSync(new URL("../fixtures/cases-evidence.jsonl", import.meta.url), "utf8")
	.trim()
	.split("\n")
	.map((line) => Case.parse(JSON.parse(line)));

const all = (one: JudgeCase): Evidence => ({ ...one.seen, ...one.direct, ...one.told });
const judged = (one: JudgeCase, evidence: Evidence) =>
	rank(one.code, evidence, one.resolved && one.code === "520" && one.cause !== null ? { without: one.cause } : {});

/** The owner's path as the article has it: logs, a direct look, size and headers, the pattern, Cloudflare's features; then the rest. */
const ARTICLE: readonly EvidenceKey[] = ["origin-log", "direct-origin", "variants", "edge-pattern", "cloudflare-features"];
const FIXED = [...ARTICLE, ...EVIDENCE_KEYS.filter((key) => !ARTICLE.includes(key))];

/** How many questions until the cause stands first; null when it never does. */
function asked(one: JudgeCase, pick: (evidence: Evidence, unknown: readonly string[]) => EvidenceKey | undefined): number | null {
	const truth = all(one);
	let evidence: Evidence = { ...one.seen };
	const unknown: string[] = [];
	for (let count = 0; ; count += 1) {
		if (judged(one, evidence).ranked[0]?.cause === one.cause) return count;
		const key = pick(evidence, unknown);
		if (key === undefined) return null;
		const value = truth[key];
		if (value === undefined) unknown.push(key);
		else evidence = { ...evidence, [key]: value };
	}
}

export interface JudgeFigures {
	readonly solved: number;
	readonly first: number;
	readonly firstThree: number;
	readonly misses: readonly string[];
	readonly unsolved: number;
	readonly abstained: number;
	readonly withheld: number;
	readonly medianAsked: number;
	readonly meanAsked: number;
	readonly fewerThanFixed: number;
}

/** The figures on the 520s of the set. */
export function judgeFigures(): JudgeFigures {
	const solved = CASES.filter((one) => one.code === "520" && one.resolved);
	const places = solved
		.map((one) => ({ one, result: judged(one, all(one)) }))
		.map(({ one, result }) => ({
			one,
			result,
			place: result.ranked.findIndex((ranked) => ranked.cause === one.cause) + 1,
		}));
	const right = places.filter(({ place }) => place === 1);
	const unsolved = CASES.filter((one) => one.code === "520" && !one.resolved);
	const ours = solved.map((one) =>
		asked(
			one,
			(evidence, unknown) => nextKeys(one.code, evidence, unknown, one.cause === null ? {} : { without: one.cause })[0]?.key,
		),
	);
	const fixed = solved.map((one) =>
		asked(one, (evidence, unknown) => FIXED.find((key) => evidence[key] === undefined && !unknown.includes(key))),
	);
	const both = ours.flatMap((count, nth) => (count === null || fixed[nth] == null ? [] : [(fixed[nth] ?? 0) - count]));
	const counts = ours.filter((count) => count !== null).sort((a, b) => a - b);
	const mean = (values: readonly number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
	return {
		solved: solved.length,
		first: right.length,
		firstThree: places.filter(({ place }) => place >= 1 && place <= 3).length,
		misses: places
			.filter(({ place }) => place !== 1)
			.map(({ one, place, result }) => `${one.id}: ${one.cause} stands at place ${place}, ${result.ranked[0]?.cause} first`),
		unsolved: unsolved.length,
		abstained: unsolved.filter((one) => judged(one, all(one)).abstains).length,
		withheld: right.filter(({ result }) => result.abstains).length,
		medianAsked: counts[Math.floor(counts.length / 2)] ?? Number.NaN,
		meanAsked: mean(counts),
		fewerThanFixed: mean(both),
	};
}

/** The least that counts as within: of the solved cases, as many as before less two. */
export const LIMITS = { first: 45, firstThree: 56, medianAsked: 2, fewerThanFixed: 1 } as const;

if (import.meta.main) {
	const figures = judgeFigures();
	let missed = 0;
	const tell = (bench: string, value: number, limit: number, atLeast: boolean, more: Record<string, unknown> = {}) => {
		const within = atLeast ? value >= limit : value <= limit;
		if (!within) missed += 1;
		process.stdout.write(`${JSON.stringify({ bench, value: Number(value.toFixed(2)), ...more, limit, within })}\n`);
	};
	tell("judge-first", figures.first, LIMITS.first, true, { of: figures.solved, misses: figures.misses });
	tell("judge-first-three", figures.firstThree, LIMITS.firstThree, true, { of: figures.solved });
	tell("judge-abstains-on-unsolved", figures.abstained, figures.unsolved / 2, true, { of: figures.unsolved });
	tell("judge-withholds-right-answers", figures.withheld, figures.first / 4, false, { of: figures.first });
	tell("judge-median-asked", figures.medianAsked, LIMITS.medianAsked, false, { mean: Number(figures.meanAsked.toFixed(2)) });
	tell("judge-fewer-than-the-fixed-order", figures.fewerThanFixed, LIMITS.fewerThanFixed, true);
	const other = CASES.filter((one) => one.code !== "520" && one.resolved);
	const firsts = other.filter((one) => judged(one, all(one)).ranked[0]?.cause === one.cause).length;
	process.stdout.write(
		`${JSON.stringify({ bench: "judge-other-codes-first", value: firsts, of: other.length, note: "not held out" })}\n`,
	);
	process.exitCode = missed === 0 ? 0 : 1;
}

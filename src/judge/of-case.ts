import type { EvidenceKey } from "../knowledge/evidence.ts";
import { type Case, evidenceOf } from "./case.ts";
import { expectedAnswers, nextKeys, type Ranking, rank, type Worth } from "./rank.ts";

/** The judge over everything that a case holds: its evidence, and what the bytes of the origin's answer name. */
export const rankCase = (one: Case): Ranking => rank(one.code, evidenceOf(one), { found: one.found });

/** What is worth asking next in a case; undefined when nothing is left. */
export const nextOfCase = (one: Case): Worth | undefined =>
	nextKeys(one.code, evidenceOf(one), one.unknown, { found: one.found })[0];

export const expectedInCase = (one: Case, key: EvidenceKey): ReadonlyMap<string, number> =>
	expectedAnswers(one.code, evidenceOf(one), key, { found: one.found });

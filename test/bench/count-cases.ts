import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { CAUSE_IDS } from "../../src/knowledge/causes/list.ts";
import { EVIDENCE_KEYS } from "../../src/knowledge/evidence.ts";
import { CASES, countCases } from "./cases.ts";

/** `npm run count:cases`: counts the public cases again and writes `src/knowledge/counted.ts`. */

export const COUNTED_FILE = fileURLToPath(new URL("../../src/knowledge/counted.ts", import.meta.url));

const round = (count: number) => Number(count.toFixed(4));

/** The file of counts, as it should stand. */
export function countedFile(): string {
	const counts = countCases(CASES);
	const lines = CAUSE_IDS.flatMap((cause) => {
		const counted = counts[cause];
		if (counted === undefined) return [];
		const answers = EVIDENCE_KEYS.flatMap((key) => {
			const values = Object.entries(counted.answers[key] ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
			return values.length === 0
				? []
				: [`\t\t\t${word(key)}: { ${values.map(([value, count]) => `${word(value)}: ${round(count)}`).join(", ")} },`];
		});
		return [`\t${word(cause)}: {`, `\t\tcases: ${round(counted.cases)},`, "\t\tanswers: {", ...answers, "\t\t},", "\t},"];
	});
	return `import type { CauseId } from "./causes/list.ts";
import type { EvidenceKey } from "./evidence.ts";

/** What was counted of one cause. */
export interface Counted {
	/** Solved public 520s with it. */
	readonly cases: number;
	/** Answers known of its cases, by key. */
	readonly answers: Readonly<Partial<Record<EvidenceKey, Readonly<Record<string, number>>>>>;
}
export type Counts = Readonly<Partial<Record<CauseId, Counted>>>;

// Written by \`npm run count:cases\` from test/fixtures/cases-evidence.jsonl; how it is counted: test/bench/cases.ts.
// biome-ignore format: one line a key
export const COUNTED: Counts = {
${lines.join("\n")}
};
`;
}

const word = (id: string) => (/^[a-z]+$/.test(id) ? id : JSON.stringify(id));

if (import.meta.main) writeFileSync(COUNTED_FILE, countedFile());

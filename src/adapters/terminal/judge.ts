import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { z } from "zod";
import { EVIDENCE, type Evidence, isEvidenceKey, isValue } from "../../knowledge/evidence.ts";
import { judgeData } from "../../reply/judge-data.ts";
import { answerLines, readLine } from "./lines.ts";

const Values = z.union([z.string(), z.array(z.string()).min(1).max(10)]);
const Line = z.object({
	id: z.unknown().optional(),
	code: z
		.union([z.string().max(60), z.number()])
		.nullish()
		.transform((code) => String(code ?? "520")),
	evidence: z.record(z.string(), Values.nullable()).default({}),
	unknown: z.array(z.string()).default([]),
});

/** `judge -`: JSON lines `{id, code, evidence, unknown?}` in, one JSON line each out, in order, whatever a line holds. */
export function judgeLines(input: Readable, out: (line: string) => void): Promise<void> {
	return answerLines(input, out, answer);
}

/** `judge FILE…`: the same for the lines of files. Returns the exit status. */
export function judgeFiles(names: readonly string[], out: (line: string) => void, aside: (text: string) => void): number {
	let status = 0;
	for (const name of names) {
		let text: string;
		try {
			text = readFileSync(name, "utf8");
		} catch {
			aside(`cf520: ${name} cannot be read. Give a file with one JSON object per line, {"id", "code", "evidence"}.\n`);
			status = 2;
			continue;
		}
		for (const line of text.split("\n")) if (line.trim() !== "") out(JSON.stringify(answer(line)));
	}
	return status;
}

function answer(line: string) {
	const one = readLine(line, Line, (at) => `the line is not a case: ${at} is missing or wrong`);
	if ("error" in one) return one;
	const { id } = one;
	const { code, evidence, unknown } = one.data;
	const known: Record<string, string | string[]> = {};
	for (const [key, value] of Object.entries(evidence)) {
		if (value === null) continue;
		if (!isEvidenceKey(key)) return { id, error: `${JSON.stringify(key).slice(0, 60)} is not an evidence key` };
		const values = typeof value === "string" ? [value] : value;
		const wrong = values.find((one) => !isValue(key, one));
		if (typeof value !== "string" && EVIDENCE[key].many !== true) return { id, error: `${key} takes one value, not a list` };
		if (wrong !== undefined) return { id, error: `${JSON.stringify(wrong).slice(0, 60)} is not a value of ${key}` };
		known[key] = value;
	}
	return judgeData(id, code, known as Evidence, unknown);
}

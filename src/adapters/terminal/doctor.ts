import { LEVEL_WORDS, type Level, type Told, totals } from "../../reply/doctor.ts";
import { wrapped } from "./layout.ts";
import type { TerminalStyle } from "./render.ts";

/** SGR numbers: green, red, yellow, as they are. */
const CODES: Readonly<Record<Level, string | null>> = { ok: "32", fix: "1;31", unknown: "33", note: "2", off: "2" };
const LABEL_COLUMNS = 13;

/** The screen of `doctor`: one entry a check, what to do under it, the totals last. */
export function doctorScreen(told: readonly Told[], { colour, width }: Pick<TerminalStyle, "colour" | "width">): string {
	const paint = (codes: string, text: string) => (colour ? `\u001b[${codes}m${text}\u001b[0m` : text);
	const indent = " ".repeat(LABEL_COLUMNS);
	const columns = Math.min(width, SCREEN_COLUMNS);
	const lines = told.flatMap(({ check, level, say, todo }) => {
		const { [level]: codes } = CODES;
		const label = LEVEL_WORDS[level].padEnd(LABEL_COLUMNS);
		const plain = (text: string) => [{ text, codes: null }];
		const first = wrapped(plain(`${check}: ${say}`), columns, label, indent, paint);
		return [
			codes === null ? first : `${paint(codes, LEVEL_WORDS[level])}${first.slice(LEVEL_WORDS[level].length)}`,
			...(todo === null ? [] : [wrapped(plain(`→ ${todo}`), columns, indent, `${indent}  `, paint)]),
		];
	});
	return `${[...lines, totals(told)].join("\n")}\n`;
}

const SCREEN_COLUMNS = 80;

/** One object a check, a line each. */
export const doctorJson = (told: readonly Told[]): string =>
	told.map(({ check, level, say, todo }) => `${JSON.stringify({ check, result: LEVEL_WORDS[level], say, do: todo })}\n`).join("");

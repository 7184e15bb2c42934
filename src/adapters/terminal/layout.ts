/** Lines within the columns of a terminal. Pure. */

/** A piece of a line, and how it is painted. */
export interface Run {
	readonly text: string;
	/** Numbers of an SGR escape sequence; null: as it is. */
	readonly codes: string | null;
}

/** East Asian wide characters and emoji take two columns (Unicode TR11). */
const WIDE =
	/[\u{1100}-\u{115f}\u{2e80}-\u{303e}\u{3041}-\u{a4cf}\u{a960}-\u{a97c}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const NARROW = /^[\u0020-\u007e]*$/;

/** How many columns a text takes. */
export function cells(text: string): number {
	if (NARROW.test(text)) return text.length;
	let columns = 0;
	for (const char of text) columns += WIDE.test(char) ? 2 : 1;
	return columns;
}

/**
 * Breaks prose at blanks; a word that is longer than the line (a URL) stays whole, so that it can be copied.
 * @param first what the first line begins with
 * @param indent what every further line begins with
 * @param paint how a piece gets its color
 */
export function wrapped(
	runs: readonly Run[],
	width: number,
	first: string,
	indent: string,
	paint: (codes: string, text: string) => string,
): string {
	const whole = runs.map(({ text }) => text).join("");
	const lines = breaks(whole, width, cells(first), cells(indent));
	const painter = paintedParts(runs, paint);
	return lines.map(([from, to], index) => (index === 0 ? first : indent) + painter(from, to)).join("\n");
}

/** Where each line begins and ends in the text. */
function breaks(text: string, width: number, first: number, indent: number): [number, number][] {
	const lines: [number, number][] = [];
	let start = 0;
	let end = 0;
	let used = first;
	let at = 0;
	for (const word of text.split(/[ \n]/)) {
		const columns = cells(word);
		const isBroken = at > 0 && text[at - 1] === "\n";
		if (at > 0 && (isBroken || used + 1 + columns > width)) {
			lines.push([start, end]);
			start = at;
			used = indent + columns;
		} else used += (at > 0 ? 1 : 0) + columns;
		end = at + word.length;
		at = end + 1;
	}
	return [...lines, [start, end]];
}

/** The text from one place to another, painted; places are asked for in their order. */
function paintedParts(runs: readonly Run[], paint: (codes: string, text: string) => string) {
	let begun = 0;
	let index = 0;
	return (from: number, to: number): string => {
		let line = "";
		for (; index < runs.length; index += 1) {
			const { text, codes } = runs[index] ?? { text: "", codes: null };
			const part = text.slice(Math.max(0, from - begun), Math.max(0, to - begun));
			line += codes === null || part === "" ? part : paint(codes, part);
			// What is left of this piece is in the next line.
			if (begun + text.length > to) return line;
			begun += text.length;
		}
		return line;
	};
}

/** Items in a row, each whole, on as many lines as they need. */
export function fitted(head: string, items: readonly string[], width: number): string {
	const lines: string[] = [];
	let line = head;
	for (const [index, item] of items.entries()) {
		const joined = index === 0 ? `${line}${item}` : `${line} · ${item}`;
		if (index > 0 && cells(joined) > width) {
			lines.push(line);
			line = item;
		} else line = joined;
	}
	return [...lines, line].join("\n");
}

const COLUMN_LEAST = 6;

/** Rows in columns; where they are wider than the line, the widest columns give way and their cells are cut. */
export function grid(rows: readonly (readonly string[])[], width: number): string[] {
	const widths = rows.reduce<number[]>((max, row) => row.map((cell, index) => Math.max(max[index] ?? 0, cells(cell))), []);
	const total = () => widths.reduce((sum, one) => sum + one, 2 * (widths.length - 1));
	while (total() > width) {
		const widest = widths.indexOf(Math.max(...widths));
		if ((widths[widest] ?? 0) <= COLUMN_LEAST) break;
		widths[widest] = (widths[widest] ?? 0) - 1;
	}
	return rows.map((row) =>
		row
			.map((cell, index) => padded(cut(cell, widths[index] ?? 0), widths[index] ?? 0))
			.join("  ")
			.trimEnd(),
	);
}

const padded = (cell: string, width: number): string => cell + " ".repeat(Math.max(0, width - cells(cell)));

/** As much of a text as has room, with an ellipsis where something is missing. */
export function cut(cell: string, width: number): string {
	if (cells(cell) <= width) return cell;
	let kept = "";
	let used = 0;
	for (const char of cell) {
		used += cells(char);
		if (used > width - 1) break;
		kept += char;
	}
	return `${kept.trimEnd()}…`;
}

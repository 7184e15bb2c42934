import { type Block, type Button, type Menu, type Message, type Mood, SIGN } from "../../message/message.ts";
import { show } from "../../message/show.ts";
import { plainText, type Text } from "../../message/text.ts";
import { cut, fitted, grid, type Run, wrapped } from "./layout.ts";

/** How to write for a terminal. */
export interface TerminalStyle {
	/** Escape sequences for color: only on a TTY. */
	readonly colour: boolean;
	/** Columns to wrap prose at. */
	readonly width: number;
	/** The prefix of something to ask: `npm start -- `, or nothing at the prompt. */
	readonly askPrefix: string;
}

/** Choices with numbers, from this one on; the options of menus behind the word `more`, or at once. */
interface Numbered {
	readonly from: number;
	readonly menus: "more" | "all";
}

/**
 * How a message's controls are written. `words`: what to type instead. `shell`: the same, but nothing for the controls of a case, which has
 * ended with the process. `none`: they are printed apart.
 */
type ControlStyle = "words" | "shell" | "none" | Numbered;

const OF_A_CASE = /^(?:answer|solved|report|unwatch|evidence|more|undo|reopen|follow|status|check again)\b/;

const MOOD_COLOUR: Record<Mood, string> = {
	bad: "31",
	likely: "33",
	good: "32",
	solved: "32",
	unclear: "37",
	neutral: "36",
};
const BOLD = "1";
const DIM = "2";
const INDENT = "    ";

/** A message as lines of text for a terminal. Pure. */
export function renderTerminal(message: Message, style: TerminalStyle, controls: ControlStyle = "words"): string {
	const write = writer(style);
	let next = typeof controls === "string" ? 1 : controls.from;
	const line = (block: Block): string | null => {
		switch (block.kind) {
			case "title":
				return write.title(message.mood, block);
			case "say":
			case "chart":
				return write.prose(write.runs(block.text));
			case "list":
				return block.items.map((item) => write.prose(write.runs(item), "- ", "  ")).join("\n");
			case "command":
				return `${block.about.length === 0 ? "" : `${write.prose(write.runs(block.about))}\n`}\n${INDENT}${write.paint(BOLD, harmless(block.command))}\n`;
			case "table":
				return block.lines.map((one) => `${INDENT}${harmless(one)}`).join("\n");
			case "grid":
				return gridBlock(block, style.width, write.paint);
			case "fields":
				return block.fields
					.map(({ name, value }) =>
						write.prose([{ text: `${show(name)}: `, codes: DIM }, ...write.runs(value)], "", INDENT.slice(2)),
					)
					.join("\n");
			case "note":
				return write.prose(write.runs(block.text).map(({ text }) => ({ text, codes: DIM })));
			case "buttons": {
				if (controls === "none") return null;
				if (typeof controls !== "string") {
					const shown = choiceLines([block], { ...controls, from: next }, style.width);
					next += choicesOf([block], controls.menus).length;
					return shown === "" ? null : shown;
				}
				const words = write.runs(block.else);
				return words.length === 0 || (controls === "shell" && ofCase(block)) ? null : write.prose(words);
			}
		}
	};
	return message.blocks
		.map(line)
		.filter((one) => one !== null)
		.join("\n");
}

/** The parts of a line in this style. */
function writer(style: TerminalStyle) {
	const paint = (codes: string, text: string) => (style.colour ? `\u001b[${codes}m${text}\u001b[0m` : text);
	const asked = (question: string) => {
		if (style.askPrefix === "") return question;
		return OF_A_CASE.test(question)
			? `${question} (at the prompt that npm start opens)`
			: `${style.askPrefix}${argument(question)}`;
	};
	const runs = (spans: Text): Run[] =>
		spans.map((span) => ({ text: plainText([span], { ask: asked }), codes: span.t === "bold" ? BOLD : null }));
	const prose = (words: readonly Run[], first = "", indent = "") => wrapped(words, style.width, first, indent, paint);
	return {
		paint,
		runs,
		prose,
		/** The sign, the first line in bold and color, and what follows it as it is. */
		title: (mood: Mood, { text, aside }: Extract<Block, { kind: "title" }>) => {
			const sign = SIGN[mood];
			const codes = `${BOLD};${MOOD_COLOUR[mood]}`;
			return prose([
				{
					text: `${sign === null ? "" : `${sign} `}${runs(text)
						.map((run) => run.text)
						.join("")}`,
					codes,
				},
				...(aside === undefined ? [] : [{ text: " · ", codes: null }, ...runs(aside)]),
			]);
		},
	};
}

function gridBlock(
	block: Extract<Block, { kind: "grid" }>,
	width: number,
	paint: (codes: string, text: string) => string,
): string {
	const safe = (row: readonly string[]) => row.map((cell) => show(cell, GRID_CELL_MAX_CHARS));
	const [header = "", ...rows] = grid([safe(block.header), ...block.rows.map(safe)], width - INDENT.length);
	return [paint(DIM, header), ...rows].map((one) => `${INDENT}${one}`).join("\n");
}

const GRID_CELL_MAX_CHARS = 200;

/** A row of controls. */
export type ControlsBlock = Extract<Block, { kind: "buttons" }>;

/** Everything that a message offers, block by block. */
export const controlsOf = ({ blocks }: Message): readonly ControlsBlock[] => blocks.filter((block) => block.kind === "buttons");

/** The choices that have a number, in their order: the buttons of each block, and behind them the options of its menus where these are shown. */
export const choicesOf = (blocks: readonly ControlsBlock[], menus: "more" | "all"): readonly Button[] =>
	blocks.flatMap((block) => [
		...block.buttons,
		...(menus === "all" ? (block.menus ?? []).flatMap(({ options }) => options) : []),
	]);

/** Whether it continues a case, which has ended at a shell. */
export const ofCase = ({ buttons, menus = [] }: ControlsBlock): boolean =>
	[...buttons, ...menus.flatMap(({ options }) => options)].some(({ action }) => "case" in action);

/** What a message offers, with numbers: its buttons in a row, and its menus by name or a menu a line. */
export function choiceLines(blocks: readonly ControlsBlock[], { from, menus }: Numbered, width: number): string {
	let next = from;
	const row: string[] = [];
	const lines: string[] = [];
	for (const { buttons, menus: rarer = [] } of blocks) {
		row.push(...buttons.map((button, index) => choice(next + index, button)));
		next += buttons.length;
		if (menus === "more") row.push(...rarer.map(({ label }) => moreWord(label)));
		else lines.push(...menuLines(rarer, next, width));
		if (menus === "all") next += rarer.reduce((sum, { options }) => sum + options.length, 0);
	}
	return [...(row.length === 0 ? [] : [fitted("", row, width)]), ...lines].join("\n");
}

/** The options of menus, a menu a line, numbered on from here. */
export function menuLines(menus: readonly Menu[], from: number, width: number): readonly string[] {
	let next = from;
	return menus.map(({ label, options }) => {
		const items = options.map((option, index) => choice(next + index, option));
		next += options.length;
		return fitted(`${bare(label) === "" ? "More" : bare(label)}: `, items, width);
	});
}

const choice = (number: number, { label }: Button): string => `${number} ${show(label)}`;

/** `⋯` has no name: it is only "more". */
const moreWord = (label: string): string => (bare(label) === "" ? "more" : `more: ${bare(label)}`);
const bare = (label: string): string => show(label).replace(/\s*(?:…|\.\.\.|⋯)$/, "");

/** Commands and aligned lines stay exactly as they are, but for what would steer the terminal: nothing that is to be typed has that. */
const harmless = (text: string): string => text.replaceAll(/(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (char) => show(char));

/** One question as a word of a shell's command line. */
function argument(question: string): string {
	return /^[\w./:@%+,=-]+(?: [\w./:@%+,=-]+)*$/.test(question) ? question : `'${question.replaceAll("'", "'\\''")}'`;
}

/** Only the first line of a message, when the rest was printed before. */
export const firstLine = (message: Message, style: TerminalStyle): string =>
	renderTerminal({ ...message, blocks: message.blocks.slice(0, 1) }, style);

/** A message on one line, no wider than the terminal: for progress that is written over. Pure. */
export function progressLine({ blocks }: Message, parts: number, columns: number): string {
	const words = blocks
		.slice(0, parts)
		.flatMap((block) => ("text" in block ? [plainText(block.text)] : []))
		.map((one, index) => (index === 0 && parts === 1 && !/[.…]$/.test(one) ? `${one}…` : one))
		.join(" ")
		.replaceAll(/[\p{Cc}\p{Cf}]/gu, "");
	// The last column stays free: some terminals break the line behind it.
	return cut(words, columns - 1);
}

import { type Block, fieldText, gridLines, type Message, type Mood } from "../../message/message.ts";
import { plainText, type Text, text } from "../../message/text.ts";

/** How to write for a terminal. */
export interface TerminalStyle {
	/** Escape sequences for colour: only on a TTY. */
	readonly colour: boolean;
	/** Columns to wrap prose at. */
	readonly width: number;
	/** What stands before something to ask: `npm start -- ` or nothing at the prompt. */
	readonly askPrefix: string;
}

/** What goes on with a case: one that was asked about in one go has ended with the process. */
const OF_A_CASE = /^(?:answer|solved|report|unwatch)\b/;

const MOOD_COLOUR: Record<Mood, string> = {
	bad: "31",
	likely: "33",
	good: "32",
	solved: "32",
	unclear: "37",
	neutral: "36",
};

/** A message as lines of text for a terminal. Pure. */
export function renderTerminal(message: Message, style: TerminalStyle): string {
	const paint = (codes: string, s: string) => (style.colour ? `\u001b[${codes}m${s}\u001b[0m` : s);
	const asked = (question: string) => {
		if (style.askPrefix === "") return question;
		return OF_A_CASE.test(question)
			? `${question} (at the prompt that npm start opens)`
			: `${style.askPrefix}${argument(question)}`;
	};
	const flat = (spans: Text) => plainText(spans, { ask: asked });
	const line = (block: Block): string => {
		switch (block.kind) {
			case "title":
				return paint(
					`1;${MOOD_COLOUR[message.mood]}`,
					wrap(flat(block.aside === undefined ? block.text : text`${block.text} · ${block.aside}`), style.width, ""),
				);
			case "say":
				return wrap(flat(block.text), style.width, "");
			case "list":
				return block.items.map((item) => wrap(flat(item), style.width, "  ", "- ")).join("\n");
			case "command":
				return `${wrap(flat(block.about), style.width, "")}\n\n    ${paint("1", block.command)}\n`;
			case "table":
				return block.lines.map((one) => `    ${one}`).join("\n");
			case "grid":
				return gridLines(block)
					.map((one) => `    ${one}`)
					.join("\n");
			case "fields":
				return block.fields.map((field) => wrap(flat(fieldText(field)), style.width, "  ", "- ")).join("\n");
			case "chart":
				return wrap(flat(block.text), style.width, "");
			case "note":
				return paint("2", wrap(flat(block.text), style.width, ""));
			case "buttons":
				return wrap(flat(block.else), style.width, "");
		}
	};
	return message.blocks.map(line).join("\n");
}

/** One question as a word of a shell's command line. */
function argument(question: string): string {
	return /^[\w./:@%+,=-]+(?: [\w./:@%+,=-]+)*$/.test(question) ? question : `'${question.replaceAll("'", "'\\''")}'`;
}

/** Breaks prose at blanks; a word longer than the line (a URL) stays whole, so that it can be copied. */
function wrap(s: string, width: number, indent: string, first = ""): string {
	const lines: string[] = [];
	let line = first;
	let empty = true;
	for (const word of s.split(" ")) {
		if (!empty && line.length + 1 + word.length > width) {
			lines.push(line);
			line = indent + word;
		} else {
			line += (empty ? "" : " ") + word;
		}
		empty = false;
	}
	return [...lines, line].join("\n");
}

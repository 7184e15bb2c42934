import { type Block, fieldText, type Message, SIGN } from "../../message/message.ts";
import { plainText, type Span, type Text } from "../../message/text.ts";
import { SUMMARY_MAX_CHARS } from "./limits.ts";

const SENTENCES_MAX = 2;
/** Replaces a command, which is not read aloud. Control characters never reach a text (see `show`). */
const COMMAND = "\0";
/** Longer code with blanks is a command; shorter one is a name or a setting, such as `return 444`. */
const NAME_MAX_CHARS = 12;
const SENTENCE = /[^.!?]*(?:[.!?](?!\s|$)[^.!?]*)*(?:[.!?]+(?=\s|$)|$)/gu;

/**
 * What a notification shows and a screen reader says first: the state in two sentences at most, without commands, tables and buttons. Pure.
 * @returns plain text of about 200 characters at most, never empty
 */
export function summaryOf(message: Message): string {
	const [first] = message.blocks;
	const sign = SIGN[message.mood];
	const said = message.blocks.flatMap((block) => (block.kind === "say" ? sentencesOf(block.text) : []));
	const all = first?.kind === "title" ? [titleWords(first), ...said.slice(0, SENTENCES_MAX - 1)] : said.slice(0, SENTENCES_MAX);
	const words = all.length > 0 ? all.join(" ") : (message.blocks.map(otherWords).find((one) => one !== "") ?? "cf520");
	const signed = (some: string) => shortened(sign === null ? some : `${sign} ${some}`);
	// A sentence that does not fit whole is left out.
	return words.length > SUMMARY_MAX_CHARS - 3 && all.length > 1 ? signed(all[0] ?? "") : signed(words);
}

function titleWords({ text, aside }: Extract<Block, { kind: "title" }>): string {
	const words = aside === undefined ? plainText(text) : `${plainText(text)} · ${plainText(aside)}`;
	return /[.!?:…]$/u.test(words) ? words : `${words}.`;
}

const isCommand = (span: Span): boolean =>
	span.t === "ask" || (span.t === "code" && span.s.length > NAME_MAX_CHARS && /\s/.test(span.s));

/** The sentences of a text, without those that hold something to type. */
function sentencesOf(text: Text): string[] {
	const words = text.map((span) => (isCommand(span) ? COMMAND : plainText([span]))).join("");
	return (words.match(SENTENCE) ?? []).map((one) => one.trim()).filter((one) => one !== "" && !one.includes(COMMAND));
}

/** Where nothing is said in sentences. */
function otherWords(block: Block): string {
	switch (block.kind) {
		case "title":
			return titleWords(block);
		case "note":
		case "chart":
			return sentencesOf(block.text)[0] ?? "";
		case "list":
			return block.items.flatMap(sentencesOf)[0] ?? "";
		case "command":
			return sentencesOf(block.about)[0] ?? "";
		case "fields":
			return block.fields.map((field) => plainText(fieldText(field)))[0] ?? "";
		default:
			return "";
	}
}

function shortened(words: string): string {
	if (words.length <= SUMMARY_MAX_CHARS) return words;
	const start = words.slice(0, SUMMARY_MAX_CHARS - 1).replace(/[\ud800-\udbff]$/, "");
	// At a word, unless that leaves nothing: one long word is cut.
	const atWord = start.replace(/\s+\S*$/, "");
	return `${atWord.length > SUMMARY_MAX_CHARS / 2 ? atWord : start}…`;
}

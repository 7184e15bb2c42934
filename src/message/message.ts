import type { Action } from "../read/action.ts";
import { plainText, type Text, text } from "./text.ts";

/**
 * The state that a message tells, in words first; adapters add its sign and color. `bad` failing, `likely` the likely cause is known,
 * `good` healthy or recovered, `solved`, `unclear` cannot tell, `neutral` no state at all.
 */
export type Mood = "bad" | "likely" | "good" | "solved" | "unclear" | "neutral";

/** One sign per state; never shown without its words. */
export const SIGN: Readonly<Record<Mood, string | null>> = {
	bad: "🔴",
	likely: "🟠",
	good: "🟢",
	solved: "✅",
	unclear: "⚪",
	neutral: null,
};

/** A block of a message, free of any platform's markup. */
export type Block =
	/** The first line; `aside` is what follows it less loudly, on the same line where the chat can. */
	| { readonly kind: "title"; readonly text: Text; readonly aside?: Text }
	| { readonly kind: "say"; readonly text: Text }
	| { readonly kind: "list"; readonly items: readonly Text[] }
	/** One command to copy, exactly as it is to be pasted. `about` says where to run it. */
	| { readonly kind: "command"; readonly about: Text; readonly command: string }
	/** Lines in columns, already aligned; foreign parts went through `show`. */
	| { readonly kind: "table"; readonly lines: readonly string[] }
	/** Cells under headings, for a chat's own table; every cell is safe to show already. */
	| { readonly kind: "grid"; readonly header: readonly string[]; readonly rows: readonly (readonly string[])[] }
	/** Names with their values, side by side where the chat can. */
	| { readonly kind: "fields"; readonly fields: readonly { readonly name: string; readonly value: Text }[] }
	/** Counts by category, for a chat's own chart; `text` says the same in one line. */
	| {
			readonly kind: "chart";
			readonly title: string;
			readonly categories: readonly string[];
			readonly series: readonly { readonly name: string; readonly values: readonly number[] }[];
			readonly text: Text;
	  }
	| { readonly kind: "note"; readonly text: Text }
	/** Controls in a row, at most five; where a chat has none, or one does not fit, `else` says what to type. */
	| {
			readonly kind: "buttons";
			readonly buttons: readonly Button[];
			readonly menus?: readonly Menu[];
			readonly else: Text;
	  };

/** One button: our own words, and what it does. */
export interface Button {
	readonly label: string;
	readonly action: Action;
	/** The usual choice; at most one per message. */
	readonly primary?: true;
}

/** Rarer choices behind one control. */
export interface Menu {
	/** Its name; `⋯` for rarer choices. */
	readonly label: string;
	readonly options: readonly Button[];
}

/** Whom a message mentions; no one else is notified. */
export interface Notify {
	/** As `Conversation.asker` names them. */
	readonly people: readonly string[];
	/** Also shown in the channel, not only in the thread. */
	readonly broadcast?: true;
}

/** One chat message. */
export interface Message {
	readonly mood: Mood;
	readonly blocks: readonly Block[];
	readonly notify?: Notify;
}

export const message = (mood: Mood, ...blocks: readonly (Block | null)[]): Message => ({
	mood,
	blocks: blocks.filter((block) => block !== null),
});
export const title = (text: Text, aside?: Text): Block => ({ kind: "title", text, ...(aside === undefined ? {} : { aside }) });
export const say = (text: Text): Block => ({ kind: "say", text });
export const list = (items: readonly Text[]): Block | null => (items.length === 0 ? null : { kind: "list", items });
export const command = (about: Text, command: string): Block => ({ kind: "command", about, command });
export const table = (lines: readonly string[]): Block => ({ kind: "table", lines });
export const buttons = (otherwise: Text, ...all: readonly Button[]): Block => ({
	kind: "buttons",
	buttons: all,
	else: otherwise,
});
/** As `buttons`, with rarer choices behind menus; a menu without options is left out. */
export const controls = (otherwise: Text, all: readonly Button[], menus: readonly Menu[]): Block => ({
	kind: "buttons",
	buttons: all,
	menus: menus.filter(({ options }) => options.length > 0),
	else: otherwise,
});
export const grid = (header: readonly string[], rows: readonly (readonly string[])[]): Block | null =>
	rows.length === 0 ? null : { kind: "grid", header, rows };
export const fields = (...all: readonly { readonly name: string; readonly value: Text }[]): Block => ({
	kind: "fields",
	fields: all,
});
/** The lines of a grid where a chat has no table of its own. */
export const gridLines = ({ header, rows }: Extract<Block, { kind: "grid" }>): string[] => columns([header, ...rows]);
/** The line of a field where a chat has no fields of its own. */
export const fieldText = ({ name, value }: { readonly name: string; readonly value: Text }): Text => text`${name}: ${value}`;
export const note = (text: Text): Block => ({ kind: "note", text });

/** Columns padded to equal width; the last one stays as it is. Every cell must be safe to show already. */
export function columns(rows: readonly (readonly string[])[]): string[] {
	const widths = rows.reduce<number[]>((max, row) => row.map((cell, index) => Math.max(max[index] ?? 0, cell.length)), []);
	return rows.map((row) =>
		row
			.map((cell, index) => (index === row.length - 1 ? cell : cell.padEnd(widths[index] ?? 0)))
			.join("  ")
			.trimEnd(),
	);
}

/** The first sentence of a message in plain words, cut at a word: a thread's name. */
export function plainTitle(message: Message, max = 80): string {
	const [first] = message.blocks;
	const [sentence = ""] = (first !== undefined && "text" in first ? plainText(first.text) : "cf520").split(
		/(?<=[^.]{8})[.:] /,
		1,
	);
	return sentence.length <= max ? sentence : `${sentence.slice(0, max).replace(/\s+\S*$/, "")} …`;
}

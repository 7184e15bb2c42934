import type { Action } from "../read/action.ts";
import { plainText, type Text } from "./text.ts";

/** How a message feels, told in words first; adapters may add a sign or a colour. */
export type Mood = "bad" | "warn" | "good" | "neutral";

/** A block of a message, free of any platform's markup. */
export type Block =
	| { readonly kind: "title"; readonly text: Text }
	| { readonly kind: "say"; readonly text: Text }
	| { readonly kind: "list"; readonly items: readonly Text[] }
	/** One command to copy, exactly as it is to be pasted. `about` says where to run it. */
	| { readonly kind: "command"; readonly about: Text; readonly command: string }
	/** Lines in columns, already aligned; foreign parts went through `show`. */
	| { readonly kind: "table"; readonly lines: readonly string[] }
	| { readonly kind: "note"; readonly text: Text }
	/** Buttons in a row; where a chat has none, or a button does not fit, `else` says what to type. */
	| { readonly kind: "buttons"; readonly buttons: readonly Button[]; readonly else: Text };

/** One button: our own words, and what it does. */
export interface Button {
	readonly label: string;
	readonly action: Action;
}

/** One chat message. */
export interface Message {
	readonly mood: Mood;
	readonly blocks: readonly Block[];
}

export const message = (mood: Mood, ...blocks: readonly (Block | null)[]): Message => ({
	mood,
	blocks: blocks.filter((block) => block !== null),
});
export const title = (text: Text): Block => ({ kind: "title", text });
export const say = (text: Text): Block => ({ kind: "say", text });
export const list = (items: readonly Text[]): Block | null => (items.length === 0 ? null : { kind: "list", items });
export const command = (about: Text, command: string): Block => ({ kind: "command", about, command });
export const table = (lines: readonly string[]): Block => ({ kind: "table", lines });
export const buttons = (otherwise: Text, ...all: readonly Button[]): Block => ({
	kind: "buttons",
	buttons: all,
	else: otherwise,
});
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

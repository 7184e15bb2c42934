import { type Block, fieldText, type Message } from "./message.ts";
import type { Text } from "./text.ts";

/** Words of a text as chats show it; something to ask has the command's name before it there. */
export const wordsInText = (spans: Text): number =>
	words(
		spans
			.map((span) => {
				switch (span.t) {
					case "time":
						return "22:18:44 UTC";
					case "ask":
						return `/cf520 ${span.s}`;
					default:
						return span.s;
				}
			})
			.join(""),
	);

const words = (shown: string): number => shown.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

/** Words that a block shows. Code blocks, tables and the labels of buttons do not count. */
export function wordsInBlock(block: Block): number {
	switch (block.kind) {
		case "title":
			return wordsInText(block.text) + (block.aside === undefined ? 0 : wordsInText(block.aside));
		case "say":
		case "note":
		case "chart":
			return wordsInText(block.text);
		case "fields":
			return block.fields.reduce((sum, field) => sum + wordsInText(fieldText(field)), 0);
		case "list":
			return block.items.reduce((sum, item) => sum + wordsInText(item), 0);
		case "command":
			return wordsInText(block.about);
		case "table":
		case "grid":
		case "buttons":
			return 0;
	}
}

/** Words of visible text in a message. */
export const wordsInMessage = ({ blocks }: Message): number => blocks.reduce((sum, block) => sum + wordsInBlock(block), 0);

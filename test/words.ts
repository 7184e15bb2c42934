import type { Block, Message } from "../src/message/message.ts";
import { fieldText } from "../src/message/message.ts";
import { plainText, type Text } from "../src/message/text.ts";

/** What the budgets of words count: what a person reads, without commands, tables, and the labels of controls. */
export const words = ({ blocks }: Message): number => blocks.flatMap(textsOf).reduce((sum, one) => sum + wordsIn(one), 0);

/** Words of a line. */
export const wordsIn = (one: Text): number =>
	plainText(one)
		.split(/\s+/)
		.filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

function textsOf(block: Block): readonly Text[] {
	switch (block.kind) {
		case "title":
			return block.aside === undefined ? [block.text] : [block.text, block.aside];
		case "list":
			return block.items;
		case "command":
			return [block.about];
		case "fields":
			return block.fields.map(fieldText);
		case "table":
		case "grid":
		case "buttons":
			return [];
		default:
			return [block.text];
	}
}

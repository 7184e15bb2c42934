import { type Block, fieldText, gridLines, type Message } from "../src/message/message.ts";
import { plainText } from "../src/message/text.ts";

/** A message as plain lines, free of any chat: what it says, item by item, with commands, tables and the labels of buttons. */
export const flat = ({ blocks }: Message): string => blocks.flatMap(linesOf).join("\n");

function linesOf(block: Block): readonly string[] {
	switch (block.kind) {
		case "list":
			return block.items.map((item) => plainText(item));
		case "command":
			return [plainText(block.about), block.command];
		case "table":
			return block.lines;
		case "buttons":
			return [[...block.buttons, ...(block.menus ?? [])].map(({ label }) => `[${label}]`).join(" ")];
		case "title":
			return [plainText(block.text) + (block.aside === undefined ? "" : ` · ${plainText(block.aside)}`)];
		case "grid":
			return gridLines(block);
		case "fields":
			return block.fields.map((field) => plainText(fieldText(field)));
		default:
			return [plainText(block.text)];
	}
}

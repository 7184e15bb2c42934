import { escapeMarkdown } from "discord.js";
import { type Block, gridLines } from "../../message/message.ts";
import { type Span, type Text, utc } from "../../message/text.ts";

/** Plain text that Discord shows as it is: no markdown, no mention, no emoji code. */
function escaped(text: string): string {
	return (
		escapeMarkdown(text, { heading: true, bulletedList: true, numberedList: true, maskedLink: true })
			.replace(/<(?=[@#:a/t])/g, "\\<")
			.replaceAll("@", "@\u200b")
			// Discord also links a masked link with its URL in angle brackets.
			.replace(/(?<!\\)\[/g, "\\[")
			// Discord links every URL in plain text, except one that contains a zero-width space.
			.replaceAll("://", ":/\u200b/")
	);
}

/** Inline code has no escape: a backtick inside becomes one that only looks like it. */
const inlineCode = (text: string) => `\`${text.replaceAll("`", "ˋ").replaceAll("@", "@\u200b") || " "}\``;
const fenced = (text: string, language = "") => `\`\`\`${language}\n${text.replaceAll("```", "ˋˋˋ")}\n\`\`\``;

/** A block with text, as Discord's markdown: a command as two texts, so that what has to be cut is never half inside a fence. Pure. */
export function blockTexts(block: Exclude<Block, { kind: "buttons" }>): string[] {
	switch (block.kind) {
		case "title":
			return [`**${spans(block.text, true)}**${block.aside === undefined ? "" : ` · ${spans(block.aside, false)}`}`];
		case "list":
			return [block.items.map((item) => `- ${spans(item, false)}`).join("\n")];
		case "command":
			return [spans(block.about, false), fenced(block.command, "sh")];
		case "table":
			return [fenced(block.lines.join("\n"))];
		case "grid":
			return [gridText(block)];
		case "fields":
			return [block.fields.map(({ name, value }) => `**${escaped(name)}:** ${spans(value, false)}`).join("\n")];
		case "note":
			return [`-# ${spans(block.text, false)}`];
		case "say":
		case "chart":
			return [spans(block.text, false)];
	}
}

/** What of a fenced line a phone shows without breaking it (390 points wide). */
const FENCED_LINE_MAX_CHARS = 40;

/** Columns, as far as a phone shows them side by side; else a line for each row. */
function gridText(block: Extract<Block, { kind: "grid" }>): string {
	const lines = gridLines(block);
	if (lines.every((line) => line.length <= FENCED_LINE_MAX_CHARS)) return fenced(lines.join("\n"));
	const row = ([first = "", ...others]: readonly string[]) => {
		const told = others.filter((cell) => cell !== "" && cell !== "-").map(escaped);
		return told.length === 0 ? escaped(first) : `${escaped(first)}: ${told.join(" · ")}`;
	};
	return [`-# ${row(block.header)}`, ...block.rows.map((cells) => `- ${row(cells)}`)].join("\n");
}

/** A line as Discord's markdown. Pure. */
export function spans(text: Text, bold: boolean): string {
	return text.map((span) => spanText(span, bold)).join("");
}

function spanText(span: Span, bold: boolean): string {
	switch (span.t) {
		case "plain":
			return escaped(span.s);
		case "bold":
			return bold ? escaped(span.s) : `**${escaped(span.s)}**`;
		case "code":
			return inlineCode(span.s);
		case "ask":
			return inlineCode(`/cf520 ask:${span.s}`);
		case "link":
			return `<${span.url}>`;
		case "time":
			// The reader's own time, and the UTC of the commands beside it.
			return `<t:${Math.floor(span.ms / 1000)}:d> <t:${Math.floor(span.ms / 1000)}:T> (${utc(span.ms).slice(11)})`;
	}
}

/** What a fence needs beside its text. */
const FENCES_MAX_CHARS = 100;

/**
 * A text that is too long for one place, cut at line ends; fences are closed and opened again. Pure.
 * @param max characters of a piece
 */
export function pieces(text: string, max: number): string[] {
	if (text.length <= max) return [text];
	const room = max - FENCES_MAX_CHARS;
	const fence = /^```\w*\n/.exec(text)?.[0] ?? null;
	const lines = (fence === null ? text : text.slice(fence.length, -4))
		.split("\n")
		.flatMap((line) => line.match(new RegExp(`.{1,${room}}`, "gsu")) ?? [""]);
	const out: string[] = [];
	for (const line of lines) {
		const last = out.at(-1);
		if (last !== undefined && last.length + 1 + line.length <= room) out[out.length - 1] = `${last}\n${line}`;
		else out.push(line);
	}
	return fence === null ? out : out.map((one) => `${fence}${one}\n\`\`\``);
}

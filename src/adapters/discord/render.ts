import { ButtonStyle, ComponentType, escapeMarkdown } from "discord.js";
import { type Block, fieldText, gridLines, type Message, SIGN } from "../../message/message.ts";
import { type Span, type Text, utc } from "../../message/text.ts";
import { ACTION_MAX_CHARS, actionText } from "../../read/action.ts";

/** Discord: characters of a message's content (https://discord.com/developers/docs/resources/message). */
const CONTENT_MAX_CHARS = 2_000;
/** One block of ours leaves room for its fences. */
const BLOCK_MAX_CHARS = 1_900;

/** Plain text that Discord shows as it is: no markdown, no mention, no emoji code. */
function escaped(text: string): string {
	return (
		escapeMarkdown(text, { heading: true, bulletedList: true, numberedList: true, maskedLink: true })
			.replace(/<(?=[@#:a/t])/g, "\\<")
			.replaceAll("@", "@\u200b")
			// A masked link whose address stands in angle brackets is one too.
			.replace(/(?<!\\)\[/g, "\\[")
			// Discord makes a link of every address in plain text: of one in which a zero-width space stands it does not.
			.replaceAll("://", ":/\u200b/")
	);
}

/** Inline code has no escape: a backtick inside becomes one that only looks like it. */
const inlineCode = (text: string) => `\`${text.replaceAll("`", "ˋ").replaceAll("@", "@\u200b") || " "}\``;
const fenced = (text: string, language = "") => `\`\`\`${language}\n${text.replaceAll("```", "ˋˋˋ")}\n\`\`\``;

/** A message as one or more contents, each within Discord's limit. Pure. */
export function renderDiscord(message: Message): [string, ...string[]] {
	const sign = SIGN[message.mood];
	const blocks = message.blocks
		.flatMap(blockTexts)
		.map((one, index) => (index === 0 && sign !== null ? `${sign} ` : "") + one)
		.flatMap(pieces);
	const contents: string[] = [];
	for (const block of blocks) {
		const last = contents.at(-1);
		if (last !== undefined && last.length + 1 + block.length <= CONTENT_MAX_CHARS)
			contents[contents.length - 1] = `${last}\n${block}`;
		else contents.push(block);
	}
	const [first = "…", ...others] = contents;
	return [first, ...others];
}

type ButtonsBlock = Extract<Block, { kind: "buttons" }>;
/** Discord: buttons in a row, rows in a message, characters of a label. */
const ROW_BUTTONS_MAX = 5;
const ROWS_MAX = 5;
const LABEL_MAX_CHARS = 80;

function buttonRows(blocks: readonly ButtonsBlock[]) {
	return blocks
		.flatMap((block) => {
			const components = block.buttons.flatMap(({ label, action }) => {
				const id = actionText(action, ACTION_MAX_CHARS);
				return id === null
					? []
					: [
							{
								type: ComponentType.Button as const,
								style: ButtonStyle.Secondary as const,
								label: label.slice(0, LABEL_MAX_CHARS),
								custom_id: id,
							},
						];
			});
			const rows = [];
			for (let at = 0; at < components.length; at += ROW_BUTTONS_MAX)
				rows.push({ type: ComponentType.ActionRow as const, components: components.slice(at, at + ROW_BUTTONS_MAX) });
			return rows;
		})
		.slice(0, ROWS_MAX);
}

/** The buttons of a message, for its last content. */
export function discordButtons(message: Message) {
	return buttonRows(message.blocks.filter((block): block is ButtonsBlock => block.kind === "buttons"));
}

/** A block as one text; a command as two, so that what has to be cut is never half inside a fence. */
function blockTexts(block: Block): string[] {
	switch (block.kind) {
		case "title":
			return [`**${spans(block.text, true)}**${block.aside === undefined ? "" : ` · ${spans(block.aside, false)}`}`];
		case "say":
			return [spans(block.text, false)];
		case "list":
			return [block.items.map((item) => `- ${spans(item, false)}`).join("\n")];
		case "command":
			return [spans(block.about, false), fenced(block.command, "sh")];
		case "table":
			return [fenced(block.lines.join("\n"))];
		case "grid":
			return [fenced(gridLines(block).join("\n"))];
		case "fields":
			return [block.fields.map((field) => `- ${spans(fieldText(field), false)}`).join("\n")];
		case "chart":
			return [spans(block.text, false)];
		case "note":
			return [`-# ${spans(block.text, false)}`];
		case "buttons":
			// The buttons themselves go beside the content; in words only what has no button.
			return buttonRows([block]).length === 0 ? [spans(block.else, false)] : [];
	}
}

function spans(text: Text, bold: boolean): string {
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

/** A block that is too long for a message, cut at line ends; fences are closed and opened again. */
function pieces(block: string): string[] {
	if (block.length <= CONTENT_MAX_CHARS) return [block];
	const fence = /^```\w*\n/.exec(block)?.[0] ?? null;
	const lines = (fence === null ? block : block.slice(fence.length, -4))
		.split("\n")
		.flatMap((line) => line.match(new RegExp(`.{1,${BLOCK_MAX_CHARS}}`, "gsu")) ?? [""]);
	const out: string[] = [];
	for (const line of lines) {
		const last = out.at(-1);
		if (last !== undefined && last.length + 1 + line.length <= BLOCK_MAX_CHARS) out[out.length - 1] = `${last}\n${line}`;
		else out.push(line);
	}
	return fence === null ? out : out.map((one) => `${fence}${one}\n\`\`\``);
}

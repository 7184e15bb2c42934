import type {
	KnownBlock,
	RichTextBlock,
	RichTextElement,
	RichTextList,
	RichTextPreformatted,
	RichTextSection,
} from "@slack/types";
import { type Block, fieldText, gridLines, type Message, SIGN } from "../../message/message.ts";
import { plainText, type Span, type Text, utc } from "../../message/text.ts";
import { actionText } from "../../read/action.ts";

/** Slack, Block Kit reference: characters in a section's text; kept for one rich text block too, whose own limit is not documented. */
const BLOCK_TEXT_MAX_CHARS = 2_900;
/** Slack: aim at no more than 4,000 characters in `text`. */
const FALLBACK_MAX_CHARS = 3_500;
/** Slack, Block Kit reference: blocks a message. */
const BLOCKS_MAX = 50;
/** Slack, Block Kit reference: characters of a context element. */
const CONTEXT_MAX_CHARS = 2_000;

interface SlackPayload {
	/** Notification and screen-reader text: the whole message in words. */
	readonly text: string;
	readonly blocks: KnownBlock[];
}

/** The only three characters that Slack's mrkdwn lets anybody escape; enough, because `text` is never more than a fall-back. */
function escaped(text: string): string {
	return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * A message as Block Kit. Everything goes into rich text, whose elements carry plain text: no markup is parsed in it, so foreign text
 * cannot ping, link or format anything. Pure.
 */
export function renderSlack(message: Message): SlackPayload {
	const sign = SIGN[message.mood];
	const blocks: KnownBlock[] = [];
	message.blocks.forEach((block, index) => {
		if (block.kind === "note") {
			blocks.push({
				type: "context",
				elements: [{ type: "plain_text", text: cut(plainText(block.text, { ask: asked }), CONTEXT_MAX_CHARS) }],
			});
			return;
		}
		if (block.kind === "buttons") {
			blocks.push(...buttonsOf(block));
			return;
		}
		const elements = elementsOf(block, index === 0 ? sign : null);
		const last = blocks.at(-1);
		if (last?.type === "rich_text" && sizeOf(last) + sizeOf({ elements }) <= BLOCK_TEXT_MAX_CHARS)
			last.elements.push(...elements);
		else blocks.push({ type: "rich_text", elements });
	});
	return { text: cut(fallback(message), FALLBACK_MAX_CHARS), blocks: blocks.slice(0, BLOCKS_MAX) };
}

/** How a question is asked here. */
const asked = (question: string) => `${OF_A_THREAD.test(question) ? "@cf520" : "/cf520"} ${question}`;
/** What belongs to the case of a thread: Slack takes no slash command there. */
const OF_A_THREAD = /^(?:answer|solved|report|logs)\b/;

/** Slack, Block Kit reference: characters of a button's value and label, elements of an actions block. */
const BUTTON_VALUE_MAX_CHARS = 2_000;
const BUTTON_LABEL_MAX_CHARS = 75;
const BUTTONS_MAX = 25;
/** Every button of ours is called so; the number behind it makes it unique within its message, as Slack asks. */
export const ACTION_ID = "cf520_press";

/** A row of buttons. */
function buttonsOf(block: Extract<Block, { kind: "buttons" }>): KnownBlock[] {
	const elements = block.buttons.slice(0, BUTTONS_MAX).flatMap(({ label, action }, index) => {
		const value = actionText(action, BUTTON_VALUE_MAX_CHARS);
		return value === null
			? []
			: [
					{
						type: "button" as const,
						action_id: `${ACTION_ID}_${index}`,
						text: { type: "plain_text" as const, text: cut(label, BUTTON_LABEL_MAX_CHARS) },
						value,
					},
				];
	});
	return elements.length === 0
		? [
				{
					type: "context",
					elements: [{ type: "plain_text", text: cut(plainText(block.else, { ask: asked }), CONTEXT_MAX_CHARS) }],
				},
			]
		: [{ type: "actions", elements }];
}

function elementsOf(block: Exclude<Block, { kind: "note" | "buttons" }>, sign: string | null): RichTextBlock["elements"] {
	switch (block.kind) {
		case "title": {
			const before: RichTextElement[] = sign === null ? [] : [{ type: "text", text: `${sign} ` }];
			const aside: RichTextElement[] =
				block.aside === undefined ? [] : [{ type: "text", text: " · " }, ...spans(block.aside, false)];
			return [section([...before, ...spans(block.text, true), ...aside, { type: "text", text: "\n" }])];
		}
		case "say":
			return [section([...spans(block.text, false), { type: "text", text: "\n" }])];
		case "list": {
			const list: RichTextList = {
				type: "rich_text_list",
				style: "bullet",
				elements: block.items.map((item) => section(spans(item, false))),
			};
			return [list];
		}
		case "command":
			return [section(spans(block.about, false)), preformatted(block.command)];
		case "table":
			return [preformatted(block.lines.join("\n"))];
		case "grid":
			return [preformatted(gridLines(block).join("\n"))];
		case "fields":
			return [
				{
					type: "rich_text_list",
					style: "bullet",
					elements: block.fields.map((field) => section(spans(fieldText(field), false))),
				},
			];
		case "chart":
			return [section([...spans(block.text, false), { type: "text", text: "\n" }])];
	}
}

const section = (elements: RichTextElement[]): RichTextSection => ({ type: "rich_text_section", elements });
const preformatted = (text: string): RichTextPreformatted => ({
	type: "rich_text_preformatted",
	elements: [{ type: "text", text: cut(text, BLOCK_TEXT_MAX_CHARS) }],
});

function spans(text: Text, bold: boolean): RichTextElement[] {
	return text
		.filter((span) => span.t === "time" || span.s !== "")
		.flatMap((span) => {
			const shown = element(span, bold);
			// The date is shown in the reader's own time; the commands beside it are in UTC.
			return span.t === "time"
				? [shown, { type: "text", text: ` (${utc(span.ms).slice(11)})`, ...(bold ? { style: { bold: true } } : {}) } as const]
				: [shown];
		});
}

function element(span: Span, bold: boolean): RichTextElement {
	const strong = bold ? { bold: true } : {};
	switch (span.t) {
		case "plain":
			return { type: "text", text: span.s, ...(bold ? { style: strong } : {}) };
		case "bold":
			return { type: "text", text: span.s, style: { bold: true } };
		case "code":
			return { type: "text", text: span.s, style: { ...strong, code: true } };
		case "ask":
			return { type: "text", text: asked(span.s), style: { ...strong, code: true } };
		case "link":
			return { type: "link", url: span.url, text: span.s };
		case "time":
			return {
				type: "date",
				timestamp: Math.floor(span.ms / 1000),
				format: "{date_short_pretty} {time_secs}",
				fallback: utc(span.ms),
				...(bold ? { style: strong } : {}),
			};
	}
}

/** The message in words, with the reader's own time where Slack shows it. */
function fallback(message: Message): string {
	const flat = (text: Text) =>
		text
			.map((span) => {
				if (span.t !== "time") return escaped(span.t === "ask" ? asked(span.s) : span.t === "link" ? span.url : span.s);
				return `<!date^${Math.floor(span.ms / 1000)}^{date_short_pretty} {time_secs}|${utc(span.ms)}> (${utc(span.ms).slice(11)})`;
			})
			.join("");
	return message.blocks
		.map((block) => {
			switch (block.kind) {
				case "list":
					return block.items.map((item) => `• ${flat(item)}`).join("\n");
				case "command":
					return `${flat(block.about)}\n${escaped(block.command)}`;
				case "table":
					return escaped(block.lines.join("\n"));
				case "buttons":
					return flat(block.else);
				case "grid":
					return escaped(gridLines(block).join("\n"));
				case "fields":
					return block.fields.map((field) => `• ${flat(fieldText(field))}`).join("\n");
				case "title":
					return `${flat(block.text)}${block.aside === undefined ? "" : ` · ${flat(block.aside)}`}`;
				default:
					return flat(block.text);
			}
		})
		.join("\n");
}

function cut(text: string, max: number): string {
	if (text.length <= max) return text;
	// Never inside a surrogate pair, an entity or a date mark.
	return `${text.slice(0, max - 1).replace(/(?:[\ud800-\udbff]|&[a-z]{0,3}|<[^>]*)$/, "")}…`;
}

function sizeOf(value: unknown): number {
	return JSON.stringify(value).length / 2;
}

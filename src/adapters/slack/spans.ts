import type { RichTextElement, RichTextPreformatted, RichTextSection } from "@slack/types";
import { plainText, type Span, type Text, utc } from "../../message/text.ts";
import { SLACK_MAX } from "./limits.ts";

/** What belongs to the case of a thread. */
const OF_A_THREAD = /^(?:answer|solved|report|logs)\b/;

/**
 * How a question is asked: in a thread by a mention, because Slack takes no slash command there.
 * @param inThread the message that says so is in a thread
 */
export const asked = (question: string, inThread: boolean): string =>
	`${inThread || OF_A_THREAD.test(question) ? "@cf520" : "/cf520"} ${question}`;

/** A text where Slack accepts only plain text. */
export const plainSlack = (text: Text, inThread: boolean): string =>
	plainText(text, { ask: (question) => asked(question, inThread) });

/** A text as elements of rich text: they carry plain text, in which no markup is read. */
export function spans(text: Text, bold: boolean, inThread: boolean): RichTextElement[] {
	return text
		.filter((span) => span.t === "time" || span.s !== "")
		.flatMap((span) => {
			const shown = element(span, bold, inThread);
			// The date is shown in the reader's own time; the commands beside it are in UTC.
			return span.t === "time"
				? [shown, { type: "text", text: ` (${utc(span.ms).slice(11)})`, ...(bold ? { style: { bold: true } } : {}) } as const]
				: [shown];
		});
}

function element(span: Span, bold: boolean, inThread: boolean): RichTextElement {
	const strong = bold ? { bold: true } : {};
	switch (span.t) {
		case "plain":
			return { type: "text", text: span.s, ...(bold ? { style: strong } : {}) };
		case "bold":
			return { type: "text", text: span.s, style: { bold: true } };
		case "code":
			return { type: "text", text: span.s, style: { ...strong, code: true } };
		case "ask":
			return { type: "text", text: asked(span.s, inThread), style: { ...strong, code: true } };
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

export const section = (elements: RichTextElement[]): RichTextSection => ({ type: "rich_text_section", elements });

export const preformatted = (text: string): RichTextPreformatted => ({
	type: "rich_text_preformatted",
	elements: [{ type: "text", text: cut(text, SLACK_MAX.richText) }],
});

/** Plain text without emoji names. */
export const plainElement = (text: string, max: number) => ({ type: "plain_text", text: cut(text, max), emoji: false }) as const;

/** The beginning of a text, with an ellipsis where it was cut; never half of a character. */
export function cut(text: string, max: number): string {
	return text.length <= max ? text : `${text.slice(0, max - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}

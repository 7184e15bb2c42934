import { z } from "zod";
import { utc } from "../src/message/text.ts";

/**
 * A Slack payload as lines that a person can read, for goldens. Total: what is not described here stands as JSON on one line, and so
 * does anything with a property that is not.
 *
 * A line is a section of rich text, an item of a list (`- `), a context element (`-# `) or a row of buttons (`[label](value)`);
 * preformatted text is fenced, `---` is where one rich text block follows another. `**bold**`, `` `code` ``, `<url|link>`, `<:emoji:>`,
 * `<time …>` in the reader's own time. A section without a line end, ` ↓`, runs into what follows. These signs are escaped in text.
 *
 * The fall-back text mostly says the same in plain words, so only where it differs there are lines with `text:` (it says that besides),
 * `not in text:` (it leaves that line out) and `text ends here` (it is cut).
 */
export function slackLines({ text, blocks }: { readonly text: string; readonly blocks: readonly unknown[] }): string[] {
	const lines = blocks.flatMap((block, index) => [
		...(index > 0 && isRichText(block) && isRichText(blocks[index - 1]) ? [unsaid("---")] : []),
		...linesOf(block),
	]);
	return withFallback(lines, text);
}

/** A line as it is shown, and as the fall-back text would say it; null: it has no words for that. */
interface Line {
	readonly shown: string;
	readonly said: string | null;
}
const unsaid = (shown: string): Line => ({ shown, said: null });

const DATE_FORMAT = "{date_short_pretty} {time_secs}";
const Style = z.strictObject({ bold: z.literal(true).optional(), code: z.literal(true).optional() });
const Span = z.discriminatedUnion("type", [
	z.strictObject({ type: z.literal("text"), text: z.string(), style: Style.optional() }),
	z.strictObject({ type: z.literal("emoji"), name: z.string() }),
	z.strictObject({ type: z.literal("link"), url: z.string(), text: z.string() }),
	z
		.strictObject({
			type: z.literal("date"),
			timestamp: z.number(),
			format: z.literal(DATE_FORMAT),
			fallback: z.string(),
			style: Style.optional(),
		})
		.refine(({ timestamp, fallback }) => fallback === utc(timestamp * 1_000)),
]);
const Section = z.strictObject({ type: z.literal("rich_text_section"), elements: z.array(z.unknown()) });
const List = z.strictObject({
	type: z.literal("rich_text_list"),
	style: z.literal("bullet"),
	elements: z.array(Section),
});
const Preformatted = z.strictObject({
	type: z.literal("rich_text_preformatted"),
	elements: z.tuple([z.strictObject({ type: z.literal("text"), text: z.string() })]),
});
const PlainText = z.strictObject({ type: z.literal("plain_text"), text: z.string() });
const Button = z.strictObject({ type: z.literal("button"), action_id: z.string(), text: PlainText, value: z.string() });
const Block = z.discriminatedUnion("type", [
	z.strictObject({
		type: z.literal("rich_text"),
		elements: z.array(z.union([Section, List, Preformatted, z.unknown()])),
	}),
	z.strictObject({ type: z.literal("context"), elements: z.array(PlainText) }),
	z.strictObject({ type: z.literal("actions"), elements: z.array(Button) }),
]);

const isRichText = (block: unknown): boolean => Block.safeParse(block).data?.type === "rich_text";

function linesOf(block: unknown): Line[] {
	const { data } = Block.safeParse(block);
	switch (data?.type) {
		case "rich_text":
			return data.elements.flatMap(richLines);
		case "context":
			return data.elements.flatMap(({ text }) => lines(`-# ${escaped(text)}`, entities(text)));
		case "actions":
			return [unsaid(data.elements.map(buttonShown).join(" "))];
		default:
			return [unsaid(JSON.stringify(block))];
	}
}

/** The id is shown where it is not the button's number in its row. */
const buttonShown = ({ text, value, action_id: id }: z.infer<typeof Button>, index: number): string =>
	`[${escaped(text.text)}](${value})${id.endsWith(`_${index}`) ? "" : `#${id}`}`;

function richLines(element: unknown): Line[] {
	const section = Section.safeParse(element);
	if (section.success) return sectionLines(section.data.elements);
	const list = List.safeParse(element);
	if (list.success)
		return list.data.elements.flatMap(({ elements }) => {
			const { shown, said } = spansOf(elements);
			return lines(`- ${shown}`, `• ${said}`);
		});
	const preformatted = Preformatted.safeParse(element);
	if (preformatted.success) {
		const [{ text }] = preformatted.data.elements;
		const inside = text.split("\n").map((line) => ({ shown: line.replace(/^(?=\\*```)/, "\\"), said: entities(line) }));
		return [unsaid("```"), ...inside, unsaid("```")];
	}
	return [unsaid(JSON.stringify(element))];
}

function sectionLines(elements: readonly unknown[]): Line[] {
	const { shown, said } = spansOf(elements);
	// What would read as another kind of line.
	const own = shown.replace(/^(?=- |-# |---|\[|\{|text: |text ends here|not in text: )/gm, "\\");
	return own.endsWith("\n") ? lines(own.slice(0, -1), said.replace(/\n$/, "")) : lines(`${own} ↓`, said);
}

/** As many lines as there are in both; they are of the same text. */
function lines(shown: string, said: string): Line[] {
	const words = said.split("\n");
	return shown.split("\n").map((line, index) => ({ shown: line, said: words[index] ?? null }));
}

function spansOf(elements: readonly unknown[]): { readonly shown: string; readonly said: string } {
	let shown = "";
	let said = "";
	let bold = false;
	for (const element of elements) {
		const { data } = Span.safeParse(element);
		const style = data !== undefined && "style" in data ? data.style : undefined;
		if (bold !== (style?.bold === true)) {
			shown += "**";
			bold = !bold;
		}
		switch (data?.type) {
			case "text": {
				const words = escaped(data.text);
				shown += style?.code === true ? `\`${words}\`` : words;
				// The sign before a title is not said.
				said += said === "" && shown.startsWith("<:") && data.text === " " ? "" : entities(data.text);
				break;
			}
			case "emoji":
				shown += `<:${data.name}:>`;
				break;
			case "link":
				shown += `<${data.url}|${escaped(data.text)}>`;
				said += entities(data.url);
				break;
			case "date":
				shown += `<time ${data.fallback}>`;
				said += `<time ${data.fallback}>`;
				break;
			default:
				shown += `<${JSON.stringify(element)}>`;
		}
	}
	return { shown: bold ? `${shown}**` : shown, said };
}

const escaped = (text: string): string => text.replace(/[\\`*<]/g, "\\$&");
/** As Slack wants plain text in `text`. */
const entities = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** The lines, and between them where the fall-back text says something else. */
function withFallback(lines: readonly Line[], text: string): string[] {
	const said = text
		.replace(/<!date\^(\d+)\^([^|>]*)\|([^>]*)>/g, (mark, seconds: string, format: string, words: string) =>
			format === DATE_FORMAT && words === utc(Number(seconds) * 1_000) ? `<time ${words}>` : mark,
		)
		.split("\n");
	const out: string[] = [];
	let at = 0;
	for (const [index, line] of lines.entries()) {
		const rest = lines.slice(index).map((one) => one.said);
		const found = line.said === null ? -1 : said.indexOf(line.said, at);
		// A line that comes later, and is said earlier by another one, is not this one.
		const mine = found >= 0 && !said.slice(at, found).some((one) => rest.includes(one));
		if (mine) out.push(...said.slice(at, found).map((one) => `text: ${one}`));
		out.push(line.shown);
		if (mine) at = found + 1;
		else if (line.said !== null && at >= said.length) {
			out.push("text ends here", ...lines.slice(index + 1).map((one) => one.shown));
			return out;
		} else if (line.said !== null && !isCutOf(said.slice(at), line.said)) out.push(`not in text: ${line.said}`);
		else if (line.said !== null) {
			out.push(`text: ${said[at]}`);
			at += 1;
		}
	}
	return [...out, ...said.slice(at).map((one) => `text: ${one}`)];
}

/** Whether this is the last line of a text that was cut. */
const isCutOf = ([last, ...others]: readonly string[], whole: string): boolean =>
	last !== undefined && others.length === 0 && last.endsWith("…") && whole.startsWith(last.slice(0, -1));

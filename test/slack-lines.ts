import { z } from "zod";
import { utc } from "../src/message/text.ts";

/**
 * A Slack payload as lines that a person can read, for goldens. Total: what is not described here stands as JSON on one line, and so
 * does anything with a property that is not.
 *
 * `text: ` is the notification and what a screen reader says first. Then a line is a header (`# `), a section of rich text, an item of a
 * list (`- `), a field (`:: name: value`), a context element (`-# `) or a row of controls: `[label](value)`, the primary one `[*label*]`,
 * `{spoken}` for what a screen reader says of it, a menu `[placeholder ▾ option(value) | …]` and the overflow menu `[⋯ …]`.
 * Preformatted text is fenced, a table's rows are `| cell | cell |`, a chart is `chart: `, `---` is where one rich text block follows
 * another. `**bold**`, `` `code` ``, `<url|link>`, `<@person>`, `<time …>` in the reader's own time. A section without a line end, ` ↓`,
 * runs into what follows. These signs are escaped in text.
 */
export function slackLines({ text, blocks }: { readonly text: string; readonly blocks: readonly unknown[] }): string[] {
	const controls = numbering();
	return [
		`text: ${text}`,
		...blocks.flatMap((block, index) => [
			...(index > 0 && isRichText(block) && isRichText(blocks[index - 1]) ? ["---"] : []),
			...linesOf(block, controls),
		]),
	];
}

/** What a control's id is expected to be: they are numbered through the message. */
type Numbering = () => string;
function numbering(): Numbering {
	let next = 0;
	return () => `_${next++}`;
}

const DATE_FORMAT = "{date_short_pretty} {time_secs}";
const Style = z.strictObject({ bold: z.literal(true).optional(), code: z.literal(true).optional() });
const Span = z.discriminatedUnion("type", [
	z.strictObject({ type: z.literal("text"), text: z.string(), style: Style.optional() }),
	z.strictObject({ type: z.literal("user"), user_id: z.string() }),
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
const PlainText = z.strictObject({ type: z.literal("plain_text"), text: z.string(), emoji: z.literal(false) });
const Option = z.strictObject({ text: PlainText, value: z.string() });
const Control = z.discriminatedUnion("type", [
	z.strictObject({
		type: z.literal("button"),
		action_id: z.string(),
		text: PlainText,
		value: z.string(),
		style: z.literal("primary").optional(),
		accessibility_label: z.string().optional(),
	}),
	z.strictObject({ type: z.literal("overflow"), action_id: z.string(), options: z.array(Option) }),
	z.strictObject({
		type: z.literal("static_select"),
		action_id: z.string(),
		placeholder: PlainText,
		options: z.array(Option),
	}),
]);
const Cell = z.strictObject({ type: z.literal("raw_text"), text: z.string() });
const Chart = z.strictObject({
	type: z.literal("bar"),
	series: z.array(z.strictObject({ name: z.string(), data: z.array(z.strictObject({ label: z.string(), value: z.number() })) })),
	axis_config: z.strictObject({ categories: z.array(z.string()) }),
});
const Block = z.discriminatedUnion("type", [
	z.strictObject({
		type: z.literal("rich_text"),
		elements: z.array(z.union([Section, List, Preformatted, z.unknown()])),
	}),
	z.strictObject({ type: z.literal("header"), text: PlainText }),
	z.strictObject({ type: z.literal("section"), fields: z.array(PlainText) }),
	z.strictObject({ type: z.literal("context"), elements: z.array(PlainText) }),
	z.strictObject({ type: z.literal("actions"), elements: z.array(Control) }),
	z.strictObject({ type: z.literal("table"), rows: z.array(z.array(Cell)) }),
	z.strictObject({ type: z.literal("data_visualization"), title: z.string(), chart: Chart }),
]);

const isRichText = (block: unknown): boolean => Block.safeParse(block).data?.type === "rich_text";

function linesOf(block: unknown, next: Numbering): string[] {
	const { data } = Block.safeParse(block);
	switch (data?.type) {
		case "rich_text":
			return data.elements.flatMap(richLines);
		case "header":
			return [`# ${escaped(data.text.text)}`];
		case "section":
			return data.fields.map(({ text }) => `:: ${escaped(text).replace(":\n", ": ")}`);
		case "context":
			return data.elements.map(({ text }) => `-# ${escaped(text)}`);
		case "actions":
			return [data.elements.map((one) => controlShown(one, next())).join(" ")];
		case "table":
			return data.rows.map((row) => `| ${row.map(({ text }) => escaped(text)).join(" | ")} |`);
		case "data_visualization":
			return [
				`chart: ${escaped(data.title)}: ${data.chart.series
					.map(({ name, data: points }) => `${name} ${points.map(({ label, value }) => `${label}=${value}`).join(" ")}`)
					.join("; ")}`,
			];
		default:
			return [JSON.stringify(block)];
	}
}

/** The id is shown where it is not the control's number in its message. */
function controlShown(one: z.infer<typeof Control>, number: string): string {
	const id = one.action_id.endsWith(number) ? "" : `#${one.action_id}`;
	if (one.type === "button") {
		const label = one.style === "primary" ? `*${escaped(one.text.text)}*` : escaped(one.text.text);
		return `[${label}](${one.value})${one.accessibility_label === undefined ? "" : `{${one.accessibility_label}}`}${id}`;
	}
	const options = one.options.map(({ text, value }) => `${escaped(text.text)}(${value})`).join(" | ");
	return `[${one.type === "overflow" ? "⋯" : `${escaped(one.placeholder.text)} ▾`} ${options}]${id}`;
}

function richLines(element: unknown): string[] {
	const section = Section.safeParse(element);
	if (section.success) return sectionLines(section.data.elements);
	const list = List.safeParse(element);
	if (list.success) return list.data.elements.flatMap(({ elements }) => `- ${spansOf(elements)}`.split("\n"));
	const preformatted = Preformatted.safeParse(element);
	if (preformatted.success) {
		const [{ text }] = preformatted.data.elements;
		return ["```", ...text.split("\n").map((line) => line.replace(/^(?=\\*```)/, "\\")), "```"];
	}
	return [JSON.stringify(element)];
}

function sectionLines(elements: readonly unknown[]): string[] {
	// What would read as another kind of line.
	const own = spansOf(elements).replace(/^(?=- |-# |# |:: |\| |---|\[|\{|text: |chart: )/gm, "\\");
	return (own.endsWith("\n") ? own.slice(0, -1) : `${own} ↓`).split("\n");
}

function spansOf(elements: readonly unknown[]): string {
	let shown = "";
	let bold = false;
	for (const element of elements) {
		const { data } = Span.safeParse(element);
		const style = data !== undefined && "style" in data ? data.style : undefined;
		if (bold !== (style?.bold === true)) {
			shown += "**";
			bold = !bold;
		}
		switch (data?.type) {
			case "text":
				shown += style?.code === true ? `\`${escaped(data.text)}\`` : escaped(data.text);
				break;
			case "user":
				shown += `<@${data.user_id}>`;
				break;
			case "link":
				shown += `<${data.url}|${escaped(data.text)}>`;
				break;
			case "date":
				shown += `<time ${data.fallback}>`;
				break;
			default:
				shown += `<${JSON.stringify(element)}>`;
		}
	}
	return bold ? `${shown}**` : shown;
}

const escaped = (text: string): string => text.replace(/[\\`*<]/g, "\\$&");

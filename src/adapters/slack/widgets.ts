import type { ContextBlock, HeaderBlock, KnownBlock, SectionBlock, TableBlock } from "@slack/types";
import type { Block } from "../../message/message.ts";
import type { Text } from "../../message/text.ts";
import { SLACK_MAX } from "./limits.ts";
import { plainElement, plainSlack } from "./spans.ts";

/**
 * A chart, which `@slack/types` 3.2 does not know (https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block). Every
 * series has one point for each category, in order.
 */
interface ChartBlock {
	readonly type: "data_visualization";
	readonly title: string;
	readonly chart: {
		readonly type: "bar";
		readonly series: readonly {
			readonly name: string;
			readonly data: readonly { readonly label: string; readonly value: number }[];
		}[];
		readonly axis_config: { readonly categories: readonly string[] };
	};
}

/** A block of a message; {@link ChartBlock} is not among the SDK's. */
export type SlackBlock = KnownBlock | ChartBlock;

/** What an older Slack, or one workspace's, may refuse to show, what is newest in Slack first. Each has a plain form. */
export const WIDGETS = ["chart", "table", "header", "fields", "context", "controls"] as const;
export type SlackWidget = (typeof WIDGETS)[number];

/** What kind of widget a block is; null for plain rich text. */
export function widgetOf(block: SlackBlock | undefined): SlackWidget | null {
	switch (block?.type) {
		case "data_visualization":
			return "chart";
		case "section":
			return "fields";
		case "actions":
			return "controls";
		case "table":
		case "header":
		case "context":
			return block.type;
		default:
			return null;
	}
}

/** The title as a header; null where it is too long for one. */
export function headerBlock(text: Text, sign: string | null, inThread: boolean): HeaderBlock | null {
	const words = `${sign === null ? "" : `${sign} `}${plainSlack(text, inThread)}`;
	return words.length > SLACK_MAX.header ? null : { type: "header", text: plainElement(words, SLACK_MAX.header) };
}

export const contextBlock = (text: Text, inThread: boolean): ContextBlock => ({
	type: "context",
	elements: [plainElement(plainSlack(text, inThread), SLACK_MAX.context)],
});

/** Names over their values, two in a row where there is room. */
export function fieldBlocks({ fields }: Extract<Block, { kind: "fields" }>, inThread: boolean): SectionBlock[] {
	const all = fields.map(({ name, value }) => plainElement(`${name}:\n${plainSlack(value, inThread)}`, SLACK_MAX.field));
	const sections: SectionBlock[] = [];
	for (let at = 0; at < all.length; at += SLACK_MAX.fields)
		sections.push({ type: "section", fields: all.slice(at, at + SLACK_MAX.fields) });
	return sections;
}

/** Slack takes no empty cell. */
const EMPTY_CELL = "–";

/** A grid as Slack's own table; null where it is too large for one. */
export function tableBlock({ header, rows }: Extract<Block, { kind: "grid" }>): TableBlock | null {
	const all = [header, ...rows];
	const columns = Math.max(...all.map((row) => row.length));
	if (columns === 0 || columns > SLACK_MAX.tableColumns || all.length > SLACK_MAX.tableRows) return null;
	const cells = all.map((row) =>
		Array.from({ length: columns }, (_, nth) => ({ type: "raw_text" as const, text: row[nth] || EMPTY_CELL })),
	);
	const characters = cells.flat().reduce((sum, { text }) => sum + text.length, 0);
	return characters > SLACK_MAX.tableCharacters ? null : { type: "table", rows: cells };
}

/** Whether a chart's strings are read as plain text is not documented: nothing in them can ping or link. */
const chartText = (text: string): string => text.replace(/[<>&@]/g, "");

const isUnique = (all: readonly string[]): boolean => new Set(all).size === all.length;

/** Counts as Slack's own chart; null where it cannot show them. */
export function chartBlock({ title, categories, series }: Extract<Block, { kind: "chart" }>): ChartBlock | null {
	const labels = categories.map(chartText);
	const names = series.map(({ name }) => chartText(name));
	const fits = (all: readonly string[], max: number) =>
		all.length > 0 &&
		all.length <= max &&
		isUnique(all) &&
		all.every((one) => one.length > 0 && one.length <= SLACK_MAX.chartLabel);
	const isWhole = series.every(({ values }) => values.length === labels.length && values.every(Number.isFinite));
	if (!fits(labels, SLACK_MAX.chartCategories) || !fits(names, SLACK_MAX.chartSeries) || !isWhole) return null;
	return {
		type: "data_visualization",
		title: plainElement(chartText(title) || "cf520", SLACK_MAX.chartTitle).text,
		chart: {
			type: "bar",
			series: series.map(({ values }, nth) => ({
				name: names[nth] ?? "",
				data: labels.map((label, at) => ({ label, value: values[at] ?? 0 })),
			})),
			axis_config: { categories: labels },
		},
	};
}

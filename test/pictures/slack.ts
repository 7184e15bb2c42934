import { escaped, NotDrawn, type Thing, tag, thing, things, words } from "./thing.ts";

/** Signs by Slack's names for them, as far as we use them. */
const EMOJI: Readonly<Record<string, string>> = {
	red_circle: "🔴",
	large_orange_circle: "🟠",
	large_yellow_circle: "🟡",
	large_green_circle: "🟢",
	white_circle: "⚪",
	white_check_mark: "✅",
	warning: "⚠️",
};

/** Blocks of a message, a modal or a Home tab as HTML that looks like Slack's. @throws NotDrawn for a block that it does not know */
export const slackHtml = (blocks: readonly Thing[]): string => tag("div", "s-message", ...blocks.map(block));

/** A modal as Slack shows it. */
export const slackModal = (view: Thing): string =>
	tag(
		"div",
		"s-modal",
		tag("div", "s-modal-title", composed(view.title)),
		...things(view.blocks).map(block),
		tag(
			"div",
			"s-modal-end",
			tag("span", "s-button", "Cancel"),
			view.submit === undefined ? "" : tag("span", "s-button s-primary", composed(view.submit)),
		),
	);

function block(one: Thing): string {
	switch (one.type) {
		case "header":
			return tag("div", "s-header", composed(one.text));
		case "divider":
			return "<hr>";
		case "section":
			return tag(
				"div",
				"s-section",
				tag(
					"div",
					"s-grow",
					one.text === undefined ? "" : tag("div", "", composed(one.text)),
					one.fields === undefined
						? ""
						: tag("div", "s-fields", ...things(one.fields).map((field) => tag("div", "", composed(field)))),
				),
				one.accessory === undefined ? "" : control(thing(one.accessory)),
			);
		case "context":
			return tag("div", "s-context", ...things(one.elements).map((element) => tag("span", "", composed(element))));
		case "actions":
			return tag("div", "s-actions", ...things(one.elements).map(control));
		case "rich_text":
			return tag("div", "s-rich", ...things(one.elements).map(rich));
		case "input":
			return tag(
				"div",
				"s-input",
				tag("b", "", composed(one.label)),
				control(thing(one.element)),
				one.hint === undefined ? "" : tag("div", "s-context", composed(one.hint)),
			);
		case "table":
			return table(one);
		case "data_visualization":
			return chart(one);
		default:
			throw new NotDrawn("Slack", one);
	}
}

/** A text object. Of mrkdwn only what we may write there is drawn: everything else has to be plain text. */
function composed(value: unknown): string {
	const { type, text } = thing(value);
	if (type === "plain_text") return escaped(words(text)).replaceAll("\n", "<br>");
	if (type !== "mrkdwn") throw new NotDrawn("Slack", value);
	return words(text)
		.replace(/\*([^*\n]+)\*/g, "<b>$1</b>")
		.replace(/`([^`\n]+)`/g, "<code>$1</code>")
		.replaceAll("\n", "<br>");
}

/** What a select shows: what is chosen already, else its placeholder. */
const chosen = (one: Thing): string => {
	const { text } = thing(one.initial_option);
	if (text !== undefined) return composed(text);
	return one.placeholder === undefined ? "Select" : composed(one.placeholder);
};

function control(one: Thing): string {
	switch (one.type) {
		case "button": {
			const style = one.style === "primary" ? " s-primary" : one.style === "danger" ? " s-danger" : "";
			return tag("span", `s-button${style}`, composed(one.text));
		}
		case "static_select":
		case "external_select":
		case "conversations_select":
		case "multi_conversations_select":
			return tag("span", "s-button", chosen(one), " ▾");
		case "overflow":
			return tag("span", "s-button", "⋯");
		case "plain_text_input":
		case "url_text_input":
		case "number_input":
			return tag(
				"div",
				one.multiline === true ? "s-field s-lines" : "s-field",
				escaped(words(one.initial_value)).replaceAll("\n", "<br>"),
			);
		case "checkboxes":
		case "radio_buttons":
			return things(one.options)
				.map((option) => tag("div", "", one.type === "checkboxes" ? "☐ " : "○ ", composed(option.text)))
				.join("");
		default:
			throw new NotDrawn("Slack", one);
	}
}

function rich(one: Thing): string {
	switch (one.type) {
		case "rich_text_section":
			return tag("div", "", ...things(one.elements).map(inline));
		case "rich_text_list":
			return tag(one.style === "ordered" ? "ol" : "ul", "", ...things(one.elements).map((item) => tag("li", "", rich(item))));
		case "rich_text_preformatted":
			return tag("pre", "", ...things(one.elements).map(inline));
		case "rich_text_quote":
			return tag("blockquote", "", ...things(one.elements).map(inline));
		default:
			throw new NotDrawn("Slack", one);
	}
}

function inline(one: Thing): string {
	const style = thing(one.style);
	const styled = (text: string) => {
		const code = style.code === true ? tag("code", "", text) : text;
		const bold = style.bold === true ? tag("b", "", code) : code;
		return style.italic === true ? tag("i", "", bold) : bold;
	};
	switch (one.type) {
		case "text":
			return styled(escaped(words(one.text)).replaceAll("\n", "<br>"));
		case "emoji":
			return EMOJI[words(one.name)] ?? escaped(`:${words(one.name)}:`);
		case "link":
			return styled(tag("span", "link", escaped(words(one.text) || words(one.url))));
		case "user":
			return tag("span", "mention", "@", escaped(words(one.user_id)));
		case "channel":
			return tag("span", "mention", "#", escaped(words(one.channel_id)));
		case "date":
			return styled(escaped(words(one.fallback)));
		default:
			throw new NotDrawn("Slack", one);
	}
}

function table(one: Thing): string {
	const cell = (value: Thing) =>
		value.type === "raw_text"
			? escaped(words(value.text))
			: value.type === "raw_number"
				? escaped(String(value.value))
				: richCell(value);
	const rows = Array.isArray(one.rows) ? one.rows : [];
	const row = (cells: unknown, name: string) => tag("tr", "", ...things(cells).map((value) => tag(name, "", cell(value))));
	return tag("div", "s-scroll", tag("table", "", ...rows.map((cells, nth) => row(cells, nth === 0 ? "th" : "td"))));
}

const richCell = (value: Thing): string => block(value);

/** On a phone. */
const LABELS_MAX = 6;

function chart(one: Thing): string {
	const drawn = thing(one.chart);
	const series = things(drawn.series).map((row) => ({
		name: words(row.name),
		values: things(row.data).map((point) => Number(point.value)),
	}));
	const most = Math.max(1, ...series.flatMap(({ values }) => values));
	const colors = ["#e01e5a", "#2eb67d", "#36c5f0", "#ecb22e"];
	const bars = (series[0]?.values ?? []).map((_, nth) =>
		tag(
			"span",
			"s-bar",
			...series.map(
				({ values }, at) => `<i style="height:${(80 * (values[nth] ?? 0)) / most}px;background:${colors[at] ?? "#888"}"></i>`,
			),
		),
	);
	const { categories } = thing(drawn.axis_config);
	const labels = Array.isArray(categories) ? categories.map(words) : [];
	const legend = series.map(({ name }, at) => `<span><i style="background:${colors[at] ?? "#888"}"></i>${escaped(name)}</span>`);
	return tag(
		"div",
		"s-chart",
		tag("b", "", escaped(words(one.title))),
		tag("div", "s-bars", ...bars),
		tag(
			"div",
			"s-labels",
			...labels.map((label, nth) => (nth % Math.ceil(labels.length / LABELS_MAX) === 0 ? tag("span", "", escaped(label)) : "")),
		),
		tag("div", "s-context", ...legend),
	);
}

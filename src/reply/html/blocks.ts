import type { Block, Message } from "../../message/message.ts";
import { type Span, type Text, utc } from "../../message/text.ts";
import { type Html, html } from "./html.ts";

/** Removes private data from a text. */
export type Hide = (text: string) => string;

const span = (one: Span, hide: Hide): Html => {
	switch (one.t) {
		case "plain":
			return html`${hide(one.s)}`;
		case "bold":
			return html`<strong>${hide(one.s)}</strong>`;
		case "code":
		case "ask":
			return html`<code>${hide(one.s)}</code>`;
		case "link":
			// A forwarded file loads nothing and has no links: the URL is text.
			return html`${one.s} (${one.url})`;
		case "time":
			return timeOf(one.ms);
	}
};

/**
 * A moment in UTC.
 * @param shown how it is written, where not with its day
 */
export const timeOf = (ms: number, shown = utc(ms)): Html => html`<time datetime="${new Date(ms).toISOString()}">${shown}</time>`;

const textOf = (spans: Text, hide: Hide): Html => html`${spans.map((one) => span(one, hide))}`;

/** A command to copy, under what it is for. */
export const commandOf = (about: Html, command: string): Html => html`<p>${about}</p>
<pre><code>${command}</code></pre>
`;

/**
 * A table with headings; its cells are text.
 * @param css `narrow`: its outer columns are as wide as their words
 */
export const tableOf = (
	caption: string,
	header: readonly string[],
	rows: readonly (readonly (string | Html)[])[],
	css: "narrow" | "" = "",
): Html =>
	html`<table${css === "" ? null : html` class="${css}"`}><caption>${caption}</caption><thead><tr>${header.map((cell) => html`<th scope="col">${cell}</th>`)}</tr></thead><tbody>
${rows.map((row) => html`<tr>${row.map((cell, nth) => (nth === 0 ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`))}</tr>\n`)}</tbody></table>
`;

function blockOf(block: Block, hide: Hide): Html {
	switch (block.kind) {
		case "title":
			return html`<h3>${textOf(block.text, hide)}${block.aside === undefined ? null : html` · ${textOf(block.aside, hide)}`}</h3>\n`;
		case "say":
			return html`<p>${textOf(block.text, hide)}</p>\n`;
		case "list":
			return html`<ul>${block.items.map((item) => html`<li>${textOf(item, hide)}</li>\n`)}</ul>\n`;
		case "command":
			return commandOf(textOf(block.about, hide), block.command);
		case "table":
			return html`<pre>${hide(block.lines.join("\n"))}</pre>\n`;
		case "grid":
			return tableOf(
				"Requests",
				block.header.map(hide),
				block.rows.map((row) => row.map(hide)),
			);
		case "fields":
			return html`<dl>${block.fields.map(({ name, value }) => html`<dt>${name}</dt><dd>${textOf(value, hide)}</dd>\n`)}</dl>\n`;
		case "chart":
			return html`<p>${textOf(block.text, hide)}</p>\n`;
		case "note":
			return html`<p class="note">${textOf(block.text, hide)}</p>\n`;
		// A file has no controls.
		case "buttons":
			return html``;
	}
}

/** A message as a part of a page: what it says, without its controls. */
export const messageOf = ({ blocks }: Message, hide: Hide): Html => html`${blocks.map((block) => blockOf(block, hide))}`;

import { utc } from "../../message/text.ts";
import { type Event, ROWS, type Row } from "./events.ts";
import { type Html, html } from "./html.ts";

/** Pixels; a row each for what failed, what worked, what people answered and what they pasted. */
const WIDTH = 720;
const LEFT = 92;
const RIGHT = 16;
const ROW_HEIGHT = 30;
const TOP = 12;
const TICKS = 4;

const ROW_WORDS: Readonly<Record<Row, string>> = {
	failed: "failed",
	worked: "worked",
	told: "answers",
	pasted: "pasted",
};

/** Shape first, color second: a square fails, a circle works, a triangle is an answer, a diamond something pasted. */
function markOf(row: Row, x: number, y: number): Html {
	switch (row) {
		case "failed":
			return html`<path class="bad" d="M${x - 4} ${y - 6}h8v12h-8z"/>`;
		case "worked":
			return html`<circle class="good" cx="${x}" cy="${y}" r="5"/>`;
		case "told":
			return html`<path class="other" d="M${x} ${y - 6}l6 11h-12z"/>`;
		case "pasted":
			return html`<path class="other" d="M${x} ${y - 6}l6 6-6 6-6-6z"/>`;
	}
}

const labelOf = (ms: number): string => utc(ms).slice(11, 19);

/** What the picture shows, in words: the words of its description. */
function described(marks: readonly (Event & { readonly row: Row })[], fromMs: number, toMs: number): string {
	const counts = ROWS.map((row) => ({ row, count: marks.filter((one) => one.row === row).length }))
		.filter(({ count }) => count > 0)
		.map(({ row, count }) => `${count} in row "${ROW_WORDS[row]}"`);
	return `From ${utc(fromMs)} to ${utc(toMs)}: ${counts.length === 0 ? "no marks" : counts.join(", ")}. The table below has the same events.`;
}

/** The events of a case over time, as SVG; nothing where fewer than two things happened. Pure. */
export function timelineOf(events: readonly Event[]): Html {
	const marks = events.flatMap((one) => (one.row === null ? [] : [{ ...one, row: one.row }]));
	const [first] = events;
	const last = events.at(-1);
	if (first === undefined || last === undefined || marks.length < 2) return html``;
	const [fromMs, toMs] = [first.atMs, Math.max(last.atMs, first.atMs + 1_000)];
	const x = (ms: number) => Math.round(LEFT + 8 + ((ms - fromMs) / (toMs - fromMs)) * (WIDTH - LEFT - RIGHT - 16));
	const y = (row: Row) => TOP + ROWS.indexOf(row) * ROW_HEIGHT + ROW_HEIGHT / 2;
	const bottom = TOP + ROWS.length * ROW_HEIGHT;
	const all = Array.from({ length: TICKS + 1 }, (_, nth) => fromMs + ((toMs - fromMs) * nth) / TICKS);
	// Within a few seconds several have the same label.
	const ticks = all.filter((ms, nth) => nth === TICKS || labelOf(ms) !== labelOf(all[nth + 1] ?? ms));
	const height = bottom + 28;
	// A mark on the same place as one of its row shows nothing more.
	const places = [...new Map(marks.map((one) => [`${one.row} ${x(one.atMs)}`, one])).values()];
	return html`<div class="wide"><svg class="picture" role="img" aria-labelledby="timeline-title timeline-desc" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">
<title id="timeline-title">Timeline in UTC</title>
<desc id="timeline-desc">${described(marks, fromMs, toMs)}</desc>
${ROWS.map((row) => html`<text x="${LEFT - 8}" y="${y(row) + 4}" text-anchor="end">${ROW_WORDS[row]}</text><path class="grid" d="M${LEFT} ${y(row)}H${WIDTH - RIGHT}"/>\n`)}${ticks.map(
	(ms, nth) =>
		html`<path class="grid" d="M${x(ms)} ${TOP}V${bottom}"/><text x="${x(ms)}" y="${bottom + 18}" text-anchor="${nth === ticks.length - 1 ? "end" : "middle"}">${labelOf(ms)}</text>\n`,
)}${places.map(({ row, atMs }) => markOf(row, x(atMs), y(row)))}
</svg></div>
`;
}

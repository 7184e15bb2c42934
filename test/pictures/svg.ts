import { type Block, fieldText, gridLines, type Message, type Mood } from "../../src/message/message.ts";
import { type Span, type Text, utc } from "../../src/message/text.ts";
import { escaped } from "./thing.ts";

/**
 * A thread as a picture of our own, in SVG: readable where a README is read, in light and dark, with the system's fonts. Nothing of a
 * browser's (no foreignObject, no script, nothing loaded), so that every viewer draws it. Pure.
 */

const WIDTH = 780;
const LEFT = 66;
const RIGHT = 24;
const THREAD_LEFT = 112;
const FONT = 15;
const LINE = 22;
const CODE_FONT = 12.5;
const CODE_LINE = 18;
/** Of a monospaced font's character to its size. */
const CODE_SHARE = 0.61;
const BUTTON_HEIGHT = 30;

/** Widths of characters to the size of the font, a little more than common fonts have: a line that is too long would be cut. */
function widthOf(words: string, isBold: boolean): number {
	let sum = 0;
	for (const char of words) {
		if (/[ilj.,:;'|!()[\]tfr ]/.test(char)) sum += 0.34;
		else if (/[mwMW@%·…]/.test(char)) sum += 0.92;
		else if (/[A-Z]/.test(char)) sum += 0.72;
		else sum += char.charCodeAt(0) > 0x2e80 ? 1.1 : 0.58;
	}
	return sum * FONT * (isBold ? 1.16 : 1.03);
}

type Style = "" | "bold" | "code" | "small";
interface Piece {
	readonly words: string;
	readonly style: Style;
}

/** What no XML document may hold is left out. */
const safe = (words: string): string => escaped(words.replace(/[^\P{C}\n\t]|[\ufffe\uffff]/gu, ""));

const wordsOf = (span: Span): string => (span.t === "time" ? utc(span.ms) : span.t === "link" ? span.s : span.s);
const styleOf = (span: Span, usual: Style): Style => {
	if (span.t === "bold") return "bold";
	return span.t === "code" || span.t === "ask" ? "code" : usual;
};

/** A text as lines of pieces that fit. */
function linesOf(text: Text, room: number, usual: Style): Piece[][] {
	const lines: Piece[][] = [[]];
	let used = 0;
	for (const span of text)
		for (const word of wordsOf(span).split(/(?<= )/)) {
			const style = styleOf(span, usual);
			const width = style === "code" ? word.length * FONT * CODE_SHARE : widthOf(word, style === "bold");
			if (used > 0 && used + width > room) {
				lines.push([]);
				used = 0;
			}
			lines.at(-1)?.push({ words: word, style });
			used += width;
		}
	return lines;
}

/** What is drawn so far, and how far down it reaches. */
interface Drawing {
	readonly parts: string[];
	y: number;
}

const tspan = ({ words, style }: Piece): string =>
	style === "" ? safe(words) : `<tspan class="${style}">${safe(words)}</tspan>`;

/** Neighbors of one style are one piece. */
function joined(pieces: readonly Piece[]): Piece[] {
	const out: Piece[] = [];
	for (const piece of pieces) {
		const last = out.at(-1);
		if (last?.style === piece.style) out[out.length - 1] = { ...last, words: last.words + piece.words };
		else out.push(piece);
	}
	return out;
}

function drawText(to: Drawing, text: Text, left: number, usual: Style = ""): void {
	for (const line of linesOf(text, WIDTH - RIGHT - left, usual)) {
		to.y += LINE;
		to.parts.push(`<text x="${left}" y="${to.y - 6}" xml:space="preserve">${joined(line).map(tspan).join("")}</text>`);
	}
}

/** A box of code; lines are cut where they are full, as a chat wraps them. */
function drawCode(to: Drawing, lines: readonly string[], left: number): void {
	const room = WIDTH - RIGHT - left;
	const chars = Math.floor((room - 24) / (CODE_FONT * CODE_SHARE));
	const cut = lines.flatMap((line) => line.match(new RegExp(`.{1,${chars}}`, "gu")) ?? [""]);
	const height = cut.length * CODE_LINE + 16;
	to.parts.push(`<rect class="box" x="${left}" y="${to.y + 6}" width="${room}" height="${height}" rx="6"/>`);
	for (const [nth, line] of cut.entries())
		to.parts.push(
			`<text class="mono" x="${left + 12}" y="${to.y + 6 + 8 + (nth + 1) * CODE_LINE - 5}" xml:space="preserve">${safe(line)}</text>`,
		);
	to.y += height + 12;
}

function drawButtons(to: Drawing, labels: readonly { readonly label: string; readonly primary: boolean }[], left: number): void {
	if (labels.length === 0) return;
	let x = left;
	to.y += 8;
	for (const { label, primary } of labels) {
		const width = Math.round(widthOf(label, true) * 0.9 + 26);
		if (x > left && x + width > WIDTH - RIGHT) {
			x = left;
			to.y += BUTTON_HEIGHT + 8;
		}
		to.parts.push(
			`<rect class="${primary ? "button primary" : "button"}" x="${x}" y="${to.y}" width="${width}" height="${BUTTON_HEIGHT}" rx="6"/><text class="${primary ? "label on" : "label"}" x="${x + width / 2}" y="${to.y + 20}" text-anchor="middle">${safe(label)}</text>`,
		);
		x += width + 8;
	}
	to.y += BUTTON_HEIGHT + 4;
}

/** The sign of a state as a shape, because not every machine has emoji. */
function signOf(mood: Mood, x: number, y: number): string {
	if (mood === "neutral") return "";
	if (mood === "solved") return `<path class="tick" d="M${x - 6} ${y}l5 6 9-11"/>`;
	return `<circle class="${mood}" cx="${x}" cy="${y}" r="7"/>`;
}

function drawBlock(to: Drawing, block: Block, mood: Mood, left: number): void {
	switch (block.kind) {
		case "title": {
			const sign = signOf(mood, left + 8, to.y + LINE - 11);
			if (sign !== "") to.parts.push(sign);
			const bold: Text = block.text.map((span) => (span.t === "plain" ? { t: "bold", s: span.s } : span));
			const aside: Text = block.aside === undefined ? [] : [{ t: "plain", s: " · " }, ...block.aside];
			drawText(to, [...bold, ...aside], left + (sign === "" ? 0 : 24));
			break;
		}
		case "say":
			drawText(to, block.text, left);
			break;
		case "note":
			drawText(to, block.text, left, "small");
			break;
		case "list":
			for (const item of block.items) drawText(to, [{ t: "plain", s: "• " }, ...item], left);
			break;
		case "command":
			if (block.about.length > 0) drawText(to, block.about, left);
			drawCode(to, block.command.split("\n"), left);
			break;
		case "table":
			drawCode(to, block.lines, left);
			break;
		case "grid":
			drawCode(to, gridLines(block), left);
			break;
		case "fields":
			for (const field of block.fields) drawText(to, fieldText(field), left);
			break;
		case "chart":
			drawText(to, block.text, left);
			break;
		case "buttons":
			drawButtons(
				to,
				[...block.buttons, ...(block.menus ?? [])].map((one) => ({
					label: one.label,
					primary: "primary" in one && one.primary === true,
				})),
				left,
			);
			break;
	}
}

function drawMessage(to: Drawing, who: string, blocks: () => void, left: number): void {
	const [size, x] = [36, left - 46];
	to.parts.push(
		`<rect class="face" x="${x}" y="${to.y}" width="${size}" height="${size}" rx="8"/><text class="initial" x="${x + size / 2}" y="${to.y + 24}" text-anchor="middle">${safe(who.slice(0, 1).toUpperCase())}</text><text class="bold" x="${left}" y="${to.y + 14}">${safe(who)}</text>`,
	);
	to.y += 18;
	blocks();
	to.y += 18;
}

/** A thread: the question, the head message, and the messages below it. */
export interface DrawnThread {
	readonly who: string;
	readonly asked: string;
	readonly head: Message;
	readonly under: readonly Message[];
	/** Alternative text of the picture. */
	readonly title: string;
	readonly description: string;
}

/** @returns the picture, an SVG document */
export function threadSvg({ who, asked, head, under, title, description }: DrawnThread): string {
	const to: Drawing = { parts: [], y: 22 };
	drawMessage(to, who, () => drawText(to, [{ t: "plain", s: asked }], LEFT), LEFT);
	drawMessage(to, "cf520", () => head.blocks.forEach((block) => void drawBlock(to, block, head.mood, LEFT)), LEFT);
	const threadTop = to.y;
	for (const message of under)
		drawMessage(
			to,
			"cf520",
			() => message.blocks.forEach((block) => void drawBlock(to, block, message.mood, THREAD_LEFT)),
			THREAD_LEFT,
		);
	const line = under.length === 0 ? [] : [`<path class="thread" d="M${LEFT - 28} ${threadTop - 8}V${to.y - 18}"/>`];
	const height = Math.round(to.y + 6);
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="title desc" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}">`,
		`<title id="title">${safe(title)}</title>`,
		`<desc id="desc">${safe(description)}</desc>`,
		`<style>${STYLE}</style>`,
		`<rect class="card" x="0.5" y="0.5" width="${WIDTH - 1}" height="${height - 1}" rx="10"/>`,
		...line,
		...to.parts,
		"</svg>",
		"",
	].join("\n");
}

/** The colors of the report: enough contrast in both themes, and states told apart without red against green. */
const STYLE = [
	"text{fill:#1f2328;font:15px -apple-system,BlinkMacSystemFont,'Segoe UI',Helvetica,Arial,'DejaVu Sans',sans-serif}",
	".bold,.initial,.label{font-weight:600}.label{font-size:13px}.small{fill:#59636e;font-size:13px}.initial{fill:#ffffff;font-size:18px}",
	".code,.mono{font-family:ui-monospace,SFMono-Regular,Consolas,'DejaVu Sans Mono',monospace}.code{font-size:13px}.mono{font-size:12.5px}",
	".card{fill:#ffffff;stroke:#d0d7de}.box{fill:#f6f8fa;stroke:#d0d7de}.button{fill:#ffffff;stroke:#8c959f}.primary{fill:#0b6bcb;stroke:#0b6bcb}.on{fill:#ffffff}",
	".face{fill:#0b6bcb}.thread{stroke:#d0d7de;stroke-width:2}.bad{fill:#d1242f}.likely{fill:#d4700a}.good{fill:#1a7f37}.unclear{fill:#ffffff;stroke:#6b7280;stroke-width:2}.tick{fill:none;stroke:#1a7f37;stroke-width:3}",
	"@media (prefers-color-scheme:dark){text{fill:#e6e9ed}.small{fill:#a3aab5}.card{fill:#1b1d21;stroke:#3a3f45}.box{fill:#25282e;stroke:#3a3f45}.button{fill:#1b1d21;stroke:#6b7280}.primary{fill:#1f6feb;stroke:#1f6feb}.thread{stroke:#3a3f45}.bad{fill:#ff7b6b}.likely{fill:#f0a040}.good{fill:#57c46b}.unclear{fill:#1b1d21;stroke:#a3aab5}.tick{stroke:#57c46b}.initial,.on{fill:#ffffff}}",
].join("\n");

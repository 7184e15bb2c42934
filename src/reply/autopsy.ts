import type { Autopsy } from "../judge/autopsy.ts";
import { articleCauseOf, CAUSES } from "../knowledge/causes/list.ts";
import { FINDINGS } from "../knowledge/findings/list.ts";
import { maskedBytes } from "../message/masking.ts";
import { type Block, buttons, list, type Message, message, note, say, table, title } from "../message/message.ts";
import { ask, bold, ours, type Text, text } from "../message/text.ts";
import type { Span } from "../read/wire/reading.ts";
import { disagreement, findingSentence } from "./findings.ts";
import { confidenceWords, counted, grouped } from "./words.ts";

type Finding = Autopsy["findings"][number];

/** A dump is at most 40 columns wide, as a phone shows it: 8 bytes a line, with two lines around the fault. */
const BYTES_A_LINE = 8;
const LINES_AROUND = 2;
const FINDINGS_SHOWN_MAX = 3;

const PROXY_WORDS: Record<Autopsy["proxy"], Text> = {
	accepts: text`Cloudflare would accept this.`,
	rejects: text`Cloudflare would reject this, so visitors get a 520.`,
	truncates: text`Cloudflare would pass on the start, then cut it off.`,
	waits: text`Cloudflare would wait for the headers until a timeout, so visitors get a 524.`,
};
const NO_RESPONSE: Text = text`No response came, so visitors get a 520.`;
/** What the parser accepts and another limit of Cloudflare's does not. */
const OVER_THE_LIMIT: Text = text`The headers are over Cloudflare's limit of 128 KB, so visitors get a 520.`;

const LEVEL_WORDS: Record<Finding["level"], string | null> = { fault: "Fault", warn: "Warning", note: "Note", good: null };

/**
 * What the autopsy of one recording found: the result, the evidence, the bytes. Pure.
 * @param contentLost the bytes are those of the headers alone
 */
export function autopsyMessage(name: string, bytes: Uint8Array, found: Autopsy, { contentLost = false } = {}): Message {
	const mood = found.proxy === "accepts" && found.code === null ? "good" : "bad";
	const result =
		bytes.length === 0
			? NO_RESPONSE
			: found.proxy === "accepts" && found.code === 520
				? OVER_THE_LIMIT
				: PROXY_WORDS[found.proxy];
	const shown = found.findings.slice(0, FINDINGS_SHOWN_MAX);
	const others = found.findings.length - shown.length;
	const worst = found.findings.find(({ level }) => level === "fault") ?? found.findings.find(({ level }) => level === "warn");
	const place = found.findings.find(({ span, level }) => span !== undefined && level !== "note")?.span;
	return message(
		mood,
		title(text`${name}: ${result}`),
		found.certainty === "high" || result === OVER_THE_LIMIT
			? null
			: say(text`Cloudflare's open-source parser does this; Cloudflare likely does too. Fix it anyway.`),
		list([
			...shown.map((one) => findingWords(one, one === worst, found)),
			...(others === 0 ? [] : [text`${counted(others, "more finding")}.`]),
		]),
		place === undefined || bytes.length === 0 ? null : table(hexView(bytes, place)),
		...causeWords(found),
		bytes.length === 0 ? null : note(sizeWords(bytes, found, contentLost)),
		worst === undefined
			? null
			: buttons(text`More: ${ask(`explain ${worst.id}`)}`, {
					label: "Explain",
					action: { do: "ask", text: `explain ${worst.id}` },
				}),
	);
}

/** One finding; what is most serious with what other parsers do and how to fix it. */
function findingWords(one: Finding, isWorst: boolean, { cause }: Autopsy): Text {
	// Which of both it was, the next sentence says where to read.
	const fix = one.id === "no-bytes" && cause === null ? null : FINDINGS[one.id].fix;
	const level = LEVEL_WORDS[one.level];
	const parsers = isWorst ? disagreement(one.id) : null;
	const at = one.span === undefined || one.span.start === one.span.end ? text`` : text` (byte ${one.span.start})`;
	return text`${level === null ? text`` : text`${bold(level)}${at}: `}${ours(findingSentence(one))}${parsers === null ? text`` : text` ${parsers}`}${fix === null || one.level === "note" ? text`` : text` ${ours(fix)}`}`;
}

/** The cause that the bytes point to. */
function causeWords({ cause, confidence, proxy }: Autopsy): Block[] {
	if (cause !== null) return [say(text`Points to: ${bold(CAUSES[cause].title)} (${confidenceWords(confidence)}).`)];
	return proxy === "accepts" ? [] : [say(text`Only the log at that second can tell a crash from a deliberate close.`)];
}

/** How much arrived, in one sentence. */
function sizeWords(bytes: Uint8Array, { reading }: Autopsy, contentLost: boolean): Text {
	const section = reading.headerSection;
	const { status } = reading;
	const headers = `${counted(reading.fieldCount, "header")}${section === null ? "" : ` (${grouped(section.end - section.start)} bytes)`}`;
	const announced = reading.framing?.kind === "length" ? ` of ${grouped(reading.framing.declared)} announced` : "";
	// A text that lost its content, or the form that it was sent in, does not show how much it was.
	if (contentLost) return text`${status === null ? "No status" : `Status ${status}`}, ${headers}.`;
	return text`${counted(bytes.length, "byte")}: ${status === null ? "no status" : `status ${status}`}, ${headers}, ${grouped(reading.contentBytes)}${announced} bytes of content.`;
}

/** `000010  48 54 …  HTTP…` around a place, as hex dumps are written; the place itself is marked, secrets are masked. */
function hexView(bytes: Uint8Array, around: Span): string[] {
	const line = Math.floor(around.start / BYTES_A_LINE);
	const from = Math.max(0, line - LINES_AROUND) * BYTES_A_LINE;
	const to = Math.min(bytes.length, (line + LINES_AROUND + 1) * BYTES_A_LINE);
	const masked = maskedBytes(bytes, from, to);
	const lines: string[] = [];
	for (let at = from; at < to; at += BYTES_A_LINE) {
		const row = [...masked.subarray(at - from, Math.min(at + BYTES_A_LINE, to) - from)];
		const hex = row.map((byte, nth) => `${at + nth === around.start ? ">" : " "}${byte.toString(16).padStart(2, "0")}`).join("");
		const shown = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
		lines.push(`${at.toString(16).padStart(6, "0")} ${hex.padEnd(3 * BYTES_A_LINE)} ${shown}`);
	}
	return lines;
}

/** The same as data (DESIGN: contracts). */
export function autopsyData(id: unknown, found: Autopsy) {
	return {
		id,
		proxy: found.proxy,
		certainty: found.certainty,
		findings: found.findings.map((one) => ({
			id: one.id,
			level: one.level,
			...(one.span === undefined ? {} : { span: one.span }),
			...(one.what === undefined ? {} : { what: one.what }),
			say: findingSentence(one),
		})),
		verdict: {
			kind: "autopsy",
			code: found.code,
			cause: found.cause,
			articleCause: articleCauseOf(found.cause),
			confidence: found.confidence,
			owner: "origin",
		},
	};
}

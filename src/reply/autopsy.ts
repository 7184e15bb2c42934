import type { Autopsy } from "../judge/autopsy.ts";
import { articleCauseOf } from "../knowledge/causes/list.ts";
import { FINDINGS } from "../knowledge/findings/list.ts";
import { maskedBytes } from "../message/masking.ts";
import { list, type Message, message, note, say, table, title } from "../message/message.ts";
import { bold, ours, type Text, text } from "../message/text.ts";
import type { Span } from "../read/wire/reading.ts";
import { disagreement, findingSentence } from "./findings.ts";
import { grouped } from "./words.ts";

/** Bytes of strangers are evidence, not content: so many lines of 16 around each fault, and so many faults, are shown. */
const LINES_BEFORE = 1;
const LINES_AFTER = 1;
const FINDINGS_SHOWN_MAX = 12;

const PROXY_WORDS: Record<Autopsy["proxy"], string> = {
	accepts: "accepts it",
	rejects: "refuses it before it has a header section to pass on: visitors get a 520",
	truncates: "passes on its beginning and then has to cut it: visitors get a broken page",
	waits: "waits for its header section until the time is up: visitors get a 524",
};

/** What the autopsy of one recording found, as `autopsy` prints it. Pure. */
export function autopsyMessage(name: string, bytes: Uint8Array, found: Autopsy): Message {
	const { reading } = found;
	const number = articleCauseOf(found.cause);
	const mood = found.proxy === "accepts" && found.code === null ? "good" : "bad";
	const sure: Text =
		found.certainty === "high"
			? text``
			: text` Not quite sure: Cloudflare's published parser does so; its own build may be more lenient. Mend it anyway.`;
	const tooLarge: Text =
		found.proxy === "accepts" && found.code === 520 ? text`, but Cloudflare's own limit makes it a 520` : text``;
	const head = reading.status === null ? text`no status` : text`status ${reading.status}, ${reading.fieldCount} field lines`;
	const size =
		reading.headerSection === null
			? text``
			: text`, header section ${grouped(reading.headerSection.end - reading.headerSection.start)} of 131,072 bytes`;
	const content = text`, content ${grouped(reading.contentBytes)} bytes${reading.framing?.kind === "length" ? text` of ${grouped(reading.framing.declared)} promised` : text``}`;
	return message(
		mood,
		title(text`${name}: a proxy with Cloudflare's parser ${PROXY_WORDS[found.proxy]}${tooLarge}.${sure}`),
		say(text`${grouped(bytes.length)} bytes: ${head}${size}${content}.`),
		list(
			found.findings.slice(0, FINDINGS_SHOWN_MAX).map((one) => {
				const { fix } = FINDINGS[one.id];
				const parsers = one.level === "fault" || one.level === "warn" ? disagreement(one.id) : null;
				return text`${bold(one.level)} ${one.id}${one.span === undefined ? text`` : text` at byte ${one.span.start}`}: ${ours(findingSentence(one))}${parsers === null ? text`` : text` ${parsers}`}${fix === null || one.level === "note" ? text`` : text` ${ours(fix)}`}`;
			}),
		),
		...found.findings
			.filter((one) => one.level === "fault" && one.span !== undefined && bytes.length > 0)
			.slice(0, 3)
			.map((one) => table(hexView(bytes, one.span ?? { start: 0, end: 0 }))),
		found.cause !== null
			? note(
					text`That speaks for ${found.cause}${number === null ? text`` : text` (cause ${number} of the five that explain 520 lists)`}, ${found.confidence}.`,
				)
			: found.proxy === "accepts"
				? null
				: note(
						text`Bytes alone do not tell why: a crash and a close on purpose look the same. The origin's log at that second does.`,
					),
	);
}

/** `00000010  48 54 …  HTTP…` around a place, as hex dumps are written; the place itself is marked, secrets are masked. */
export function hexView(bytes: Uint8Array, around: Span): string[] {
	const from = Math.max(0, (around.start >> 4) - LINES_BEFORE) << 4;
	const to = Math.min(bytes.length, ((around.start >> 4) + LINES_AFTER + 1) << 4);
	const masked = maskedBytes(bytes, from, to);
	const lines: string[] = [];
	for (let at = from; at < to; at += 16) {
		const row = [...masked.subarray(at - from, Math.min(at + 16, to) - from)];
		const hex = row.map((byte, nth) => `${at + nth === around.start ? ">" : " "}${byte.toString(16).padStart(2, "0")}`).join("");
		const shown = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
		lines.push(`${at.toString(16).padStart(8, "0")} ${hex.padEnd(48)}  ${shown}`);
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

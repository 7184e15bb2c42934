import type { OriginVerdict } from "../judge/origin.ts";
import type { OriginSeen } from "../judge/origin-findings.ts";
import type { Observation } from "../looks/observation.ts";
import { maskedBytes } from "../message/masking.ts";
import { type Block, grid, list, type Message, message, say, table, title } from "../message/message.ts";
import { show } from "../message/show.ts";
import { clock, code, ours, type Text, text } from "../message/text.ts";
import type { Reading } from "../read/wire/reading.ts";
import { alertNameOfCode } from "../read/wire/tls-alerts.ts";
import { disagreement } from "./findings.ts";
import { RESPONSE_HEADERS_MAX_BYTES } from "./headers.ts";
import { hexLines } from "./hex.ts";
import { isEndless, LOOK_WORDS, type WordedFinding } from "./origin-words.ts";
import { grouped } from "./words.ts";

/** The evidence of requests to an origin: one table, a few sentences, and bytes around a fault. */

const ROWS_MAX = 6;
const CELL_MAX_CHARS = { request: 16, status: 6, ended: 14 } as const;
const FINDINGS_SHOWN_MAX = 5;
const FIELDS_SHOWN = 3;
/** Below this, the size of a header section changes nothing that people do. */
const HEADERS_WORTH_TELLING_BYTES = 16_384;
/** Six lines of eight bytes. */
const BYTES_MAX = 48;
const BYTES_BEFORE = 16;

/** @param further findings that the head does not show, by weight */
export function originDetails(
	verdict: OriginVerdict,
	further: readonly WordedFinding[],
	first: WordedFinding | null,
	nowMs: number,
): Message {
	return message(
		"neutral",
		title(text`What the origin sent`),
		grid(["request", "status", "ended"], rowsOf(verdict)),
		list([
			...disagreementOf(first),
			...further.slice(0, FINDINGS_SHOWN_MAX).map(({ say: words }) => ours(words)),
			...sizeWords(verdict),
		]),
		certificateWords(verdict, nowMs),
		...faultView(verdict),
	);
}

const disagreementOf = (first: WordedFinding | null): Text[] => {
	const parsers = first?.level === "fault" ? disagreement(first.id) : null;
	return parsers === null ? [] : [parsers];
};

const ENDING_WORDS = {
	fin: "closed",
	reset: "reset",
	"tls-eof": "cut (TLS)",
	"tls-alert": "TLS alert",
	"tls-garbage": "not TLS",
	deadline: "timed out",
	enough: "complete",
} as const;

function endingWords({ look, found }: { look: Observation; found: OriginSeen["found"] }): string {
	if (look.kind === "unreached")
		return look.handshake?.alert == null && alertNameOfCode(look.code) === null ? look.code : "TLS alert";
	if (look.ending === "enough" && found?.reading.complete === false)
		return look.protocol === "h2" && !isEndless(found) ? "stream ended" : "we stopped";
	return ENDING_WORDS[look.ending];
}

/** With the seconds that it took, where those are many. */
function endedWords(look: Observation, words: string): string {
	const ms = look.timings.endedMs - (look.timings.sentMs ?? 0);
	return ms < 1_000 || look.kind === "unreached" ? words : `${words} ${Math.round(ms / 1_000)} s`;
}

const lookName = ({ of, look }: OriginSeen): string =>
	(of === "http2" || of === "http2-again") && look.kind === "answered" && look.protocol !== "h2"
		? "HTTP/2 refused"
		: LOOK_WORDS[of];

/** Requests with the same result share a row, Cloudflare's own comes first. */
function rowsOf({ seen, edge }: OriginVerdict): string[][] {
	const rows = new Map<string, string[]>();
	for (const one of seen) {
		const status = one.look.kind === "unreached" ? "-" : (one.found?.reading.status?.toString() ?? "none");
		const ended = endedWords(one.look, endingWords(one));
		const key = `${status} ${ended}`;
		rows.set(key, [...(rows.get(key) ?? [status, ended]), lookName(one)]);
	}
	const own = [...rows.values()].map(([status = "", ended = "", name = "", ...others]) =>
		row(others.length === 0 ? name : `${name} +${others.length}`, status, ended),
	);
	const through =
		edge === null
			? []
			: [
					row(
						"via Cloudflare",
						edge.seen.classification.status?.toString() ?? (edge.seen.look.kind === "unreached" ? "-" : "none"),
						edge.seen.look.kind === "unreached" ? edge.seen.look.code : ENDING_WORDS[edge.seen.look.ending],
					),
				];
	return [...through, ...own].slice(0, ROWS_MAX);
}

const row = (request: string, status: string, ended: string): string[] => [
	show(request, CELL_MAX_CHARS.request),
	show(status, CELL_MAX_CHARS.status),
	show(ended, CELL_MAX_CHARS.ended),
];

/** The size of big headers with the biggest of them, and a length that was not kept. */
function sizeWords({ example }: OriginVerdict): Text[] {
	const { found, look } = example;
	if (found === null || look.kind === "unreached") return [];
	const { reading } = found;
	const bytes = reading.headerSection === null ? 0 : reading.headerSection.end - reading.headerSection.start;
	const out: Text[] = [];
	if (bytes >= HEADERS_WORTH_TELLING_BYTES) {
		const byName = new Map<string, { readonly name: string; readonly bytes: number; readonly times: number }>();
		for (const { name, value } of reading.fields) {
			const known = byName.get(name.toLowerCase()) ?? { name, bytes: 0, times: 0 };
			const all = known.bytes + name.length + value.length + 4;
			byName.set(name.toLowerCase(), { name: known.name, bytes: all, times: known.times + 1 });
		}
		const biggest = [...byName.values()]
			.sort((a, b) => b.bytes - a.bytes)
			.slice(0, FIELDS_SHOWN)
			.map((one) => `${show(one.name, 40)} (${grouped(one.bytes)}${one.times === 1 ? "" : ` in ${grouped(one.times)}`})`);
		out.push(
			text`Headers: ${grouped(bytes)} bytes; Cloudflare accepts about ${grouped(RESPONSE_HEADERS_MAX_BYTES)}. Biggest: ${biggest.join(", ")}.`,
		);
	}
	return reading.framing === null ? out : [...out, ...framingWords(reading.framing, reading)];
}

function framingWords(
	framing: NonNullable<Reading["framing"]>,
	{ contentBytes, complete }: Pick<Reading, "contentBytes" | "complete">,
): Text[] {
	if (framing.kind === "length" && contentBytes !== framing.declared)
		return [text`Content-Length is ${grouped(framing.declared)}; ${grouped(contentBytes)} bytes arrived.`];
	if (framing.kind === "chunked" && !complete) return [text`${grouped(contentBytes)} bytes arrived, without the last chunk.`];
	return [];
}

/** The certificate, where something is to be said of it. */
function certificateWords({ seen, findings }: OriginVerdict, nowMs: number): Block | null {
	if (!findings.some(({ id }) => id.startsWith("certificate-"))) return null;
	const look = seen.find((one) => one.look.kind === "answered" && one.look.tls?.certificate != null)?.look;
	if (look?.kind !== "answered" || look.tls?.certificate == null) return null;
	const { subject, issuer, names, validToMs } = look.tls.certificate;
	const name = (line: string) => /(?:^|\n)CN=(.+)/.exec(line)?.[1] ?? line.replaceAll("\n", ", ");
	return say(
		text`Certificate: ${code(name(subject), 60)}, issued by ${code(name(issuer), 60)}, for ${names.length === 0 ? text`no names` : text`${code(names.slice(0, 4).join(", "), 100)}`}, valid until ${clock(validToMs, nowMs)}.`,
	);
}

/** Some bytes around the first fault, secrets masked. */
function faultView({ example }: OriginVerdict): Block[] {
	const { look, found } = example;
	if (look.kind === "unreached" || found === null || look.bytes.length === 0) return [];
	const at = found.findings.find((one) => one.level === "fault" && one.span !== undefined)?.span?.start;
	if (at === undefined) return [];
	const from = Math.max(0, Math.floor((at - BYTES_BEFORE) / 8) * 8);
	return [table(hexLines(maskedBytes(look.bytes, from, Math.min(look.bytes.length, from + BYTES_MAX)), from, at))];
}

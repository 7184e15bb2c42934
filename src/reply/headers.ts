import type { Classification } from "../judge/classify.ts";
import type { ClassifiedLook } from "../judge/pattern.ts";
import { maskedUrl, maskedValue } from "../message/masking.ts";
import { columns, message, note, say, table, title } from "../message/message.ts";
import { show } from "../message/show.ts";
import { ask, bold, code, type Text, text } from "../message/text.ts";
import type { Target } from "../read/text/target.ts";
import { rayData } from "./json.ts";
import type { Reply } from "./reply.ts";
import { unreachedWords } from "./site-words.ts";
import { counted, dataCenter, grouped, hostWords, percent } from "./words.ts";

/**
 * Cloudflare's limit for all response headers together
 * (https://developers.cloudflare.com/fundamentals/reference/connection-limits/, 2026-07-23; 32 KB before 2025-10-16).
 */
export const RESPONSE_HEADERS_MAX_BYTES = 131_072;

/** What a phone shows of a code block without wrapping; and rows of one table. */
const ROW_MAX_CHARS = 40;
const ROWS_MAX = 6;

type HeaderLine = Classification["reading"]["fields"][number];

/** The answer to `headers <url>`: how much of the limit they use, and the biggest ones. Pure. */
export function headersReply(target: Target, seen: ClassifiedLook): Reply {
	const { classification, look } = seen;
	const unreached = look.kind === "unreached" ? unreachedWords(look.stage, look.code) : null;
	const { fields, fieldCount } = classification.reading;
	const data = {
		verdict: {
			kind: classification.kind,
			code: classification.code,
			cause: null,
			articleCause: null,
			confidence: "certain",
			owner: "unknown",
		},
		ranked: [],
		ruledOut: [],
		pattern: null,
		next: null,
	};
	if (classification.status === null) {
		return {
			private: false,
			head: message(
				"bad",
				title(
					text`${hostWords(target)} returned no headers: ${unreached ?? (classification.kind === "silent" ? text`it accepted the request but sent nothing` : text`what it sent is not valid HTTP`)}. ${ask(maskedUrl(target.url))} tells more.`,
				),
			),
			thread: [],
			data: { ...data, findings: [], rays: [], headers: [], looks: [] },
		};
	}
	const total = classification.headerBytes ?? fields.reduce((sum, line) => sum + line.name.length + line.value.length + 4, 0);
	const shown = largest(fields);
	const share = (total / RESPONSE_HEADERS_MAX_BYTES) * 100;
	const isOver = total > RESPONSE_HEADERS_MAX_BYTES;
	return {
		private: false,
		head: message(
			isOver ? "bad" : "neutral",
			title(
				text`${hostWords(target)} returned ${bold(String(classification.status))} with ${counted(fieldCount, "header")}, ${counted(total, "byte")}.`,
			),
			say(
				text`That is ${share < 1 ? "under 1%" : percent(share / 100)} of the 128 KB that Cloudflare accepts.${isOver ? text` Shrink the biggest ones.` : text``} ${whoseHeaders(classification)}`,
			),
			say(text`${bold("Biggest headers")} (bytes)`),
			table(columns(shown)),
			note(text`${cloudflareWords(classification)} Values of cookies and tokens are masked.`),
		),
		thread: [],
		data: {
			...data,
			findings: [],
			rays: classification.ray === null ? [] : [rayData(classification.ray)],
			headers: fields.map((line) => ({
				name: show(line.name, 200),
				value: show(maskedValue(line.name, line.value), 1_000),
				bytes: Number(sizeOf(line.span, line.name, line.value)),
			})),
			fieldCount,
			total,
			limit: RESPONSE_HEADERS_MAX_BYTES,
			looks: [],
		},
	};
}

/** The biggest headers, those of one name in one row: bytes, then name and value, cut to what a phone shows. */
function largest(fields: readonly HeaderLine[]): string[][] {
	const byName = new Map<string, { readonly line: HeaderLine; readonly bytes: number; readonly count: number }>();
	for (const line of fields) {
		const key = line.name.toLowerCase();
		const before = byName.get(key);
		byName.set(key, {
			line: before?.line ?? line,
			bytes: (before?.bytes ?? 0) + Number(sizeOf(line.span, line.name, line.value)),
			count: (before?.count ?? 0) + 1,
		});
	}
	const rows = [...byName.values()].toSorted((a, b) => b.bytes - a.bytes).slice(0, ROWS_MAX);
	const width = grouped(rows[0]?.bytes ?? 0).length;
	return rows.map(({ line, bytes, count }) => {
		const value = count > 1 ? ` × ${count}` : `: ${show(maskedValue(line.name, line.value), ROW_MAX_CHARS)}`;
		return [grouped(bytes).padStart(width), cut(`${show(line.name, ROW_MAX_CHARS)}${value}`, ROW_MAX_CHARS - 2 - width)];
	});
}

const cut = (s: string, max: number): string => (s.length <= max ? s : `${s.slice(0, max - 1)}…`);

/** Whether these headers say anything about the origin's. */
function whoseHeaders({ kind, maker }: Classification): Text {
	if (kind === "not-cloudflare") return text``;
	if (maker === "cloudflare" || kind === "gateway-error")
		return text`This is Cloudflare's own page, so it does not show the origin's headers.`;
	return text`Signed-in visitors may get bigger ones.`;
}

function cloudflareWords({ ray }: Classification): Text {
	return ray === null
		? text`Not through Cloudflare: there is no ${code("cf-ray")} header.`
		: text`Ray ID ${code(ray.id)}, ${dataCenter(ray.colo)}.`;
}

function sizeOf(span: { start: number; end: number }, name: string, value: string): string {
	return String(span.end > span.start ? span.end - span.start : name.length + value.length + 4);
}

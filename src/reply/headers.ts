import type { Answer } from "../core/judge/answer.ts";
import type { Seen } from "../core/judge/pattern.ts";
import type { Target } from "../core/target.ts";
import { rayData } from "./json.ts";
import { columns, message, note, type Reply, say, table, title } from "./reply.ts";
import { show } from "./show.ts";
import { ask, bold, code, type Text, text } from "./text.ts";
import { dataCenter, grouped, hostWords } from "./words.ts";

/**
 * Cloudflare's limit for all response headers together
 * (https://developers.cloudflare.com/fundamentals/reference/connection-limits/, 2026-07-23; 32 KB before 2025-10-16).
 */
export const RESPONSE_HEADERS_MAX_BYTES = 131_072;

const VALUE_SHOWN_CHARS = 90;
const FIELDS_SHOWN_MAX = 60;

/** Fields whose values are secrets or name a person: shown by name and size only. */
const SECRET =
	/^(?:set-cookie2?|cookie|(?:proxy-)?authorization|(?:proxy-)?authentication-info|.*(?:token|secret|api-?key|session|csrf|auth|xsrf|password|credential|jwt|signature).*)$/i;
/** Secrets inside an ordinary value: query parameters, bearer tokens and long opaque strings, and addresses of persons. */
const SECRET_PARTS: readonly (readonly [RegExp, string])[] = [
	[
		/([#?&;\s,](?:[\w-]{0,30}(?:token|key|sig|signature|secret|code|session|password|auth)[\w-]{0,30})=)[^&;\s,"]+/gi,
		"$1[masked]",
	],
	[/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, "$1 [masked]"],
	[/\beyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*/g, "[masked token]"],
	[/[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+/g, "[masked e-mail]"],
];

/** A field's value as it may be shown: cookies keep their names and attributes, other secrets only their size. */
export function maskedValue(name: string, value: string): string {
	if (/^set-cookie2?$/i.test(name)) {
		const [pair = "", ...attributes] = value.split(";");
		if (!pair.includes("=")) return `[masked, ${value.length} characters]`;
		const cookie = pair.split("=")[0]?.trim() ?? "";
		return [
			`${cookie}=[masked, ${Math.max(0, pair.length - cookie.length - 1)} characters]`,
			...attributes.map((one) => one.trim()),
		].join("; ");
	}
	if (SECRET.test(name)) return `[masked, ${value.length} characters]`;
	return SECRET_PARTS.reduce((out, [pattern, by]) => out.replace(pattern, by), value.slice(0, 4096));
}

const LINE_MAX_BYTES = 4_096;

/**
 * Bytes as they may be shown in a hex view: where a line holds a secret, its printable characters become `*`; what is odd about it
 * (control bytes, length, place) stays.
 * @param from first byte that will be shown
 * @param to byte after the last one
 */
export function maskedBytes(bytes: Uint8Array, from: number, to: number): Uint8Array {
	const start = Math.max(0, from - LINE_MAX_BYTES);
	const text = Buffer.from(bytes.buffer, bytes.byteOffset + start, Math.min(bytes.length, to + LINE_MAX_BYTES) - start).toString(
		"latin1",
	);
	const out = bytes.slice(from, to);
	for (const match of text.matchAll(/[^\n]+/g)) {
		const lineStart = start + match.index;
		const line = match[0];
		if (lineStart + line.length <= from || lineStart >= to) continue;
		const colon = line.indexOf(":");
		const name = colon < 0 ? "" : line.slice(0, colon).trim();
		const value = colon < 0 ? line : line.slice(colon + 1).trim();
		if (maskedValue(name, value) === value.slice(0, 4096)) continue;
		for (let at = Math.max(from, lineStart + colon + 1); at < Math.min(to, lineStart + line.length); at += 1) {
			const byte = out[at - from] ?? 0;
			if (byte > 0x20 && byte < 0x7f) out[at - from] = 0x2a;
		}
	}
	return out;
}

/** The answer to `headers <url>`. Pure. */
export function headersReply(target: Target, seen: Seen, unreached: Text | null): Reply {
	const { answer } = seen;
	const { fields } = answer.reading;
	const data = {
		verdict: { kind: answer.kind, code: answer.code, cause: null, articleCause: null, confidence: "certain", owner: "unknown" },
		ranked: [],
		ruledOut: [],
		pattern: null,
		next: null,
	};
	if (answer.status === null) {
		return {
			private: false,
			head: message(
				"bad",
				title(
					text`${hostWords(target)} gave no header section to show: ${unreached ?? (answer.kind === "silent" ? text`it took the request and said nothing` : text`what it sent is no usable HTTP`)}. ${ask(target.url)} tells more.`,
				),
			),
			thread: [],
			data: { ...data, findings: [], rays: [], headers: [], looks: [] },
		};
	}
	const total = answer.headerBytes ?? fields.reduce((sum, line) => sum + line.name.length + line.value.length + 4, 0);
	const rows = fields
		.slice(0, FIELDS_SHOWN_MAX)
		.map((line) => [
			sizeOf(line.span, line.name, line.value),
			`${show(line.name, 60)}: ${show(maskedValue(line.name, line.value), VALUE_SHOWN_CHARS)}`,
		]);
	const more = fields.length > FIELDS_SHOWN_MAX ? [`… and ${fields.length - FIELDS_SHOWN_MAX} more fields`] : [];
	const share = (total / RESPONSE_HEADERS_MAX_BYTES) * 100;
	return {
		private: false,
		head: message(
			total > RESPONSE_HEADERS_MAX_BYTES ? "bad" : "neutral",
			title(
				text`${hostWords(target)} answered ${bold(String(answer.status))} with ${fields.length} header fields, ${grouped(total)} bytes in all.`,
			),
			say(
				text`Cloudflare takes up to 128 KB (131,072 bytes) of response headers; this is ${share < 1 ? "under 1" : Math.round(share)} % of that.${cloudflareWords(answer)}`,
			),
		),
		thread: [
			message(
				"neutral",
				title(text`Header fields in order, with their size in bytes`),
				table([...columns(rows), ...more]),
				note(whoseFields(answer)),
			),
		],
		data: {
			...data,
			findings: [],
			rays: answer.ray === null ? [] : [rayData(answer.ray)],
			headers: fields.map((line) => ({
				name: show(line.name, 200),
				value: show(maskedValue(line.name, line.value), 1_000),
				bytes: Number(sizeOf(line.span, line.name, line.value)),
			})),
			total,
			limit: RESPONSE_HEADERS_MAX_BYTES,
			looks: [],
		},
	};
}

/** Whether these fields say anything about the origin's. */
function whoseFields(answer: Answer): Text {
	const masked = text`Values of cookies and tokens are masked.`;
	if (answer.kind === "not-cloudflare") return masked;
	if (answer.maker === "cloudflare" || answer.kind === "gateway-error") {
		return text`${masked} This answer is Cloudflare's own page, so these fields say nothing about what the origin sent; more than 128 KB from the origin ends in a 520 like this.`;
	}
	return text`${masked} These are the fields that Cloudflare sends on to a visitor without cookies; it adds and removes some, and a signed-in visitor may get larger ones.`;
}

function cloudflareWords(answer: Answer): Text {
	return answer.ray === null
		? text` There is no ${code("cf-ray")} field: not through Cloudflare.`
		: text` Ray ID ${code(answer.ray.id)}, data center ${dataCenter(answer.ray.colo)}.`;
}

function sizeOf(span: { start: number; end: number }, name: string, value: string): string {
	return String(span.end > span.start ? span.end - span.start : name.length + value.length + 4);
}

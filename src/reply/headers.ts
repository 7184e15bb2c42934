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
import { dataCenter, grouped, hostWords } from "./words.ts";

/**
 * Cloudflare's limit for all response headers together
 * (https://developers.cloudflare.com/fundamentals/reference/connection-limits/, 2026-07-23; 32 KB before 2025-10-16).
 */
export const RESPONSE_HEADERS_MAX_BYTES = 131_072;

const VALUE_SHOWN_CHARS = 90;
const FIELDS_SHOWN_MAX = 60;

/** The answer to `headers <url>`. Pure. */
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
					text`${hostWords(target)} gave no header section to show: ${unreached ?? (classification.kind === "silent" ? text`it took the request and said nothing` : text`what it sent is no usable HTTP`)}. ${ask(maskedUrl(target.url))} tells more.`,
				),
			),
			thread: [],
			data: { ...data, findings: [], rays: [], headers: [], looks: [] },
		};
	}
	const total = classification.headerBytes ?? fields.reduce((sum, line) => sum + line.name.length + line.value.length + 4, 0);
	const rows = fields
		.slice(0, FIELDS_SHOWN_MAX)
		.map((line) => [
			sizeOf(line.span, line.name, line.value),
			`${show(line.name, 60)}: ${show(maskedValue(line.name, line.value), VALUE_SHOWN_CHARS)}`,
		]);
	const more = fieldCount > FIELDS_SHOWN_MAX ? [`… and ${fieldCount - FIELDS_SHOWN_MAX} more fields`] : [];
	const share = (total / RESPONSE_HEADERS_MAX_BYTES) * 100;
	return {
		private: false,
		head: message(
			total > RESPONSE_HEADERS_MAX_BYTES ? "bad" : "neutral",
			title(
				text`${hostWords(target)} answered ${bold(String(classification.status))} with ${fieldCount} header fields, ${grouped(total)} bytes in all.`,
			),
			say(
				text`Cloudflare takes up to 128 KB (131,072 bytes) of response headers; this is ${share < 1 ? "under 1" : Math.round(share)} % of that.${cloudflareWords(classification)}`,
			),
		),
		thread: [
			message(
				"neutral",
				title(text`Header fields in order, with their size in bytes`),
				table([...columns(rows), ...more]),
				note(whoseFields(classification)),
			),
		],
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

/** Whether these fields say anything about the origin's. */
function whoseFields(answer: Classification): Text {
	const masked = text`Values of cookies and tokens are masked.`;
	if (answer.kind === "not-cloudflare") return masked;
	if (answer.maker === "cloudflare" || answer.kind === "gateway-error") {
		return text`${masked} This answer is Cloudflare's own page, so these fields say nothing about what the origin sent; more than 128 KB from the origin ends in a 520 like this.`;
	}
	return text`${masked} These are the fields that Cloudflare sends on to a visitor without cookies; it adds and removes some, and a signed-in visitor may get larger ones.`;
}

function cloudflareWords(answer: Classification): Text {
	return answer.ray === null
		? text` There is no ${code("cf-ray")} field: not through Cloudflare.`
		: text` Ray ID ${code(answer.ray.id)}, data center ${dataCenter(answer.ray.colo)}.`;
}

function sizeOf(span: { start: number; end: number }, name: string, value: string): string {
	return String(span.end > span.start ? span.end - span.start : name.length + value.length + 4);
}

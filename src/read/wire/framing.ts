import type { OddityKind } from "../../knowledge/findings/list.ts";
import { stripped } from "../stripped.ts";
import type { FieldLine, Framing } from "./reading.ts";

/** What the framing fields of one header section say, as Cloudflare's open-source proxy reads them. */
interface FramingRead {
	readonly framing: Framing;
	/** Oddities with the field line that shows each. */
	readonly odd: readonly { readonly kind: OddityKind; readonly line: FieldLine }[];
}

/** Fields of which one message carries one; others may repeat (RFC 9110 §5.2, §5.3). Content-Length has rules of its own. */
const SINGLE: ReadonlySet<string> = new Set([
	"content-type",
	"location",
	"date",
	"etag",
	"last-modified",
	"age",
	"expires",
	"server",
	"retry-after",
	"content-location",
	"content-range",
]);
/** `transfer-encoding`, the longest name that is looked for. */
const LONGEST = 17;
/** Rust's trim_ascii, as common.rs:145-179 has it. Byte A0 is a blank to JavaScript, and part of a name to the proxy. */
export const ASCII_WHITE_SPACE = " \t\n\f\r";
const LENGTH_MAX = 2n ** 63n - 1n;

/**
 * RFC 9112 §6.3, in the order of cloudflare/pingora (pingora-core/src/protocols/http/v1/client.rs:353-364, 635-663; common.rs:145-302):
 * Transfer-Encoding drops every Content-Length; without it a second Content-Length is refused, identical or not.
 */
export function readFraming(fields: readonly FieldLine[], status: number, version: string, method: "GET" | "HEAD"): FramingRead {
	const odd: { kind: OddityKind; line: FieldLine }[] = [];
	const codings: FieldLine[] = [];
	const lengths: FieldLine[] = [];
	// At most as many as there are single fields: a list is cheaper than a set.
	const seen: string[] = [];
	for (const line of fields) {
		// Longer names are none of these: most lines need no look-up.
		if (line.name.length > LONGEST) continue;
		const name = line.name.toLowerCase();
		if (name === "content-length") lengths.push(line);
		else if (name === "transfer-encoding") codings.push(line);
		else if (SINGLE.has(name)) {
			if (seen.includes(name)) odd.push({ kind: "single-field-repeated", line });
			else seen.push(name);
		}
	}
	let declared: number | null = null;
	const [first, ...more] = lengths;
	if (codings.length === 0 && first !== undefined) {
		const second = more[0];
		if (second !== undefined) {
			odd.push({
				kind: more.every((line) => line.value === first.value) ? "content-length-repeated" : "content-length-differs",
				line: second,
			});
		}
		// A control byte is a finding of its own. The line end of a fold is not one, but makes the value invalid as a number.
		for (const line of lengths)
			if (lengthOf(line.value) === null && !/[\u0000-\u0008\u000a-\u001f\u007f]/.test(line.value.replaceAll("\r\n", "")))
				odd.push({ kind: isRepeatedList(line.value) ? "content-length-list" : "content-length-invalid", line });
		declared = lengthOf(first.value);
		if (/^[+-]/.test(first.value) && declared !== null) odd.push({ kind: "content-length-sign", line: first });
	}
	const lastCoding = codings.at(-1);
	if (lastCoding !== undefined) {
		const [length] = lengths;
		if (length !== undefined) odd.push({ kind: "length-and-transfer-encoding", line: length });
		if (version === "HTTP/1.0") odd.push({ kind: "chunked-in-http-1.0", line: lastCoding });
	}
	const chunked = lastCoding !== undefined && isChunked(lastCoding.value);
	if (lastCoding !== undefined && !chunked) odd.push({ kind: "transfer-encoding-not-chunked", line: lastCoding });
	if (method === "HEAD" || status === 204 || status === 304) return { framing: { kind: "none" }, odd };
	if (lastCoding !== undefined) return { framing: { kind: chunked ? "chunked" : "until-close" }, odd };
	return { framing: declared === null ? { kind: "until-close" } : { kind: "length", declared }, odd };
}

/** The text after the last comma decides. */
function isChunked(value: string): boolean {
	return stripped(value.slice(value.lastIndexOf(",") + 1), ASCII_WHITE_SPACE).toLowerCase() === "chunked";
}

/** `33, 33`: RFC 9110 §8.6 lets a recipient take it for one value, and some do. */
function isRepeatedList(value: string): boolean {
	const parts = value.split(",").map((part) => stripped(part, ASCII_WHITE_SPACE));
	return parts.length > 1 && /^\d+$/.test(parts[0] ?? "") && parts.every((part) => part === parts[0]);
}

/** An optional sign and digits, 0 to 2^63-1, as Rust reads an integer; null for anything else. */
function lengthOf(value: string): number | null {
	if (value.length < 16 && /^\d+$/.test(value)) return Number(value);
	// Rust reads `-0` as 0.
	const digits = /^\+?(\d{1,40})$|^-(0{1,40})$/.exec(value)?.slice(1).find(Boolean);
	if (digits === undefined || BigInt(digits) > LENGTH_MAX) return null;
	return Number(digits);
}

import type { Framing, Span } from "../read/wire/reading.ts";
import { maskedValue } from "./masking.ts";

/** Of a response, what decides how its bytes are masked. */
interface Masked {
	/** null: it is not complete, and everything belongs to it. */
	readonly headerSection: Span | null;
	readonly framing: Framing | null;
	/** What shows a fault. */
	readonly faults: readonly Span[];
	/** Its content is not what Content-Encoding says: that has to stay. */
	readonly codingBroken: boolean;
}

/** So many bytes around a fault stay in content. */
const AROUND_BYTES = 64;
/** By these another protocol is told. */
const GREETING_BYTES = 8;
/** What may be the rest of a token whose name is not there. */
const OPAQUE = /[\w+/=.-]{16,}/g;
const STAR = 0x2a;
const CR = 13;
const LF = 10;
/** The longest value that is searched for secrets; a longer one is masked as a whole. */
const VALUE_MAX_CHARS = 4_096;
const SECRET_NAME = /cookie|token|secret|api-?key|session|csrf|auth|xsrf|password|credential|jwt|signature/i;

/**
 * A response as it may be kept: as long as it was, with the same faults at the same places. Values of cookies, tokens and other secrets
 * become asterisks, and so does content, but for what is around a fault. Pure and total.
 */
export function maskedResponse(bytes: Buffer, { headerSection, framing, faults, codingBroken }: Masked): Buffer {
	const out = Buffer.from(bytes);
	// Bytes that are not HTTP have no header lines: all of them count as content.
	const isHttp = bytes.toString("latin1", 0, 64).trimStart().startsWith("HTTP/");
	const headEnd = isHttp ? Math.min(bytes.length, headerSection?.end ?? bytes.length) : 0;
	maskLines(bytes, out, 0, headEnd, !codingBroken);
	if (headEnd === bytes.length) return out;
	if (framing?.kind === "chunked") maskChunks(bytes, out, headEnd);
	else out.fill(STAR, headEnd);
	for (const { start } of faults) {
		const from = Math.max(headEnd, start - AROUND_BYTES);
		const to = Math.min(bytes.length, start + AROUND_BYTES);
		if (from >= to) continue;
		bytes.copy(out, from, from, to);
		// A secret may stand right there.
		maskLines(bytes, out, from, to, false);
		for (const { index, 0: run } of bytes.toString("latin1", from, to).matchAll(OPAQUE))
			stars(out, Math.max(from + index, GREETING_BYTES), from + index + run.length);
	}
	return out;
}

/**
 * Lines of a header section, or what looks like some.
 * @param content the content is masked as well: its coding cannot be kept
 */
function maskLines(bytes: Buffer, out: Buffer, from: number, to: number, content: boolean): void {
	const text = bytes.toString("latin1", from, to);
	let secret = false;
	// A CR alone may hide another line.
	for (const match of text.matchAll(/[^\r\n]+/g)) {
		const [line] = match;
		const start = from + match.index;
		const folded = line.startsWith(" ") || line.startsWith("\t");
		if (folded) {
			if (secret || maskedValue("", line.trim()) !== line.trim()) stars(out, start, start + line.length);
			continue;
		}
		const colon = line.indexOf(":");
		// Without a colon, a name that is written some other way counts.
		const nameEnd = colon < 0 ? Math.max(0, line.search(/[\s=]/)) : colon;
		const name = line.slice(0, nameEnd).replace(/[^\w-]/g, "");
		const value = line.slice(nameEnd + 1).trim();
		secret = SECRET_NAME.test(name);
		if (content && /^content-encoding$/i.test(name)) secret = true;
		const isHidden = secret || value.length > VALUE_MAX_CHARS || maskedValue(name, value) !== value;
		if (isHidden) stars(out, start + (colon < 0 && !secret ? 0 : nameEnd + 1), start + line.length);
		if (colon < 0 && !secret && maskedValue("", line) !== line) stars(out, start, start + line.length);
	}
}

/** What is printable becomes an asterisk; what is odd stays. */
function stars(out: Buffer, from: number, to: number): void {
	for (let at = from; at < to; at += 1) {
		const byte = out[at] ?? 0;
		if (byte > 0x20 && byte < 0x7f) out[at] = STAR;
		else if (byte > 0x7f) out[at] = 0xff;
	}
}

/** Content in chunks: their lines stay, what is in them does not. */
function maskChunks(bytes: Buffer, out: Buffer, from: number): void {
	let here = from;
	while (here < bytes.length) {
		const lf = bytes.indexOf(LF, here);
		const lineEnd = lf < 0 ? bytes.length : lf + 1;
		const size = /^([0-9a-f]{0,12})[ \t]*(?:;|\r?\n?$)/i.exec(bytes.toString("latin1", here, Math.min(lineEnd, here + 64)));
		if (size === null) break;
		const digits = size[1] ?? "";
		// An extension may hold anything.
		const semicolon = bytes.subarray(here, lineEnd).indexOf(0x3b);
		if (semicolon >= 0) stars(out, here + semicolon + 1, lineEnd);
		here = lineEnd;
		const length = digits === "" ? 0 : Number.parseInt(digits, 16);
		if (length === 0) {
			maskLines(bytes, out, here, bytes.length, false);
			return;
		}
		const end = Math.min(bytes.length, here + length);
		out.fill(STAR, here, end);
		here = end;
		if (bytes[here] === CR) here += 1;
		if (bytes[here] === LF) here += 1;
		else if (here < bytes.length) break;
	}
	out.fill(STAR, here);
}

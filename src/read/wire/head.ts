import type { OddityKind } from "../../knowledge/findings/list.ts";
import { stripped } from "../stripped.ts";
import { FIELDS_KEPT, type FieldLine, keepsField, mayBeLate, type Span } from "./reading.ts";

/** As nearly all status lines are; the rest is taken apart with more care. */
const PLAIN_STATUS_LINE = /^HTTP\/1\.[01] \d{3}(?: |$)/;
const CR = 13;
const LF = 10;
const SP = 32;
const TAB = 9;
const COLON = 58;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]*$/;
/** hyperium/http src/header/name.rs. */
const FIELD_NAME_MAX_BYTES = 65_535;
/** As long as nearly all header sections are; also what a field of a longer one can keep in memory beside itself. */
const LATIN_BYTES = 16_384;
const SHORT_LINE_BYTES = 64;
/** How many folded lines of one field are kept. */
const FOLDS_KEPT = 256;
/** The longest name that counts at any place, with some blanks before its colon. */
const LATE_NAME_LOOKED_AT = 24;

/** A header section taken apart. */
export interface HeadParts {
	readonly version: string;
	readonly status: number;
	readonly reason: string;
	/** Those that are kept, see {@link keepsField}. */
	readonly fields: readonly FieldLine[];
	readonly fieldCount: number;
}

/**
 * Reads the lines of one header section: status line, field lines, and what is odd about them. Tolerates what Cloudflare's open-source
 * proxy does (blanks before the colon, folding), names everything that is odd up to the field line at which that proxy gives up. Lines
 * have no objects of their own: a header section can hold half a million of them.
 */
export class HeadReader {
	readonly #head: Buffer;
	readonly #bytes: number;
	/** Where the last complete line ends. */
	readonly #linesEnd: number;
	readonly #base: number;
	readonly #complete: boolean;
	readonly #odd: (kind: OddityKind, span: Span) => void;
	/** The beginning as Latin-1: one conversion for all lines that most heads have. What follows in a long one is converted where it is kept. */
	readonly #latin: string;
	/** No control character but line ends: nothing to look for line by line. */
	#clean: boolean;
	/** Kinds that were told of values. */
	#inValues: Set<OddityKind> | null = null;

	/**
	 * @param head begins with the status line
	 * @param linesEnd where the last complete line of `head` ends
	 * @param bytes how much of `head` belongs to this section
	 * @param base offset of `head[0]` in the whole input
	 * @param complete the empty line has come
	 */
	constructor(
		head: Buffer,
		linesEnd: number,
		bytes: number,
		base: number,
		complete: boolean,
		odd: (kind: OddityKind, span: Span) => void,
	) {
		this.#head = head;
		this.#linesEnd = linesEnd;
		this.#base = base;
		this.#complete = complete;
		this.#odd = odd;
		this.#bytes = bytes;
		this.#latin = head.toString("latin1", 0, Math.min(bytes, LATIN_BYTES));
		this.#clean = isClean(head, linesEnd);
	}

	#span(start: number, end: number): Span {
		return { start: this.#base + start, end: this.#base + end };
	}

	#text(start: number, end: number): string {
		return end <= this.#latin.length ? this.#latin.slice(start, end) : this.#head.toString("latin1", start, end);
	}

	/** Where the line that begins here has its line feed; it has one. */
	#lineFeed(start: number): number {
		const lf = this.#latin.indexOf("\n", start);
		if (lf >= 0) return lf;
		// A call for each of half a million short lines would take longer than their bytes.
		const near = Math.min(start + SHORT_LINE_BYTES, this.#bytes);
		for (let at = start; at < near; at += 1) if (this.#head[at] === LF) return at;
		return this.#head.indexOf(LF, near);
	}

	/** What is wrong already in a line that has not ended: a parser refuses it at that byte, without waiting for more. */
	partialLine(): void {
		this.#clean = false;
		const start = this.#linesEnd;
		const text = this.#text(start, this.#bytes);
		if (start === 0) this.#partialStatusLine(text);
		// A lone CR is the beginning of the empty line.
		else if (text !== "\r") this.#partialField(text, start);
	}

	#partialField(text: string, start: number): void {
		const folded = text.startsWith(" ") || text.startsWith("\t");
		if (folded && this.#lineFeed(0) === start - 1) this.#odd("space-before-first-field", this.#span(start, start + 1));
		const colon = folded ? -1 : text.indexOf(":");
		// In a value a CR at the very end may still get its LF.
		if (colon >= 0 || folded) this.#valueBytes(start + colon + 1, start + text.length - (text.endsWith("\r") ? 1 : 0));
		if (folded) return;
		const name = trimmedEnd(colon < 0 ? text : text.slice(0, colon));
		if (colon === 0) this.#odd("empty-field-name", this.#span(start, start + 1));
		else if (name.endsWith("\r") && TOKEN.test(trimmedEnd(name.slice(0, -1))))
			this.#odd("missing-colon", this.#span(start + name.length - 1, start + name.length));
		else if (!TOKEN.test(name)) this.#odd("bad-field-name", this.#badByte(name, start));
	}

	#partialStatusLine(text: string): void {
		if (text.length > 8 && text[8] !== " ") this.#odd("bad-status-line", this.#span(8, 9));
		const wrong = text.slice(9, 12).search(/\D/);
		if (wrong >= 0) this.#odd("bad-status-code", this.#span(9 + wrong, 10 + wrong));
		else if (text.length > 12 && text[12] !== " " && text[12] !== "\r") this.#odd("bad-status-code", this.#span(12, 13));
		const after = text.slice(12).replace(/\r$/, "");
		const control = /[\u0000-\u0008\u000a-\u001f\u007f]/.exec(after);
		if (control !== null)
			this.#odd(control[0] === "\r" ? "bare-cr" : "control-in-reason", this.#span(12 + control.index, 13 + control.index));
	}

	/** Reads the lines that are there into parts and oddities. */
	parse(): HeadParts | null {
		if (this.#linesEnd === 0) return null;
		const lf = this.#lineFeed(0);
		const textEnd = lf > 0 && this.#head[lf - 1] === CR ? lf - 1 : lf;
		this.#lineEnd(textEnd, lf + 1);
		const text = this.#text(0, textEnd);
		const line = PLAIN_STATUS_LINE.test(text)
			? ["", text.slice(0, 8), " ", text.slice(9, 12), text.slice(12)]
			: /^(HTTP\/1\.[01])([^\d]?)(\d*)(.*)$/s.exec(text);
		const at = (start: number, end: number) => this.#span(start, Math.max(start + 1, end));
		const code = line?.[3] ?? "";
		const after = line?.[4] ?? "";
		if (line?.[2] !== " ") this.#odd("bad-status-line", at(8, 9));
		else if (!/^\d{3}$/.test(code) || (after !== "" && !after.startsWith(" ")))
			this.#odd("bad-status-code", at(9, Math.min(text.length, 20)));
		// RFC 9112 §4: a reason phrase has no control characters.
		const control = this.#clean ? null : /[\u0000-\u0008\u000a-\u001f\u007f]/.exec(after);
		if (control !== null) {
			// Without a status code of three digits the rest begins elsewhere than at 12.
			const found = text.length - after.length + control.index;
			this.#odd("control-in-reason", at(found, found + 1));
		}

		const { fields, fieldCount } = this.#fields(lf + 1);
		return {
			version: line?.[1] ?? "HTTP/1.1",
			status: Number(code.slice(0, 3) || "0"),
			reason: after.slice(1),
			fields,
			fieldCount,
		};
	}

	/** The field lines from here to the empty line. */
	#fields(from: number): Pick<HeadParts, "fields" | "fieldCount"> {
		const fields: FieldLine[] = [];
		let fieldCount = 0;
		let folds: string[] = [];
		/** Of more than are kept the last one: it decides how the content is framed. */
		let lastFold: Span | null = null;
		let foldEnd = 0;
		/** The last field line is kept: what is folded below it belongs to it. */
		let kept = false;
		// Folded lines (RFC 9112 §5.2) are joined once, when the field is over: joining each would be quadratic.
		const unfold = () => {
			const previous = fields.at(-1);
			if (folds.length === 0 || previous === undefined) return;
			if (lastFold !== null) folds[FOLDS_KEPT - 1] = this.#text(lastFold.start, lastFold.end);
			const value = stripped([previous.value, ...folds].join("\r\n"), " \t\r\n");
			fields[fields.length - 1] = { ...previous, value, span: { start: previous.span.start, end: foldEnd } };
			folds = [];
			lastFold = null;
		};
		let start = from;
		while (start < this.#linesEnd) {
			const lf = this.#lineFeed(start);
			const text = lf > start && this.#head[lf - 1] === CR ? lf - 1 : lf;
			const end = lf + 1;
			if (text === start) break;
			const blank = this.#head[start] === SP || this.#head[start] === TAB;
			if (blank && fieldCount > 0) {
				if (kept) {
					this.#lineEnd(text, end);
					if (folds.length === 0) this.#odd("folded-line", this.#span(start, end));
					this.#valueBytes(start, text);
					if (folds.length < FOLDS_KEPT) folds.push(this.#text(start, text));
					else lastFold = { start, end: text };
					foldEnd = this.#base + end;
				}
				start = end;
				continue;
			}
			if (folds.length > 0) unfold();
			fieldCount += 1;
			// A parser that takes 256 field lines has given up here: of what follows only some names are looked at.
			const early = fields.length < FIELDS_KEPT;
			kept = early || keepsField(fields.length, this.#nameAt(start, text));
			if (kept) {
				const raw = this.#text(start, text);
				if (early) this.#lineEnd(text, end);
				if (early && blank) this.#odd("space-before-first-field", this.#span(start, end));
				fields.push(this.#field(raw, start, end));
			}
			start = end;
		}
		unfold();
		return { fields, fieldCount };
	}

	/** The beginning of a line up to its colon, when that may be one of the names that are looked for. */
	#nameAt(start: number, end: number): string {
		for (let at = start; at < end && at - start <= LATE_NAME_LOOKED_AT; at += 1) {
			if (this.#head[at] !== COLON) continue;
			let nameEnd = at;
			while (nameEnd > start && (this.#head[nameEnd - 1] === SP || this.#head[nameEnd - 1] === TAB)) nameEnd -= 1;
			return mayBeLate(nameEnd - start, this.#head[start] ?? 0) ? this.#text(start, nameEnd) : "";
		}
		return "";
	}

	#field(raw: string, start: number, end: number): FieldLine {
		const span = this.#span(start, end);
		const colon = raw.indexOf(":");
		const written = colon < 0 ? raw : raw.slice(0, colon);
		const name = trimmedEnd(written);
		const nul = this.#clean ? -1 : name.indexOf("\u0000");
		if (nul >= 0) this.#odd("nul-byte", this.#span(start + nul, start + nul + 1));
		if (name === "") this.#odd("empty-field-name", span);
		else if (!TOKEN.test(name)) this.#badName(name, start, colon);
		else if (colon < 0) this.#odd("missing-colon", span);
		// A long name is refused when it becomes one, once the header section is complete.
		else if (name.length > FIELD_NAME_MAX_BYTES && this.#complete) this.#odd("field-name-too-long", span);
		else if (name !== written) this.#odd("space-before-colon", span);
		const value = colon < 0 ? "" : raw.slice(colon + 1);
		if (colon >= 0) this.#valueBytes(start + colon + 1, start + raw.length);
		return { name, value: trimmed(value), span };
	}

	/** A CR is worse than any other wrong byte: no parser takes it. */
	#badName(name: string, start: number, colon: number): void {
		const cr = name.indexOf("\r");
		if (cr >= 0) this.#odd("bare-cr", this.#span(start + cr, start + cr + 1));
		else this.#odd(colon < 0 ? "missing-colon" : "bad-field-name", this.#badByte(name, start));
	}

	#badByte(name: string, start: number): Span {
		const at = [...name].findIndex((char) => !TOKEN.test(char));
		return this.#span(start + Math.max(0, at), start + Math.max(0, at) + 1);
	}

	/** What is wrong in the bytes of a value, each kind at its first place: there may be a million of them. */
	#valueBytes(start: number, end: number): void {
		if (this.#clean) return;
		for (let at = start; at < end; at += 1) {
			const byte = this.#head[at] as number;
			// RFC 9110 §5.5: a field value has no control characters either, but the tab.
			if (byte >= 32 ? byte !== 127 : byte === TAB) continue;
			const kind: OddityKind = byte === CR ? "bare-cr" : byte === 0 ? "nul-byte" : "control-in-value";
			this.#inValues ??= new Set();
			if (this.#inValues.has(kind)) continue;
			this.#inValues.add(kind);
			this.#odd(kind, this.#span(at, at + 1));
		}
	}

	#lineEnd(text: number, end: number): void {
		if (end - text === 1) this.#odd("bare-lf", this.#span(text, end));
	}
}

/** No control character but tabs and line ends, in the first `end` bytes. Long heads are looked at four bytes at a time. */
function isClean(bytes: Uint8Array, end: number): boolean {
	const fine = (from: number, to: number) => {
		for (let at = from; at < to; at += 1) {
			const byte = bytes[at] as number;
			if (byte >= 32 ? byte === 127 : byte !== LF && byte !== 9 && !(byte === CR && bytes[at + 1] === LF)) return false;
		}
		return true;
	};
	if (end < WORDS_FROM_BYTES) return fine(0, end);
	const lead = (4 - (bytes.byteOffset & 3)) & 3;
	const words = new Int32Array(bytes.buffer, bytes.byteOffset + lead, (end - lead) >> 2);
	for (let nth = 0; nth < words.length; nth += 1) {
		const word = words[nth] as number;
		const del = word ^ 0x7f7f7f7f;
		// A byte below 32, or (del) one that is 127, sets a high bit here; bytes above 127 do not.
		const suspect = (((word - 0x20202020) & ~word) | ((del - 0x01010101) & ~del)) & 0x80808080;
		if (suspect !== 0 && !fine(lead + nth * 4, lead + nth * 4 + 4)) return false;
	}
	return fine(0, lead) && fine(lead + words.length * 4, end);
}

const WORDS_FROM_BYTES = 512;

const isBlank = (char: string | undefined) => char === " " || char === "\t";

/** Without the blanks at its end. */
function trimmedEnd(text: string): string {
	let end = text.length;
	while (end > 0 && isBlank(text[end - 1])) end -= 1;
	return end === text.length ? text : text.slice(0, end);
}

/** Without the blanks around it. */
function trimmed(text: string): string {
	let start = 0;
	while (start < text.length && isBlank(text[start])) start += 1;
	return trimmedEnd(start === 0 ? text : text.slice(start));
}

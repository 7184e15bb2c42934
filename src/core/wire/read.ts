import { ContentReader } from "./content.ts";
import { readFraming } from "./framing.ts";
import { type FieldLine, type Framing, INTERIM_KEPT, type Oddity, type OddityKind, type Reading, type Span } from "./reading.ts";

/** How the connection came to its end, as far as the reader cares: an orderly close ends an until-close message. */
export interface ReadOptions {
	readonly method: "GET" | "HEAD";
	/** The other side closed the connection in order (FIN or close_notify) after the last byte. */
	readonly closed: boolean;
}

const CR = 13;
const LF = 10;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]*$/;
/** pingora-core/src/protocols/http/v1/common.rs:30: a header section that is not complete within this is given up. */
const HEADER_SECTION_MAX_BYTES = 1_048_576;
/** common.rs:27. */
const FIELDS_MAX = 256;
/** hyperium/http src/header/name.rs. */
const FIELD_NAME_MAX_BYTES = 65_535;
/** Cloudflare's limits for all response headers: 128 KB; until 2025-10-16 32 KB, and 16 KB a field (connection-limits page). */
const DOCUMENTED_MAX_BYTES = 131_072;
const LARGE_BYTES = 32_768;
const LARGE_FIELD_BYTES = 16_384;
const HEAD_PIECE_BYTES = 16_384;

/**
 * Reads an HTTP/1 response that arrives in pieces, however it is split. Total: any bytes give a reading, what is wrong becomes an oddity
 * with its span; never throws; linear in the input; memory bounded by one header section (1 MiB) and the kept beginning of the content.
 * What is tolerated follows Cloudflare's open-source proxy (cloudflare/pingora @ c0845a8, seanmonstar/httparse @ ac44a38).
 */
export class ResponseReader {
	readonly #method: "GET" | "HEAD";
	readonly #oddities = new Map<OddityKind, Oddity>();
	readonly #interim: number[] = [];
	#head: Buffer = NO_BYTES;
	/** `#head` is the caller's own piece: copied before the caller gets it back. */
	#borrowed = false;
	/** The head as Latin-1 while it is parsed: one conversion for all lines. */
	#latin: string | null = null;
	/** No control character but line ends in what is parsed: nothing to look for line by line. */
	#clean = false;
	#headBytes = 0;
	/** Offset of `#head[0]` in the input. */
	#headStart = 0;
	/** Up to here no line feed was found. */
	#scanned = 0;
	#received = 0;
	#parts: { version: string; status: number; reason: string; fields: FieldLine[]; span: Span } | null = null;
	#lines: Line[] = [];
	#content: ContentReader | null = null;
	#framing: Framing | null = null;
	/** The header section is beyond repair or beyond the limit: nothing more is read as HTTP. */
	#givenUp = false;

	constructor(method: "GET" | "HEAD") {
		this.#method = method;
	}

	push(chunk: Uint8Array): void {
		// In bounded pieces while in the header section: what is copied there stays small however large the chunk is.
		let here = 0;
		while (here < chunk.length && this.#content === null && !this.#givenUp) {
			const piece = chunk.subarray(here, here + HEAD_PIECE_BYTES);
			here += piece.length;
			this.#received += piece.length;
			this.#append(piece);
			this.#scan();
			this.#keepBorrowed();
		}
		if (here === chunk.length) return;
		const rest = chunk.subarray(here);
		const at = this.#received;
		this.#received += rest.length;
		this.#content?.push(rest, at);
	}

	/** The reading of everything that was pushed. */
	end(closed: boolean): Reading {
		if (this.#content === null && !this.#givenUp) this.#unfinishedHead();
		const content = this.#content;
		const missing = content?.missing() ?? null;
		if (missing !== null) this.#odd(missing, { start: Math.max(0, this.#received - 1), end: this.#received });
		const parts = this.#parts;
		return {
			version: parts?.version ?? null,
			status: parts?.status ?? null,
			reason: parts?.reason ?? "",
			fields: parts?.fields ?? [],
			headerSection: content === null ? null : (parts?.span ?? null),
			interim: this.#interim,
			framing: this.#framing,
			content: content?.kept ?? new Uint8Array(),
			contentBytes: content?.bytes ?? 0,
			complete: content !== null && (content.done || (this.#framing?.kind === "until-close" && closed)),
			oddities: [...this.#oddities.values()].sort((a, b) => a.span.start - b.span.start),
		};
	}

	#odd(kind: OddityKind, span: Span): void {
		if (!this.#oddities.has(kind)) this.#oddities.set(kind, { kind, span });
	}

	#append(chunk: Uint8Array): void {
		if (this.#headBytes === 0) {
			// Most header sections come in one piece: it is read where it stands.
			this.#head = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
			this.#headBytes = chunk.length;
			this.#borrowed = true;
			return;
		}
		const wanted = this.#headBytes + chunk.length;
		if (wanted > this.#head.length) {
			const larger = Buffer.alloc(Math.max(wanted, this.#head.length * 2, 4_096));
			larger.set(this.#head.subarray(0, this.#headBytes));
			this.#head = larger;
		}
		this.#head.set(chunk, this.#headBytes);
		this.#headBytes = wanted;
	}

	/** What is still wanted of a borrowed piece becomes our own. */
	#keepBorrowed(): void {
		if (!this.#borrowed) return;
		this.#borrowed = false;
		if (this.#content === null && !this.#givenUp) this.#head = Buffer.from(this.#head.subarray(0, this.#headBytes));
	}

	/** Looks for complete lines in what has arrived, until the header section is over. */
	#scan(): void {
		for (;;) {
			const lf = this.#head.indexOf(LF, this.#scanned);
			if (lf < 0 || lf >= this.#headBytes) {
				this.#scanned = this.#headBytes;
				break;
			}
			const start = this.#lines.at(-1)?.end ?? 0;
			const line: Line = { start, text: lf > start && this.#head[lf - 1] === CR ? lf - 1 : lf, end: lf + 1 };
			this.#scanned = line.end;
			const empty = line.text === line.start;
			if (empty && this.#lines.length === 0) {
				// RFC 9112 §2.2: empty lines before a start line are skipped.
				let end = line.end;
				while (end < this.#headBytes && this.#emptyLineAt(end) > 0) end += this.#emptyLineAt(end);
				this.#odd("leading-empty-lines", this.#span(line.start, line.end));
				this.#drop(end);
				continue;
			}
			this.#lines.push(line);
			if (this.#lines.length === 1 && !this.#looksLikeHttp()) {
				this.#notHttp();
				return;
			}
			if (!empty) {
				if (line.end > HEADER_SECTION_MAX_BYTES) break;
				continue;
			}
			if (line.end > HEADER_SECTION_MAX_BYTES) break;
			const next = this.#finishHead();
			if (next === null) return;
			this.#drop(next);
		}
		if (this.#headBytes > HEADER_SECTION_MAX_BYTES) {
			this.#parse();
			this.#odd("header-section-endless", this.#span(0, HEADER_SECTION_MAX_BYTES));
			this.#givenUp = true;
			this.#head = NO_BYTES;
		} else if (this.#lines.length === 0 && this.#headBytes >= 8 && !this.#looksLikeHttp()) this.#notHttp();
	}

	/** Bytes of an empty line at this place of the head, 0 for none. */
	#emptyLineAt(at: number): number {
		if (this.#head[at] === LF) return 1;
		return this.#head[at] === CR && at + 1 < this.#headBytes && this.#head[at + 1] === LF ? 2 : 0;
	}

	/** Forgets the first `bytes` of the head. */
	#drop(bytes: number): void {
		this.#head = this.#head.subarray(bytes, this.#headBytes);
		this.#headBytes -= bytes;
		this.#headStart += bytes;
		this.#scanned = 0;
		this.#lines = [];
	}

	#span(start: number, end: number): Span {
		return { start: this.#headStart + start, end: this.#headStart + end };
	}

	#text(start: number, end: number): string {
		return this.#latin === null ? this.#head.toString("latin1", start, Math.max(start, end)) : this.#latin.slice(start, end);
	}

	#looksLikeHttp(): boolean {
		const have = this.#text(0, Math.min(8, this.#headBytes));
		return "HTTP/1.1".startsWith(have) || "HTTP/1.0".startsWith(have);
	}

	#notHttp(): void {
		const version = /^HTTP\//i.test(this.#text(0, 5));
		// Up to the first byte that no HTTP/1 response can have there: the same however the bytes arrive.
		const have = this.#text(0, Math.min(8, this.#headBytes));
		const wrong = [..."HTTP/1.1"].findIndex((char, at) => have[at] !== char && !(at === 7 && have[at] === "0"));
		this.#odd(version ? "wrong-version" : "not-http", this.#span(0, Math.min(this.#headBytes, Math.max(0, wrong) + 1)));
		this.#givenUp = true;
		this.#head = NO_BYTES;
	}

	/** The empty line has come. Returns where the next head begins after an interim response, or null when there is none. */
	#finishHead(): number | null {
		const end = this.#lines.at(-1)?.end ?? 0;
		this.#parse();
		const parts = this.#parts;
		if (parts === null) {
			this.#givenUp = true;
			return null;
		}
		this.#parts = { ...parts, span: this.#span(0, end) };
		this.#sizes(parts.fields, end);
		const { framing, odd } = readFraming(parts.fields, parts.status, parts.version, this.#method);
		for (const { kind, line } of odd) this.#odd(kind, line.span);
		if (parts.status >= 100 && parts.status < 200 && parts.status !== 101) {
			if (this.#interim.length < INTERIM_KEPT) this.#interim.push(parts.status);
			this.#parts = null;
			return end;
		}
		if (parts.status === 101) this.#odd("upgrade-unasked", this.#span(0, this.#lines[0]?.end ?? end));
		this.#framing = framing;
		this.#content = new ContentReader(framing, (kind, span) => this.#odd(kind, span));
		const rest = this.#head.subarray(end, this.#headBytes);
		if (rest.length > 0) this.#content.push(rest, this.#headStart + end);
		this.#head = NO_BYTES;
		return null;
	}

	/** The input ended inside a header section, or before one. */
	#unfinishedHead(): void {
		if (this.#received === 0) {
			this.#odd("no-bytes", { start: 0, end: 0 });
			return;
		}
		if (this.#headBytes > 0 && !this.#looksLikeHttp()) {
			this.#notHttp();
			return;
		}
		if (this.#headBytes === 0 && this.#interim.length > 0) this.#odd("only-interim", { start: 0, end: this.#received });
		this.#parse();
		this.#partialLine();
		this.#odd("incomplete-header-section", { start: Math.max(0, this.#received - 1), end: this.#received });
	}

	/** What is wrong already in a line that has not ended: a parser refuses it at that byte, without waiting for more. */
	#partialLine(): void {
		this.#clean = false;
		const start = this.#lines.at(-1)?.end ?? 0;
		// A CR at the very end may still get its LF.
		const text = this.#text(start, this.#headBytes).replace(/\r$/, "");
		if (this.#lines.length > 0) {
			const colon = text.indexOf(":");
			const folded = text.startsWith(" ") || text.startsWith("\t");
			if (folded && this.#lines.length === 1) this.#odd("space-before-first-field", this.#span(start, start + 1));
			if (colon >= 0 || folded) this.#valueBytes(folded ? text : text.slice(colon + 1), start + (folded ? 0 : colon + 1));
			const name = (colon < 0 ? text : text.slice(0, colon)).replace(/[ \t]+$/, "");
			if (!folded && !TOKEN.test(name)) this.#odd("bad-field-name", this.#badByte(name, start));
			return;
		}
		if (text.length > 8 && text[8] !== " ") this.#odd("bad-status-line", this.#span(start + 8, start + 9));
		const wrong = text.slice(9, 12).search(/\D/);
		if (wrong >= 0) this.#odd("bad-status-code", this.#span(start + 9 + wrong, start + 10 + wrong));
		else if (text.length > 12 && text[12] !== " " && text[12] !== "\r")
			this.#odd("bad-status-code", this.#span(start + 12, start + 13));
		const control = /[\u0000-\u0008\u000a-\u001f\u007f]/.exec(text.slice(12));
		if (control !== null)
			this.#odd(
				control[0] === "\r" ? "bare-cr" : "control-in-reason",
				this.#span(start + 12 + control.index, start + 13 + control.index),
			);
	}

	#sizes(fields: readonly FieldLine[], bytes: number): void {
		if (fields.length > FIELDS_MAX) this.#odd("too-many-fields", fields[FIELDS_MAX]?.span ?? this.#span(0, bytes));
		if (bytes > DOCUMENTED_MAX_BYTES) this.#odd("header-section-over-128k", this.#span(0, bytes));
		else {
			const large = fields.find((line) => line.span.end - line.span.start > LARGE_FIELD_BYTES);
			if (large !== undefined) this.#odd("header-section-large", large.span);
			else if (bytes > LARGE_BYTES) this.#odd("header-section-large", this.#span(0, bytes));
		}
	}

	/** Reads the lines that are there into parts and oddities. */
	#parse(): void {
		const [first, ...others] = this.#lines;
		if (first === undefined) return;
		this.#latin = this.#head.toString("latin1", 0, this.#lines.at(-1)?.end ?? 0);
		this.#clean = isClean(this.#head, this.#lines.at(-1)?.end ?? 0);
		this.#lineEnd(first);
		const text = this.#text(first.start, first.text);
		const line = /^(HTTP\/1\.[01])([^\d]?)(\d*)(.*)$/s.exec(text);
		const at = (start: number, end: number) => this.#span(first.start + start, first.start + Math.max(start + 1, end));
		const code = line?.[3] ?? "";
		const after = line?.[4] ?? "";
		if (line?.[2] !== " ") this.#odd("bad-status-line", at(8, 9));
		else if (!/^\d{3}$/.test(code) || (after !== "" && !after.startsWith(" ")))
			this.#odd("bad-status-code", at(9, Math.min(text.length, 20)));
		else if (Number(code) < 100) this.#odd("status-below-100", at(9, 12));
		// RFC 9112 §4: a reason phrase has no control characters.
		const control = this.#clean ? null : /[\u0000-\u0008\u000a-\u001f\u007f]/.exec(after);
		if (control !== null) this.#odd("control-in-reason", at(12 + control.index, 13 + control.index));

		const fields: FieldLine[] = [];
		let folds: string[] = [];
		let foldEnd = 0;
		// Folded lines (RFC 9112 §5.2) are joined once, when the field is over: joining each would be quadratic.
		const unfold = () => {
			const previous = fields.at(-1);
			if (folds.length === 0 || previous === undefined) return;
			const value = [previous.value, ...folds].join("\r\n").replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, "");
			fields[fields.length - 1] = { ...previous, value, span: { start: previous.span.start, end: foldEnd } };
			folds = [];
		};
		for (const one of others) {
			if (one.text === one.start) break;
			this.#lineEnd(one);
			const raw = this.#text(one.start, one.text);
			if (raw.startsWith(" ") || raw.startsWith("\t")) {
				if (fields.length === 0) this.#odd("space-before-first-field", this.#span(one.start, one.end));
				else {
					this.#odd("folded-line", this.#span(one.start, one.end));
					this.#valueBytes(raw, one.start);
					folds.push(raw);
					foldEnd = this.#headStart + one.end;
					continue;
				}
			}
			unfold();
			fields.push(this.#field(raw, one));
		}
		unfold();
		this.#parts = {
			version: line?.[1] ?? "HTTP/1.1",
			status: Number(code.slice(0, 3) || "0"),
			reason: after.slice(1),
			fields,
			span: this.#span(0, 0),
		};
		this.#latin = null;
	}

	#field(raw: string, line: Line): FieldLine {
		const span = this.#span(line.start, line.end);
		const colon = raw.indexOf(":");
		const written = colon < 0 ? raw : raw.slice(0, colon);
		const name = trimmedEnd(written);
		const nul = this.#clean ? -1 : name.indexOf("\u0000");
		if (nul >= 0) this.#odd("nul-byte", this.#span(line.start + nul, line.start + nul + 1));
		if (name === "") this.#odd("empty-field-name", span);
		else if (!TOKEN.test(name)) this.#odd(colon < 0 ? "missing-colon" : "bad-field-name", this.#badByte(name, line.start));
		else if (colon < 0) this.#odd("missing-colon", span);
		else if (name.length > FIELD_NAME_MAX_BYTES) this.#odd("field-name-too-long", span);
		else if (name !== written) this.#odd("space-before-colon", span);
		const value = colon < 0 ? "" : raw.slice(colon + 1);
		this.#valueBytes(value, line.start + colon + 1);
		return { name, value: trimmed(value), span };
	}

	#badByte(name: string, start: number): Span {
		const at = [...name].findIndex((char) => !TOKEN.test(char));
		return this.#span(start + Math.max(0, at), start + Math.max(0, at) + 1);
	}

	#valueBytes(value: string, start: number): void {
		if (this.#clean) return;
		// RFC 9110 §5.5: a field value has none either, but the tab.
		for (const match of value.matchAll(/[\u0000-\u0008\u000a-\u001f\u007f]/g)) {
			const kind: OddityKind = match[0] === "\r" ? "bare-cr" : match[0] === "\u0000" ? "nul-byte" : "control-in-value";
			this.#odd(kind, this.#span(start + match.index, start + match.index + 1));
			if (this.#oddities.has("bare-cr") && this.#oddities.has("nul-byte") && this.#oddities.has("control-in-value")) break;
		}
	}

	#lineEnd(line: Line): void {
		if (line.end - line.text === 1) this.#odd("bare-lf", this.#span(line.text, line.end));
	}
}

/** No control character but tabs and line ends: a loop over bytes is several times faster here than a regular expression. */
function isClean(bytes: Uint8Array, end: number): boolean {
	for (let at = 0; at < end; at += 1) {
		const byte = bytes[at] as number;
		if (byte >= 32 ? byte === 127 : byte !== LF && byte !== 9 && !(byte === CR && bytes[at + 1] === LF)) return false;
	}
	return true;
}

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

const NO_BYTES = Buffer.alloc(0);

/** A line of the head: where it starts, where its text ends, and where the next one starts. */
interface Line {
	readonly start: number;
	readonly text: number;
	readonly end: number;
}

/** Reads a response that is there as a whole; the same as pushing it in any pieces. */
export function readResponse(bytes: Uint8Array, options: ReadOptions): Reading {
	const reader = new ResponseReader(options.method);
	reader.push(bytes);
	return reader.end(options.closed);
}

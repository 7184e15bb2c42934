import type { OddityKind } from "../../knowledge/findings/list.ts";
import { KeptBytes } from "./kept-bytes.ts";
import type { Framing, Span } from "./reading.ts";

/** Content as it arrives: takes the framing off, keeps the beginning, counts the rest. Bounded memory, linear. */
export class ContentReader {
	readonly #framing: Framing;
	readonly #odd: (kind: OddityKind, span: Span) => void;
	readonly #kept: KeptBytes;
	/** Bytes of content so far. */
	bytes = 0;
	#state: "content" | "size" | "data" | "data-end" | "trailer" | "done" | "failed";
	#left: number;
	#line: number[] = [];
	/** The size line is in its extension, where a lone LF is like any other byte. */
	#extension = false;
	#lineStart = 0;
	#trailerBytes = 0;
	#trailerLines = 0;
	/** Of the trailer line that is being read: bytes so far, whether a colon was among them, and the last one. No object per line. */
	readonly #trailer = { bytes: 0, hasColon: false, last: 0 };
	/** A trailer without a colon was told. */
	#colonMissed = false;
	#chunks = 0;
	/** Bytes of size lines beyond what a plain one takes: extensions, mostly. */
	#surplusBytes = 0;
	#endlessAt: number | null = null;

	/** @param keptMaxBytes what comes beyond is counted only */
	constructor(framing: Framing, odd: (kind: OddityKind, span: Span) => void, keptMaxBytes = CONTENT_KEPT_BYTES) {
		this.#framing = framing;
		this.#odd = odd;
		this.#kept = new KeptBytes(keptMaxBytes);
		this.#left = framing.kind === "length" ? framing.declared : 0;
		this.#state =
			framing.kind === "chunked"
				? "size"
				: framing.kind === "none" || (framing.kind === "length" && framing.declared === 0)
					? "done"
					: "content";
	}

	/** Whole by its own framing. An until-close message never is until the connection ends. */
	get done(): boolean {
		return this.#state === "done";
	}

	get failed(): boolean {
		return this.#state === "failed";
	}

	/** Trailer lines so far. */
	get trailerLines(): number {
		return this.#trailerLines;
	}

	get kept(): Uint8Array {
		return this.#kept.bytes;
	}

	/** Where chunks that hold next to nothing became more than any page has: a look does not wait for their end. Reading goes on. */
	get endlessAt(): number | null {
		return this.#endlessAt;
	}

	#chunkBegins(surplusBytes: number): void {
		this.#chunks += 1;
		this.#surplusBytes += surplusBytes;
		const tiny = this.#chunks > TINY_CHUNKS_MAX && this.bytes < this.#chunks * TINY_CHUNK_BYTES;
		if (tiny || this.#surplusBytes > CHUNK_SURPLUS_MAX_BYTES) this.#endlessAt ??= this.#lineStart;
	}

	/** So many bytes may be counted unseen: content, and not the last of it. */
	get skippable(): number {
		if (this.#state !== "content" || !this.#kept.full) return 0;
		return this.#framing.kind === "length" ? this.#left - 1 : Number.MAX_SAFE_INTEGER;
	}

	/** So many came, of what may be skipped. */
	skip(bytes: number): void {
		this.bytes += bytes;
		this.#left -= bytes;
	}

	/** Bytes that are kept so far. */
	get keptBytes(): number {
		return this.#kept.length;
	}

	/**
	 * @param at offset of `chunk` in the whole input
	 * @param stopsAtEnd what comes behind the end of the message is another one's: it is left
	 * @returns how many bytes it took
	 */
	push(chunk: Uint8Array, at: number, stopsAtEnd = false): number {
		let here = 0;
		while (here < chunk.length) {
			switch (this.#state) {
				case "failed":
					return chunk.length;
				case "done":
					if (stopsAtEnd) return here;
					this.#odd(this.#framing.kind === "none" ? "bytes-after-no-content" : "bytes-after-the-end", {
						start: at + here,
						end: at + here + 1,
					});
					return chunk.length;
				case "content": {
					const take = this.#framing.kind === "length" ? Math.min(this.#left, chunk.length - here) : chunk.length - here;
					this.#take(here === 0 && take === chunk.length ? chunk : chunk.subarray(here, here + take));
					here += take;
					this.#left -= take;
					if (this.#framing.kind === "length" && this.#left === 0) this.#state = "done";
					break;
				}
				case "data": {
					const take = Math.min(this.#left, chunk.length - here);
					this.#take(chunk.subarray(here, here + take));
					here += take;
					this.#left -= take;
					if (this.#left === 0) this.#begin("data-end", at + here);
					break;
				}
				case "trailer":
					here = this.#trailers(chunk, here, at);
					break;
				default: {
					const next = this.#state === "size" && this.#line.length === 0 ? this.#plainSize(chunk, here, at) : 0;
					here = next > 0 ? next : this.#lineByte(chunk, here, at);
				}
			}
		}
		return here;
	}

	/** What is missing at the end of the input, as an oddity; null when nothing is. */
	missing(): OddityKind | null {
		if (this.#state === "content") return this.#framing.kind === "length" ? "content-short" : null;
		if (this.#state === "done" || this.#state === "failed") return null;
		// A size line that did not end, but cannot be one any more: a parser refuses it at its first wrong byte.
		return this.#state === "size" && !this.#extension && !this.#sizeMayFollow() ? this.#badSize() : "chunks-cut";
	}

	#take(part: Uint8Array): void {
		this.bytes += part.length;
		this.#kept.push(part);
	}

	#begin(state: "size" | "data-end" | "trailer", start: number): void {
		this.#state = state;
		if (this.#line.length > 0) this.#line = [];
		this.#extension = false;
		this.#lineStart = start;
	}

	#fail(kind: OddityKind, end: number): void {
		this.#odd(kind, { start: Math.min(this.#lineStart, end), end });
		this.#state = "failed";
	}

	/** A size line as nearly all are, hex digits and CR LF, that is there as a whole: read at once. Returns the next place, 0 for any other. */
	#plainSize(chunk: Uint8Array, here: number, at: number): number {
		let size = 0;
		let next = here;
		for (; next < chunk.length && next - here < PLAIN_DIGITS_MAX; next += 1) {
			const digit = HEX[chunk[next] ?? 0] ?? -1;
			if (digit < 0) break;
			size = size * 16 + digit;
		}
		if (next === here || size === 0 || chunk[next] !== CR || chunk[next + 1] !== LF) return 0;
		this.#lineStart = at + here;
		this.#chunkBegins(0);
		this.#left = size;
		this.#state = "data";
		this.#lineStart = at + next + 2;
		return next + 2;
	}

	/** Trailer lines, as far as they are there. Returns the next place. */
	#trailers(chunk: Uint8Array, from: number, at: number): number {
		const line = this.#trailer;
		let here = from;
		while (here < chunk.length && this.#state === "trailer") {
			const byte = chunk[here] ?? 0;
			const crBefore = line.last === CR;
			here += 1;
			this.#trailerBytes += 1;
			line.bytes += 1;
			line.last = byte;
			if (byte === COLON) line.hasColon = true;
			if (this.#trailerBytes > TRAILERS_MAX_BYTES) this.#fail("trailers-too-large", at + here);
			else if ((byte === LF) !== crBefore) this.#fail("trailer-line-end-bad", at + here);
			else if (byte === LF) this.#trailerEnds(at + here);
		}
		return here;
	}

	/** A trailer line has ended with CR LF; the empty one is the last. */
	#trailerEnds(end: number): void {
		const line = this.#trailer;
		if (line.bytes === 2) {
			this.#state = "done";
			return;
		}
		this.#trailerLines += 1;
		if (!line.hasColon && !this.#colonMissed) {
			this.#colonMissed = true;
			this.#odd("trailer-without-colon", { start: this.#lineStart, end });
		}
		line.bytes = 0;
		line.hasColon = false;
		line.last = 0;
		this.#lineStart = end;
	}

	/** One byte of a line: a chunk size, or the line end after a chunk. Returns the next place. */
	#lineByte(chunk: Uint8Array, here: number, at: number): number {
		const byte = chunk[here] ?? 0;
		const next = here + 1;
		const end = at + next;
		this.#line.push(byte);
		const { length } = this.#line;
		const ended = byte === LF;
		const crlf = ended && this.#line[length - 2] === CR;
		if (this.#state === "data-end") {
			if ((length === 1 && byte !== CR) || (length === 2 && byte !== LF)) this.#fail("chunk-end-missing", end);
			else if (length === 2) this.#begin("size", end);
			return next;
		}
		if (length > SIZE_LINE_MAX_BYTES) this.#fail("chunk-line-too-long", end);
		else if (byte !== LF && this.#line[length - 2] === CR) this.#fail(this.#badSize(), end);
		else if (byte === SEMICOLON && !this.#extension) this.#extension = this.#sizeEnd() === length - 1;
		else if (crlf || (ended && !this.#extension)) this.#size(crlf, end);
		return next;
	}

	/** What is here of the line may still become a size line. */
	#sizeMayFollow(): boolean {
		const left = this.#line.length - this.#sizeEnd();
		return left === 0 || (left === 1 && this.#line.at(-1) === CR);
	}

	/** Where the digits and the blanks behind them end. */
	#sizeEnd(): number {
		const line = this.#line;
		let at = 0;
		while (at < SIZE_DIGITS_MAX && (HEX[line[at] ?? 0] ?? -1) >= 0) at += 1;
		while (line[at] === SP || line[at] === TAB) at += 1;
		return at;
	}

	#lineText(): string {
		return Buffer.from(this.#line).toString("latin1");
	}

	/** Why a line is not a size line. */
	#badSize(): OddityKind {
		return STATUS_LINE.test(this.#lineText()) ? "status-line-in-chunks" : "chunk-size-bad";
	}

	/** httparse (src/lib.rs:1264-1329): up to 16 hex digits, blanks, an optional extension of any bytes up to CR LF; no digit counts as size 0. */
	#size(crlf: boolean, end: number): void {
		const read = SIZE.exec(this.#lineText().slice(0, -2));
		const digits = read?.[1] ?? "";
		if (!crlf || read === null) {
			this.#fail(this.#badSize(), end);
			return;
		}
		if (digits === "") this.#odd("chunk-size-empty", { start: this.#lineStart, end });
		const size = digits === "" ? 0n : BigInt(`0x${digits}`);
		if (size > SIZE_MAX) {
			this.#fail("chunk-size-bad", end);
			return;
		}
		if (size === 0n) this.#begin("trailer", end);
		else {
			this.#chunkBegins(Math.max(0, this.#line.length - PLAIN_SIZE_LINE_BYTES));
			this.#left = Number(size);
			this.#state = "data";
			this.#line = [];
			this.#extension = false;
			this.#lineStart = end;
		}
	}
}

const SIZE = /^([0-9A-Fa-f]{0,16})[ \t]*(?:;.*)?$/s;
/** A response inside a response (RFC 9112 §4): real Puma and Gunicorn write one when the application fails in the middle. */
const STATUS_LINE = /^HTTP\/\d(?:\.\d)? \d{3}/;

/** Values of hexadecimal digits by their byte, -1 for any other. */
const HEX = Int8Array.from({ length: 256 }, (_, byte) => "0123456789abcdef".indexOf(String.fromCharCode(byte).toLowerCase()));
const PLAIN_DIGITS_MAX = 12;
const SIZE_DIGITS_MAX = 16;
const CR = 13;
const LF = 10;
const SP = 32;
const TAB = 9;
const SEMICOLON = 59;
const COLON = 58;
/** Enough for any error page; more is counted, not kept. */
const CONTENT_KEPT_BYTES = 256 * 1024;
/** pingora-core/src/protocols/http/v1/body.rs:36 and :41. */
const SIZE_LINE_MAX_BYTES = 64 * 1024;
const TRAILERS_MAX_BYTES = 64 * 1024;
/** 16 hex digits and the line end. */
const PLAIN_SIZE_LINE_BYTES = 18;
/** Beyond all that honest servers send, and within what a look keeps, so that the bytes still show it. */
const CHUNK_SURPLUS_MAX_BYTES = 128 * 1024;
const TINY_CHUNKS_MAX = 50_000;
const TINY_CHUNK_BYTES = 8;
/** A larger size is invalid: the proxy's own sum would wrap (body.rs:530). */
const SIZE_MAX = 2n ** 62n;

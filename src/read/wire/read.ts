import type { OddityKind } from "../../knowledge/findings/list.ts";
import { stripped } from "../stripped.ts";
import { ContentReader } from "./content.ts";
import { contentCodingBroken } from "./decode-content.ts";
import { FOREIGN_BYTES, foreignProtocol } from "./foreign.ts";
import { ASCII_WHITE_SPACE, readFraming } from "./framing.ts";
import { type HeadParts, HeadReader } from "./head.ts";
import {
	type FieldLine,
	type Framing,
	INTERIM_KEPT,
	INTERIM_MAX,
	INTERIM_MAX_BYTES,
	type Oddity,
	type Reading,
	type Span,
} from "./reading.ts";

/** How the connection came to its end, as far as the reader cares: an orderly close ends an until-close message. */
interface ReadOptions {
	readonly method: "GET" | "HEAD";
	/** The other side closed the connection in order (FIN or close_notify) after the last byte. */
	readonly closed: boolean;
}

const CR = 13;
const LF = 10;
/** pingora-core/src/protocols/http/v1/common.rs:30: a header section that is not complete within this is given up. */
const HEADER_SECTION_MAX_BYTES = 1_048_576;
/** common.rs:27. */
const FIELDS_MAX = 256;
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
	readonly #keeps: "all" | "coded";
	/** What comes behind the end of the message is left to the caller, and how much of the last piece that was. */
	#stopsAtEnd = false;
	#leftBytes = 0;
	#oddities: Map<OddityKind, Oddity> | null = null;
	readonly #note = (kind: OddityKind, span: Span): void => this.#odd(kind, span);
	#interim: number[] | null = null;
	#interimCount = 0;
	#interimBytes = 0;
	#interimEndlessAt: number | null = null;
	#head: Buffer = NO_BYTES;
	/** `#head` is the caller's own piece: copied before the caller gets it back. */
	#borrowed = false;
	#headBytes = 0;
	/** Offset of `#head[0]` in the input. */
	#headStart = 0;
	/** Up to here no line feed was found. */
	#scanned = 0;
	/** Complete lines of this section: how many, and where the first and the last one end. */
	#lineCount = 0;
	#firstEnd = 0;
	#linesEnd = 0;
	/** Empty lines before this section that were dropped: they count toward its size (httparse @ ac44a38, src/lib.rs:561-583). */
	#skippedBytes = 0;
	#received = 0;
	#parts: HeadParts | null = null;
	#section: Span | null = null;
	#content: ContentReader | null = null;
	#framing: Framing | null = null;
	/** The header section is beyond repair or beyond the limit: nothing more is read as HTTP. */
	#givenUp = false;
	/** The first bytes of what is not HTTP, to name it. */
	#foreign: Buffer | null = null;

	/** @param keeps of the content: its beginning, or only what shows whether a content coding is what it says */
	constructor(method: "GET" | "HEAD", keeps: "all" | "coded" = "all") {
		this.#method = method;
		this.#keeps = keeps;
	}

	/** The same for one message of several on a connection: what comes behind its end is left. Returns how many bytes were taken. */
	pushMessage(chunk: Uint8Array): number {
		this.#stopsAtEnd = true;
		this.#leftBytes = 0;
		this.push(chunk);
		this.#received -= this.#leftBytes;
		return chunk.length - this.#leftBytes;
	}

	push(chunk: Uint8Array): void {
		// In bounded pieces while in the header section: what is looked at there stays small however large the chunk is.
		let here = 0;
		if (this.#foreign !== null && this.#foreign.length < FOREIGN_BYTES)
			this.#foreign = Buffer.concat([this.#foreign, chunk]).subarray(0, FOREIGN_BYTES);
		while (here < chunk.length && this.#content === null && !this.#givenUp) {
			const piece = chunk.length <= HEAD_PIECE_BYTES ? chunk : chunk.subarray(here, here + HEAD_PIECE_BYTES);
			here += piece.length;
			this.#received += piece.length;
			this.#append(piece);
			this.#scan();
		}
		this.#keepBorrowed();
		if (here === chunk.length) return;
		const rest = chunk.subarray(here);
		const at = this.#received;
		this.#received += rest.length;
		if (this.#content === null) return;
		// What the first piece left is left altogether.
		this.#leftBytes += rest.length - this.#content.push(rest, at, this.#stopsAtEnd);
	}

	/** So many bytes may be counted unseen. */
	get skippable(): number {
		return this.#givenUp ? 0 : (this.#content?.skippable ?? 0);
	}

	/** So many came, of what may be skipped. */
	skip(bytes: number): void {
		this.#received += bytes;
		this.#content?.skip(bytes);
	}

	/** The status of the final response, once its header section is complete. */
	get finalStatus(): number | null {
		return this.#content === null ? null : (this.#parts?.status ?? null);
	}

	/** The content ends where the connection does. */
	get endsWithConnection(): boolean {
		return this.#framing?.kind === "until-close";
	}

	/** Bytes that are held. */
	get heldBytes(): number {
		return (this.#borrowed ? 0 : this.#head.length) + (this.#content?.keptBytes ?? 0);
	}

	/** Nothing more is waited for: the message is whole by its own framing, or cannot be read on. An until-close message never is. */
	get over(): boolean {
		return this.#givenUp || this.#content?.done === true || this.#content?.failed === true;
	}

	/** What comes is repeated beyond any sense, and the message is not over: a look ends here. Reading could go on. */
	get endless(): boolean {
		return !this.over && this.#endlessAt() !== null;
	}

	/** Lines of the header section that is being read, or was read last, and of the trailers. */
	get headerLines(): number {
		return this.#lineCount + (this.#content?.trailerLines ?? 0);
	}

	#endlessAt(): number | null {
		return this.#content === null ? this.#interimEndlessAt : this.#content.endlessAt;
	}

	/** The message is whole by its own framing, so far. */
	get whole(): boolean {
		return this.#content?.done === true;
	}

	/** The connection can take another request after it (RFC 9112 §9.3): whole, and the other side does not say that it closes. */
	get persists(): boolean {
		const parts = this.#parts;
		if (!this.whole || parts === null) return false;
		const options = parts.fields
			.filter((line) => line.name.toLowerCase() === "connection")
			.flatMap((line) => line.value.toLowerCase().split(","))
			.map((option) => stripped(option, ASCII_WHITE_SPACE));
		return parts.version === "HTTP/1.0" ? options.includes("keep-alive") : !options.includes("close");
	}

	/** The reading of everything that was pushed. */
	end(closed: boolean): Reading {
		if (this.#content === null && !this.#givenUp) this.#unfinishedHead();
		const content = this.#content;
		const missing = content?.missing() ?? null;
		if (missing !== null) this.#odd(missing, { start: Math.max(0, this.#received - 1), end: this.#received });
		// Closed in order, it was not without end.
		const endlessAt = this.over || closed ? null : this.#endlessAt();
		if (endlessAt !== null)
			this.#odd(this.#content === null ? "endless-interim" : "endless-chunks", { start: endlessAt, end: endlessAt + 1 });
		const parts = this.#parts;
		const complete = content !== null && (content.done || (this.#framing?.kind === "until-close" && closed));
		const kept = content?.kept ?? NO_BYTES;
		if (complete && kept.length > 0 && kept.length === content?.bytes && parts !== null) this.#coding(parts.fields, kept);
		return {
			version: parts?.version ?? null,
			status: parts?.status ?? null,
			reason: parts?.reason ?? "",
			fields: parts?.fields ?? [],
			fieldCount: parts?.fieldCount ?? 0,
			headerSection: content === null ? null : this.#section,
			interim: this.#interim ?? [],
			framing: this.#framing,
			content: kept,
			contentBytes: content?.bytes ?? 0,
			complete,
			oddities: this.#oddities === null ? [] : this.#told(this.#oddities),
		};
	}

	/** The oddities by place; what is not HTTP with its name. */
	#told(oddities: ReadonlyMap<OddityKind, Oddity>): Oddity[] {
		const what = this.#foreign === null ? null : foreignProtocol(this.#foreign);
		return [...oddities.values()]
			.map((one) => (one.kind === "not-http" && what !== null ? { ...one, what } : one))
			.sort((a, b) => a.span.start - b.span.start);
	}

	/** The whole content is here: does it hold what Content-Encoding says? */
	#coding(fields: readonly FieldLine[], content: Uint8Array): void {
		for (const line of fields) {
			if (line.name.length !== 16 || line.name.toLowerCase() !== "content-encoding") continue;
			if (contentCodingBroken(content, line.value)) this.#odd("content-coding-broken", line.span);
			return;
		}
	}

	#odd(kind: OddityKind, span: Span): void {
		this.#oddities ??= new Map();
		if (!this.#oddities.has(kind)) this.#oddities.set(kind, { kind, span });
	}

	#has(kind: OddityKind): boolean {
		return this.#oddities?.has(kind) === true;
	}

	#append(chunk: Uint8Array): void {
		if (this.#headBytes === 0) {
			// Most header sections come in one piece: it is read in place.
			this.#head = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
			this.#headBytes = chunk.length;
			this.#borrowed = true;
			return;
		}
		const wanted = this.#headBytes + chunk.length;
		if (this.#borrowed) {
			// The next piece of what the caller pushed stands right behind: nothing is copied.
			this.#head = Buffer.from(chunk.buffer, this.#head.byteOffset, wanted);
			this.#headBytes = wanted;
			return;
		}
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
		let arrived = this.#head.length === this.#headBytes ? this.#head : this.#head.subarray(0, this.#headBytes);
		for (;;) {
			const lf = arrived.indexOf(LF, this.#scanned);
			if (lf < 0) {
				this.#scanned = this.#headBytes;
				break;
			}
			const start = this.#linesEnd;
			const text = lf > start && arrived[lf - 1] === CR ? lf - 1 : lf;
			const end = lf + 1;
			this.#scanned = end;
			const empty = text === start;
			if (empty && this.#lineCount === 0) {
				// RFC 9112 §2.2: empty lines before a start line are skipped.
				let to = end;
				while (to < this.#headBytes && this.#emptyLineAt(to) > 0) to += this.#emptyLineAt(to);
				this.#odd("leading-empty-lines", this.#span(start, end));
				this.#drop(to);
				this.#skippedBytes += to;
				if (this.#skippedBytes > HEADER_SECTION_MAX_BYTES) break;
				arrived = this.#head;
				continue;
			}
			// A line that goes beyond the limit is not read, however the bytes came.
			if (this.#skippedBytes + end > HEADER_SECTION_MAX_BYTES && this.#lineCount > 0) break;
			this.#lineCount += 1;
			this.#linesEnd = end;
			if (this.#lineCount === 1) {
				this.#firstEnd = end;
				if (!this.#looksLikeHttp()) {
					this.#notHttp();
					return;
				}
			}
			if (!empty) continue;
			const next = this.#finishHead();
			if (next === null) return;
			this.#drop(next);
			this.#skippedBytes = 0;
			arrived = this.#head;
		}
		if (this.#skippedBytes + this.#headBytes > HEADER_SECTION_MAX_BYTES) {
			this.#parse();
			this.#odd("header-section-endless", this.#span(-this.#skippedBytes, HEADER_SECTION_MAX_BYTES - this.#skippedBytes));
			this.#givenUp = true;
			this.#head = NO_BYTES;
		} else if (this.#lineCount === 0 && this.#headBytes >= 8 && !this.#looksLikeHttp()) this.#notHttp();
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
		this.#lineCount = 0;
		this.#firstEnd = 0;
		this.#linesEnd = 0;
	}

	#span(start: number, end: number): Span {
		return { start: this.#headStart + start, end: this.#headStart + end };
	}

	#text(start: number, end: number): string {
		return this.#head.toString("latin1", start, Math.max(start, end));
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
		this.#foreign = Buffer.from(this.#head.subarray(0, Math.min(FOREIGN_BYTES, this.#headBytes)));
		this.#head = NO_BYTES;
	}

	/** The empty line has come. Returns where the next head begins after an interim response, or null when there is none. */
	#finishHead(): number | null {
		const end = this.#linesEnd;
		this.#parse(end, true);
		const parts = this.#parts;
		if (parts === null) {
			this.#givenUp = true;
			return null;
		}
		this.#section = this.#span(0, end);
		// Looked at only now: an unfinished header section with such a status is waited for (http 82db5b8, src/status.rs:73-79).
		if (parts.status < 100 && !this.#has("bad-status-line") && !this.#has("bad-status-code"))
			this.#odd("status-below-100", this.#span(9, 12));
		this.#sizes(parts, end);
		const { framing, odd } = readFraming(parts.fields, parts.status, parts.version, this.#method);
		for (const { kind, line } of odd) this.#odd(kind, line.span);
		if (parts.status >= 100 && parts.status < 200 && parts.status !== 101) {
			this.#interim ??= [];
			if (this.#interim.length < INTERIM_KEPT) this.#interim.push(parts.status);
			this.#interimCount += 1;
			this.#interimBytes += end;
			if (this.#interimCount > INTERIM_MAX || this.#interimBytes > INTERIM_MAX_BYTES) this.#interimEndlessAt ??= this.#headStart;
			this.#parts = null;
			return end;
		}
		if (parts.status === 101) this.#odd("upgrade-unasked", this.#span(0, this.#firstEnd));
		this.#framing = framing;
		this.#content = new ContentReader(framing, this.#note, this.#keeps === "all" || isCoded(parts.fields) ? undefined : 0);
		const rest = this.#head.subarray(end, this.#headBytes);
		if (rest.length > 0) this.#leftBytes = rest.length - this.#content.push(rest, this.#headStart + end, this.#stopsAtEnd);
		this.#head = NO_BYTES;
		return null;
	}

	/** The input ended inside a header section, or before one. */
	#unfinishedHead(): void {
		if (this.#received === 0) {
			this.#odd("no-bytes", { start: 0, end: 0 });
			return;
		}
		// A lone CR before a status line may still become an empty line.
		const lone = this.#headBytes === 1 && this.#head[0] === CR;
		if (this.#headBytes > 0 && !lone && !this.#looksLikeHttp()) {
			this.#notHttp();
			return;
		}
		if (this.#headBytes === 0 && this.#interimCount > 0) this.#odd("only-interim", { start: 0, end: this.#received });
		const head = this.#parse();
		// Refused once the line after the 257th field has begun, for that one could still be folded.
		const over = this.#parts?.fields[FIELDS_MAX];
		if (over !== undefined && (this.#parts?.fieldCount ?? 0) > FIELDS_MAX + 1) this.#odd("too-many-fields", over.span);
		head.partialLine();
		this.#odd("incomplete-header-section", { start: Math.max(0, this.#received - 1), end: this.#received });
	}

	/** Takes the lines that are there apart. */
	#parse(bytes = this.#headBytes, complete = false): HeadReader {
		const head = new HeadReader(this.#head, this.#linesEnd, bytes, this.#headStart, complete, this.#note);
		const parts = head.parse();
		this.#parts = parts;
		return head;
	}

	#sizes({ fields, fieldCount }: HeadParts, bytes: number): void {
		if (fieldCount > FIELDS_MAX) this.#odd("too-many-fields", fields[FIELDS_MAX]?.span ?? this.#span(0, bytes));
		if (bytes > DOCUMENTED_MAX_BYTES) this.#odd("header-section-over-128k", this.#span(0, bytes));
		else {
			const large = fields.find((line) => line.span.end - line.span.start > LARGE_FIELD_BYTES);
			if (large !== undefined) this.#odd("header-section-large", large.span);
			else if (bytes > LARGE_BYTES) this.#odd("header-section-large", this.#span(0, bytes));
		}
	}
}

const NO_BYTES = Buffer.alloc(0);

const isCoded = (fields: readonly FieldLine[]): boolean =>
	fields.some(({ name }) => name.length === CONTENT_ENCODING.length && name.toLowerCase() === CONTENT_ENCODING);
const CONTENT_ENCODING = "content-encoding";

/** Reads a response that is there as a whole; the same as pushing it in any pieces. */
export function readResponse(bytes: Uint8Array, options: ReadOptions): Reading {
	const reader = new ResponseReader(options.method);
	reader.push(bytes);
	return reader.end(options.closed);
}

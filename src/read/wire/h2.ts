import type { OddityKind } from "../../knowledge/findings/list.ts";
import { FrameBounds } from "./h2-bounds.ts";
import { HpackDecoder } from "./hpack.ts";
import { KeptBytes } from "./kept-bytes.ts";
import {
	type FieldLine,
	INTERIM_KEPT,
	INTERIM_MAX,
	INTERIM_MAX_BYTES,
	keepsField,
	type Oddity,
	type Reading,
	type Span,
} from "./reading.ts";

/** RFC 9113 §7. */
const ERROR_CODES = [
	"NO_ERROR",
	"PROTOCOL_ERROR",
	"INTERNAL_ERROR",
	"FLOW_CONTROL_ERROR",
	"SETTINGS_TIMEOUT",
	"STREAM_CLOSED",
	"FRAME_SIZE_ERROR",
	"REFUSED_STREAM",
	"CANCEL",
	"COMPRESSION_ERROR",
	"CONNECT_ERROR",
	"ENHANCE_YOUR_CALM",
	"INADEQUATE_SECURITY",
	"HTTP_1_1_REQUIRED",
] as const;
const DATA = 0;
const HEADERS = 1;
const PRIORITY = 2;
const RST_STREAM = 3;
const SETTINGS = 4;
const PUSH_PROMISE = 5;
const PING = 6;
const GOAWAY = 7;
const WINDOW_UPDATE = 8;
const CONTINUATION = 9;
const END_STREAM = 1;
const ACK = 1;
const END_HEADERS = 4;
const PADDED = 8;
const WITH_PRIORITY = 32;
/** The stream of the one request that a look sends. */
const STREAM = 1;
const FRAME_HEAD_BYTES = 9;
/** RFC 9113 §4.2: the most that a peer may send unasked; and what Cloudflare's open-source proxy asks for (connectors/http/v2.rs:580-592). */
const FRAME_USUAL_MAX = 16_384;
const FRAME_ALLOWED_MAX = 65_536;
/** As for HTTP/1: Cloudflare's documented limit for all response headers. */
const DOCUMENTED_MAX_BYTES = 131_072;
/** A header block is kept up to here. */
const BLOCK_MAX_BYTES = 1_048_576;
const CONTENT_KEPT_BYTES = 65_536;
/** RFC 9113 §8.2.2: fields about the connection have no place in HTTP/2. */
const CONNECTION_FIELDS: ReadonlySet<string> = new Set([
	"connection",
	"transfer-encoding",
	"upgrade",
	"keep-alive",
	"proxy-connection",
]);
const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;

/** `connection was ended in order`, as for HTTP/1. */
interface H2Options {
	readonly method: "GET" | "HEAD";
}

/**
 * Reads what a server sent over HTTP/2 (its frames, the response on stream 1) as far as Cloudflare's open-source proxy would: up to the
 * first thing that ends the response. Total; linear; never throws. RFC 9113; what ends a response: hyperium/h2 0.4 with the settings of
 * cloudflare/pingora @ c0845a8.
 */
export function readH2(bytes: Uint8Array, options: H2Options): Reading {
	return new H2Reading(bytes, options).read();
}

class H2Reading {
	readonly #bytes: Uint8Array;
	readonly #method: "GET" | "HEAD";
	readonly #hpack = new HpackDecoder();
	readonly #oddities = new Map<OddityKind, Oddity>();
	readonly #interim: number[] = [];
	#interimCount = 0;
	#interimBytes = 0;
	#status: number | null = null;
	#fields: FieldLine[] = [];
	#fieldCount = 0;
	readonly #bounds = new FrameBounds();
	/** What came without end, at its first place beyond the bound: told only when the response is not complete after all. */
	#endless: Oddity | null = null;
	#section: Span | null = null;
	#declared: number | null = null;
	readonly #content = new KeptBytes(CONTENT_KEPT_BYTES);
	#contentBytes = 0;
	#complete = false;
	#settings = false;
	/** A header block that is not over yet: CONTINUATION has to follow. */
	#block: { readonly start: number; readonly parts: Uint8Array[]; bytes: number; readonly endStream: boolean } | null = null;

	constructor(bytes: Uint8Array, options: H2Options) {
		this.#bytes = bytes;
		this.#method = options.method;
	}

	read(): Reading {
		const bytes = this.#bytes;
		if (bytes.length === 0) this.#odd("no-bytes", { start: 0, end: 0 });
		let at = 0;
		// Whatever follows the complete response ends nothing any more.
		while (at < bytes.length && !this.#complete) {
			const span = { start: at, end: Math.min(bytes.length, at + FRAME_HEAD_BYTES) };
			if (at === 0 && Buffer.from(bytes.subarray(0, 5)).toString("latin1") === "HTTP/") {
				this.#odd("h2-http1-text", { start: 0, end: 5 });
				break;
			}
			if (at + FRAME_HEAD_BYTES > bytes.length) break;
			const length = this.#number(at, 3);
			if (length > FRAME_ALLOWED_MAX) {
				this.#odd("h2-bad-frame", span, "a frame of a size that nobody allowed");
				break;
			}
			const body = at + FRAME_HEAD_BYTES;
			const partial = body + length > bytes.length;
			if (length > FRAME_USUAL_MAX) this.#odd("h2-frame-large", span);
			const payload = bytes.subarray(body, Math.min(bytes.length, body + length));
			const flags = bytes[at + 4] ?? 0;
			const reached = this.#bounds.count(bytes[at + 3] ?? 0, flags, this.#number(at + 5, 4) % 2 ** 31, length, payload[0]);
			if (reached?.kind === "h2-endless-header-block") {
				this.#odd(reached.kind, span);
				break;
			}
			if (reached !== null) this.#endless ??= { ...reached, span };
			if (partial && bytes[at + 3] !== DATA) break;
			const fatal = this.#frame(bytes[at + 3] ?? 0, flags, this.#number(at + 5, 4) % 2 ** 31, payload, span, partial);
			if (fatal || partial) break;
			at = body + length;
		}
		if (this.#endless !== null && !this.#complete) this.#oddities.set(this.#endless.kind, this.#endless);
		// The proxy waits for the settings before anything else; content that came without them was never asked for.
		if (!this.#settings && this.#oddities.size === 0) {
			this.#odd("h2-settings-missing", { start: 0, end: Math.min(bytes.length, FRAME_HEAD_BYTES) });
			this.#section = null;
		}
		return {
			version: "HTTP/2",
			status: this.#status,
			reason: "",
			fields: this.#fields,
			fieldCount: this.#fieldCount,
			headerSection: this.#section,
			interim: this.#interim,
			framing:
				this.#section === null
					? null
					: this.#declared === null
						? { kind: "until-close" }
						: { kind: "length", declared: this.#declared },
			content: this.#content.take(),
			contentBytes: this.#contentBytes,
			complete: this.#complete && this.#section !== null,
			oddities: [...this.#oddities.values()].sort((a, b) => a.span.start - b.span.start),
		};
	}

	#odd(kind: OddityKind, span: Span, what?: string): true {
		if (!this.#oddities.has(kind)) this.#oddities.set(kind, what === undefined ? { kind, span } : { kind, span, what });
		return true;
	}

	#number(at: number, size: number): number {
		let value = 0;
		for (let nth = 0; nth < size; nth += 1) value = value * 256 + (this.#bytes[at + nth] ?? 0);
		return value;
	}

	/** One frame; true when nothing after it is read. */
	#frame(type: number, flags: number, stream: number, payload: Uint8Array, span: Span, partial: boolean): boolean {
		const bad = (what: string) => this.#odd("h2-bad-frame", span, what);
		if (this.#block !== null && (type !== CONTINUATION || stream !== STREAM)) return bad("another frame inside a header block");
		switch (type) {
			case SETTINGS:
				return this.#setting(flags, stream, payload, span);
			case PING:
				return stream !== 0 || payload.length !== 8 ? bad("PING") : false;
			case WINDOW_UPDATE:
				return payload.length !== 4 || (this.#number(span.start + FRAME_HEAD_BYTES, 4) & 0x7fffffff) === 0
					? bad("WINDOW_UPDATE")
					: false;
			case PRIORITY:
				return stream === 0 || payload.length !== 5 ? bad("PRIORITY") : false;
			case PUSH_PROMISE:
				return bad("PUSH_PROMISE, which was switched off");
			case GOAWAY:
				return this.#goaway(stream, payload, span);
			case RST_STREAM:
				if (stream === 0 || payload.length !== 4) return bad("RST_STREAM");
				return stream === STREAM ? this.#odd("h2-stream-reset", span, this.#code(span.start + FRAME_HEAD_BYTES)) : false;
			case HEADERS:
				return this.#headers(flags, stream, payload, span);
			case CONTINUATION:
				return this.#continuation(flags, payload, span);
			case DATA:
				return this.#data(flags, stream, payload, span, partial);
			default:
				// RFC 9113 §5.5: unknown types are ignored.
				return false;
		}
	}

	#code(at: number): string {
		const code = this.#number(at, 4);
		return ERROR_CODES[code] ?? `0x${code.toString(16)}`;
	}

	#setting(flags: number, stream: number, payload: Uint8Array, span: Span): boolean {
		const at = span.start + FRAME_HEAD_BYTES;
		const bad = (what: string) => this.#odd("h2-bad-settings", span, what);
		if (stream !== 0) return bad("SETTINGS on a stream");
		if ((flags & ACK) !== 0) return payload.length > 0 ? bad("an acknowledgement with content") : false;
		if (payload.length % 6 !== 0) return bad("SETTINGS of a wrong size");
		for (let nth = 0; nth < payload.length; nth += 6) {
			const value = this.#number(at + nth + 2, 4);
			// RFC 9113 §6.5.2: what each may be.
			switch (this.#number(at + nth, 2)) {
				case 2:
					if (value > 1) return bad("ENABLE_PUSH");
					break;
				case 4:
					if (value >= 2 ** 31) return bad("INITIAL_WINDOW_SIZE");
					break;
				case 5:
					if (value < FRAME_USUAL_MAX || value > 16_777_215) return bad("MAX_FRAME_SIZE");
					break;
			}
		}
		this.#settings = true;
		return false;
	}

	#goaway(stream: number, payload: Uint8Array, span: Span): boolean {
		if (stream !== 0 || payload.length < 8) return this.#odd("h2-bad-frame", span, "GOAWAY");
		const at = span.start + FRAME_HEAD_BYTES;
		const last = this.#number(at, 4) % 2 ** 31;
		const code = this.#code(at + 4);
		// RFC 9113 §6.8: with NO_ERROR, streams up to the last one named are still answered.
		if (code === "NO_ERROR" && last >= STREAM) return false;
		return this.#odd("h2-goaway", span, code);
	}

	#headers(flags: number, stream: number, payload: Uint8Array, span: Span): boolean {
		if (stream === 0) return this.#odd("h2-bad-frame", span, "HEADERS without a stream");
		let start = 0;
		let end = payload.length;
		if ((flags & PADDED) !== 0) {
			end -= payload[0] ?? 0;
			start += 1;
		}
		if ((flags & WITH_PRIORITY) !== 0) start += 5;
		if (start > end) return this.#odd("h2-bad-frame", span, "HEADERS whose padding is larger than the frame");
		if (stream !== STREAM) return this.#odd("h2-bad-frame", span, "HEADERS on a stream that was not opened");
		const part = payload.subarray(start, end);
		this.#block = { start: span.start, parts: [part], bytes: part.length, endStream: (flags & END_STREAM) !== 0 };
		return (flags & END_HEADERS) !== 0 ? this.#blockOver(span.start + FRAME_HEAD_BYTES + payload.length) : false;
	}

	#continuation(flags: number, payload: Uint8Array, span: Span): boolean {
		const block = this.#block;
		if (block === null) return this.#odd("h2-bad-frame", span, "CONTINUATION without a header block");
		block.parts.push(payload);
		block.bytes += payload.length;
		if (block.bytes > BLOCK_MAX_BYTES) return this.#odd("header-section-endless", { start: block.start, end: span.end });
		return (flags & END_HEADERS) !== 0 ? this.#blockOver(span.start + FRAME_HEAD_BYTES + payload.length) : false;
	}

	/** A header block is complete: the response's, an interim one's, or the trailers'. */
	#blockOver(end: number): boolean {
		const block = this.#block;
		if (block === null) return false;
		this.#block = null;
		const span = { start: block.start, end };
		const pairs = this.#hpack.decode(Buffer.concat(block.parts));
		if (pairs === null) return this.#odd("h2-bad-header-block", span);
		const { exhausted } = this.#hpack;
		if (exhausted) this.#odd("h2-fields-endless", span);
		if (this.#section !== null) {
			if (exhausted) return this.#readEnough();
			if (!block.endStream) return this.#odd("h2-bad-frame", span, "HEADERS in the middle of the content");
			return this.#fieldsFault(pairs, span) || this.#over(span);
		}
		const fault = this.#fieldsFault(pairs, span);
		if (fault) return true;
		const size = pairs.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0);
		const statuses = pairs.filter(([name]) => name === ":status").map(([, value]) => value);
		const [status = null] = statuses;
		if (statuses.length > 1 || (status !== null && !/^[1-9]\d\d$/.test(status)))
			return this.#odd("h2-bad-status", span, status ?? "");
		if (status === null) this.#odd("h2-status-missing", span);
		const code = status === null ? 200 : Number(status);
		if (code >= 100 && code < 200) {
			if (block.endStream) return this.#odd("h2-bad-frame", span, "an interim response that ends the stream");
			if (this.#interim.length < INTERIM_KEPT) this.#interim.push(code);
			this.#interimCount += 1;
			this.#interimBytes += size;
			if (this.#interimCount > INTERIM_MAX || this.#interimBytes > INTERIM_MAX_BYTES)
				this.#endless ??= { kind: "endless-interim", span };
			return exhausted;
		}
		if (size > DOCUMENTED_MAX_BYTES) this.#odd("header-section-over-128k", span);
		this.#status = status === null ? null : code;
		for (const [name, value] of pairs) {
			if (name.startsWith(":")) continue;
			this.#fieldCount += 1;
			if (keepsField(this.#fields.length, name)) this.#fields.push({ name, value, span });
		}
		const lengths = pairs.filter(([name]) => name === "content-length").map(([, value]) => value);
		const [declared] = lengths;
		if (declared !== undefined) {
			if (!/^\d{1,19}$/.test(declared)) return this.#odd("h2-bad-field", span, "content-length");
			if (lengths.length > 1) this.#odd("h2-content-length-repeated", span);
			// hyperium/h2: a length with nothing to follow is malformed, but for HEAD, 204 and 304.
			const none = this.#method === "HEAD" || code === 204 || code === 304;
			if (!none) this.#declared = Number(declared);
			if (block.endStream && !none && Number(declared) > 0) return this.#odd("h2-content-length-mismatch", span);
		}
		this.#section = span;
		if (exhausted) return this.#readEnough();
		return block.endStream ? this.#over(span) : false;
	}

	/** A proxy would read on: what follows is not known, and nothing that was read speaks against it. */
	#readEnough(): true {
		this.#complete = true;
		return true;
	}

	/** Fields that make a message malformed (RFC 9113 §8.2, §8.3). */
	#fieldsFault(pairs: readonly (readonly [string, string])[], span: Span): boolean {
		let regular = false;
		for (const [name, value] of pairs) {
			const pseudo = name.startsWith(":");
			if (pseudo && (regular || this.#section !== null || name !== ":status"))
				return this.#odd("h2-bad-field", span, "a pseudo-field where none may be");
			regular ||= !pseudo;
			if (!pseudo && !NAME.test(name)) return this.#odd("h2-bad-field", span, "a name with a character that none may have");
			if (CONTROL.test(value)) return this.#odd("h2-bad-field", span, "a control character in a value");
			if (CONNECTION_FIELDS.has(name) || (name === "te" && value !== "trailers")) return this.#odd("h2-bad-field", span, name);
		}
		return false;
	}

	#data(flags: number, stream: number, payload: Uint8Array, span: Span, partial: boolean): boolean {
		if (stream !== STREAM) return this.#odd("h2-bad-frame", span, "DATA on a stream that was not opened");
		if (this.#section === null) return this.#odd("h2-bad-frame", span, "DATA before HEADERS");
		const padded = (flags & PADDED) !== 0;
		const padding = padded ? (payload[0] ?? 0) + 1 : 0;
		if (padding > payload.length && !partial)
			return this.#odd("h2-bad-frame", span, "DATA whose padding is larger than the frame");
		const data = payload.subarray(padded ? 1 : 0, partial ? payload.length : payload.length - padding + (padded ? 1 : 0));
		this.#contentBytes += data.length;
		this.#content.push(data);
		if (this.#declared !== null && this.#contentBytes > this.#declared) return this.#odd("h2-content-length-mismatch", span);
		return (flags & END_STREAM) !== 0 && !partial ? this.#over(span) : false;
	}

	/** The stream is over: whole, when its length is what was promised. */
	#over(span: Span): boolean {
		if (this.#declared !== null && this.#contentBytes !== this.#declared) return this.#odd("h2-content-length-mismatch", span);
		this.#complete = true;
		return false;
	}
}

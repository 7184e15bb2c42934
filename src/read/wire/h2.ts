import type { OddityKind } from "../../knowledge/findings/list.ts";
import { HeaderBlock } from "./h2-block.ts";
import { FrameBounds } from "./h2-bounds.ts";
import {
	ACK,
	CONTINUATION,
	DATA,
	END_HEADERS,
	END_STREAM,
	FRAME_ANNOUNCED_BYTES,
	FRAME_HEAD_BYTES,
	GOAWAY,
	HEADERS,
	PADDED,
	PING,
	PRIORITY,
	PUSH_PROMISE,
	RST_STREAM,
	SETTINGS,
	STREAM,
	WINDOW_UPDATE,
	WITH_PRIORITY,
} from "./h2-frames.ts";
import { HpackDecoder } from "./hpack.ts";
import { KeptBytes } from "./kept-bytes.ts";
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
/** The length of a frame is in its first three bytes (RFC 9113 §4.1): a parser needs no more to refuse it. */
const FRAME_LENGTH_BYTES = 3;
/** RFC 9113 §4.2: the most that a peer may send unasked. */
const FRAME_UNASKED_BYTES = 16_384;
/** RFC 9113 §6.9.1: no window grows beyond this. */
const WINDOW_MAX = 2 ** 31 - 1;
const WINDOW_FIRST = 65_535;
/** As for HTTP/1: Cloudflare's documented limit for all response headers. */
const DOCUMENTED_MAX_BYTES = 131_072;
/** hyperium/h2 src/proto/mod.rs: DATA frames of less than 256 bytes cost what they lack, and a hundred empty ones are bearable. */
const DATA_USEFUL_BYTES = 256;
const DATA_BUDGET_BYTES = 100 * DATA_USEFUL_BYTES;
/** hyperium/h2 src/proto/mod.rs: streams of others that it resets before it gives the connection up. */
const RESETS_MAX = 1_024;
const CONTENT_KEPT_BYTES = 65_536;
interface H2Options {
	readonly method: "GET" | "HEAD";
	/** The largest frame that our SETTINGS allowed; for recordings without our SETTINGS, the default. */
	readonly announcedFrameBytes?: number | undefined;
}

/**
 * Reads what a server sent over HTTP/2 (its frames, the response on stream 1) as far as Cloudflare's open-source proxy would: up to the
 * first thing that ends the response. Total; linear; never throws. RFC 9113; what ends a response: hyperium/h2 0.4.18 with the settings of
 * cloudflare/pingora @ c0845a8.
 */
export function readH2(bytes: Uint8Array, options: H2Options): Reading {
	return new H2Reading(bytes, options).read();
}

class H2Reading {
	readonly #bytes: Uint8Array;
	readonly #method: "GET" | "HEAD";
	readonly #frameMax: number;
	readonly #hpack = new HpackDecoder();
	readonly #oddities = new Map<OddityKind, Oddity>();
	readonly #interim: number[] = [];
	#interimCount = 0;
	#interimBytes = 0;
	#status: number | null = null;
	#fields: readonly FieldLine[] = [];
	#fieldCount = 0;
	readonly #bounds = new FrameBounds();
	/** What came without end, at its first place beyond the bound: told only when the response is not complete after all. */
	#endless: Oddity | null = null;
	#section: Span | null = null;
	/** Content-Length as the library holds the stream to it, also one of an interim response; and the final response's own, where content may be. */
	#promised: number | null = null;
	#promisedEarly = false;
	#declared: number | null = null;
	readonly #content = new KeptBytes(CONTENT_KEPT_BYTES);
	#contentBytes = 0;
	#complete = false;
	#settings = false;
	#acknowledged = false;
	#window = WINDOW_FIRST;
	/** The last stream that a GOAWAY named: no later one may name a higher one (RFC 9113 §6.8). */
	#lastStream = WINDOW_MAX;
	/** The first unused streams of the client and of the server. */
	readonly #idle: [server: number, client: number] = [2, STREAM + 2];
	#resets = 0;
	#dataBudget = DATA_BUDGET_BYTES;
	/** A header block that is not over yet: CONTINUATION has to follow. */
	#block: HeaderBlock | null = null;

	constructor(bytes: Uint8Array, options: H2Options) {
		this.#bytes = bytes;
		this.#method = options.method;
		this.#frameMax = options.announcedFrameBytes ?? FRAME_UNASKED_BYTES;
	}

	read(): Reading {
		const bytes = this.#bytes;
		if (bytes.length === 0) this.#odd("no-bytes", { start: 0, end: 0 });
		let at = 0;
		// Nothing after the complete response ends it.
		while (at < bytes.length && !this.#complete) {
			const next = this.#next(at);
			if (next === null) break;
			at = next;
		}
		if (this.#endless !== null && !this.#complete && !this.#oddities.has(this.#endless.kind))
			this.#oddities.set(this.#endless.kind, this.#endless);
		// A response without them is accepted; without a response, their absence shows that this is not an HTTP/2 server.
		if (!this.#settings && this.#section === null && this.#oddities.size === 0)
			this.#odd("h2-settings-missing", { start: 0, end: Math.min(bytes.length, FRAME_HEAD_BYTES) });
		return {
			version: "HTTP/2",
			status: this.#status,
			reason: "",
			fields: this.#fields,
			fieldCount: this.#fieldCount,
			headerSection: this.#section,
			interim: this.#interim,
			framing: this.#framing(),
			content: this.#content.take(),
			contentBytes: this.#contentBytes,
			complete: this.#complete && this.#section !== null,
			oddities: [...this.#oddities.values()].sort((a, b) => a.span.start - b.span.start),
		};
	}

	#framing(): Framing | null {
		if (this.#section === null) return null;
		return this.#declared === null ? { kind: "until-close" } : { kind: "length", declared: this.#declared };
	}

	/** Reads the frame that begins here. Returns where the next one begins; null when nothing after it is read. */
	#next(at: number): number | null {
		const bytes = this.#bytes;
		const span = { start: at, end: Math.min(bytes.length, at + FRAME_HEAD_BYTES) };
		if (at + FRAME_LENGTH_BYTES > bytes.length) return null;
		const length = this.#number(at, FRAME_LENGTH_BYTES);
		if (length > FRAME_ANNOUNCED_BYTES) {
			const text = Buffer.from(bytes.subarray(at, at + HTTP1_TEXT.length)).toString("latin1");
			if (at === 0 && HTTP1_TEXT.startsWith(text)) this.#odd("h2-http1-text", { start: 0, end: text.length });
			else this.#odd("h2-bad-frame", span, "a frame larger than allowed");
			return null;
		}
		if (at + FRAME_HEAD_BYTES > bytes.length) return null;
		const body = at + FRAME_HEAD_BYTES;
		const type = bytes[at + 3] ?? 0;
		const flags = bytes[at + 4] ?? 0;
		const stream = this.#number(at + 5, 4) % 2 ** 31;
		if (length > this.#frameMax) this.#odd("h2-frame-large", span);
		const payload = bytes.subarray(body, Math.min(bytes.length, body + length));
		const reached = this.#bounds.count(type, flags, stream, length, payload[0]);
		if (reached?.kind === "h2-endless-header-block") {
			this.#odd(reached.kind, span);
			return null;
		}
		if (reached !== null) this.#endless ??= { ...reached, span };
		if (payload.length < length) {
			if (type === DATA && stream === STREAM) this.#begunData(flags, payload);
			return null;
		}
		return this.#frame({ type, flags, stream, payload, span }) ? null : body + length;
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

	/** One whole frame; true when nothing after it is read. */
	#frame(frame: Frame): boolean {
		const { type, stream, payload, span } = frame;
		const bad = (what: string) => this.#odd("h2-bad-frame", span, what);
		if (this.#block !== null && (type !== CONTINUATION || stream !== this.#block.place.stream))
			return bad("another frame inside a header block");
		switch (type) {
			case SETTINGS:
				return this.#setting(frame);
			case PING:
				return stream !== 0 || payload.length !== 8 ? bad("PING") : false;
			case WINDOW_UPDATE:
				return this.#windowUpdate(frame);
			case PRIORITY:
				if (stream === 0 || payload.length !== 5) return bad("PRIORITY");
				return this.#dependsOnItself(span.start + FRAME_HEAD_BYTES, stream) && this.#reset(stream, span, ITSELF);
			case PUSH_PROMISE:
				return this.#pushPromise(frame);
			case GOAWAY:
				return this.#goaway(frame);
			case RST_STREAM:
				return this.#streamReset(frame);
			case HEADERS:
				return this.#headers(frame);
			case CONTINUATION:
				return this.#continuation(frame);
			case DATA:
				return this.#data(frame);
			default:
				// RFC 9113 §5.5: unknown types are ignored.
				return false;
		}
	}

	#code(at: number): string {
		const code = this.#number(at, 4);
		return ERROR_CODES[code] ?? `0x${code.toString(16)}`;
	}

	#setting({ flags, stream, payload, span }: Frame): boolean {
		const at = span.start + FRAME_HEAD_BYTES;
		const bad = (what: string) => this.#odd("h2-bad-settings", span, what);
		if (stream !== 0) return bad("SETTINGS on a stream");
		if ((flags & ACK) !== 0) {
			if (payload.length > 0) return bad("an acknowledgement with content");
			// We send SETTINGS once: a second acknowledgement is for nothing (hyperium/h2 src/proto/settings.rs).
			if (this.#acknowledged) return bad("a second acknowledgement");
			this.#acknowledged = true;
			return false;
		}
		if (payload.length % 6 !== 0) return bad("SETTINGS of an invalid size");
		for (let nth = 0; nth < payload.length; nth += 6) {
			const value = this.#number(at + nth + 2, 4);
			// RFC 9113 §6.5.2, RFC 8441 §3: what each may be.
			switch (this.#number(at + nth, 2)) {
				case 2:
					if (value > 1) return bad("ENABLE_PUSH");
					break;
				case 4:
					if (value > WINDOW_MAX) return bad("INITIAL_WINDOW_SIZE");
					break;
				case 5:
					if (value < FRAME_UNASKED_BYTES || value > 16_777_215) return bad("MAX_FRAME_SIZE");
					break;
				case 8:
					if (value > 1) return bad("ENABLE_CONNECT_PROTOCOL");
					break;
			}
		}
		this.#settings = true;
		return false;
	}

	#windowUpdate({ stream, payload, span }: Frame): boolean {
		const increment = payload.length === 4 ? this.#number(span.start + FRAME_HEAD_BYTES, 4) % 2 ** 31 : 0;
		if (increment === 0) return this.#odd("h2-bad-frame", span, "WINDOW_UPDATE");
		if (this.#isIdle(stream)) return this.#odd("h2-bad-frame", span, "WINDOW_UPDATE on a stream that was not opened");
		// Our request is sent: the window of its stream does not matter any more.
		if (stream !== 0) return false;
		this.#window += increment;
		return this.#window > WINDOW_MAX && this.#odd("h2-bad-frame", span, "WINDOW_UPDATE beyond the largest window");
	}

	/** An unopened stream: frames on it end the connection (RFC 9113 §5.1). */
	#isIdle(stream: number): boolean {
		return stream !== 0 && stream >= this.#idle[stream % 2 === 0 ? 0 : 1];
	}

	/**
	 * The library resets a stream. For ours that is the end; another one counts as opened from then on (hyperium/h2
	 * src/proto/streams/streams.rs, Inner::send_reset), until there are too many.
	 */
	#reset(stream: number, span: Span, what: string): boolean {
		if (stream === STREAM) return this.#odd("h2-bad-frame", span, what);
		if (this.#isIdle(stream)) this.#idle[stream % 2 === 0 ? 0 : 1] = stream + 2;
		this.#resets += 1;
		return this.#resets > RESETS_MAX && this.#odd("h2-bad-frame", span, "faults on other streams without end");
	}

	#dependsOnItself(at: number, stream: number): boolean {
		return this.#number(at, 4) % 2 ** 31 === stream;
	}

	#goaway({ payload, span }: Frame): boolean {
		// Its stream is not checked (hyperium/h2 src/frame/go_away.rs).
		if (payload.length < 8) return this.#odd("h2-bad-frame", span, "GOAWAY");
		const at = span.start + FRAME_HEAD_BYTES;
		const last = this.#number(at, 4) % 2 ** 31;
		if (last > this.#lastStream) return this.#odd("h2-bad-frame", span, "a second GOAWAY for more streams than the first");
		this.#lastStream = last;
		// RFC 9113 §6.8: streams up to the last one named may still be answered, whatever the error.
		return last < STREAM && this.#givenUp("h2-goaway", this.#code(at + 4), span);
	}

	#streamReset({ stream, payload, span }: Frame): boolean {
		if (stream === 0 || payload.length !== 4) return this.#odd("h2-bad-frame", span, "RST_STREAM");
		if (this.#isIdle(stream)) return this.#odd("h2-bad-frame", span, "RST_STREAM on a stream that was not opened");
		return stream === STREAM && this.#givenUp("h2-stream-reset", this.#code(span.start + FRAME_HEAD_BYTES), span);
	}

	/**
	 * The server gives the stream or the connection up. Before the headers one reason is not a fault: Cloudflare sends the request again over
	 * HTTP/1.1.
	 */
	#givenUp(kind: "h2-goaway" | "h2-stream-reset", code: string, span: Span): true {
		if (code === "HTTP_1_1_REQUIRED" && this.#section === null) return this.#odd("h2-asks-for-http1", span);
		return this.#odd(kind, span, code);
	}

	#headers({ flags, stream, payload, span }: Frame): boolean {
		if (stream === 0) return this.#odd("h2-bad-frame", span, "HEADERS without a stream");
		const padded = (flags & PADDED) !== 0;
		const prioritized = (flags & WITH_PRIORITY) !== 0;
		const start = (padded ? 1 : 0) + (prioritized ? 5 : 0);
		const end = payload.length - (padded ? (payload[0] ?? 0) : 0);
		if (start > payload.length) return this.#odd("h2-bad-frame", span, "HEADERS that are too short");
		if (prioritized && this.#dependsOnItself(span.start + FRAME_HEAD_BYTES + (padded ? 1 : 0), stream))
			return this.#reset(stream, span, ITSELF);
		if (start > end) return this.#odd("h2-bad-frame", span, "HEADERS whose padding is larger than the frame");
		const endStream = (flags & END_STREAM) !== 0;
		this.#block = new HeaderBlock(
			{ start: span.start, stream, endStream, pushed: false, wanted: this.#section === null },
			this.#hpack,
		);
		return this.#piece(payload.subarray(start, end), (flags & END_HEADERS) !== 0, span.end + payload.length, span);
	}

	/** Push was switched off: the connection is over when its block is (RFC 9113 §8.4). */
	#pushPromise({ flags, stream, payload, span }: Frame): boolean {
		const padded = (flags & PADDED) !== 0;
		const start = (padded ? 1 : 0) + 4;
		const end = payload.length - (padded ? (payload[0] ?? 0) : 0);
		// The library wants one byte of the block with it (hyperium/h2 src/frame/headers.rs).
		if (stream === 0 || start + 1 > payload.length || start > end) return this.#odd("h2-bad-frame", span, PUSHED);
		this.#block = new HeaderBlock({ start: span.start, stream, endStream: false, pushed: true, wanted: false }, this.#hpack);
		return this.#piece(payload.subarray(start, end), (flags & END_HEADERS) !== 0, span.end + payload.length, span);
	}

	#continuation({ flags, payload, span }: Frame): boolean {
		if (this.#block === null) return this.#odd("h2-bad-frame", span, "CONTINUATION without a header block");
		return this.#piece(payload, (flags & END_HEADERS) !== 0, span.end + payload.length, span);
	}

	/** One piece of a header block: what is wrong with it ends the response without waiting for the rest. */
	#piece(piece: Uint8Array, last: boolean, end: number, frame: Span): boolean {
		const block = this.#block;
		if (block === null) return false;
		const { start, stream } = block.place;
		const span = { start, end };
		const fault = block.push(piece, last);
		if (this.#hpack.exhausted) this.#odd("h2-fields-endless", span);
		if (fault !== null) {
			this.#block = null;
			if (fault.ends === "stream" && stream !== STREAM) return this.#reset(stream, frame, fault.what ?? "");
			return this.#odd(fault.kind, span, fault.what);
		}
		return last && this.#blockOver(block, span);
	}

	/** A header block is complete: the response's, an interim one's, or the trailers'. */
	#blockOver(block: HeaderBlock, span: Span): boolean {
		this.#block = null;
		if (block.place.pushed) return this.#odd("h2-bad-frame", span, PUSHED);
		if (block.place.stream !== STREAM)
			return this.#isIdle(block.place.stream)
				? this.#odd("h2-bad-frame", span, "HEADERS on a stream that was not opened")
				: this.#reset(block.place.stream, span, "");
		if (this.#section !== null) {
			if (!block.place.endStream) return this.#odd("h2-bad-frame", span, "HEADERS in the middle of the content");
			return this.#over(span);
		}
		if (block.status === null) this.#odd("h2-status-missing", span);
		const code = block.status === null ? 200 : Number(block.status);
		if (!this.#promise(block, code, span)) return true;
		if (block.oversize) return this.#odd("h2-fields-refused", span);
		return code >= 100 && code < 200 ? this.#interimOver(block, code, span) : this.#headOver(block, code, span);
	}

	/** Holds the stream to its Content-Length; false when that ends the response. hyperium/h2 src/proto/streams/recv.rs, recv_headers. */
	#promise(block: HeaderBlock, code: number, span: Span): boolean {
		if (this.#method === "HEAD" || block.length === null) return true;
		if (!/^\d{0,19}$/.test(block.length)) {
			this.#odd("h2-bad-field", span, "content-length");
			return false;
		}
		this.#promised = Number(block.length);
		this.#promisedEarly = code < 200;
		if (!block.place.endStream || this.#promised === 0 || code === 204 || code === 304) return true;
		this.#odd("h2-content-length-mismatch", span);
		return false;
	}

	#interimOver(block: HeaderBlock, code: number, span: Span): boolean {
		if (block.place.endStream) return this.#odd("h2-bad-frame", span, "an interim response that ends the stream");
		if (this.#interim.length < INTERIM_KEPT) this.#interim.push(code);
		this.#interimCount += 1;
		this.#interimBytes += block.textBytes;
		if (this.#interimCount > INTERIM_MAX || this.#interimBytes > INTERIM_MAX_BYTES)
			this.#endless ??= { kind: "endless-interim", span };
		return false;
	}

	#headOver(block: HeaderBlock, code: number, span: Span): boolean {
		if (block.textBytes > DOCUMENTED_MAX_BYTES) this.#odd("header-section-over-128k", span);
		this.#status = block.status === null ? null : code;
		this.#fieldCount = block.fieldCount;
		this.#fields = block.fields.map(({ name, value }) => ({ name, value, span }));
		if (block.lengths > 1) this.#odd("h2-content-length-repeated", span);
		const none = this.#method === "HEAD" || code === 204 || code === 304;
		if (block.length !== null && !none) this.#declared = Number(block.length);
		this.#section = span;
		this.#complete = block.place.endStream;
		return false;
	}

	#data({ flags, stream, payload, span }: Frame): boolean {
		const padded = (flags & PADDED) !== 0;
		const padding = padded ? (payload[0] ?? 0) + 1 : 0;
		if (stream === 0) return this.#odd("h2-bad-frame", span, "DATA without a stream");
		if (padding > payload.length) return this.#odd("h2-bad-frame", span, "DATA whose padding is larger than the frame");
		if (stream !== STREAM)
			return this.#isIdle(stream)
				? this.#odd("h2-bad-frame", span, "DATA on a stream that was not opened")
				: this.#reset(stream, span, "");
		if (this.#section === null) return this.#odd("h2-bad-frame", span, "DATA before HEADERS");
		const ends = (flags & END_STREAM) !== 0;
		const data = payload.subarray(padded ? 1 : 0, payload.length - (padded ? padding - 1 : 0));
		this.#take(data);
		// RFC 9110 §9.3.2: a response to HEAD has no content.
		if (this.#method === "HEAD" && data.length > 0) return this.#odd("h2-bad-frame", span, "DATA in a response to HEAD");
		if (this.#promised !== null && this.#contentBytes > this.#promised) return this.#mismatch(span);
		if (ends) return this.#over(span);
		return !this.#pays(data.length) && this.#odd("h2-endless-frames", span, "DATA");
	}

	/** What a frame without much in it costs; the cost of one that somebody reads comes back at once. False: there is nothing left. */
	#pays(length: number): boolean {
		const cost = DATA_USEFUL_BYTES - length;
		if (cost <= 0) this.#dataBudget = Math.min(DATA_BUDGET_BYTES, this.#dataBudget - cost);
		else if (this.#dataBudget < cost) return false;
		else if (length === 0) this.#dataBudget -= cost;
		return true;
	}

	/** DATA of which only the beginning came: no library judges it yet. */
	#begunData(flags: number, payload: Uint8Array): void {
		if (this.#section !== null && this.#block === null) this.#take(payload.subarray((flags & PADDED) === 0 ? 0 : 1));
	}

	#take(data: Uint8Array): void {
		this.#contentBytes += data.length;
		this.#content.push(data);
	}

	#mismatch(span: Span): true {
		return this.#odd("h2-content-length-mismatch", span, this.#promisedEarly ? "the one of an interim response" : undefined);
	}

	/** The stream is over: whole, when its length is what was promised. */
	#over(span: Span): boolean {
		if (this.#promised !== null && this.#contentBytes !== this.#promised) return this.#mismatch(span);
		this.#complete = true;
		return false;
	}
}

/** One whole frame with the span of its head. */
interface Frame {
	readonly type: number;
	readonly flags: number;
	readonly stream: number;
	readonly payload: Uint8Array;
	readonly span: Span;
}

const HTTP1_TEXT = "HTTP/";
const ITSELF = "a stream that depends on itself";
const PUSHED = "PUSH_PROMISE, which was turned off";

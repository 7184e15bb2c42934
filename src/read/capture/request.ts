import { stripped } from "../stripped.ts";
import { ContentReader } from "../wire/content.ts";
import { ASCII_WHITE_SPACE } from "../wire/framing.ts";

/** A request as far as it was recorded. */
export interface Request {
	readonly method: string;
	/** As it was written, also with its query; its beginning when it is long. */
	readonly target: string;
	/** 16 lower-case hex digits of its CF-Ray field; null for none. */
	readonly ray: string | null;
	/** The name in its Host field, in lower case and without a port; null for an IP address. */
	readonly host: string | null;
	/** Its header section. */
	readonly headBytes: number;
	/** The same as it came; null where that is not wanted. */
	readonly head: Buffer | null;
	/** It asks for another protocol. */
	readonly upgrades: boolean;
	/** When its first byte was sent. */
	readonly startedAtMs: number;
	/** What its sender had received by then, in the server's offsets; null where that is not known. */
	readonly ack: number | null;
}

/** What a reader of requests tells. */
export interface RequestSink {
	/** A header section is complete, or as much of it as there will be. */
	began(request: Request, lost: boolean): void;
	/** The recording lost bytes of the request that began last. */
	lost(): void;
	/** Requests may have been lost altogether. */
	unknown(): void;
}

type State = "start" | "head" | "length" | "chunked" | "seek";

/**
 * The requests of one connection, framed as HTTP (RFC 9112 §6.3), so that content that looks like a request is content. What cannot be
 * framed is left until a piece begins with a request line. Total, linear, bounded.
 */
export class RequestReader {
	readonly #sink: RequestSink;
	readonly #keepsHeads: boolean;
	#state: State;
	#head: Buffer = NO_BYTES;
	#headBytes = 0;
	#scanned = 0;
	/** The line that came is a request line; null: it is not complete. */
	#isRequest: boolean | null = null;
	#begun = { atMs: 0, ack: null as number | null };
	#left = 0;
	#chunks: ContentReader | null = null;

	/**
	 * @param midway the connection is older than the recording
	 * @param keepsHeads header sections are wanted as they came, and nobody uses the memory of what is pushed again
	 */
	constructor(sink: RequestSink, midway: boolean, keepsHeads = false) {
		this.#sink = sink;
		this.#keepsHeads = keepsHeads;
		this.#state = midway ? "seek" : "start";
	}

	get heldBytes(): number {
		return this.#head.length;
	}

	push(bytes: Buffer, atMs: number, ack: number | null): void {
		if (this.#state === "seek" && (beginsRequest(bytes) || mayBeginRequest(bytes))) this.#state = "start";
		let here = 0;
		while (here < bytes.length) {
			switch (this.#state) {
				case "start":
					// RFC 9112 §2.2: empty lines before a request line are skipped.
					while (here < bytes.length && (bytes[here] === CR || bytes[here] === LF)) here += 1;
					if (here === bytes.length) return;
					this.#begun = { atMs, ack };
					this.#isRequest = null;
					this.#state = "head";
					break;
				case "head":
					here = this.#headPiece(bytes, here);
					break;
				case "length": {
					const taken = Math.min(this.#left, bytes.length - here);
					this.#left -= taken;
					here += taken;
					if (this.#left === 0) this.#state = "start";
					break;
				}
				case "chunked": {
					const chunks = this.#chunks;
					here += chunks?.push(here === 0 ? bytes : bytes.subarray(here), 0, true) ?? 0;
					if (chunks === null || chunks.failed) {
						this.#seek();
						return;
					}
					if (chunks.done) this.#state = "start";
					break;
				}
				case "seek":
					return;
			}
		}
	}

	/** So many bytes were not recorded. */
	lost(bytes: number): void {
		switch (this.#state) {
			case "start":
			case "seek":
				this.#sink.unknown();
				this.#state = "seek";
				return;
			case "head":
				this.#unfinished(true);
				this.#sink.unknown();
				this.#seek();
				return;
			case "length":
				this.#sink.lost();
				if (bytes <= this.#left) {
					this.#left -= bytes;
					if (this.#left === 0) this.#state = "start";
					return;
				}
				this.#sink.unknown();
				this.#seek();
				return;
			case "chunked":
				this.#sink.lost();
				this.#sink.unknown();
				this.#seek();
				return;
		}
	}

	/** Nothing more comes: what there is of a header section is told. */
	end(): void {
		if (this.#state === "head") this.#unfinished(false);
		this.#state = "seek";
	}

	#seek(): void {
		this.#state = "seek";
		this.#head = NO_BYTES;
		this.#headBytes = 0;
		this.#chunks = null;
	}

	#unfinished(lost: boolean): void {
		const request = this.#parse(this.#head.subarray(0, this.#headBytes));
		if (request !== null) this.#sink.began(request.request, lost);
	}

	/** Takes what belongs to the header section. Returns the next place. */
	#headPiece(bytes: Buffer, from: number): number {
		const room = HEAD_MAX_BYTES - this.#headBytes;
		const piece = bytes.subarray(from, from + room);
		// Most header sections come in one piece: it is read in place.
		const whole = this.#headBytes === 0 ? piece : this.#appended(piece);
		const end = this.#headBytes === 0 ? endOfHead(whole, 0) : endOfHead(whole, Math.max(0, this.#scanned - 3));
		if (end === null) {
			if (this.#headBytes === 0) this.#appended(piece);
			this.#headBytes = whole.length;
			this.#scanned = whole.length;
			this.#isRequest ??= mayBeRequest(whole);
			if (this.#isRequest !== false && this.#headBytes < HEAD_MAX_BYTES) return from + piece.length;
			if (this.#isRequest !== false) this.#unfinished(false);
			this.#seek();
			return bytes.length;
		}
		const next = from + end - this.#headBytes;
		const parsed = this.#parse(whole.subarray(0, end));
		this.#headBytes = 0;
		this.#head = NO_BYTES;
		this.#scanned = 0;
		if (parsed === null) {
			this.#seek();
			return bytes.length;
		}
		const { framing } = parsed;
		if (framing === "chunked") {
			this.#chunks = new ContentReader({ kind: "chunked" }, () => {}, 0);
			this.#state = "chunked";
		} else {
			this.#left = framing;
			this.#state = framing > 0 ? "length" : "start";
		}
		this.#sink.began(parsed.request, false);
		return next;
	}

	/** What is here of the header section, with this piece at its end. */
	#appended(piece: Buffer): Buffer {
		const wanted = this.#headBytes + piece.length;
		if (wanted > this.#head.length) {
			const larger = Buffer.alloc(Math.min(HEAD_MAX_BYTES, Math.max(wanted, this.#head.length * 2, 256)));
			larger.set(this.#head.subarray(0, this.#headBytes));
			this.#head = larger;
		}
		this.#head.set(piece, this.#headBytes);
		return this.#head.subarray(0, wanted);
	}

	#parse(bytes: Buffer): { request: Request; framing: number | "chunked" } | null {
		const [line = "", ...fields] = bytes.toString("latin1").split("\n");
		const [, method, target] = REQUEST_LINE.exec(line.endsWith("\r") ? line.slice(0, -1) : line) ?? [];
		if (method === undefined || target === undefined) return null;
		let ray: string | null = null;
		let host: string | null = null;
		let framing: number | "chunked" = 0;
		let upgrades = false;
		for (const field of fields) {
			const colon = field.indexOf(":");
			if (!LENGTHS.has(colon)) continue;
			const name = field.slice(0, colon).toLowerCase();
			if (!NAMES.has(name)) continue;
			const value = stripped(field.slice(colon + 1), ASCII_WHITE_SPACE);
			if (name === "cf-ray") ray ??= rayOf(value);
			else if (name === "host") host ??= hostOf(value);
			else if (name === "upgrade") upgrades = true;
			else if (name === "transfer-encoding") framing = /chunked$/i.test(value) ? "chunked" : framing;
			else if (framing !== "chunked" && /^\d{1,15}$/.test(value)) framing = Number(value);
		}
		const { atMs, ack } = this.#begun;
		const [ownRay, ownHost] = [ray, host].map((text) => (text === null ? null : own(text)));
		const request = {
			method: own(method),
			target: own(target.slice(0, TARGET_MAX_CHARS)),
			ray: ownRay ?? null,
			host: ownHost ?? null,
		};
		const head = this.#keepsHeads ? bytes : null;
		return { request: { ...request, upgrades, headBytes: bytes.length, head, startedAtMs: atMs, ack }, framing };
	}
}

const CR = 13;
const LF = 10;
const NO_BYTES = Buffer.alloc(0);
/** The same text in memory of its own: a part of a long one would hold all of it. */
const own = (part: string): string => (part.length < SLICED_CHARS ? part : Buffer.from(part, "latin1").toString("latin1"));
/** Shorter parts are copies already (V8, SlicedString::kMinLength). */
const SLICED_CHARS = 13;
const TARGET_MAX_CHARS = 4_096;
/** Beyond what Cloudflare passes on (128 KB for all request headers). */
const HEAD_MAX_BYTES = 256 * 1024;
const LINE_MAX_BYTES = 16 * 1024;
const REQUEST_LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) (.*\S)[ \t]+HTTP\/1\.[01][ \t]*$/;
const NAMES: ReadonlySet<string> = new Set(["cf-ray", "host", "content-length", "transfer-encoding", "upgrade"]);
const LENGTHS: ReadonlySet<number> = new Set([...NAMES].map(({ length }) => length));

function rayOf(value: string): string | null {
	const digits = /^([0-9a-f]{15,16})(?:-[a-z]{3})?$/i.exec(value)?.[1];
	return digits === undefined ? null : digits.toLowerCase().padStart(16, "0");
}

/** Only a name: an IP address may be the origin's, which is told nowhere. */
function hostOf(value: string): string | null {
	const name = /^([a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63}){0,8})\.?(?::\d{1,5})?$/i.exec(value.slice(0, 260))?.[1];
	return name === undefined || /^[\d.]+$/.test(name) ? null : name.toLowerCase();
}

/** Where the empty line ends; null: it has not come. */
function endOfHead(bytes: Buffer, from: number): number | null {
	for (let lf = bytes.indexOf(LF, from); lf >= 0; lf = bytes.indexOf(LF, lf + 1)) {
		if (bytes[lf + 1] === LF) return lf + 2;
		if (bytes[lf + 1] === CR && bytes[lf + 2] === LF) return lf + 3;
	}
	return null;
}

/** Whether this begins with a request line; null while that may still come. */
function mayBeRequest(bytes: Buffer): boolean | null {
	const lf = bytes.subarray(0, LINE_MAX_BYTES).indexOf(LF);
	if (lf >= 0) return REQUEST_LINE.test(bytes.toString("latin1", 0, bytes[lf - 1] === CR ? lf - 1 : lf));
	const begins =
		bytes.length < LINE_MAX_BYTES && /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}(?: |$)/.test(bytes.toString("latin1", 0, 33));
	return begins ? null : false;
}

/** A piece begins with a whole request line, as clients send one. */
export function beginsRequest(bytes: Buffer): boolean {
	const first = bytes[0] ?? 0;
	if (first < 0x41 || first > 0x5a) return false;
	const lf = bytes.subarray(0, LINE_MAX_BYTES).indexOf(LF);
	return lf > 0 && /^[A-Z]{3,20} \S+ HTTP\/1\.[01]\r?$/.test(bytes.toString("latin1", 0, lf));
}

/** A piece holds no more than the beginning of a request line, as of a long target: what comes shows whether it is one. */
function mayBeginRequest(bytes: Buffer): boolean {
	const first = bytes[0] ?? 0;
	if (first < 0x41 || first > 0x5a || bytes.length > LINE_MAX_BYTES || bytes.includes(LF)) return false;
	return /^[A-Z]{3,20} (?:\/|\*|https?:)\S*(?: H?T{0,2}P?\/?1?\.?[01]?\r?)?$/.test(bytes.toString("latin1"));
}

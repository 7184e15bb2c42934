import { isUtf8 as isUtf8Bytes } from "node:buffer";
import type { OddityKind } from "../../knowledge/findings/list.ts";
import { FIELD_OVERHEAD_BYTES, type FreshPart, type HpackDecoder, type HpackField } from "./hpack.ts";
import { keepsField } from "./reading.ts";

/** hyperium/h2 src/codec/framed_read.rs: the list of a block that it takes; four times as much ends the connection (src/frame/headers.rs). */
const LIST_MAX_BYTES = 16 * 1024 * 1024;
const LIST_ABUSE_BYTES = 4 * LIST_MAX_BYTES;
/** hyperium/http src/header/map.rs: a map of 32,768 places takes three quarters of them. */
const NAMES_MAX = 24_576;
/** hyperium/http src/header/mod.rs. */
const NAME_MAX_BYTES = 65_535;
/** RFC 9113 §8.2.2: fields about the connection have no place in HTTP/2. */
const CONNECTION_FIELDS: ReadonlySet<string> = new Set([
	"connection",
	"transfer-encoding",
	"upgrade",
	"keep-alive",
	"proxy-connection",
]);
/** hyperium/http src/header/name.rs, HEADER_CHARS_H2: the lower-case token characters, and the double quote. */
const NAME = /^[!"#$%&'*+.^_`|~0-9a-z-]+$/;
const CONTROL = /[\u0000-\u0008\u000a-\u001f\u007f]/;
/** RFC 9110 §9.1. */
const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const STATUS = /^[1-9]\d\d$/;
/** hyperium/h2 src/hpack/header.rs: the pseudo-fields that it knows, those of requests too. */
const PSEUDO: Readonly<Record<string, (value: string) => boolean>> = {
	":status": (value) => STATUS.test(value),
	":method": (value) => METHOD.test(value),
	":authority": isUtf8,
	":scheme": isUtf8,
	":path": isUtf8,
	":protocol": isUtf8,
};

/** The colon, the blank and the line end that a field would have in HTTP/1. */
const FIELD_LINE_OVERHEAD_BYTES = 4;

/** What is wrong with a header block. */
interface BlockFault {
	readonly kind: OddityKind;
	readonly what?: string;
	/** Whether the connection ends there, or only the stream that the block is on (RFC 9113 §5.4). */
	readonly ends: "connection" | "stream";
}

/** The place of a header block. */
interface BlockPlace {
	/** Offset of its first frame. */
	readonly start: number;
	readonly stream: number;
	readonly endStream: boolean;
	/** Of a PUSH_PROMISE. */
	readonly pushed: boolean;
	/** Its fields are wanted: they are not trailers. */
	readonly wanted: boolean;
}

/**
 * One header block: HEADERS or PUSH_PROMISE, and CONTINUATION. Its fields are read as they come, so that what is wrong is known without
 * the rest, and of those that nobody keeps only the size is held. hyperium/h2 src/frame/headers.rs, HeaderBlock.
 */
export class HeaderBlock {
	readonly place: BlockPlace;
	/** Those that are kept. */
	readonly fields: HpackField[] = [];
	fieldCount = 0;
	/** Names and values with what a line of HTTP/1 has beside them. */
	textBytes = 0;
	/** The first `:status` and the first Content-Length; null for none. */
	status: string | null = null;
	length: string | null = null;
	lengths = 0;
	readonly #hpack: HpackDecoder;
	readonly #rest = new BlockRest();
	/** As RFC 9113 §6.5.2 counts. */
	#listBytes = 0;
	#regular = false;
	readonly #pseudo = new Set<string>();
	readonly #names = new Set<string>();
	#invalid: Invalid | null = null;
	#malformed: string | null = null;

	constructor(place: BlockPlace, hpack: HpackDecoder) {
		this.place = place;
		this.#hpack = hpack;
	}

	/** More fields than the library hands on. */
	get oversize(): boolean {
		return this.#listBytes >= LIST_MAX_BYTES || this.#names.size > NAMES_MAX;
	}

	/**
	 * Reads the next piece as far as its fields are complete.
	 * @param last nothing follows
	 * @returns what ends the connection or the stream there, null for nothing
	 */
	push(piece: Uint8Array, last: boolean): BlockFault | null {
		const pending = this.#rest.with(piece, last);
		if (pending === null) return null;
		const { read, wanted, broken, more } = this.#hpack.decode(pending, (field, fresh) => this.#field(field, fresh));
		if (this.#listBytes > LIST_ABUSE_BYTES) return { kind: "h2-fields-refused", ends: "connection" };
		if (this.#invalid !== null) return { ...this.#invalid, ends: "connection" };
		if (broken || (last && more)) return { kind: "h2-bad-header-block", ends: "connection" };
		// Where a piece ends within a field, what was malformed before it is forgotten (HeaderBlock::load).
		if (more) this.#malformed = null;
		if (this.#malformed !== null) return { kind: "h2-bad-field", what: this.#malformed, ends: "stream" };
		this.#rest.keep(pending.subarray(read), Math.max(0, wanted - read));
		return null;
	}

	/** Looks at one field; false when no more of the block is read. */
	#field(field: HpackField, fresh: FreshPart): boolean {
		this.#invalid = invalidity(field, fresh);
		if (this.#invalid !== null) return false;
		const { name, value } = field;
		if (CONNECTION_FIELDS.has(name) || (name === "te" && value !== "trailers")) {
			this.#malformed ??= name;
			return true;
		}
		const pseudo = name.startsWith(":");
		if (pseudo && (this.#regular || this.#pseudo.has(name))) {
			this.#malformed ??= "a pseudo-header in the wrong place";
			return true;
		}
		this.#listBytes += name.length + value.length + FIELD_OVERHEAD_BYTES;
		if (this.#listBytes > LIST_ABUSE_BYTES) return false;
		this.textBytes += name.length + value.length + FIELD_LINE_OVERHEAD_BYTES;
		if (pseudo) {
			this.#pseudo.add(name);
			if (name === ":status") this.status = value;
			return true;
		}
		this.#regular = true;
		this.fieldCount += 1;
		if (this.#names.size <= NAMES_MAX) this.#names.add(name);
		if (name === "content-length") {
			this.lengths += 1;
			this.length ??= value;
		}
		if (this.place.wanted && keepsField(this.fields.length, name)) this.fields.push(field);
		return true;
	}
}

/** Why no decoder takes a field, on whatever stream it stands. */
interface Invalid {
	readonly kind: "h2-bad-field" | "h2-bad-status";
	readonly what: string;
}

/** hyperium/h2 src/hpack/header.rs. What was in the table before was looked at then: a long entry can be meant again and again. */
function invalidity({ name, value }: HpackField, fresh: FreshPart): Invalid | null {
	if (fresh === "none") return null;
	if (name.startsWith(":")) {
		const fits = Object.hasOwn(PSEUDO, name) ? PSEUDO[name] : undefined;
		if (fits?.(value) === true) return null;
		return name === ":status"
			? { kind: "h2-bad-status", what: value.slice(0, STATUS_SHOWN) }
			: { kind: "h2-bad-field", what: "an unknown pseudo-header" };
	}
	if (fresh === "both" && (name.length > NAME_MAX_BYTES || !NAME.test(name)))
		return { kind: "h2-bad-field", what: "a name with a character that is not allowed" };
	return CONTROL.test(value) ? { kind: "h2-bad-field", what: "a control character in a value" } : null;
}

/** So much of a wrong status is told. */
const STATUS_SHOWN = 16;

/** The Latin-1 text represents UTF-8 bytes. */
function isUtf8(value: string): boolean {
	return isUtf8Bytes(Buffer.from(value, "latin1"));
}

/** The pieces of a header block that no field is complete in yet: copied only while there are several. */
class BlockRest {
	#memory: Uint8Array = NO_BYTES;
	#length = 0;
	#wanted = 0;

	/** What was left over and this piece behind it; null while that is not worth a look, so that no field is tried once a piece. */
	with(piece: Uint8Array, last: boolean): Uint8Array | null {
		if (this.#length === 0) return piece;
		const together = this.#length + piece.length;
		if (together > this.#memory.length) {
			const larger = new Uint8Array(Math.max(together, this.#memory.length * 2));
			larger.set(this.#memory.subarray(0, this.#length));
			this.#memory = larger;
		}
		this.#memory.set(piece, this.#length);
		this.#length = together;
		return last || together >= this.#wanted ? this.#memory.subarray(0, together) : null;
	}

	/** @param wanted how long this has to be before the next field can be complete */
	keep(rest: Uint8Array, wanted: number): void {
		this.#wanted = wanted;
		if (rest.length === this.#length && rest.buffer === this.#memory.buffer && rest.byteOffset === this.#memory.byteOffset)
			return;
		this.#memory = Uint8Array.from(rest);
		this.#length = rest.length;
	}
}

const NO_BYTES = new Uint8Array();

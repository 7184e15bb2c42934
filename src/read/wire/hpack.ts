import { huffmanDecode } from "./hpack-huffman.ts";

/** RFC 7541, Appendix A, in order; names alone have no `=`. The first character of a name is never `=`. */
const STATIC: readonly HpackField[] = `
:authority|:method=GET|:method=POST|:path=/|:path=/index.html|:scheme=http|:scheme=https|:status=200|:status=204|:status=206|:status=304|:status=400
:status=404|:status=500|accept-charset|accept-encoding=gzip, deflate|accept-language|accept-ranges|accept|access-control-allow-origin|age|allow
authorization|cache-control|content-disposition|content-encoding|content-language|content-length|content-location|content-range|content-type|cookie
date|etag|expect|expires|from|host|if-match|if-modified-since|if-none-match|if-range|if-unmodified-since|last-modified|link|location|max-forwards
proxy-authenticate|proxy-authorization|range|referer|refresh|retry-after|server|set-cookie|strict-transport-security|transfer-encoding|user-agent
vary|via|www-authenticate`
	.trim()
	.split(/[|\n]/)
	.map((entry) => {
		const at = entry.indexOf("=");
		return at < 0 ? { name: entry, value: "" } : { name: entry.slice(0, at), value: entry.slice(at + 1) };
	});

/** RFC 9113 §6.5.2: what a decoder allows until it says otherwise. */
const TABLE_MAX_BYTES = 4_096;
/** All fields of a connection together, as RFC 9113 §6.5.2 counts them: a block of some kilobytes can stand for megabytes, and so can the next. */
const FIELDS_MAX_BYTES = 1_048_576;
/** What RFC 9113 §6.5.2 counts for a field beside its name and value. */
export const FIELD_OVERHEAD_BYTES = 32;
/** hyperium/h2 src/hpack/decoder.rs, decode_int: no integer takes more than 5 bytes, the prefix among them. */
const INTEGER_SHIFT_MAX = 21;

/** One field of a field block, as Latin-1. Entries of the table are given out as they are: what is known of one is known of all. */
export interface HpackField {
	readonly name: string;
	readonly value: string;
}

/** What of a field stands in the block itself; the rest is from the table, and was there before. */
export type FreshPart = "none" | "value" | "both";

/** How far a piece of a field block could be decoded. */
interface Decoded {
	/** Bytes of the fields that are complete. */
	readonly read: number;
	/** The piece has to be this long at least before the next field can be complete; 0 when nothing is left over. */
	readonly wanted: number;
	/** The last field is not complete. */
	readonly more: boolean;
	/** It cannot be decoded: the connection is lost then (RFC 9113 §4.3). */
	readonly broken: boolean;
}

/** Decodes the field blocks of one connection's one direction (RFC 7541). Total and linear: a broken block is said to be one. */
export class HpackDecoder {
	readonly #dynamic: HpackField[] = [];
	#bytes = 0;
	#limit = TABLE_MAX_BYTES;
	#fieldBytes = 0;

	/** More than a connection may hold was taken out of its blocks: what follows is decoded and counted, but not kept. */
	get exhausted(): boolean {
		return this.#fieldBytes > FIELDS_MAX_BYTES;
	}

	/**
	 * Decodes the fields that are complete in a piece of a block. What is left over belongs before the next piece.
	 * @param visit gets each field, and which of its parts were not given to it before; false ends it there
	 */
	decode(block: Uint8Array, visit: (field: HpackField, fresh: FreshPart) => boolean): Decoded {
		let at = 0;
		/** What is missing of the field that begins at `read`: unknown is one byte. */
		let wanted = 0;
		const short = (): null => {
			wanted = Math.max(wanted, block.length + 1);
			return null;
		};
		let broken = false;
		const integer = (bits: number): number | null => {
			if (at >= block.length) return short();
			const most = (1 << bits) - 1;
			let value = (block[at] ?? 0) & most;
			at += 1;
			if (value < most) return value;
			for (let shift = 0; shift <= INTEGER_SHIFT_MAX; shift += 7) {
				const byte = block[at];
				if (byte === undefined) return short();
				at += 1;
				value += (byte & 127) * 2 ** shift;
				if (byte < 128) return value;
			}
			broken = true;
			return null;
		};
		const string = (): string | null => {
			const huffman = ((block[at] ?? 0) & 128) !== 0;
			const length = integer(7);
			if (length === null) return null;
			if (at + length > block.length) {
				wanted = at + length;
				return null;
			}
			const bytes = block.subarray(at, at + length);
			at += length;
			if (!huffman) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
			const text = huffmanDecode(bytes);
			if (text === null) broken = true;
			return text;
		};
		const entry = (index: number | null): HpackField | null => {
			if (index === null) return null;
			const found = index === 0 ? undefined : (STATIC[index - 1] ?? this.#dynamic[index - 1 - STATIC.length]);
			if (found === undefined) broken = true;
			return found ?? null;
		};
		let fresh: FreshPart = "none";
		const literal = (indexing: boolean): HpackField | null => {
			const index = integer(indexing ? 6 : 4);
			if (index === null) return null;
			fresh = index === 0 ? "both" : "value";
			const name = index === 0 ? string() : (entry(index)?.name ?? null);
			const value = name === null ? null : string();
			return name === null || value === null ? null : { name, value };
		};
		let read = 0;
		let resizable = true;
		while (at < block.length) {
			const first = block[at] ?? 0;
			if (first >= 32 && first < 64) {
				// A change of the table's size stands at the beginning of a block only (RFC 7541 §4.2).
				const size = integer(5);
				if (size !== null && (size > TABLE_MAX_BYTES || !resizable)) broken = true;
				if (size === null || broken) return { read, wanted, broken, more: true };
				this.#limit = size;
				this.#evict(0);
				read = at;
				continue;
			}
			resizable = false;
			fresh = "none";
			const field = first >= 128 ? entry(integer(7)) : literal(first >= 64);
			if (field === null || broken) return { read, wanted, broken, more: true };
			// hyperium/h2 src/hpack/header.rs: a field without a name is dropped, and counts as one that is not complete.
			if (field.name === "") return { read: at, wanted: 0, broken, more: true };
			if (first >= 64 && first < 128) this.#add(field);
			this.#fieldBytes += field.name.length + field.value.length + FIELD_OVERHEAD_BYTES;
			read = at;
			if (!visit(field, fresh)) break;
		}
		return { read, wanted, broken, more: false };
	}

	#add(field: HpackField): void {
		const bytes = field.name.length + field.value.length + FIELD_OVERHEAD_BYTES;
		this.#evict(bytes);
		if (bytes > this.#limit) return;
		this.#dynamic.unshift(field);
		this.#bytes += bytes;
	}

	#evict(room: number): void {
		while (this.#dynamic.length > 0 && this.#bytes + room > this.#limit) {
			const field = this.#dynamic.pop();
			if (field !== undefined) this.#bytes -= field.name.length + field.value.length + FIELD_OVERHEAD_BYTES;
		}
	}
}

import { huffmanDecode } from "./hpack-huffman.ts";

/** RFC 7541, Appendix A, in order; names alone have no `=`. The first character of a name is never `=`. */
const STATIC: readonly (readonly [string, string])[] = `
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
		return at < 0 ? [entry, ""] : [entry.slice(0, at), entry.slice(at + 1)];
	});

/** RFC 9113 §6.5.2: what a decoder allows until it says otherwise. */
const TABLE_MAX_BYTES = 4_096;
/** All fields of a connection together, as RFC 9113 §6.5.2 counts them: a block of some kilobytes can stand for megabytes, and so can the next. */
const FIELDS_MAX_BYTES = 1_048_576;

/** Decodes the field blocks of one connection's one direction (RFC 7541). Total: a broken block is null. */
export class HpackDecoder {
	readonly #dynamic: (readonly [string, string])[] = [];
	#bytes = 0;
	#limit = TABLE_MAX_BYTES;
	#fieldBytes = 0;

	/** All that a connection may hold was taken out of its blocks: the last one was not decoded to its end, and no other will be. */
	get exhausted(): boolean {
		return this.#fieldBytes > FIELDS_MAX_BYTES;
	}

	/** Name and value of each field, as Latin-1; null when the block cannot be decoded: the connection is lost then (RFC 9113 §4.3). */
	decode(block: Uint8Array): (readonly [string, string])[] | null {
		const fields: (readonly [string, string])[] = [];
		let at = 0;
		const integer = (bits: number): number | null => {
			const most = (1 << bits) - 1;
			let value = (block[at] ?? 0) & most;
			at += 1;
			if (value < most) return value;
			for (let shift = 0; shift <= 28; shift += 7) {
				const byte = block[at];
				if (byte === undefined) return null;
				at += 1;
				value += (byte & 127) * 2 ** shift;
				if (byte < 128) return value;
			}
			return null;
		};
		const string = (): string | null => {
			const huffman = ((block[at] ?? 0) & 128) !== 0;
			if (at >= block.length) return null;
			const length = integer(7);
			if (length === null || at + length > block.length) return null;
			const bytes = block.subarray(at, at + length);
			at += length;
			return huffman ? huffmanDecode(bytes) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
		};
		while (at < block.length && !this.exhausted) {
			const first = block[at] ?? 0;
			if (first >= 128) {
				const index = integer(7);
				const field = index === null ? undefined : this.#entry(index);
				if (field === undefined) return null;
				fields.push(field);
			} else if (first >= 32 && first < 64) {
				// A change of the table's size stands at the beginning of a block only (RFC 7541 §4.2).
				const size = integer(5);
				if (size === null || size > TABLE_MAX_BYTES || fields.length > 0) return null;
				this.#limit = size;
				this.#evict(0);
				continue;
			} else {
				const indexing = first >= 64;
				const index = integer(indexing ? 6 : 4);
				if (index === null) return null;
				const name = index === 0 ? string() : this.#entry(index)?.[0];
				const value = name === null || name === undefined ? null : string();
				if (name === null || name === undefined || value === null) return null;
				fields.push([name, value]);
				if (indexing) this.#add(name, value);
			}
			const [name, value] = fields.at(-1) ?? ["", ""];
			this.#fieldBytes += name.length + value.length + 32;
		}
		return fields;
	}

	#entry(index: number): readonly [string, string] | undefined {
		return index === 0 ? undefined : (STATIC[index - 1] ?? this.#dynamic[index - 1 - STATIC.length]);
	}

	#add(name: string, value: string): void {
		const bytes = name.length + value.length + 32;
		this.#evict(bytes);
		if (bytes > this.#limit) return;
		this.#dynamic.unshift([name, value]);
		this.#bytes += bytes;
	}

	#evict(room: number): void {
		while (this.#dynamic.length > 0 && this.#bytes + room > this.#limit) {
			const [name, value] = this.#dynamic.pop() ?? ["", ""];
			this.#bytes -= name.length + value.length + 32;
		}
	}
}

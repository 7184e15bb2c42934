/** Chunked content with its framing taken off, and how far it went. */
export interface Chunks {
	readonly content: Uint8Array;
	readonly end: "last-chunk" | "cut" | "bad";
	/** Offset after the last byte that was understood. */
	readonly at: number;
}

const LF = 10;
/** Size, then an optional extension (RFC 9112 §7.1). */
const SIZE_LINE = /^([0-9A-Fa-f]{1,13})[ \t]*(?:;.*)?\r$/s;
const SIZE_LINE_MAX_BYTES = 4096;

/** Reads chunked content from `at` on. Total; linear. */
export function readChunks(bytes: Uint8Array, at: number): Chunks {
	const parts: Uint8Array[] = [];
	const done = (end: Chunks["end"], where: number): Chunks => ({ content: new Uint8Array(Buffer.concat(parts)), end, at: where });
	let here = at;
	for (;;) {
		const lf = bytes.indexOf(LF, here);
		if (lf < 0) return done(bytes.length - here > SIZE_LINE_MAX_BYTES ? "bad" : "cut", here);
		const line =
			lf - here > SIZE_LINE_MAX_BYTES ? null : SIZE_LINE.exec(Buffer.from(bytes.subarray(here, lf)).toString("latin1"));
		if (line === null) return done("bad", here);
		const size = Number.parseInt(line[1] ?? "0", 16);
		const start = lf + 1;
		if (size === 0) return endsWithEmptyLine(bytes, start) ? done("last-chunk", bytes.length) : done("cut", start);
		parts.push(bytes.subarray(start, Math.min(start + size, bytes.length)));
		if (start + size + 2 > bytes.length) return done("cut", bytes.length);
		if (bytes[start + size] !== 13 || bytes[start + size + 1] !== LF) return done("bad", start + size);
		here = start + size + 2;
	}
}

/** Trailer lines up to the empty line that ends the message. */
function endsWithEmptyLine(bytes: Uint8Array, start: number): boolean {
	let here = start;
	for (;;) {
		const lf = bytes.indexOf(LF, here);
		if (lf < 0) return false;
		if (lf === here || (lf === here + 1 && bytes[here] === 13)) return true;
		here = lf + 1;
	}
}

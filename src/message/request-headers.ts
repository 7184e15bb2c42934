/** A header of a request, as it may be kept. */
export interface KeptHeader {
	readonly name: string;
	/** The whole line with its line end. */
	readonly bytes: number;
	readonly value?: string;
}

/** Values that tell how a response is framed, coded and found; no other is kept. */
const SHOWN = /^(?:host|cf-ray|accept-encoding|connection|upgrade|content-length|transfer-encoding|expect)$/i;
const NAME_MAX_CHARS = 64;
const VALUE_MAX_CHARS = 256;
const HEADERS_MAX = 200;
const HEAD_MAX_BYTES = 32 * 1024;

/**
 * The headers of a request by name and size, with the values of a few. Pure and total.
 * @param hashed stands for a visitor's IP address
 * @param whole every value is kept
 */
export function requestHeaders(head: Buffer, hashed: (value: string) => string, whole: boolean): KeptHeader[] {
	const out: KeptHeader[] = [];
	const [, ...lines] = head.toString("latin1", 0, HEAD_MAX_BYTES).split("\n");
	for (const line of lines) {
		if (line === "\r" || line === "" || out.length === HEADERS_MAX) break;
		const colon = line.indexOf(":");
		// What has no colon, or goes on a line above, has no name that could be told from a value.
		const isNamed = colon > 0 && !/^[ \t]/.test(line);
		const name = isNamed ? line.slice(0, Math.min(colon, NAME_MAX_CHARS)).replace(/[^!-~]/g, "?") : "";
		const value = line.slice(isNamed ? colon + 1 : 0).trim();
		const bytes = line.length + 1;
		if (whole) out.push({ name, bytes, value });
		else if (/^cf-connecting-ip$/i.test(name)) out.push({ name, bytes, value: hashed(value) });
		else out.push(SHOWN.test(name) ? { name, bytes, value: value.slice(0, VALUE_MAX_CHARS) } : { name, bytes });
	}
	return out;
}

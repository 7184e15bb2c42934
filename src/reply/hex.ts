/** Eight bytes a line: narrow enough for a phone. */
const PER_LINE = 8;

/**
 * Bytes as hex and as text, for a table of at most 40 columns: `00de >35 0d 0a  5..`.
 * @param bytes secrets are masked already
 * @param at the offset of the first one
 * @param marked the offset of the byte to point at; undefined for none
 */
export function hexLines(bytes: Uint8Array, at: number, marked?: number): string[] {
	const width = Math.max(4, (at + bytes.length).toString(16).length);
	const lines: string[] = [];
	for (let from = 0; from < bytes.length; from += PER_LINE) {
		const row = [...bytes.subarray(from, from + PER_LINE)];
		const hex = row.map((byte, nth) => `${at + from + nth === marked ? ">" : " "}${byte.toString(16).padStart(2, "0")}`).join("");
		const shown = row.map((byte) => (byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : ".")).join("");
		lines.push(`${(at + from).toString(16).padStart(width, "0")}${hex.padEnd(3 * PER_LINE)}  ${shown}`);
	}
	return lines;
}

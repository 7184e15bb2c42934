/**
 * The Huffman code of header compression (RFC 7541, Appendix B), as the length in bits of each symbol's code, 0 to 256, the last one the
 * end of the string. The code is canonical: shorter codes come first, and of one length the smaller symbol, so that lengths say all.
 */
const LENGTHS =
	"13 23 28*7 24 30 28*2 30 28*8 30 28*9 6 10*2 12 13 6 8 11 10*2 8 11 8 6*3 5*3 6*7 7 8 15 6 12 10 13 6 7*22 8 7 8 13 19 13 14 6 15 5 6 5 6 5 6*3 5 7*2 6*3 5 6 7 6 5*2 6 7*5 15 11 14 13 28 20 22 20*2 22*3 23 22 23*5 24 23 24*2 22 23 24 23*4 21 22 23 22 23*2 24 22 21 20 22*2 23*2 21 23 22*2 24 21 22 23*2 21*2 22 21 23 22 23*2 20 22*3 23 22*2 23 26*2 20 19 22 23 22 25 26*3 27*2 26 24 25 19 21 26 27*2 26 27 24 21*2 26*2 28 27*3 20 24 20 21 22 21*2 23 22*2 25*2 24*2 26 23 26 27 26*2 27*5 28 27*5 26 30";

const END = 256;
/** Two entries a node of the decoding tree: another node's number, or `-1 - symbol`. */
const TREE = tree();

function tree(): Int32Array {
	const lengths = LENGTHS.split(" ").flatMap((part) => {
		const [length, times = "1"] = part.split("*");
		return Array<number>(Number(times)).fill(Number(length));
	});
	const order = lengths.map((length, symbol) => ({ length, symbol })).sort((a, b) => a.length - b.length || a.symbol - b.symbol);
	const nodes: number[] = [0, 0];
	let code = 0;
	let previous = 0;
	for (const { length, symbol } of order) {
		code *= 2 ** (length - previous);
		previous = length;
		let node = 0;
		for (let bit = length - 1; bit >= 0; bit -= 1) {
			const side = node * 2 + (Math.floor(code / 2 ** bit) % 2);
			if (bit === 0) nodes[side] = -1 - symbol;
			else {
				if (nodes[side] === 0) {
					nodes[side] = nodes.length / 2;
					nodes.push(0, 0);
				}
				node = nodes[side] ?? 0;
			}
		}
		code += 1;
	}
	return Int32Array.from(nodes);
}

/** RFC 7541 §5.2: the text of a Huffman-coded string as Latin-1; null when the code is broken (the end symbol, wrong padding). */
export function huffmanDecode(bytes: Uint8Array): string | null {
	const out: number[] = [];
	let node = 0;
	let open = 0;
	let ones = true;
	for (const byte of bytes) {
		for (let bit = 7; bit >= 0; bit -= 1) {
			const value = (byte >> bit) & 1;
			const next = TREE[node * 2 + value] ?? 0;
			open += 1;
			if (value === 0) ones = false;
			if (next >= 0) {
				node = next;
				continue;
			}
			const symbol = -1 - next;
			if (symbol === END) return null;
			out.push(symbol);
			node = 0;
			open = 0;
			ones = true;
		}
	}
	// Padding is the beginning of the end symbol, ones only, and shorter than a byte.
	return open < 8 && ones ? Buffer.from(out).toString("latin1") : null;
}

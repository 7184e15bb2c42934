import { frame } from "../lab/frame.ts";
import type { Field, Meant } from "./http2.ts";

/** Variants of responses that a seed decides, with what they mean; most are right, or wrong in one place. */

type Random = (below: number) => number;
const pick = <T>(random: Random, list: readonly T[]): T => list[random(list.length)] as T;
const latin1 = (text: string) => Buffer.from(text, "latin1");

const u32 = (...values: readonly number[]): Buffer => {
	const bytes = Buffer.alloc(values.length * 4);
	for (const [nth, value] of values.entries()) bytes.writeUInt32BE(value, nth * 4);
	return bytes;
};

/** A block of literal fields, without Huffman code; the status 200 sometimes as its entry of the static table. */
function block(random: Random, fields: readonly Field[]): Buffer {
	return Buffer.concat(
		fields.map(([name, value]) =>
			name === ":status" && value === "200" && random(2) === 0
				? Buffer.from([0x88])
				: Buffer.concat([
						Buffer.from([pick(random, [0x00, 0x10, 0x40]), name.length]),
						latin1(name),
						Buffer.from([value.length]),
						latin1(value),
					]),
		),
	);
}

function headers(random: Random, fields: readonly Field[], ends: boolean, stream = 1): Meant {
	let payload = block(random, fields);
	let flags = ends ? 1 : 0;
	const dependsOn = random(15) === 0 ? pick(random, [0, 1, 3]) : undefined;
	if (dependsOn !== undefined) {
		flags |= 32;
		payload = Buffer.concat([u32(dependsOn), Buffer.from([15]), payload]);
	}
	if (random(10) === 0) {
		const padding = random(20);
		flags |= 8;
		payload = Buffer.concat([Buffer.from([padding]), payload, Buffer.alloc(padding)]);
	}
	const meant = { type: "headers", stream, fields, ends, ...(dependsOn === undefined ? {} : { dependsOn }) } as const;
	// Padding and priority belong into the first frame: only a plain block is cut into several.
	if ((flags & 40) !== 0 || random(6) > 0) return { ...meant, bytes: frame(1, flags | 4, stream, payload) };
	// At a field's end, so that nothing depends on how a block is cut.
	const cut = random(fields.length + 1);
	const pieces = [block(random, fields.slice(0, cut)), Buffer.alloc(0), block(random, fields.slice(cut))];
	return {
		...meant,
		bytes: Buffer.concat(
			pieces.map((piece, nth) => frame(nth === 0 ? 1 : 9, nth === 0 ? flags : nth === 2 ? 4 : 0, stream, piece)),
		),
	};
}

function data(random: Random, length: number, ends: boolean, stream = 1): Meant {
	const content = Buffer.alloc(length, "x");
	const padding = random(8) === 0 ? random(30) : null;
	const payload = padding === null ? content : Buffer.concat([Buffer.from([padding]), content, Buffer.alloc(padding)]);
	return { type: "data", stream, length, ends, bytes: frame(0, (ends ? 1 : 0) | (padding === null ? 0 : 8), stream, payload) };
}

function odd(random: Random): Meant {
	const stream = pick(random, [0, 1, 1, 2, 3, 5]);
	switch (random(10)) {
		case 0: {
			const pairs = [
				[pick(random, [1, 2, 3, 4, 5, 6, 8, 99]), pick(random, [0, 1, 2, 16_383, 16_384, 65_535, 2 ** 31 - 1, 2 ** 31])],
			] as const;
			const payload = Buffer.concat(pairs.map(([id, value]) => Buffer.concat([Buffer.from([0, id]), u32(value)])));
			const on = pick(random, [0, 0, 0, 1]);
			return { type: "settings", stream: on, pairs, bytes: frame(4, 0, on, payload) };
		}
		case 1:
			return { type: "ack", stream: 0, bytes: frame(4, 1, 0, Buffer.alloc(0)) };
		case 2: {
			const length = pick(random, [8, 8, 8, 4]);
			const on = pick(random, [0, 0, 1]);
			return { type: "ping", stream: on, length, bytes: frame(6, random(2), on, Buffer.alloc(length)) };
		}
		case 3: {
			const increment = pick(random, [1, 0, 2 ** 31 - 1, 2 ** 30]);
			return { type: "window", stream, increment, bytes: frame(8, 0, stream, u32(increment)) };
		}
		case 4: {
			const dependsOn = pick(random, [0, 1, stream]);
			return {
				type: "priority",
				stream,
				dependsOn,
				bytes: frame(2, 0, stream, Buffer.concat([u32(dependsOn), Buffer.from([15])])),
			};
		}
		case 5: {
			const code = pick(random, [0, 1, 2, 7, 8, 11, 13, 99]);
			return { type: "reset", stream, code, bytes: frame(3, 0, stream, u32(code)) };
		}
		case 6: {
			const last = pick(random, [0, 1, 1, 3, 2 ** 31 - 1]);
			const code = pick(random, [0, 0, 1, 2, 11, 13]);
			return { type: "goaway", last, code, bytes: frame(7, 0, 0, u32(last, code)) };
		}
		case 7:
			return { type: "push", bytes: frame(5, 4, 1, Buffer.concat([u32(2), Buffer.from([0x82])])) };
		case 8:
			return { type: "unknown", bytes: frame(pick(random, [10, 99, 255]), random(256), stream, latin1("unknown")) };
		default:
			return random(2) === 0
				? data(random, random(3), random(2) === 0, pick(random, [0, 2, 3]))
				: headers(random, [[":status", "200"]], random(2) === 0, pick(random, [2, 3]));
	}
}

const USUAL: readonly Field[] = [
	["content-type", "text/plain"],
	["server", "x"],
	["x-a", "\xe9"],
	["te", "trailers"],
	['x"', "1"],
];
const UNUSUAL: readonly Field[] = [
	["connection", "close"],
	["transfer-encoding", "chunked"],
	["te", "gzip"],
	["Upper", "1"],
	["a b", "1"],
	["x-a", "a\0b"],
	["x-a", "a\nb"],
	["x-a", "a\tb"],
	[":path", "/"],
	[":method", "GET"],
	[":unknown", "x"],
	[":status", "200"],
	[":status", "099"],
];
const LENGTHS = ["0", "2", "5", "5", "5", "7", "10", "", "abc", "+5", "0000000000000000005", "00000000000000000005"];

function fieldsOf(random: Random, status: string | null): Field[] {
	const fields: Field[] = status === null ? [] : [[":status", status]];
	for (let count = random(3); count > 0; count -= 1) fields.push(pick(random, USUAL));
	if (random(3) === 0) fields.push(["content-length", random(3) === 0 ? pick(random, LENGTHS) : "5"]);
	if (random(12) === 0) fields.splice(random(fields.length + 1), 0, pick(random, UNUSUAL));
	return fields;
}

/** The frames of one HTTP/2 response. */
export function http2Variant(random: Random): readonly Meant[] {
	const out: Meant[] = [];
	const oddAt = random(3) === 0 ? random(6) : -1;
	let place = 0;
	const maybe = () => {
		if (place === oddAt) out.push(odd(random));
		if (place === oddAt && random(3) === 0) out.push(odd(random));
		place += 1;
	};
	if (random(15) > 0) out.push({ type: "settings", stream: 0, pairs: [], bytes: frame(4, 0, 0, Buffer.alloc(0)) });
	if (random(8) > 0) out.push({ type: "ack", stream: 0, bytes: frame(4, 1, 0, Buffer.alloc(0)) });
	maybe();
	for (let count = random(4) === 0 ? 1 + random(2) : 0; count > 0; count -= 1)
		out.push(headers(random, fieldsOf(random, pick(random, ["100", "103", "101"])), random(20) === 0));
	maybe();
	const ends = random(4) === 0;
	if (random(12) > 0)
		out.push(
			headers(random, fieldsOf(random, pick(random, ["200", "200", "200", "204", "304", "404", "500", "999", null])), ends),
		);
	maybe();
	const trailers = random(6) === 0;
	const chunks = ends && random(4) > 0 ? 0 : random(3);
	for (let nth = 0; nth < chunks; nth += 1) {
		out.push(data(random, pick(random, [0, 2, 3, 5, 5]), nth === chunks - 1 && !trailers));
		maybe();
	}
	if (random(40) === 0) for (let count = pick(random, [98, 101, 130]); count > 0; count -= 1) out.push(data(random, 0, false));
	if (trailers) out.push(headers(random, random(4) === 0 ? [[":status", "200"]] : [pick(random, USUAL)], random(8) > 0));
	maybe();
	return out;
}

/** Chunked content, right in most places, as Latin-1 text. */
export function chunkedVariant(random: Random): string {
	const extension = () => pick(random, ["", "", "", ";a=b", " ", "\t;", ";a\nb", ";a\rb", "\n", ";HTTP/1.1 500 X"]);
	const line = (size: string) =>
		`${size}${random(3) === 0 ? extension() : ""}${random(40) === 0 ? pick(random, ["\n", "\r", ""]) : "\r\n"}`;
	let text = "";
	for (let count = random(4); count > 0; count -= 1) {
		const size = 1 + random(20);
		const written = random(2) === 0 ? size.toString(16) : size.toString(16).toUpperCase().padStart(random(18), "0");
		text += `${line(random(30) === 0 ? pick(random, ["G", "-1", " 1", "0x1", "HTTP/1.1 500 Oops"]) : written)}${"x".repeat(size)}`;
		text += random(30) === 0 ? pick(random, ["\n", "\r", "", "x\r\n"]) : "\r\n";
	}
	text += line(pick(random, ["0", "0", "00", "", " "]));
	for (let count = random(3); count > 0; count -= 1)
		text += `${pick(random, ["a: b", "no colon", "\0"])}${random(20) === 0 ? "\n" : "\r\n"}`;
	text += "\r\n";
	return random(8) === 0 ? text.slice(0, random(text.length)) : text;
}

/** A header section that is cut somewhere, as Latin-1 text. */
export function headVariant(random: Random): string {
	const end = () => pick(random, ["\r\n", "\r\n", "\r\n", "\n", "\r"]);
	let text = pick(random, ["", "", "", "\r\n", "\n", "\r", "\r\n\n"]);
	text += pick(random, [
		"HTTP/1.1 200 OK",
		"HTTP/1.1 200 OK",
		"HTTP/1.0 200",
		"HTTP/1.1 099 X",
		"HTTP/1.1 200 \xe9",
		"HTTP/1.1 20",
		"HTTP/1.1  200",
		"HTTP/1.2 200 OK",
	]);
	text += end();
	for (let count = random(4); count > 0; count -= 1) {
		text += pick(random, ["X-A", "Server", "X-A ", "a\t", "x y", "", " X", "N("].slice(0, random(3) === 0 ? 8 : 4));
		text += pick(random, [":", ": ", ":\t", ""].slice(0, random(6) === 0 ? 4 : 3));
		text += `${pick(random, ["b", "", "b c", "b\t", "\xe9", "b\r\n c", "\r\n c", "b\x01", "b\0"].slice(0, random(3) === 0 ? 9 : 7))}${end()}`;
	}
	return text.slice(0, 1 + random(text.length));
}

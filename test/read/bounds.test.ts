import assert from "node:assert/strict";
import { test } from "node:test";
import { autopsy } from "../../src/judge/autopsy.ts";
import { http1End } from "../../src/looks/end-detector.ts";
import { HpackDecoder } from "../../src/read/wire/hpack.ts";
import { KeptBytes } from "../../src/read/wire/kept-bytes.ts";
import { readResponse } from "../../src/read/wire/read.ts";
import { fieldValues } from "../../src/read/wire/reading.ts";

/** What can be repeated in bytes is read on, so that a recording keeps its verdict; only its objects are bounded. */

const read = (bytes: string, closed = true) => readResponse(Buffer.from(bytes, "latin1"), { method: "GET", closed });
const PAGE = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const HINTS = "HTTP/1.1 103 Early Hints\r\n\r\n";
const kinds = (bytes: string, closed = true) => read(bytes, closed).oddities.map((one) => one.kind);

test("a final response after a thousand interim ones is a response", () => {
	assert.deepEqual([read(HINTS.repeat(1_000) + PAGE, false).complete, kinds(HINTS.repeat(1_000) + PAGE, false)], [true, []]);
	assert.deepEqual(kinds(HINTS.repeat(64), false).includes("endless-interim"), false);
	assert.deepEqual(kinds(HINTS.repeat(65), false).includes("endless-interim"), true);
	assert.deepEqual(kinds(HINTS.repeat(65), true).includes("endless-interim"), false, "closed in order, it had an end");
});

test("a whole page of one-byte chunks is a page, however many they are", () => {
	const chunks = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${"1\r\na\r\n".repeat(60_000)}`;
	assert.deepEqual([read(`${chunks}0\r\n\r\n`).contentBytes, kinds(`${chunks}0\r\n\r\n`)], [60_000, []]);
	assert.deepEqual(kinds(chunks, false), ["endless-chunks", "chunks-cut"]);
});

test("more than 1 MiB of empty lines is no response, whatever follows", () => {
	const found = autopsy(Buffer.from("\r\n".repeat(600_000) + PAGE), "fin", "GET");
	assert.deepEqual([found.proxy, found.reading.status], ["rejects", null]);
	assert.deepEqual(kinds("\r\n".repeat(500_000) + PAGE), ["leading-empty-lines"]);
});

test("of a hundred thousand fields 257 are objects, and those that decide count at any place", () => {
	const reading = read(
		`HTTP/1.1 200 OK\r\n${"a: b\r\n".repeat(100_000)}CF-Ray : 8f0000000000000a-DFW\r\nx: y\r\ncontent-length:\r\n 2\r\n\r\nok`,
	);
	assert.deepEqual([reading.fieldCount, reading.fields.length, reading.complete], [100_003, 259, true]);
	assert.deepEqual(fieldValues(reading, "cf-ray"), ["8f0000000000000a-DFW"]);
	assert.deepEqual(reading.framing, { kind: "length", declared: 2 });
});

test("of 64,000 field lines, folded ones and trailers, no more become strings than are kept", () => {
	const lines = "ab:\r\n".repeat(64_000);
	const folded = `A: b\r\n${" c\r\n".repeat(64_000)}B: d\r\n${" \x01\r\n".repeat(64_000)}`;
	const { slice } = String.prototype;
	const decode = Buffer.prototype.toString;
	let made = 0;
	// Counted where strings come from: a string for each line is 50 MB for one look at such a page.
	String.prototype.slice = function (...range) {
		made += 1;
		return slice.apply(this, range);
	};
	Buffer.prototype.toString = function (...how: Parameters<typeof decode>) {
		made += 1;
		return decode.apply(this, how);
	};
	try {
		read(`HTTP/1.1 200 OK\r\n${lines}Content-Length: 2\r\n\r\nok`);
		read(`HTTP/1.1 200 OK\r\n${folded}Content-Length: 2\r\n\r\nok`);
		read(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n${lines}\r\n`);
	} finally {
		String.prototype.slice = slice;
		Buffer.prototype.toString = decode;
	}
	assert.ok(made < 2_000, `${made} strings`);
});

test("a value of a million control characters shows each kind once, at its first place", () => {
	const found = read(`HTTP/1.1 200 OK\r\nA: \0\0${"\x01\x02".repeat(400_000)}\rb\r\n\r\n`).oddities;
	const values = found.filter(({ kind }) => kind !== "header-section-over-128k").map(({ kind, span }) => [kind, span.start]);
	assert.deepEqual(values, [
		["nul-byte", 20],
		["control-in-value", 22],
		["bare-cr", 800_022],
	]);
});

test("trailers are counted, and reading ends where they are larger than 64 KB", () => {
	const chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n";
	for (const size of [1, 7, 100_000]) {
		const end = http1End("GET");
		const push = (bytes: string) => {
			let progress = "";
			for (let at = 0; at < bytes.length; at += size)
				progress = end.push(Buffer.from(bytes.slice(at, at + size), "latin1"), () => true);
			return progress;
		};
		assert.deepEqual([push(chunked + "ab\r\n".repeat(16_000)), end.headerLines()], ["more", 16_003]);
		assert.equal(push("a: b\r\n".repeat(500)), "over");
	}
	assert.deepEqual(kinds(`${chunked}${"ab\r\n".repeat(20_000)}\r\n`), ["trailer-without-colon", "trailers-too-large"]);
});

test("a connection holds 1 MB of headers once decompressed, in one block or in many", () => {
	const entry = Buffer.from(`\x40\x01x\x7f\xa1\x1e${"a".repeat(4_000)}`, "latin1");
	for (const blocks of [1, 10, 300]) {
		const decoder = new HpackDecoder();
		let within = 0;
		const count = () => {
			if (!decoder.exhausted) within += 1;
			return true;
		};
		decoder.decode(entry, count);
		for (let nth = 0; nth < blocks; nth += 1) decoder.decode(Buffer.alloc(3_000 / blocks, 0xbe), count);
		assert.deepEqual([decoder.exhausted, within], [true, 259]);
	}
});

test("bytes are kept in one piece of memory, to their bound, however small the pieces", () => {
	const kept = new KeptBytes(10_000);
	for (let nth = 0; nth < 20_000; nth += 1) kept.push(Uint8Array.of(nth % 251));
	assert.equal(kept.length, 10_000);
	assert.deepEqual([...kept.take()].slice(-2), [9_998 % 251, 9_999 % 251]);
	assert.ok(kept.bytes.buffer.byteLength <= 10_000);
});

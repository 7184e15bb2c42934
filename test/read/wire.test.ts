import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { autopsy } from "../../src/judge/autopsy.ts";
import { judgeProxy } from "../../src/judge/proxy.ts";
import { ODDITIES } from "../../src/knowledge/findings/list.ts";
import { ENDINGS } from "../../src/read/wire/ending.ts";
import { HpackDecoder } from "../../src/read/wire/hpack.ts";
import { ResponseReader, readResponse } from "../../src/read/wire/read.ts";
import type { Reading } from "../../src/read/wire/reading.ts";
import { allOriginFiles, readOriginFile } from "../lab/origin-files.ts";
import { metAs } from "../met-as.ts";

/** What every recording says. */
const Bytes = z.object({
	bytes_b64: z.string().optional(),
	bytes_gz_b64: z.string().optional(),
	ending: z.enum(ENDINGS),
	method: z.enum(["GET", "HEAD"]),
	protocol: z.enum(["http/1.1", "h2"]).default("http/1.1"),
});
/** Recorded responses over HTTP/1 and HTTP/2 with what Cloudflare's open-source proxy did with each (cloudflare/pingora @ c0845a8, run in a laboratory). */
const Row = Bytes.extend({
	id: z.string(),
	proxy: z.enum(["accepts", "rejects", "truncates", "waits"]),
	/** Not recorded for HTTP/2. */
	certainty: z.enum(["high", "medium"]).nullable(),
	fault: z.enum(["yes", "warn", "no"]),
	/** By what was met on the wire, see `metAs`; 524 stands for waiting. */
	article_cause: z.enum(["1", "2", "3", "4", "5", "none", "524"]),
});
const linesOf = (name: string): unknown[] =>
	readFileSync(new URL(`../fixtures/${name}.jsonl`, import.meta.url), "utf8")
		.trim()
		.split("\n")
		.map((line) => JSON.parse(line));
const corpus = linesOf("http-corpus").map((line) => Row.parse(line));
const bytesOf = (row: z.infer<typeof Bytes>) =>
	row.bytes_b64 === undefined ? gunzipSync(Buffer.from(row.bytes_gz_b64 ?? "", "base64")) : Buffer.from(row.bytes_b64, "base64");

test("397 recorded responses are there", () => assert.equal(corpus.length, 397));
for (const row of corpus) {
	test(`${row.id}: the proxy ${row.proxy}, ${row.certainty ?? "certainty not recorded"}`, () => {
		const found = autopsy(bytesOf(row), row.ending, row.method, row.protocol);
		assert.equal(found.proxy, row.proxy, found.findings.map((one) => one.id).join());
		if (row.certainty !== null) assert.equal(found.certainty, row.certainty);
		const levels = new Set(found.findings.map((one) => one.level));
		assert.equal(levels.has("fault"), row.fault === "yes", "a fault is named where there is one, and only there");
		if (row.fault === "no") assert.ok(!levels.has("warn"), "an ordinary response gets no warning");
		const recorded = row.article_cause;
		if (recorded === "none" || recorded === "524")
			assert.deepEqual([found.cause, found.proxy], [null, recorded === "524" ? "waits" : "accepts"]);
		else assert.ok(metAs(found.cause).includes(Number(recorded)), `${found.cause}, recorded as ${recorded}`);
	});
}

test("every kind of oddity is produced by some recorded response or case", () => {
	const met = new Set<string>();
	for (const row of corpus)
		for (const one of autopsy(bytesOf(row), row.ending, row.method, row.protocol).reading.oddities) met.add(one.kind);
	const big = (bytes: string) => readResponse(Buffer.from(bytes, "latin1"), { method: "GET", closed: true }).oddities;
	const cases = [
		`HTTP/1.1 200 OK\r\n${"n".repeat(65_536)}: v\r\n\r\n`,
		`HTTP/1.1 200 OK\r\nX: ${"v".repeat(20_000)}\r\n\r\n`,
		`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;${"e".repeat(70_000)}\r\n`,
		`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${`X: ${"t".repeat(9_000)}\r\n`.repeat(8)}\r\n`,
		"HTTP/1.1 200 OK\r\nContent-Length: 33, 33\r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\n",
	];
	for (const bytes of cases) for (const one of big(bytes)) met.add(one.kind);
	// Without end, as far as it came: not closed.
	for (const name of [
		"endless-interim",
		"endless-chunks",
		"h2-endless-frames",
		"h2-endless-header-block",
		"h2-fields-endless",
		"h2-fields-refused",
		"h2-asks-for-http1",
	]) {
		const file = readOriginFile(`findings/${name}`);
		const frames = file.sections.get("http2")?.bytes;
		const found = frames === undefined ? autopsy(file.bytes, "enough", "GET") : autopsy(frames, "enough", "GET", "h2");
		for (const one of found.reading.oddities) met.add(one.kind);
	}
	for (const row of linesOf("byte-cases").map((line) => Bytes.parse(line)))
		for (const one of autopsy(bytesOf(row), row.ending, row.method, row.protocol).reading.oddities) met.add(one.kind);
	// PING without SETTINGS before it, and SETTINGS with INITIAL_WINDOW_SIZE 2^31.
	for (const hex of ["00000806000000000070696e6770696e67", "000006040000000000000480000000"])
		for (const one of autopsy(Buffer.from(hex, "hex"), "fin", "GET", "h2").reading.oddities) met.add(one.kind);
	assert.deepEqual(
		ODDITIES.filter((kind) => !met.has(kind)),
		[],
	);
});

const plain = (reading: Reading) => ({ ...reading, content: Buffer.from(reading.content).toString("base64") });

/** Readings of the same bytes, split in ways that the seed decides. */
function inPieces(bytes: Uint8Array, method: "GET" | "HEAD", seed: number): Reading {
	const reader = new ResponseReader(method);
	let state = seed;
	for (let at = 0; at < bytes.length; ) {
		state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
		const size = seed === 0 ? 1 : 1 + (state % (seed * 37));
		reader.push(bytes.subarray(at, at + size));
		at += size;
	}
	return reader.end(true);
}

const http1 = corpus.filter((row) => row.protocol === "http/1.1");

test("the reading is the same however the bytes are split", () => {
	for (const row of http1) {
		const bytes = bytesOf(row);
		if (bytes.length > 200_000) continue;
		const whole = plain(readResponse(bytes, { method: row.method, closed: true }));
		for (const seed of bytes.length < 5_000 ? [0, 1, 7] : [7, 400])
			assert.deepEqual(plain(inPieces(bytes, row.method, seed)), whole, row.id);
	}
});

/** What holds of every reading. */
function sound(reading: Reading, length: number): void {
	for (const { kind, span } of reading.oddities)
		assert.ok(span.start >= 0 && span.start <= span.end && span.end <= length, `${kind} ${span.start}-${span.end} of ${length}`);
	for (const { span } of reading.fields) assert.ok(span.start < span.end && span.end <= length);
	assert.ok(reading.contentBytes >= reading.content.length);
}

test("every truncation of every origin file and recorded response is read, and spans stay inside", () => {
	const inputs = [...allOriginFiles().map((file) => file.bytes), ...http1.map(bytesOf)].filter((bytes) => bytes.length < 600);
	for (const bytes of inputs) {
		for (let end = 0; end <= bytes.length; end += 1) {
			const reading = readResponse(bytes.subarray(0, end), { method: "GET", closed: true });
			sound(reading, end);
			judgeProxy(reading, "fin");
		}
	}
});

test("random bytes and mutated responses are read, and spans stay inside", () => {
	let state = 42;
	const random = (below: number) => {
		state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
		return Math.floor((state / 2_147_483_648) * below);
	};
	const seeds = http1.map(bytesOf).filter((bytes) => bytes.length < 2_000);
	for (let nth = 0; nth < 4_000; nth += 1) {
		const bytes =
			nth % 4 === 0
				? Buffer.from(Array.from({ length: random(300) }, () => random(256)))
				: Buffer.from(seeds[random(seeds.length)] ?? []);
		for (let change = random(4); change > 0 && bytes.length > 0; change -= 1) bytes[random(bytes.length)] = random(256);
		const reading = readResponse(bytes, { method: random(5) === 0 ? "HEAD" : "GET", closed: random(2) === 0 });
		sound(reading, bytes.length);
		for (const ending of ENDINGS) judgeProxy(reading, ending);
	}
});

test("a control character in a broken status line is shown where it stands", () => {
	for (const [line, at] of [
		["HTTP/1.1 200 O\u0001K", 14],
		["HTTP/1.1 H\u0001TP/1.1 200 OK", 10],
		["HTTP/1.1 20\u0001 OK", 11],
		["HTTP/1.1 2000 O\u0001K", 15],
		["HTTP/1.1200 O\u0001K", 13],
		["HTTP/1.1\u0001", 8],
	] as const) {
		const bytes = Buffer.from(`${line}\r\n\r\n`, "latin1");
		const { oddities } = readResponse(bytes, { method: "GET", closed: true });
		const found = oddities.find((one) => one.kind === "control-in-reason");
		assert.ok(oddities.every(({ span }) => span.end <= bytes.length));
		if (found !== undefined) assert.deepEqual(found.span, { start: at, end: at + 1 }, line);
		else assert.equal(oddities[0]?.kind, "bad-status-line", line);
	}
});

test("every control byte in a long header section is seen, wherever it stands", () => {
	for (let byte = 0; byte < 256; byte += 1) {
		for (const [offset, at] of [
			[0, 600],
			[1, 601],
			[2, 602],
			[3, 603],
			[5, 907],
		] as const) {
			const bytes = Buffer.from(`${"-".repeat(offset)}HTTP/1.1 200 OK\r\nX: ${"v".repeat(900)}\r\n\r\n`, "latin1").subarray(
				offset,
			);
			bytes[at] = byte;
			const named = readResponse(bytes, { method: "GET", closed: true })
				.oddities.map((one) => one.kind)
				.filter((kind) => kind === "nul-byte" || kind === "control-in-value" || kind === "bare-cr");
			const control = byte === 127 || (byte < 32 && byte !== 9 && byte !== 10);
			assert.deepEqual(
				named,
				byte === 0 ? ["nul-byte"] : byte === 13 ? ["bare-cr"] : control ? ["control-in-value"] : [],
				`byte ${byte} at ${at}`,
			);
		}
	}
});

test("a gigabyte of content is counted and only its beginning kept", () => {
	const reader = new ResponseReader("GET");
	reader.push(Buffer.from("HTTP/1.1 200 OK\r\n\r\n"));
	const piece = Buffer.alloc(1 << 20, "x");
	for (let nth = 0; nth < 1_024; nth += 1) reader.push(piece);
	const reading = reader.end(true);
	assert.deepEqual([reading.contentBytes, reading.content.length <= 300_000, reading.complete], [2 ** 30, true, true]);
});

test("every truncation of every recorded HTTP/2 response is read, and spans stay inside", () => {
	for (const row of corpus.filter((one) => one.protocol === "h2")) {
		const bytes = bytesOf(row);
		for (let end = 0; end <= Math.min(bytes.length, 600); end += 1) {
			const found = autopsy(bytes.subarray(0, end), row.ending, row.method, "h2");
			for (const one of found.findings)
				assert.ok(one.span === undefined || (one.span.start <= one.span.end && one.span.end <= end), `${row.id} ${one.id}`);
		}
	}
});

test("what is no HTTP is named", () => {
	for (const [bytes, what] of [
		["SSH-2.0-OpenSSH_9.2\r\n", "an SSH server's greeting"],
		["220 mail.example ESMTP Postfix\r\n", "an SMTP server's greeting"],
		["220 ProFTPD FTP ready\r\n", "an FTP server's greeting"],
		["\x15\x03\x03\x00\x02\x02\x46", "a TLS alert"],
		["\x16\x03\x01\x00\x31\x01\x00\x00", "a TLS record"],
		["PRI * HTTP/2.0\r\n\r\nSM", "an HTTP/2 preface"],
		["\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03", "HTTP/2 frames"],
		["\x1f\x8b\x08\x00\x00\x00\x00\x00", "gzip-compressed bytes"],
		["<html><body>hello", "a page without headers (HTTP/0.9)"],
		["PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nHTTP/1.1 200 OK\r\n\r\n", "a PROXY protocol header"],
		["\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c", "a PROXY protocol header"],
		["Status: 200 OK\r\nContent-Type: text/html\r\n\r\n", "CGI headers without a status line"],
		["\x01\x06\x00\x01\x00\x10\x00\x00", "a FastCGI record"],
		["\xef\xbb\xbfHTTP/1.1 200 OK\r\n\r\n", "a byte order mark"],
		["GET / HTTP/1.1\r\nHost: a\r\n\r\n", "an HTTP request"],
	] as const) {
		const found = autopsy(Buffer.from(bytes, "latin1"), "fin", "GET");
		assert.equal(found.findings.find((one) => one.id === "not-http")?.what, what);
		assert.equal(found.proxy, "rejects");
	}
});

test("a field block that stands for more than it may is given up, and broken Huffman code is named", () => {
	const block = (hex: string) => Buffer.from(hex, "hex");
	const decoded = (hpack: HpackDecoder, bytes: Uint8Array): string[] | null => {
		const fields: string[] = [];
		const { more, broken } = hpack.decode(bytes, ({ name, value }) => fields.push(`${name}=${value}`) < 1_000);
		return more || broken ? null : fields;
	};
	const hpack = new HpackDecoder();
	// RFC 7541, C.6.1: a response with Huffman coding.
	assert.deepEqual(
		decoded(
			hpack,
			block("488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3"),
		),
		[":status=302", "cache-control=private", "date=Mon, 21 Oct 2013 20:13:21 GMT", "location=https://www.example.com"],
	);
	// C.6.2: the second one on the same connection leans on the first.
	assert.deepEqual(decoded(hpack, block("4883640effc1c0bf")), [
		":status=307",
		"cache-control=private",
		"date=Mon, 21 Oct 2013 20:13:21 GMT",
		"location=https://www.example.com",
	]);
	assert.equal(decoded(new HpackDecoder(), block("4881ff")), null, "padding of a whole byte");
	assert.equal(decoded(new HpackDecoder(), block("4803")), null, "a string that is not there");
	const bomb = Buffer.concat([block("407f811f"), Buffer.alloc(4_000 + 30, 0x61), block("00"), Buffer.alloc(20_000_000, 0xbe)]);
	assert.equal(decoded(new HpackDecoder(), bomb), null, "twenty megabytes of one reference");
});

test("a header section beyond 1 MiB reads the same however it is split at the limit", () => {
	const bytes = Buffer.from(`HTTP/1.1 200 OK\r\n${`X-Log: ${"l".repeat(4_000)}\r\n`.repeat(262)}`, "latin1");
	for (const size of [bytes.length, 16_384, 4_009, 1_048_577]) {
		const reader = new ResponseReader("GET");
		for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size));
		assert.deepEqual(plain(reader.end(true)), plain(readResponse(bytes, { method: "GET", closed: true })), String(size));
	}
});

test("the caller's memory may be used again: what was read stays as it was", () => {
	const memory = Buffer.from("HTTP/1.1 200 OK\r\nX: first\r\n\r\nhello");
	const reader = new ResponseReader("GET");
	reader.push(memory);
	memory.fill("z");
	const reading = reader.end(true);
	assert.equal(Buffer.from(reading.content).toString(), "hello");
	assert.equal(reading.fields[0]?.value, "first");
});

const many = (count: number) => `HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(count)}`;
for (const [what, bytes, ending, expected] of [
	["a length of minus nothing", "HTTP/1.1 200 OK\r\nContent-Length: -0\r\n\r\n", "fin", "accepts medium content-length-sign"],
	[
		"a control byte in the length",
		"HTTP/1.1 200 OK\r\nContent-Length: 5\u000b\r\n\r\nhello",
		"fin",
		"rejects medium control-in-value",
	],
	["a CR in a field's name", "HTTP/1.1 200 OK\r\nX\rY: 1\r\n\r\n", "fin", "rejects high bare-cr"],
	["LF CR before a field", "HTTP/1.1 200 OK\r\nX: 1\n\rY: 2\r\n\r\n", "fin", "rejects high bare-lf bare-cr"],
	["258 fields and then silence", many(258), "deadline", "rejects medium too-many-fields incomplete-header-section"],
	[
		"257 fields and then silence: the last may still be folded",
		many(257),
		"deadline",
		"waits high incomplete-header-section silence",
	],
	[
		"our own cap in the middle of the content",
		"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello",
		"enough",
		"accepts high whole",
	],
	["our own cap before a byte", "", "enough", "accepts medium whole"],
] as const)
	test(`${what}: ${expected}`, () => {
		const found = autopsy(Buffer.from(bytes, "latin1"), ending, "GET");
		assert.equal([found.proxy, found.certainty, ...found.findings.map((one) => one.id)].join(" "), expected);
	});

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { z } from "zod";
import { autopsy } from "../../src/judge/autopsy.ts";
import type { ProxyDoes } from "../../src/judge/proxy.ts";
import type { ByteFindingId } from "../../src/knowledge/findings/list.ts";
import { ENDINGS } from "../../src/read/wire/ending.ts";
import { readH2 } from "../../src/read/wire/h2.ts";
import { frame } from "../lab/frame.ts";

/**
 * Bytes that were misread once, each with its neighbors, and what Cloudflare's open-source proxy does with them. `byte-cases.jsonl`: found
 * on real servers and beside the real code. `h2-variants.jsonl`: 500 generated recordings with the verdict of hyperium/h2 0.4.18 under
 * Pingora's settings. A fault is told where the proxy objects, and only there.
 */

const Row = z.object({
	id: z.string().optional(),
	bytes_b64: z.string(),
	ending: z.enum(ENDINGS),
	method: z.enum(["GET", "HEAD"]),
	protocol: z.enum(["http/1.1", "h2"]),
	proxy: z.enum(["accepts", "rejects", "truncates", "waits"]),
	fault: z.enum(["yes", "no"]).nullish(),
	/** One of these is the cause, and these findings are told. */
	causes: z.array(z.string()).optional(),
	shows: z.array(z.string()).optional(),
});
const rows = (name: string) =>
	readFileSync(new URL(`../fixtures/${name}.jsonl`, import.meta.url), "utf8")
		.trim()
		.split("\n")
		.map((line) => Row.parse(JSON.parse(line)));

const has = (found: ReturnType<typeof autopsy>, level: string) => found.findings.some((one) => one.level === level);

for (const row of rows("byte-cases"))
	test(`${row.id}: the proxy ${row.proxy}`, () => {
		const found = autopsy(Buffer.from(row.bytes_b64, "base64"), row.ending, row.method, row.protocol);
		const told = found.findings.map((one) => one.id);
		assert.equal(found.proxy, row.proxy, told.join());
		if (row.fault != null) assert.equal(has(found, "fault"), row.fault === "yes", told.join());
		for (const id of row.shows ?? []) assert.ok(told.includes(id as ByteFindingId), `${id} is not among ${told.join()}`);
		if (row.causes !== undefined) assert.ok(row.causes.includes(String(found.cause)), String(found.cause));
	});

test("generated HTTP/2 responses are read as the library reads them", () => {
	const variants = rows("h2-variants");
	assert.equal(variants.length, 500);
	for (const row of variants) {
		const found = autopsy(Buffer.from(row.bytes_b64, "base64"), row.ending, row.method, "h2");
		const told = `${row.bytes_b64}: ${found.findings.map((one) => one.id).join()}`;
		assert.equal(found.proxy, row.proxy, told);
		const asks = found.findings.some((one) => one.id === "h2-asks-for-http1");
		assert.equal(has(found, "fault"), row.proxy !== "accepts" && !asks, told);
	}
});

/** What is wrong with HTTP/1 in one place, in a few spellings of its kind. */
type Case = readonly [
	what: string,
	bytes: string,
	ending: (typeof ENDINGS)[number],
	proxy: ProxyDoes,
	shows: readonly ByteFindingId[],
	method?: "HEAD",
];
const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const WHOLE: readonly ByteFindingId[] = [];
const HTTP1: readonly Case[] = [
	[
		"a length folded behind its digits",
		`${OK}Content-Length: 5\r\n\t6\r\n\r\nhello`,
		"fin",
		"rejects",
		["content-length-invalid"],
	],
	["a length folded twice", `${OK}Content-Length:\r\n 5\r\n 6\r\n\r\nhello`, "fin", "rejects", ["content-length-invalid"]],
	["a length folded with bare LF", `${OK}Content-Length: 5\n 6\n\nhello`, "fin", "rejects", ["content-length-invalid"]],
	["a folded length on 304", "HTTP/1.1 304 X\r\nContent-Length: 5\r\n x\r\n\r\n", "fin", "rejects", ["content-length-invalid"]],
	["a folded length on HEAD", `${OK}Content-Length: 1\r\n 2\r\n\r\n`, "fin", "rejects", ["content-length-invalid"], "HEAD"],
	["a length on the line below its name", `${OK}Content-Length:\r\n 5\r\n\r\nhello`, "fin", "accepts", ["folded-line"]],
	[
		"a folded length beside chunked",
		`${OK}Content-Length: 5\r\n 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
		"fin",
		"accepts",
		[],
	],
	["byte A0 before chunked", `${OK}Transfer-Encoding:\xa0chunked\r\n\r\n5`, "fin", "accepts", ["transfer-encoding-not-chunked"]],
	["byte A0 behind a comma", `${OK}Transfer-Encoding: gzip,\xa0chunked\r\n\r\n5`, "fin", "accepts", []],
	["byte 85 behind chunked", `${OK}Transfer-Encoding: chunked\x85\r\n\r\n5`, "fin", "accepts", []],
	["tabs around chunked", `${OK}Transfer-Encoding: x,\t chunked \t\r\n\r\n0\r\n\r\n`, "fin", "accepts", WHOLE],
	["chunked on a folded line", `${OK}Transfer-Encoding: gzip,\r\n chunked\r\n\r\n0\r\n\r\n`, "fin", "accepts", ["folded-line"]],
	["LF in an extension", `${CHUNKED}1;a\nb\nc\r\nx\r\n0\r\n\r\n`, "fin", "accepts", WHOLE],
	["LF in the last chunk's extension", `${CHUNKED}1\r\nx\r\n0 ;\n\r\n\r\n`, "fin", "accepts", WHOLE],
	["LF before an extension", `${CHUNKED}1\n;a\r\nx\r\n0\r\n\r\n`, "fin", "truncates", ["chunk-size-bad"]],
	["CR in an extension", `${CHUNKED}1;a\rb\r\nx\r\n0\r\n\r\n`, "fin", "truncates", ["chunk-size-bad"]],
	["a size line of blanks", `${CHUNKED} \t \r\n\r\n`, "fin", "accepts", ["chunk-size-empty"]],
	["a size line of blanks and an extension", `${CHUNKED}\t;x\r\n\r\n`, "fin", "accepts", ["chunk-size-empty"]],
	["digits behind blanks", `${CHUNKED} 1\r\nx\r\n0\r\n\r\n`, "fin", "truncates", ["chunk-size-bad"]],
	["an unfinished line without a name", `${OK}:a`, "deadline", "rejects", ["empty-field-name"]],
	["an unfinished name with CR", `${OK}X-A\r`, "deadline", "rejects", ["missing-colon"]],
	["an unfinished name with a blank and CR", `${OK}X-A \r`, "deadline", "rejects", ["missing-colon"]],
	["an unfinished name with a blank inside", `${OK}X A`, "deadline", "rejects", ["bad-field-name"]],
	["an unfinished name", `${OK}X-A \t`, "deadline", "waits", ["silence"]],
	["an unfinished value with CR", `${OK}X-A: b\r`, "deadline", "waits", ["silence"]],
	["an unfinished fold", `${OK}X-A: b\r\n c`, "deadline", "waits", ["silence"]],
	["an unfinished empty line", `${OK}X-A: b\r\n\r`, "deadline", "waits", ["silence"]],
	["a version with CR", "HTTP/1.1\r", "deadline", "rejects", ["bad-status-line"]],
	["a short status with CR", "HTTP/1.1 20\r", "deadline", "rejects", ["bad-status-code"]],
	["an unfinished status line", "HTTP/1.1 200\r", "deadline", "waits", ["silence"]],
	["an unfinished head with status 099", "HTTP/1.1 099 X\r\nX-A: b\r\n", "deadline", "waits", ["silence"]],
	["a head with status 000", "HTTP/1.1 000 X\r\n\r\n", "deadline", "rejects", ["status-below-100"]],
	["an unfinished head with a name of 70 KB", `${OK}${"n".repeat(70_000)}: b\r\n`, "deadline", "waits", ["silence"]],
	["a lone CR", "\r", "deadline", "waits", ["silence"]],
	["a lone CR behind empty lines", "\r\n\n\r", "deadline", "waits", ["silence"]],
	["a lone CR, closed", "\r", "fin", "rejects", ["incomplete-header-section"]],
	["two CRs", "\r\r", "deadline", "rejects", ["not-http"]],
	["a lone CR behind an interim response", "HTTP/1.1 103 X\r\n\r\n\r", "deadline", "waits", ["silence"]],
	["1 MiB of empty lines", `${"\r\n".repeat(524_289)}${OK}\r\n`, "fin", "rejects", ["header-section-endless"]],
	[
		"a response where a chunk should be",
		`${CHUNKED}1\r\nx\r\nHTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n`,
		"fin",
		"truncates",
		["status-line-in-chunks"],
	],
	["an older response where a chunk should be", `${CHUNKED}HTTP/1.0 500 a; b\n\n`, "fin", "truncates", ["status-line-in-chunks"]],
	["the beginning of one, reset", `${CHUNKED}1\r\nx\r\nHTTP/1.1 502`, "reset", "truncates", ["status-line-in-chunks"]],
	["other text where a chunk should be", `${CHUNKED}1\r\nx\r\nHTTP error\r\n`, "fin", "truncates", ["chunk-size-bad"]],
];
for (const [what, bytes, ending, proxy, shows, method] of HTTP1)
	test(`${what}: the proxy ${proxy}`, () => {
		const found = autopsy(Buffer.from(bytes, "latin1"), ending, method ?? "GET");
		const told = found.findings.map((one) => one.id);
		assert.equal(found.proxy, proxy, told.join());
		for (const id of shows) assert.ok(told.includes(id), `${id} is not among ${told.join()}`);
		if (proxy === "accepts") assert.ok(!has(found, "fault"), told.join());
	});

test("a response where a chunk should be speaks for an application that died, and a reset never for TLS", () => {
	const cause = (bytes: string, ending: (typeof ENDINGS)[number]) => autopsy(Buffer.from(bytes), ending, "GET").cause;
	assert.equal(cause(`${CHUNKED}1\r\nx\r\nHTTP/1.1 500 Oops\r\n\r\n`, "fin"), "closed-mid-response");
	assert.equal(cause(`${CHUNKED}1\r\nx\r\n`, "reset"), "closed-mid-response");
	assert.equal(cause(`${OK}Content-Length: 9\r\n\r\nx`, "reset"), "closed-mid-response");
	assert.equal(cause(`${OK}Content-Length: 9\r\n\r\nx`, "tls-alert"), "tls-broken");
});

/** A field that goes into no table, its name and value without Huffman code. */
function field(name: string, value: string): Buffer {
	const string = (text: string) => {
		const length: number[] = [];
		let left = text.length - 127;
		for (; left >= 128; left = Math.floor(left / 128)) length.push((left % 128) + 128);
		return Buffer.concat([Buffer.from(text.length < 127 ? [text.length] : [127, ...length, left]), Buffer.from(text, "latin1")]);
	};
	return Buffer.concat([Buffer.from([0]), string(name), string(value)]);
}
/** A header block of any length: HEADERS, and CONTINUATION where it is needed. */
function block(...fields: readonly Buffer[]): Buffer {
	const bytes = Buffer.concat(fields);
	const pieces = Array.from({ length: Math.ceil(bytes.length / 60_000) }, (_, nth) =>
		bytes.subarray(nth * 60_000, (nth + 1) * 60_000),
	);
	return Buffer.concat(pieces.map((piece, nth) => frame(nth === 0 ? 1 : 9, nth === pieces.length - 1 ? 4 : 0, 1, piece)));
}
const times = (count: number, make: (nth: number) => Buffer) =>
	Buffer.concat(Array.from({ length: count }, (_, nth) => make(nth)));
const GREETING = Buffer.concat([frame(4, 0, 0), frame(4, 1, 0)]);
const STATUS = Buffer.from([0x88]);
const HEADERS = block(STATUS);
const END = frame(0, 1, 1, "hello");
/** A field of 4 KB that goes into the table, and `count` references to it, a byte each. */
const references = (count: number) =>
	Buffer.concat([Buffer.from([0x40, 1, 0x78, 0x7f, 0xa1, 0x1e]), Buffer.alloc(4_000, "a"), Buffer.alloc(count, 0xbe)]);

/** What takes too many bytes for a fixture; every verdict is the library's. */
const LARGE: readonly (readonly [what: string, proxy: ProxyDoes, shows: ByteFindingId, frames: readonly Buffer[]])[] = [
	[
		"headers of 1.5 MB",
		"accepts",
		"header-section-over-128k",
		[
			block(
				STATUS,
				times(25, (nth) => field(`x-${nth}`, "v".repeat(60_000))),
			),
			END,
		],
	],
	[
		"headers of 1.5 MB, then a close",
		"truncates",
		"closed-before-the-end",
		[
			block(
				STATUS,
				times(25, (nth) => field(`x-${nth}`, "v".repeat(60_000))),
			),
		],
	],
	["headers of 15 MB in 8 KB", "accepts", "h2-fields-endless", [block(STATUS, references(3_700)), END]],
	["headers of 17 MB in 8 KB", "rejects", "h2-fields-refused", [block(STATUS, references(4_300)), END]],
	["headers of 70 MB in 20 KB", "rejects", "h2-fields-refused", [block(STATUS, references(17_000)), END]],
	["trailers of 17 MB", "accepts", "h2-fields-endless", [HEADERS, frame(0, 0, 1, "x"), frame(1, 5, 1, references(4_300))]],
	[
		"24,577 names",
		"rejects",
		"h2-fields-refused",
		[
			block(
				STATUS,
				times(24_577, (nth) => field(`x${nth}`, "v")),
			),
			END,
		],
	],
	[
		"24,576 names",
		"accepts",
		"header-section-over-128k",
		[
			block(
				STATUS,
				times(24_576, (nth) => field(`x${nth}`, "v")),
			),
			END,
		],
	],
	[
		"1,000 CONTINUATIONs",
		"rejects",
		"h2-endless-header-block",
		[frame(1, 0, 1, STATUS), times(1_000, () => frame(9, 0, 1)), frame(9, 4, 1), END],
	],
	[
		"320 CONTINUATIONs and the last",
		"accepts",
		"whole",
		[frame(1, 0, 1, STATUS), times(320, () => frame(9, 0, 1)), frame(9, 4, 1), END],
	],
	["500,000 empty DATA frames", "truncates", "h2-endless-frames", [HEADERS, times(500_000, () => frame(0, 0, 1)), END]],
	["101 empty DATA frames", "truncates", "h2-endless-frames", [HEADERS, times(101, () => frame(0, 0, 1)), END]],
	["100 empty DATA frames", "accepts", "whole", [HEADERS, times(100, () => frame(0, 0, 1)), END]],
	[
		"empty DATA frames between full ones",
		"accepts",
		"whole",
		[HEADERS, times(400, () => Buffer.concat([frame(0, 0, 1), frame(0, 0, 1, "x".repeat(512))])), END],
	],
	["2,000 PINGs before a response", "accepts", "whole", [times(2_000, () => frame(6, 0, 0, "pingping")), HEADERS, END]],
	["a name of 65,536 bytes", "rejects", "h2-bad-field", [block(STATUS, field("n".repeat(65_536), "v")), END]],
	[
		"1,100 faults on other streams",
		"rejects",
		"h2-bad-frame",
		[
			times(1_100, (nth) => frame(2, 0, 3 + 2 * nth, Buffer.from([0, 0, (3 + 2 * nth) >> 8, (3 + 2 * nth) & 255, 16]))),
			HEADERS,
			END,
		],
	],
];
for (const [what, proxy, shows, frames] of LARGE)
	test(`over HTTP/2 ${what}: the proxy ${proxy}`, () => {
		const found = autopsy(Buffer.concat([GREETING, ...frames]), "fin", "GET", "h2");
		const told = found.findings.map((one) => one.id);
		assert.equal(found.proxy, proxy, told.join());
		assert.ok(told.includes(shows), `${shows} is not among ${told.join()}`);
	});

test("of headers that nobody keeps only the size is held", () => {
	const reading = readH2(Buffer.concat([GREETING, block(STATUS, references(3_700)), END]), { method: "GET" });
	assert.deepEqual([reading.fieldCount, reading.fields.length, reading.complete], [3_701, 257, true]);
});

test("a header block in pieces of a byte is read in time in proportion to its length", () => {
	// Each piece alone completes nothing: trying all that came before again for each would be quadratic.
	const value = field("x", "v".repeat(16_000_000));
	const pieces = times(300, (nth) => frame(9, 0, 1, value.subarray(nth * 60_000, (nth + 1) * 60_000)));
	const bytes = Buffer.concat([GREETING, frame(1, 0, 1, STATUS), pieces, frame(9, 4, 1), END]);
	const { set } = Uint8Array.prototype;
	let copied = 0;
	Uint8Array.prototype.set = function (from, at) {
		copied += from.length;
		return set.call(this, from, at);
	};
	try {
		assert.equal(readH2(bytes, { method: "GET" }).complete, true);
	} finally {
		Uint8Array.prototype.set = set;
	}
	assert.ok(copied < 5 * value.length, `${copied} bytes were copied`);
});

for (const [what, bytes] of [
	["RST_STREAM", frame(3, 0, 1, "\0\0\0\x0d")],
	["RST_STREAM after early hints", Buffer.concat([frame(1, 4, 1, field(":status", "103")), frame(3, 0, 1, "\0\0\0\x0d")])],
	["GOAWAY", frame(7, 0, 0, "\0\0\0\0\0\0\0\x0d")],
] as const)
	test(`a server that asks for HTTP/1.1 with ${what} is at no fault: Cloudflare asks again`, () => {
		for (const ending of ["fin", "deadline", "enough", "reset"] as const) {
			const found = autopsy(Buffer.concat([GREETING, bytes]), ending, "GET", "h2");
			assert.deepEqual(
				[found.proxy, found.code, found.cause, found.findings.map((one) => [one.id, one.level])],
				["rejects", null, null, [["h2-asks-for-http1", "note"]]],
				ending,
			);
		}
		const late = autopsy(Buffer.concat([GREETING, HEADERS, bytes]), "fin", "GET", "h2");
		assert.deepEqual([late.proxy, has(late, "fault")], ["truncates", true]);
	});

test("a frame is large by what was announced: 16,384 bytes when nothing was", () => {
	const bytes = Buffer.concat([GREETING, HEADERS, frame(0, 1, 1, "x".repeat(65_536))]);
	const large = (announcedFrameBytes?: number) =>
		autopsy(bytes, "fin", "GET", "h2", announcedFrameBytes).findings.map((one) => one.id);
	assert.deepEqual(large(), ["h2-frame-large"]);
	assert.deepEqual(large(65_536), ["whole"]);
});

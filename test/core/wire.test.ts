import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { autopsy } from "../../src/core/judge/autopsy.ts";
import { judgeProxy, ORDERLY, WEIGHTS } from "../../src/core/judge/proxy.ts";
import { ENDINGS } from "../../src/core/looks/observation.ts";
import { ResponseReader, readResponse } from "../../src/core/wire/read.ts";
import { ODDITIES, type Reading } from "../../src/core/wire/reading.ts";
import { allOriginFiles } from "../lab/origin-files.ts";

/** Recorded HTTP/1 responses with what Cloudflare's open-source proxy did with each (cloudflare/pingora @ c0845a8, run in a laboratory). */
const Row = z.object({
	id: z.string(),
	bytes_b64: z.string().optional(),
	bytes_gz_b64: z.string().optional(),
	ending: z.enum(ENDINGS),
	method: z.enum(["GET", "HEAD"]),
	proxy: z.enum(["accepts", "rejects", "truncates", "waits"]),
	certainty: z.enum(["high", "medium"]),
	fault: z.enum(["yes", "warn", "no"]),
	/** By the article's numbers, where 3 stands for header sections that are too large (a kind of 4 here), 524 for waiting. */
	article_cause: z.enum(["1", "2", "3", "4", "5", "none", "524"]),
});
const corpus = readFileSync(new URL("../fixtures/http-corpus.jsonl", import.meta.url), "utf8")
	.trim()
	.split("\n")
	.map((line) => Row.parse(JSON.parse(line)));
const bytesOf = (row: z.infer<typeof Row>) =>
	row.bytes_b64 === undefined ? gunzipSync(Buffer.from(row.bytes_gz_b64 ?? "", "base64")) : Buffer.from(row.bytes_b64, "base64");

/** Where we differ, and why that holds. */
const DIFFERS: Readonly<Record<string, string>> = {
	"ec-br-bad":
		"a broken content coding is medium there, because a Workers runtime decodes it; the reader leaves codings on and says nothing about them",
};

test("369 recorded HTTP/1 responses are there", () => assert.equal(corpus.length, 369));
for (const row of corpus) {
	test(`${row.id}: the proxy ${row.proxy}, ${row.certainty}`, () => {
		const reading = readResponse(bytesOf(row), { method: row.method, closed: ORDERLY.has(row.ending) });
		const verdict = judgeProxy(reading, row.ending);
		assert.equal(verdict.proxy, row.proxy, reading.oddities.map((one) => one.kind).join());
		if (DIFFERS[row.id] === undefined) assert.equal(verdict.certainty, row.certainty);
		const levels = new Set(reading.oddities.map((one) => WEIGHTS[one.kind].level));
		const fault = levels.has("fault") || verdict.proxy !== "accepts";
		assert.equal(fault, row.fault === "yes", "a fault is named where there is one, and only there");
		if (row.fault === "no") assert.ok(!levels.has("warn"), "an ordinary response gets no warning");
		const found = autopsy(bytesOf(row), row.ending, row.method);
		const number =
			found.cause === "headers-too-large" ? "3" : found.proxy === "waits" ? "524" : String(found.articleCause ?? "none");
		if (DIFFERS[row.id] === undefined) assert.equal(number, row.article_cause);
		assert.equal(
			found.findings.some((one) => one.level === "fault"),
			row.fault === "yes",
		);
	});
}

test("every kind of oddity is produced by some recorded response or case", () => {
	const met = new Set<string>();
	for (const row of corpus)
		for (const one of readResponse(bytesOf(row), { method: row.method, closed: ORDERLY.has(row.ending) }).oddities)
			met.add(one.kind);
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

test("the reading is the same however the bytes are split", () => {
	for (const row of corpus) {
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
	const inputs = [...allOriginFiles().map((file) => file.bytes), ...corpus.map(bytesOf)].filter((bytes) => bytes.length < 600);
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
	const seeds = corpus.map(bytesOf).filter((bytes) => bytes.length < 2_000);
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

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { z } from "zod";
import { autopsy } from "../src/judge/autopsy.ts";
import { judgeExchange } from "../src/judge/capture.ts";
import { weighCaptures } from "../src/judge/told-capture.ts";
import { understand } from "../src/judge/understand.ts";
import { answers, type EvidenceKey } from "../src/knowledge/evidence.ts";
import { plainText } from "../src/message/text.ts";
import { CaptureReader } from "../src/read/capture/capture.ts";
import { readToldCaptures } from "../src/read/capture/told.ts";
import { readPaste } from "../src/read/paste.ts";
import { clean } from "../src/read/text/clean.ts";
import { ENDINGS } from "../src/read/wire/ending.ts";
import { ResponseReader, readResponse } from "../src/read/wire/read.ts";
import type { Reading } from "../src/read/wire/reading.ts";
import { exchangeData } from "../src/reply/capture-data.ts";
import { captureDelta, capturePasteReply } from "../src/reply/capture-paste.ts";
import { flat as flatMessage } from "./flat.ts";
import { allOriginFiles, findingFiles } from "./lab/origin-files.ts";
import { Conversation, type Frame, PLAIN, recording, request, response, type Shape } from "./packets.ts";
import { compareChunked, compareHead, compareHttp2 } from "./reference/compare.ts";
import { seeded } from "./reference/random.ts";

/**
 * `npm run fuzz [-- rounds [seed]]`: whatever bytes come, however they are split: never a throw, the same reading, spans inside the
 * input, time in proportion to the input; of a pasted recording nothing is shown but numbers; and for generated HTTP/2, chunks and unfinished header sections the verdict of a second, simple
 * reader (`reference/`). Bounded; prints the seed, so that a failure can be seen again.
 */

const rounds = Number(process.argv[2] ?? 20_000);
const seed = Number(process.argv[3] ?? Date.now() % 1_000_000);
const random = seeded(seed);

const Row = z.object({
	bytes_b64: z.string().optional(),
	bytes_gz_b64: z.string().optional(),
	protocol: z.enum(["http/1.1", "h2"]).default("http/1.1"),
});
const corpus = readFileSync(new URL("fixtures/http-corpus.jsonl", import.meta.url), "utf8")
	.trim()
	.split("\n")
	.map((line) => Row.parse(JSON.parse(line)));
const recorded = corpus.map(({ bytes_b64: plain, bytes_gz_b64: zipped, protocol }) => ({
	protocol,
	bytes: plain === undefined ? gunzipSync(Buffer.from(zipped ?? "", "base64")) : Buffer.from(plain, "base64"),
}));
const files = [...allOriginFiles(), ...findingFiles()];
const seeds = [
	...recorded,
	...files.flatMap((file) => [
		{ protocol: "http/1.1" as const, bytes: file.bytes },
		...[...file.sections].map(([section, { bytes }]) => ({
			protocol: section === "http2" ? ("h2" as const) : ("http/1.1" as const),
			bytes,
		})),
	]),
];

const texts = ["texts.jsonl", "texts-more.jsonl"].flatMap((name) =>
	readFileSync(new URL(`fixtures/${name}`, import.meta.url), "utf8")
		.trim()
		.split("\n")
		.map((line) => z.object({ text: z.string() }).parse(JSON.parse(line)).text),
);
const KEYS = ["what-changed", "origin-log", "direct-origin", "who-is-hit", "no-such-key"];

/** A few changes to real texts, read in a thread and outside. */
function readMutated(): void {
	const some = () => texts[random(texts.length)] ?? "";
	let text = some();
	for (let change = random(5); change > 0; change -= 1) {
		const at = random(text.length + 1);
		const other = some();
		const from = random(other.length + 1);
		const piece = random(3) === 0 ? String.fromCharCode(random(0x10000)) : other.slice(from, from + 60);
		text = text.slice(0, at) + piece + text.slice(random(2) === 0 ? at : Math.min(text.length, at + random(20)));
	}
	const now = Date.UTC(2026, 10, 24, 9, 30);
	const url = random(2) === 0 ? "https://shop.example/checkout" : null;
	const read = understand(text, { url, asks: KEYS[random(KEYS.length)] ?? null, fromMs: now - 60_000, toMs: now, rays: [] }, now);
	assert.ok(read.target === null || (URL.canParse(read.target) && read.candidates.length === 0), "a target, or candidates");
	assert.ok(read.candidates.length <= 5 && read.candidates.every((one) => URL.canParse(one)), "candidates are URLs");
	assert.ok(
		read.rays.every(({ id }) => /^[0-9a-f]{16}$/.test(id)),
		"Ray IDs have 16 hex digits",
	);
	assert.ok(read.errorTime === null || !Number.isNaN(Date.parse(read.errorTime)), "a time is one");
	assert.ok(
		read.response?.throughEdge !== true || read.response.proxy === null,
		"nothing is said of an origin's bytes that are not there",
	);
	assert.deepEqual(understand(text, { url, asks: null }, now).rays, understand(text, { url, asks: null }, now).rays);
}

/** Everything that holds of every input. */
function check(bytes: Uint8Array, protocol: "http/1.1" | "h2"): void {
	const method = random(6) === 0 ? "HEAD" : "GET";
	const ending = ENDINGS[random(ENDINGS.length)] ?? "fin";
	const found = autopsy(bytes, ending, method, protocol);
	for (const { id, span } of found.findings)
		if (span !== undefined)
			assert.ok(span.start >= 0 && span.start <= span.end && span.end <= bytes.length, `${id} ${span.start}-${span.end}`);
	for (const { span } of found.reading.fields) assert.ok(span.start <= span.end && span.end <= bytes.length);
	if (protocol === "http/1.1") sameInPieces(bytes, method);
}

const flat = (reading: Reading) => ({ ...reading, content: Buffer.from(reading.content).toString("base64") });

function sameInPieces(bytes: Uint8Array, method: "GET" | "HEAD"): void {
	const reader = new ResponseReader(method);
	const most = 1 + random(1 + Math.min(bytes.length, 4_000));
	for (let at = 0; at < bytes.length; ) {
		const size = 1 + random(most);
		reader.push(bytes.subarray(at, at + size));
		at += size;
	}
	assert.deepEqual(flat(reader.end(true)), flat(readResponse(bytes, { method, closed: true })));
}

/** A few changes to recorded bytes: bits, cuts, doubled pieces, pieces of another one. */
function mutated(bytes: Buffer): Buffer {
	let out = Buffer.from(bytes);
	for (let change = 1 + random(4); change > 0; change -= 1) {
		const at = random(out.length + 1);
		const other = seeds[random(seeds.length)]?.bytes ?? out;
		const piece = other.subarray(random(other.length), random(other.length) + 40).subarray(0, 200);
		switch (random(6)) {
			case 0:
				if (out.length > 0) out[at % out.length] = random(256);
				break;
			case 1:
				out = Buffer.concat([
					out.subarray(0, at),
					Buffer.from([[0, 9, 10, 13, 32, 58, 127, 255][random(8)] ?? 0]),
					out.subarray(at),
				]);
				break;
			case 2:
				out = out.subarray(0, at);
				break;
			case 3:
				out = Buffer.concat([out.subarray(0, at), out.subarray(Math.max(0, at - 60))]);
				break;
			case 4:
				out = Buffer.concat([out.subarray(0, at), piece, out.subarray(at)]);
				break;
			case 5:
				out = Buffer.concat([out.subarray(0, at), out.subarray(Math.min(out.length, at + 1 + random(30)))]);
		}
	}
	return out;
}

function attempt(what: string, bytes: Buffer, protocol: "http/1.1" | "h2"): void {
	try {
		check(bytes, protocol);
	} catch (error) {
		process.stderr.write(
			`${what}, seed ${seed}: ${(error as Error).message.slice(0, 600)}\n${bytes.subarray(0, 2_000).toString("base64")}\n`,
		);
		process.exit(1);
	}
}

const started = performance.now();
let inputs = 0;
// Every truncation point of every origin file; of large ones the beginning, the end and some between.
for (const { bytes, protocol } of seeds.slice(recorded.length)) {
	const step = bytes.length > 3_000 ? Math.ceil(bytes.length / 200) : 1;
	for (let end = 0; end <= bytes.length; end += end < 400 || end > bytes.length - 50 ? 1 : step) {
		attempt("truncated", bytes.subarray(0, end), protocol);
		inputs += 1;
	}
}
const small = seeds.filter(({ bytes }) => bytes.length < 8_000);
for (let nth = 0; nth < rounds; nth += 1) {
	const one = small[random(small.length)];
	const protocol = one?.protocol ?? "http/1.1";
	const bytes =
		nth % 5 === 0 ? Buffer.from(Array.from({ length: random(400) }, () => random(256))) : mutated(one?.bytes ?? Buffer.alloc(0));
	attempt("mutated", bytes.subarray(0, 20_000), protocol);
	if (nth % 4 === 0) {
		const text = bytes.toString("latin1");
		readPaste(text);
		try {
			understand(text, {}, 0);
			readMutated();
		} catch (error) {
			process.stderr.write(`text, seed ${seed}, round ${nth}: ${(error as Error).stack?.slice(0, 900)}\n`);
			process.exit(1);
		}
	}
	inputs += 1;
}

/** What is told of a recording that comes in pieces of this size; the reader's facts with it. */
function capture(bytes: Buffer, pieceBytes: number): string {
	const told: string[] = [];
	const reader = new CaptureReader((one) => {
		const judged = judgeExchange(one);
		assert.ok(judged.tookMs >= 0 && Number.isFinite(judged.startedAtMs), "times are numbers");
		assert.ok(
			!judged.gap || (judged.ending === "enough" && judged.findings.every(({ id }) => id !== "whole")),
			"a gap is no ending",
		);
		assert.ok(judged.closedFirst !== null || judged.ending === "enough", "an ending has someone who ended it");
		told.push(JSON.stringify(exchangeData(judged)));
	});
	for (let at = 0; at < bytes.length; at += pieceBytes) reader.push(bytes.subarray(at, at + pieceBytes));
	return JSON.stringify([reader.end(), told]);
}

const LINKS: readonly Shape["link"][] = [0, 1, 12, 101, 108, 113, 228, 229, 276];
const WORDS: readonly ((on: Conversation) => Conversation)[] = [
	(on) => on.open(),
	(on) => on.client(request("/a", "a6046ccef050d1c3")),
	(on) => on.client(request("/a", "a6046ccef050d1c3", "", "HEAD") + request("/b", "x")),
	(on) => on.client(request("/u", "y", "Transfer-Encoding: chunked\r\n", "POST")).client("5\r\nhello\r\n"),
	(on) => on.client("0\r\n\r\n"),
	(on) => on.client(request("/u", "y", "Content-Length: 9\r\nUpgrade: z\r\n", "PUT")).client("123456789"),
	(on) => on.server(response("x".repeat(2_000))),
	(on) => on.server(response("x".repeat(2_000)).slice(0, 900)),
	(on) => on.server("HTTP/1.1 101 Switching\r\n\r\n"),
	(on) => on.server("HTTP/1.1 200 OK\r\nX Y: z\r\n\r\n"),
	(on) => on.server("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"),
	(on) => on.server(seeds[random(seeds.length)]?.bytes.subarray(0, 3_000) ?? ""),
	(on) => on.wait(random(70_000)),
	(on) => on.probe(random(2) === 0 ? "client" : "server"),
	(on) => on.fin(random(2) === 0 ? "client" : "server"),
	(on) => on.reset(random(2) === 0 ? "client" : "server"),
];

/** A recording of conversations that make little sense, stirred, cut and with bytes changed. */
function fuzzedRecording(): Buffer {
	const frames: Frame[] = [];
	for (let left = 1 + random(3); left > 0; left -= 1) {
		const on = new Conversation({
			atMs: 1_700_000_000_000 + random(1_000),
			clientPort: 1_024 + random(3),
			isn: random(2 ** 31) * 2,
			segmentBytes: 1 + random(1_500),
		});
		for (let word = random(12); word >= 0; word -= 1) (WORDS[word === 0 ? 0 : random(WORDS.length)] ?? WORDS[0])?.(on);
		frames.push(...on.frames);
	}
	if (random(2) === 0) frames.sort((a, b) => a.atMs - b.atMs);
	const stirred = frames.flatMap((frame) => {
		switch (random(20)) {
			case 0:
				return [];
			case 1:
				return [frame, frame];
			case 2:
				return [{ ...frame, seq: (frame.seq + random(4_000) - 2_000) >>> 0 }];
			case 3:
				return [{ ...frame, ack: frame.ack === null ? 7 : (frame.ack + random(4_000) - 2_000) >>> 0 }];
			case 4:
				return [{ ...frame, flags: ["S", "F", "R", "P", "SFR", ""][random(6)] ?? "" }];
			default:
				return [frame];
		}
	});
	for (let at = 0; at + 1 < stirred.length; at += 1) {
		const [a, b] = [stirred[at], stirred[at + 1]];
		if (a !== undefined && b !== undefined && random(10) === 0) stirred.splice(at, 2, b, a);
	}
	const out = recording(stirred.slice(0, 400), {
		...PLAIN,
		form: random(2) === 0 ? "pcap" : "pcapng",
		bigEndian: random(2) === 0,
		nanoseconds: random(2) === 0,
		link: LINKS[random(LINKS.length)] ?? 1,
		ip: random(2) === 0 ? 4 : 6,
		vlans: random(3),
		snap: random(4) === 0 ? random(300) : 262_144,
		padding: random(4) === 0 ? random(8) : 0,
		noLength: random(4) === 0,
	});
	for (let change = random(6); change > 0; change -= 1)
		out[random(3) === 0 ? random(Math.min(out.length, 200)) : random(out.length)] = random(256);
	return random(4) === 0 ? out.subarray(0, random(out.length + 1)) : out;
}

for (let nth = 0; nth < rounds; nth += 5) {
	const bytes = nth % 100 === 0 ? Buffer.from(Array.from({ length: random(400) }, () => random(256))) : fuzzedRecording();
	try {
		const told = capture(bytes, 65_536);
		assert.equal(capture(bytes, 1 + random(200)), told);
	} catch (error) {
		process.stderr.write(
			`recording, seed ${seed}: ${(error as Error).stack?.slice(0, 900)}\n${bytes.subarray(0, 6_000).toString("base64")}\n`,
		);
		process.exit(1);
	}
	inputs += 1;
}

/** What recordings print, for people and as lines: what is changed in it is read back as a paste. */
const printed = readdirSync(new URL("golden/captures/", import.meta.url))
	.filter((name) => name !== "pasted.txt")
	.map((name) => readFileSync(new URL(`golden/captures/${name}`, import.meta.url), "utf8").replace(/^.*\n\n/, ""));
const TOLD = { id: "tap-1", ray: "a6046ccef050d1c3", method: "GET", path: "/a", status: null, proxy: "rejects", ending: "fin" };
const EXCHANGE = {
	...{ ...TOLD, closedFirst: "server", startedAt: "2026-11-25T23:27:36.500Z", tookMs: 9, gap: false },
	findings: [{ id: "no-bytes", what: "after 9 s" }],
	request: { headers: [{ name: "Host", value: "shop.example" }] },
	bytes_b64: "",
};
const SUMMARY = {
	...{ rays: null, hosts: ["shop.example"], pattern: { value: "random", failed: 1, of: 60 }, whole: 59, failed: 1, leftOut: 0 },
	kinds: [{ finding: "no-bytes", count: 1, leastMs: 9, mostMs: 9 }],
	responseHeaderBytes: { over128k: 1 },
	recorded: { from: "2026-11-25T23:27:36.500Z", to: "2026-11-25T23:28:36.500Z" },
};
const lines = [JSON.stringify(EXCHANGE), JSON.stringify({ id: "a.pcap", exchanges: [EXCHANGE, EXCHANGE], summary: SUMMARY })];
/** What someone who means harm puts into a path, a host, a number or a name. */
const HARM = [
	...[
		"<!channel>",
		"<@U1>",
		"@everyone",
		"[a](https://evil.example)",
		"<https://evil.example|x>",
		"`",
		"**",
		"\u0000",
		"\u202e",
		"\n",
	],
	...[
		'"__proto__":{"a":1},',
		'"constructor":{},',
		"1e309",
		"-1",
		"99999999999999999",
		"{",
		"[",
		'"',
		"\\",
		"}",
		"]",
		"```",
		"~~~",
	],
];

function readRecordingPaste(): void {
	const seedsOf = () => (random(2) === 0 ? printed[random(printed.length)] : lines[random(lines.length)]) ?? "";
	let text = Array.from({ length: 1 + random(3) }, seedsOf).join("\n");
	for (let change = random(6); change > 0; change -= 1) {
		const at = random(text.length + 1);
		const other = seedsOf();
		const from = random(other.length + 1);
		const piece = random(2) === 0 ? HARM[random(HARM.length)] : other.slice(from, from + random(200));
		text = text.slice(0, at) + piece + text.slice(random(2) === 0 ? at : Math.min(text.length, at + random(60)));
	}
	const all = readToldCaptures(clean(text));
	const [first, ...others] = all;
	assert.ok(all.length <= 20 && all.every(({ exchanges }) => exchanges.length <= 200), "bounded");
	if (first === undefined) return;
	for (const about of [null, { url: "https://shop.example/a", rays: ["a6046ccef050d1c3"], pattern: null }]) {
		const { told, weighed } = weighCaptures([first, ...others], about);
		for (const [key, value] of Object.entries(weighed.evidence))
			assert.ok(
				answers(key as EvidenceKey).some((one) => one.value === value),
				`${key} ${value}`,
			);
		assert.ok(weighed.rays.every((id) => /^[0-9a-f]{16}$/.test(id)));
		// Nothing of the paste is shown but numbers.
		const said = plainText(captureDelta(told, weighed));
		assert.match(said, /^[\w .,:;()'"/×+-]+$/, said);
		assert.doesNotMatch(said, /NaN|Infinity|undefined|evil|channel|everyone|https?:/);
		flatMessage(capturePasteReply(told, weighed).head);
	}
}
for (let nth = 0; nth < rounds; nth += 2) {
	try {
		readRecordingPaste();
	} catch (error) {
		process.stderr.write(`paste of a recording, seed ${seed}, round ${nth}: ${(error as Error).stack?.slice(0, 1_500)}\n`);
		process.exit(1);
	}
	inputs += 1;
}

for (const [what, compare] of [
	["HTTP/2", compareHttp2],
	["chunks", compareChunked],
	["unfinished header sections", compareHead],
] as const) {
	try {
		for (let nth = 0; nth < rounds; nth += 1) compare(random);
	} catch (error) {
		process.stderr.write(`${what} beside the reference, seed ${seed}: ${(error as Error).message.slice(0, 2_000)}\n`);
		process.exit(1);
	}
	process.stdout.write(`${what}: ${rounds} variants read as the reference reads them\n`);
	inputs += rounds;
}

// In proportion to the input: eight times as much takes eight times as long; 64 times would be quadratic, half of that is noise enough.
const SLOW: readonly (readonly [what: string, make: (n: number) => string])[] = [
	["field lines", (n) => `HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(n / 6)}`],
	["folded lines", (n) => `HTTP/1.1 200 OK\r\nA: b\r\n${" c\r\n".repeat(n / 4)}`],
	["chunks of one byte", (n) => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${"1\r\na\r\n".repeat(n / 6)}`],
	["interim responses", (n) => "HTTP/1.1 100 C\r\n\r\n".repeat(n / 18)],
	["empty lines", (n) => "\r\n".repeat(n / 2)],
	["control bytes in a value", (n) => `HTTP/1.1 200 OK\r\nA: ${"\x01".repeat(n)}`],
	["trailers", (n) => `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${"A: b\r\n".repeat(n / 6)}`],
];
for (const [what, make] of SLOW) {
	const took = [125_000, 1_000_000].map((size) => {
		const bytes = Buffer.from(make(size), "latin1");
		const times = Array.from({ length: 5 }, () => {
			const from = performance.now();
			readResponse(bytes, { method: "GET", closed: true });
			return performance.now() - from;
		});
		return Math.min(...times);
	});
	const ratio = (took[1] ?? 0) / Math.max(took[0] ?? 0, 0.05);
	process.stdout.write(`${what}: 1 MB in ${(took[1] ?? 0).toFixed(1)} ms, ${ratio.toFixed(1)} times an eighth of it\n`);
	if (ratio > 32) {
		process.stderr.write(`${what}: not in proportion to the input\n`);
		process.exit(1);
	}
}
const talked = (segmentBytes = 1_448) => new Conversation({ atMs: 1_700_000_000_000, segmentBytes }).open();
const SLOW_CAPTURES: readonly (readonly [what: string, make: (n: number) => readonly Frame[]])[] = [
	[
		"segments of one byte",
		(n) =>
			talked(1)
				.client(request("/", "x"))
				.server(response("x".repeat(n / 100))).frames,
	],
	["header sections in segments of one byte", (n) => talked(1).client(`GET / HTTP/1.1\r\nA: ${"b".repeat(n / 100)}`).frames],
	["small requests", (n) => talked().client("GET / HTTP/1.1\r\n\r\n".repeat(n / 19)).frames],
	[
		"small responses",
		(n) =>
			talked()
				.client("GET / HTTP/1.1\r\n\r\n".repeat(n / 60))
				.server("HTTP/1.1 204 No Content\r\n\r\n".repeat(n / 60)).frames,
	],
	[
		"segments in the reverse order",
		(n) => [...talked().frames, ...talked(100).client(request("/", "x")).server("x".repeat(n)).frames.slice(3).reverse()],
	],
	[
		"every second segment missing",
		(n) =>
			talked(100)
				.client(request("/", "x"))
				.server("x".repeat(n))
				.frames.filter((frame, at) => at < 5 || frame.data.length === 0 || at % 2 === 0),
	],
	[
		"connections",
		(n) =>
			Array.from(
				{ length: n / 300 },
				(_, nth) =>
					new Conversation({
						atMs: 1_700_000_000_000,
						clientPort: 1_024 + (nth % 60_000),
						serverPort: 80 + Math.floor(nth / 60_000),
					})
						.open()
						.client("GET / HT").frames,
			).flat(),
	],
	[
		"requests on old connections",
		(n) =>
			new Conversation({ atMs: 1_700_000_000_000, segmentBytes: 19 }).client("GET / HTTP/1.1\r\n\r\n".repeat(n / 100)).frames,
	],
	["a server that only speaks", (n) => talked(200).server("x".repeat(n)).frames],
];
for (const [what, make] of SLOW_CAPTURES) {
	const took = [500_000, 4_000_000].map((size) => {
		const bytes = recording(make(size), PLAIN);
		const times = Array.from({ length: 3 }, () => {
			const from = performance.now();
			capture(bytes, 1_048_576);
			return performance.now() - from;
		});
		return Math.min(...times);
	});
	const ratio = (took[1] ?? 0) / Math.max(took[0] ?? 0, 0.05);
	process.stdout.write(`${what}: ${(took[1] ?? 0).toFixed(1)} ms, ${ratio.toFixed(1)} times an eighth of it\n`);
	if (ratio > 32) {
		process.stderr.write(`recording, ${what}: not in proportion to the input\n`);
		process.exit(1);
	}
}
process.stdout.write(`${inputs} inputs, seed ${seed}, ${((performance.now() - started) / 1_000).toFixed(1)} s: no fault\n`);

import assert from "node:assert/strict";
import { test } from "node:test";
import { autopsy } from "../../src/judge/autopsy.ts";
import { type JudgedExchange, judgeExchange } from "../../src/judge/capture.ts";
import type { Ending } from "../../src/read/wire/ending.ts";
import { ConnectionReader, type Kept } from "../../src/tap/reader.ts";
import { allOriginFiles, findingFiles } from "../lab/origin-files.ts";
import { seeded } from "../reference/random.ts";
import { REQUEST } from "./tapping.ts";

/** What is read of one connection: requests and responses in pieces of random sizes, then how the server ends it. */
function read(responses: readonly Buffer[], how: "fin" | "reset", random: (below: number) => number) {
	const told: (JudgedExchange & Kept)[] = [];
	const kept = { bytes: 0 };
	const held = { bytes: 0 };
	const sink = {
		now: () => 0,
		told: (one: Parameters<typeof judgeExchange>[0], bytes: () => Kept) => void told.push({ ...judgeExchange(one), ...bytes() }),
		connectionEnded: () => {},
		broke: () => assert.fail(),
	};
	const reader = new ConnectionReader(sink, 8_080, kept, held);
	for (const response of responses) {
		reader.fromClient(Buffer.from(REQUEST));
		let at = 0;
		while (at < response.length) {
			const piece = response.subarray(at, at + 1 + random(65_536));
			reader.fromServer(piece);
			assert.ok(kept.bytes <= 1024 * 1024, `${kept.bytes} bytes are kept of one connection`);
			at += piece.length;
		}
	}
	reader.closed("server", how);
	reader.closed("client", "fin");
	reader.over();
	assert.deepEqual([kept.bytes, held.bytes], [0, 0]);
	return told;
}

const shown = ({ proxy, findings }: { proxy: string; findings: readonly { id: string }[] }) =>
	JSON.stringify([proxy, findings.map(({ id }) => id)]);

const head = (fields: string) => `HTTP/1.1 200 OK\r\n${fields}\r\n`;
const x = (n: number) => "x".repeat(n);
/** Long ones, of which most is only counted. */
const LONG: Readonly<Record<string, string>> = {
	"3 MB with a length": `${head("Content-Length: 3000000\r\n")}${x(3_000_000)}`,
	"3 MB with a length, a byte short": `${head("Content-Length: 3000000\r\n")}${x(2_999_999)}`,
	"3 MB with a length, a byte too long": `${head("Content-Length: 3000000\r\n")}${x(3_000_001)}`,
	"3 MB until it closes": `${head("")}${x(3_000_000)}`,
	"3 MB in chunks": `${head("Transfer-Encoding: chunked\r\n")}${`10000\r\n${x(65_536)}\r\n`.repeat(46)}0\r\n\r\n`,
	"3 MB in chunks, cut": `${head("Transfer-Encoding: chunked\r\n")}${`10000\r\n${x(65_536)}\r\n`.repeat(46)}`,
	"3 MB that say gzip": `${head("Content-Encoding: gzip\r\nContent-Length: 3000000\r\n")}${x(3_000_000)}`,
};
const files = [...allOriginFiles(), ...findingFiles()].filter(({ ending }) => ending === "fin" || ending === "reset");
const CASES: readonly (readonly [what: string, bytes: Buffer, ending: "fin" | "reset"])[] = [
	...files.map(({ name, bytes, ending }) => [name, bytes, ending === "reset" ? "reset" : "fin"] as const),
	...Object.entries(LONG).map(([what, text]) => [what, Buffer.from(text, "latin1"), "fin"] as const),
];

for (const [what, bytes, how] of CASES)
	test(`read beside the stream, ${what} gives what autopsy says of it`, () => {
		const random = seeded(bytes.length);
		const ending: Ending = how;
		const found = autopsy(bytes, ending, "GET");
		for (let round = 0; round < 5; round += 1) {
			const told = read([bytes], how, random);
			assert.equal(told.length, 1);
			const [one] = told;
			assert.ok(one !== undefined);
			assert.equal(shown(one), shown(found));
			assert.equal(one.contentBytes, found.reading.contentBytes);
			assert.deepEqual(one.bytes, bytes.subarray(0, one.bytes.length));
			assert.equal(one.cut, one.bytes.length < bytes.length);
			assert.ok(one.bytes.length >= Math.min(bytes.length, 256 * 1024) || one.cut === false);
		}
	});

test("long responses on one connection are kept from their first byte each", () => {
	const long = Buffer.from(LONG["3 MB with a length"] ?? "");
	const small = Buffer.from(`${head("Content-Length: 2\r\n")}ok`);
	const told = read([small, long, small, long, small], "fin", seeded(7));
	assert.deepEqual(
		told.map(({ contentBytes, bytes }) => [contentBytes, bytes.length, bytes.toString("latin1", 0, 15)]),
		[2, 3_000_000, 2, 3_000_000, 2].map((n) => [n, n === 2 ? small.length : 256 * 1024, "HTTP/1.1 200 OK"]),
	);
});

test("what is done with an exchange may throw: everything that was held is let go", () => {
	const random = seeded(3);
	const kept = { bytes: 0 };
	const held = { bytes: 0 };
	let broken = 0;
	for (let round = 0; round < 200; round += 1) {
		const sink = {
			now: () => 0,
			told: () => {
				if (random(10) < 3) throw new Error("broken");
			},
			connectionEnded: () => {},
			broke: () => {
				broken += 1;
			},
		};
		const reader = new ConnectionReader(sink, 8_080, kept, held);
		try {
			for (let nth = 0; nth < 5; nth += 1) {
				reader.fromClient(Buffer.from(REQUEST));
				reader.fromServer(Buffer.from(`${head("Content-Length: 5\r\n")}hello`));
			}
			reader.closed("server", "fin");
			reader.over();
		} catch {
			reader.broke();
		}
	}
	assert.ok(broken > 50);
	assert.deepEqual([kept.bytes, held.bytes], [0, 0]);
});

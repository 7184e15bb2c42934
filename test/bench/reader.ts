import { createRequire } from "node:module";
import { HTTPParser as JsParser } from "http-parser-js";
import { ResponseReader } from "../../src/read/wire/read.ts";

/** The reader beside llhttp (Node's own binding) and http-parser-js, on the same bytes in the same pieces. Milliseconds each, the best of several runs. */
export interface ReaderFigures {
	readonly name: string;
	readonly ours: number;
	readonly llhttp: number;
	readonly httpParserJs: number;
}

const PIECE_BYTES = 65_536;
const pieces = (bytes: Buffer) =>
	Array.from({ length: Math.ceil(bytes.length / PIECE_BYTES) }, (_, nth) =>
		bytes.subarray(nth * PIECE_BYTES, (nth + 1) * PIECE_BYTES),
	);

/** Node's llhttp binding, as node:http uses it. */
const { HTTPParser: Native } = createRequire(import.meta.url)("_http_common") as {
	HTTPParser: {
		new (): {
			initialize(type: number, resource: object, maxHeader: number): void;
			execute(bytes: Buffer): number | Error;
			finish(): void;
			[event: number]: unknown;
		};
		RESPONSE: number;
		kOnHeadersComplete: number;
		kOnBody: number;
		kOnMessageComplete: number;
		kOnHeaders: number;
	};
};

function withLlhttp(parts: readonly Buffer[]): void {
	const parser = new Native();
	parser.initialize(Native.RESPONSE, {}, 1 << 20);
	parser[Native.kOnHeaders] = () => {};
	parser[Native.kOnHeadersComplete] = () => 0;
	parser[Native.kOnBody] = () => {};
	parser[Native.kOnMessageComplete] = () => {};
	for (const part of parts) {
		const done = parser.execute(part);
		if (done instanceof Error) throw done;
	}
	parser.finish();
}

function withJs(parts: readonly Buffer[]): void {
	const parser = new JsParser(JsParser.RESPONSE);
	(parser as unknown as { maxHeaderSize: number }).maxHeaderSize = 1 << 20;
	parser[JsParser.kOnHeadersComplete] = () => undefined as never;
	parser[JsParser.kOnBody] = () => {};
	parser[JsParser.kOnMessageComplete] = () => {};
	for (const part of parts) {
		const done = parser.execute(part);
		if (done instanceof Error) throw done;
	}
	parser.finish();
}

function withOurs(parts: readonly Buffer[]): void {
	const reader = new ResponseReader("GET");
	for (const part of parts) reader.push(part);
	const reading = reader.end(true);
	if (!reading.complete) throw new Error("not complete");
}

/** The best of several runs of each, in turn: what else the machine does hits all of them alike, and the best of each least. */
function best(runs: readonly (() => void)[], times: number): number[] {
	const took = runs.map(() => Number.POSITIVE_INFINITY);
	for (let nth = 0; nth <= times; nth += 1)
		for (const [index, run] of runs.entries()) {
			const started = performance.now();
			run();
			// The first one of each warms up.
			if (nth > 0) took[index] = Math.min(took[index] ?? Number.POSITIVE_INFINITY, performance.now() - started);
		}
	return took;
}

export function benchReader(): ReaderFigures[] {
	const headers = Buffer.from(
		`HTTP/1.1 200 OK\r\n${Array.from({ length: 200 }, (_, nth) => `X-Field-${nth}: ${"v".repeat(300)}\r\n`).join("")}Content-Length: 0\r\n\r\n`,
	);
	const chunk = `${(16_384).toString(16)}\r\n${"x".repeat(16_384)}\r\n`;
	const body = Buffer.from(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(640)}0\r\n\r\n`);
	const tiny = Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: text/plain\r\n\r\nok");
	const figures = (name: string, bytes: Buffer, repeat: number, times: number): ReaderFigures => {
		const parts = pieces(bytes);
		const all = (one: (parts: readonly Buffer[]) => void) => () => {
			for (let nth = 0; nth < repeat; nth += 1) one(parts);
		};
		const [ours = Number.NaN, llhttp = Number.NaN, httpParserJs = Number.NaN] = best(
			[all(withOurs), all(withLlhttp), all(withJs)],
			times,
		);
		return { name, ours, llhttp, httpParserJs };
	};
	return [
		figures("headers-64k", headers, 100, 9),
		figures("chunked-10mb", body, 1, 15),
		figures("tiny-100000", tiny, 100_000, 5),
	];
}

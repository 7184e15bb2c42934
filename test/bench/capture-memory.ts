import { CaptureTally, isListed, judgeExchange } from "../../src/judge/capture.ts";
import { keepMemorySmall } from "../../src/process-memory.ts";
import { CaptureReader } from "../../src/read/capture/capture.ts";
import { Conversation, type Frame, fileHead, PLAIN, packetOf, record, request, response } from "../packets.ts";

/**
 * A process of its own: reads a recording of so many bytes that is made on the fly, and prints the peak of its memory in KB, how long the
 * reading took in ms, and what was found as JSON.
 */
keepMemorySmall();
const wanted = Number(process.argv[2]);
const kind = process.argv[3] ?? "kept-alive";
const START = Date.UTC(2026, 10, 25);
const RAY = "a6046ccef050d1c3";
const LARGE = response("x".repeat(200_000));

/** What happens on one connection. */
const TALKS: Readonly<Record<string, (on: Conversation, nth: number) => Conversation>> = {
	/** A site as it is, one failure in a hundred connections. */
	"kept-alive": (on, nth) => {
		on.open();
		for (let times = 0; times < 20; times += 1) on.client(request("/a", RAY)).server(response("x".repeat(4_000)));
		on.client(request("/large", RAY)).server(nth % 100 === 0 ? LARGE.slice(0, 90_000) : LARGE);
		return on.fin("server").fin("client");
	},
	/** Connections that are never closed, each with a response of which a beginning is missing. */
	"left-open": (on) => on.open().client(request("/a", RAY)).server(LARGE.slice(0, 60_000)),
	/** Responses that only the end of their connection ends: how far they go, a next request may tell later. */
	"without-length": (on, nth) => {
		on.open()
			.client(request("/a", RAY))
			.server(`HTTP/1.0 200 OK\r\n\r\n${LARGE.slice(0, 60_000)}`);
		return nth % 100 === 0 ? on.fin("server").fin("client") : on;
	},
	/** Connections without their beginning, and nothing but requests. */
	"requests-only": (on) => on.client(request("/a", RAY, `Cookie: ${"c".repeat(3_000)}\r\n`).repeat(20)),
	/** Connections that say next to nothing. */
	"barely-begun": (on) => on.open().client("GET / "),
	/** Header sections without an end. */
	"endless-headers": (on) =>
		on
			.open()
			.client(request("/a", RAY))
			.server(`HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(30_000)}`),
	/** Compressed content without an end, of which the beginning is kept. */
	compressed: (on) =>
		on
			.open()
			.client(request("/a", RAY))
			.server(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 900000\r\n\r\n${"x".repeat(250_000)}`),
};

const found = { exchanges: 0, listed: 0 };
const tally = new CaptureTally();
const reader = new CaptureReader((recorded) => {
	const judged = judgeExchange(recorded);
	tally.add(judged);
	found.exchanges += 1;
	if (isListed(judged)) found.listed += 1;
});

const shape = { ...PLAIN, nanoseconds: true };
/** One connection as records, in which ports and times are then overwritten. */
const recordsOf = (frames: readonly Frame[]) =>
	frames.map((frame) => ({ fromClient: frame.fromClient, bytes: record(packetOf(frame, shape), frame.atMs, shape) }));
const templates = [0, 1].map((nth) => {
	const frames =
		(TALKS[kind] ?? TALKS["kept-alive"])?.(new Conversation({ atMs: START, segmentBytes: 16_000 }), nth).frames ?? [];
	return recordsOf(kind === "left-open" ? frames.filter((_, at) => at !== 5) : frames);
});
const [failing = [], whole = []] = templates;
const SECONDS_AT = 0;
const PORTS_AT = 16 + 14 + 20;
const ADDRESS_AT = 16 + 14 + 12;

reader.push(fileHead(shape));
const piece = Buffer.alloc(1_048_576);
let filled = 0;
let read = 0;
let peak = 0;
let tookMs = 0;
const flush = () => {
	const from = performance.now();
	reader.push(piece.subarray(0, filled));
	tookMs += performance.now() - from;
	read += filled;
	filled = 0;
	peak = Math.max(peak, process.memoryUsage.rss());
};
for (let nth = 0; read < wanted; nth += 1) {
	for (const { fromClient, bytes } of nth % 100 === 0 ? failing : whole) {
		if (filled + bytes.length > piece.length) flush();
		bytes.copy(piece, filled);
		piece.writeUInt32LE(Math.floor(START / 1_000) + Math.floor(nth / 50), filled + SECONDS_AT);
		piece.writeUInt16BE(1_024 + (nth % 60_000), filled + PORTS_AT + (fromClient ? 0 : 2));
		// The third byte of the client's address.
		piece[filled + ADDRESS_AT + (fromClient ? 2 : 6)] = Math.floor(nth / 60_000) % 256;
		filled += bytes.length;
	}
}
flush();
const { packets, connections, givenUp } = reader.end();
peak = Math.max(peak, process.memoryUsage.rss());
process.stdout.write(
	JSON.stringify({
		peakKb: Math.round(peak / 1_024),
		tookMs: Math.round(tookMs),
		bytes: read,
		packets,
		connections,
		givenUp,
		...found,
	}),
);

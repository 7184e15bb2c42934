/**
 * Hostile servers on loopback, as a process of its own: the fakes, which measure acknowledgements, keep an event loop for themselves.
 * Everything a server repeats is bounded in bytes and time here as well. Opened and asked by `servers.ts`, over the IPC channel.
 */
import { createSocket } from "node:dgram";
import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TLSSocket } from "node:tls";
import { makeCertificates } from "../lab/ca.ts";
import { rayAt } from "../lab/edge.ts";
import { frame } from "../lab/frame.ts";
import { type Counts, HONEST_COOKIE, type Kind, type ToProcess } from "./servers.ts";

/** No connection is served longer, and none is sent more. */
const SERVED_MS_MAX = 15_000;
const SENT_BYTES_MAX = 256 * 1024 * 1024;
const PIECE_BYTES = 64 * 1024;
const DRIP_MS = 200;
const DRIPPED_MS_MAX = 70_000;
const REQUESTS_KEPT_MAX = 5_000;

const FRAME = { data: 0, headers: 1, settings: 4, ping: 6, continuation: 9 } as const;
const END_STREAM = 1;
const END_HEADERS = 4;

const times = (piece: Buffer, bytes: number): Buffer =>
	Buffer.concat(Array.from({ length: Math.max(1, Math.floor(bytes / piece.length)) }, () => piece));

/** Sends the same piece for as long as it is accepted. */
function flood(socket: Socket, piece: Buffer): void {
	const until = Date.now() + SERVED_MS_MAX;
	let sent = 0;
	const more = () => {
		if (socket.destroyed) return;
		if (sent >= SENT_BYTES_MAX || Date.now() > until) return void socket.destroy();
		sent += piece.length;
		socket.write(piece, () => setImmediate(more));
	};
	more();
}

/** The static table's `:status: 200`, and a header section that asks for a 4 KB entry of the dynamic table again and again. */
const STATUS_200 = Buffer.from([0x88]);
const STATUS_103 = Buffer.concat([Buffer.from([0x08, 3]), Buffer.from("103")]);
const ENTRY_VALUE = Buffer.alloc(4_000, "v");
/** Literal with indexing, a new name of one byte, a value of 4,000 bytes (RFC 7541, 6.2.1): becomes entry 62. */
const ENTRY = Buffer.concat([Buffer.from([0x40, 1]), Buffer.from("x"), Buffer.from([0x7f, 0xa1, 0x1e]), ENTRY_VALUE]);
const references = (count: number) => Buffer.alloc(count, 0xbe);
/** A megabyte each way: 64 frames of one section, or 250 sections that stand for 16 MB each. */
const ONE_BLOCK = { frames: 64, references: 16_000 } as const;
const MANY_BLOCKS = { frames: 250, references: 4_000 } as const;

/** One header section, continued over and over. */
const oneBlock = () =>
	Buffer.concat([
		frame(FRAME.headers, 0, 1, Buffer.concat([STATUS_200, ENTRY])),
		...Array.from({ length: ONE_BLOCK.frames }, () => frame(FRAME.continuation, 0, 1, references(ONE_BLOCK.references))),
		frame(FRAME.continuation, END_HEADERS, 1),
		frame(FRAME.data, END_STREAM, 1, Buffer.from("ok")),
	]);
/** Many interim header sections, each with its references, then a response. */
const manyBlocks = () =>
	Buffer.concat([
		frame(FRAME.headers, END_HEADERS, 1, Buffer.concat([STATUS_103, ENTRY])),
		...Array.from({ length: MANY_BLOCKS.frames }, () =>
			frame(FRAME.headers, END_HEADERS, 1, Buffer.concat([STATUS_103, references(MANY_BLOCKS.references)])),
		),
		frame(FRAME.headers, END_HEADERS, 1, STATUS_200),
		frame(FRAME.data, END_STREAM, 1, Buffer.from("ok")),
	]);

const FIELDS = 64_000;
const fieldLines = Array.from({ length: FIELDS }, (_, nth) => `${(nth % 676).toString(26)}:\r\n`).join("");
/** `accept-charset` with an empty value is one byte of the static table (entry 15). */
const fieldBlocks = () =>
	Buffer.concat([
		frame(FRAME.headers, 0, 1, Buffer.concat([STATUS_200, Buffer.alloc(16_000, 0x8f)])),
		frame(FRAME.continuation, 0, 1, Buffer.alloc(16_000, 0x8f)),
		frame(FRAME.continuation, 0, 1, Buffer.alloc(16_000, 0x8f)),
		frame(FRAME.continuation, END_HEADERS, 1, Buffer.alloc(16_000, 0x8f)),
		frame(FRAME.data, END_STREAM, 1, Buffer.from("ok")),
	]);

type Talk = (socket: Socket, path: string) => void;

/** What an edge of Cloudflare's says when it has no response from the origin. */
const error520 = (): string => {
	const body = "error code: 520";
	return [
		"HTTP/1.1 520 <none>",
		`Date: ${new Date().toUTCString()}`,
		"Content-Type: text/plain; charset=UTF-8",
		`Content-Length: ${body.length}`,
		"Connection: close",
		"Server: cloudflare",
		`CF-RAY: ${rayAt(Date.now())}-DFW`,
		`Set-Cookie: session=${HONEST_COOKIE}; Path=/; HttpOnly`,
		"",
		body,
	].join("\r\n");
};

const HONEST: Talk = (socket) => void socket.end(error520());
const GOOD = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok";

/** What is sent to an HTTP/1.1 request; `h2`: to whoever agreed on HTTP/2, as soon as the connection stands. */
const KINDS: Readonly<Record<Exclude<Kind, "names">, { readonly http1: Talk; readonly h2?: (socket: Socket) => void }>> = {
	honest: { http1: HONEST },
	pings: h2Flood(times(frame(FRAME.ping, 0, 0, Buffer.alloc(8)), PIECE_BYTES)),
	settings: h2Flood(times(frame(FRAME.settings, 0, 0), PIECE_BYTES)),
	continuations: h2Flood(times(frame(FRAME.continuation, 0, 1), PIECE_BYTES), frame(FRAME.headers, 0, 1, STATUS_200)),
	// Over TLS it is silent before the handshake, see below.
	silent: { http1: () => {} },
	drip: {
		http1: (socket) => {
			const until = Date.now() + DRIPPED_MS_MAX;
			socket.write("HTTP/1.1 200 OK\r\nX-Drip: ");
			const timer = setInterval(() => {
				if (Date.now() > until) socket.destroy();
				else socket.write("a");
			}, DRIP_MS);
			socket.on("close", () => clearInterval(timer));
		},
	},
	fields: {
		http1: (socket, path) =>
			void socket.end(
				path.includes("trailers")
					? `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nok\r\n0\r\n${fieldLines}\r\n`
					: `HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n${fieldLines}\r\nok`,
			),
		h2: (socket) => void socket.write(Buffer.concat([frame(FRAME.settings, 0, 0), fieldBlocks()])),
	},
	interim: {
		...h2Flood(times(frame(FRAME.headers, END_HEADERS, 1, STATUS_103), PIECE_BYTES)),
		http1: (socket, path) =>
			flood(
				socket,
				times(
					Buffer.from(
						path.includes("hints")
							? "HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"
							: "HTTP/1.1 103\r\n\r\nHTTP/1.1 100\r\n\r\n",
					),
					PIECE_BYTES,
				),
			),
	},
	"hpack-one-block": { http1: (socket) => void socket.end(GOOD), h2: (socket) => sendH2(socket, oneBlock()) },
	"hpack-many-blocks": { http1: (socket) => void socket.end(GOOD), h2: (socket) => sendH2(socket, manyBlocks()) },
};

function sendH2(socket: Socket, bytes: Buffer): void {
	socket.resume().write(Buffer.concat([frame(FRAME.settings, 0, 0), bytes]));
}

/** Over HTTP/2 the same frames without end, and not a byte is read; over HTTP/1.1 a page. */
function h2Flood(piece: Buffer, first: Buffer = Buffer.alloc(0)) {
	return {
		http1: ((socket) => void socket.end(GOOD)) satisfies Talk,
		h2: (socket: Socket) => {
			socket.pause().write(Buffer.concat([frame(FRAME.settings, 0, 0), first]));
			flood(socket, piece);
		},
	};
}

const counts = new Map<string, Counts>();
const certificates = await makeCertificates();

async function open(id: string, kind: Kind, host: string, tls: boolean): Promise<number> {
	const counted: { connections: number; requests: string[]; count: number } = { connections: 0, requests: [], count: 0 };
	counts.set(id, counted);
	if (kind === "names") return names(counted, host);
	const { http1, h2 } = KINDS[kind];
	const serve = (socket: Socket) => {
		let head = "";
		const listen = (chunk: Buffer) => {
			head += chunk.toString("latin1");
			const end = head.indexOf("\r\n\r\n");
			if (end < 0) return;
			counted.count += 1;
			const [line = ""] = head.split("\r\n", 1);
			const path = line.split(" ")[1] ?? "/";
			const name = /^host: *([^\r\n:]+)/im.exec(head)?.[1] ?? "";
			if (counted.requests.length < REQUESTS_KEPT_MAX) counted.requests.push(`${name}${path}`);
			socket.off("data", listen).resume();
			http1(socket, path);
		};
		socket.on("data", listen);
	};
	const secured = (socket: TLSSocket) => {
		socket.on("error", () => {});
		if (socket.alpnProtocol === "h2" && h2 !== undefined) {
			counted.count += 1;
			h2(socket);
		} else serve(socket);
	};
	const plain = !tls || kind === "silent";
	const server: Server = plain
		? createServer(serve)
		: createTlsServer({ ...certificates.edge, ALPNProtocols: h2 === undefined ? ["http/1.1"] : ["h2", "http/1.1"] }, secured);
	server.on("connection", (socket: Socket) => {
		counted.connections += 1;
		socket.on("error", () => {});
	});
	await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, host, resolve));
	const address = server.address();
	return typeof address === "object" && address !== null ? address.port : 0;
}

/** A name server: names that begin with "open" are at 127.0.0.3, every other question gets no answer. */
async function names(counted: Counts & { count: number }, host: string): Promise<number> {
	const socket = createSocket("udp4");
	socket.on("message", (question, from) => {
		counted.count += 1;
		const answer = nameAnswer(question);
		if (answer !== null) socket.send(answer, from.port, from.address);
	});
	await new Promise<void>((resolve) => socket.bind(0, host, resolve));
	return socket.address().port;
}

function nameAnswer(question: Buffer): Buffer | null {
	let at = 12;
	while (at < question.length && question[at] !== 0) at += (question[at] ?? 0) + 1;
	if (question.subarray(13, 17).toString("latin1").toLowerCase() !== "open") return null;
	const asked = question.subarray(12, at + 5);
	const isA = asked.readUInt16BE(asked.length - 4) === 1;
	const head = Buffer.from(question.subarray(0, 12));
	head.writeUInt16BE(0x8180, 2);
	head.writeUInt16BE(1, 4);
	head.writeUInt16BE(isA ? 1 : 0, 6);
	head.writeUInt32BE(0, 8);
	const record = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 3]);
	return Buffer.concat([head, asked, ...(isA ? [record] : [])]);
}

process.on("message", (message: ToProcess) => {
	void (async () => {
		const value =
			"kind" in message ? await open(message.id, message.kind, message.host, message.tls) : (counts.get(message.counts) ?? null);
		process.send?.({ call: message.call, value });
	})();
});
process.on("disconnect", () => process.exit(0));
process.send?.({ call: 0, value: certificates.ca });

/** Writes recordings of packets as recorders write them, and TCP conversations to put in: for tests of `read/capture`. */

export interface Shape {
	readonly form: "pcap" | "pcapng";
	readonly bigEndian: boolean;
	readonly nanoseconds: boolean;
	/** https://www.tcpdump.org/linktypes.html */
	readonly link: 0 | 1 | 12 | 101 | 108 | 113 | 228 | 229 | 276;
	readonly ip: 4 | 6;
	/** Tags in front of the protocol, on links that have one. */
	readonly vlans: number;
	/** Bytes of a packet that are recorded at most. */
	readonly snap: number;
	/** Bytes behind each IP packet that fill it up. */
	readonly padding: number;
	/** The length in the IP header is left to the network card. */
	readonly noLength: boolean;
}

export const PLAIN: Shape = {
	form: "pcap",
	bigEndian: false,
	nanoseconds: false,
	link: 1,
	ip: 4,
	vlans: 0,
	snap: 262_144,
	padding: 0,
	noLength: false,
};

/** One TCP segment. */
export interface Frame {
	readonly atMs: number;
	readonly fromClient: boolean;
	readonly clientPort: number;
	readonly serverPort: number;
	readonly seq: number;
	readonly ack: number | null;
	readonly flags: string;
	readonly data: Buffer;
}

const FLAG: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, P: 8 };
const CLIENT = { 4: Buffer.from([192, 0, 2, 80]), 6: Buffer.from("20010db8000000000000000000000080", "hex") };
const SERVER = { 4: Buffer.from([192, 0, 2, 10]), 6: Buffer.from("20010db8000000000000000000000010", "hex") };

/** The packet that carries a segment, as it was on the wire. */
export function packetOf(frame: Frame, shape: Shape): Buffer {
	const tcp = Buffer.alloc(32);
	tcp.writeUInt16BE(frame.fromClient ? frame.clientPort : frame.serverPort, 0);
	tcp.writeUInt16BE(frame.fromClient ? frame.serverPort : frame.clientPort, 2);
	tcp.writeUInt32BE(frame.seq >>> 0, 4);
	tcp.writeUInt32BE((frame.ack ?? 0) >>> 0, 8);
	tcp[12] = 8 << 4;
	tcp[13] = [...frame.flags].reduce((sum, one) => sum | (FLAG[one] ?? 0), frame.ack === null ? 0 : 16);
	tcp.fill(1, 20);
	const payload = Buffer.concat([tcp, frame.data]);
	const [from, to] = frame.fromClient ? [CLIENT, SERVER] : [SERVER, CLIENT];
	const ip = shape.ip === 4 ? ipv4(from[4], to[4], payload, shape.noLength) : ipv6(from[6], to[6], payload, shape.noLength);
	return Buffer.concat([linkOf(shape, frame.fromClient), ip, Buffer.alloc(shape.padding, 0x55)]);
}

function ipv4(from: Buffer, to: Buffer, payload: Buffer, noLength: boolean): Buffer {
	const head = Buffer.alloc(20);
	head[0] = 0x45;
	head.writeUInt16BE(noLength ? 0 : 20 + payload.length, 2);
	head.writeUInt16BE(0x4000, 6);
	head[8] = 64;
	head[9] = 6;
	return Buffer.concat([head.fill(from, 12, 16).fill(to, 16, 20), payload]);
}

function ipv6(from: Buffer, to: Buffer, payload: Buffer, noLength: boolean): Buffer {
	const head = Buffer.alloc(40);
	head[0] = 0x60;
	head.writeUInt16BE(noLength ? 0 : payload.length, 4);
	head[6] = 6;
	head[7] = 64;
	return Buffer.concat([head.fill(from, 8, 24).fill(to, 24, 40), payload]);
}

function linkOf({ link, ip, vlans }: Shape, fromClient: boolean): Buffer {
	const protocol = ip === 4 ? 0x0800 : 0x86dd;
	const tagged = (head: Buffer, at: number): Buffer => {
		const tags = Buffer.alloc(4 * vlans);
		let next = protocol;
		for (let tag = vlans - 1; tag >= 0; tag -= 1) {
			tags.writeUInt16BE(100 + tag, tag * 4);
			tags.writeUInt16BE(next, tag * 4 + 2);
			next = tag === 0 ? 0x88a8 : 0x8100;
		}
		// With one tag it is an ordinary one.
		head.writeUInt16BE(vlans === 0 ? protocol : vlans === 1 ? 0x8100 : 0x88a8, at);
		return Buffer.concat([head, tags]);
	};
	switch (link) {
		case 1:
			return tagged(Buffer.alloc(14, fromClient ? 2 : 4), 12);
		case 113:
			return tagged(Buffer.alloc(16), 14);
		case 276:
			return tagged(Buffer.alloc(20), 0);
		case 0:
			return Buffer.from(ip === 4 ? [2, 0, 0, 0] : [30, 0, 0, 0]);
		case 108:
			return Buffer.from(ip === 4 ? [0, 0, 0, 2] : [0, 0, 0, 24]);
		default:
			return Buffer.alloc(0);
	}
}

/** A whole file of these frames, in their order. */
export function recording(frames: readonly Frame[], shape: Shape): Buffer {
	return Buffer.concat([fileHead(shape), ...frames.map((frame) => record(packetOf(frame, shape), frame.atMs, shape))]);
}

const numbers = ({ bigEndian }: Pick<Shape, "bigEndian">, ...values: readonly number[]): Buffer => {
	const out = Buffer.alloc(4 * values.length);
	for (const [index, value] of values.entries())
		if (bigEndian) out.writeUInt32BE(value >>> 0, index * 4);
		else out.writeUInt32LE(value >>> 0, index * 4);
	return out;
};
const shorts = ({ bigEndian }: Pick<Shape, "bigEndian">, ...values: readonly number[]): Buffer => {
	const out = Buffer.alloc(2 * values.length);
	for (const [index, value] of values.entries())
		if (bigEndian) out.writeUInt16BE(value, index * 2);
		else out.writeUInt16LE(value, index * 2);
	return out;
};
const filled = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);

/** A block of a pcapng file. */
export function block(shape: Pick<Shape, "bigEndian">, type: number, body: Buffer): Buffer {
	const length = filled(body).length + 12;
	return Buffer.concat([numbers(shape, type, length), filled(body), numbers(shape, length)]);
}

/** What is in front of the packets. */
export function fileHead(shape: Shape): Buffer {
	if (shape.form === "pcap")
		return Buffer.concat([
			numbers(shape, shape.nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4),
			shorts(shape, 2, 4),
			numbers(shape, 0, 0, shape.snap, shape.link),
		]);
	const option = (code: number, value: Buffer) => Buffer.concat([shorts(shape, code, value.length), filled(value)]);
	return Buffer.concat([
		block(
			shape,
			0x0a0d0d0a,
			Buffer.concat([
				numbers(shape, 0x1a2b3c4d),
				shorts(shape, 1, 0),
				numbers(shape, 0xffffffff, 0xffffffff),
				option(4, Buffer.from("a test")),
			]),
		),
		// An interface that is not used, with a link type of its own, and a block that nobody knows.
		block(shape, 1, Buffer.concat([shorts(shape, 147, 0), numbers(shape, 0)])),
		block(shape, 0x0bad, Buffer.from("what is this")),
		block(
			shape,
			1,
			Buffer.concat([
				shorts(shape, shape.link, 0),
				numbers(shape, shape.snap),
				option(2, Buffer.from("eth0")),
				...(shape.nanoseconds ? [option(9, Buffer.from([9]))] : []),
				option(0, Buffer.alloc(0)),
			]),
		),
	]);
}

/** One packet of a file. */
export function record(packet: Buffer, atMs: number, shape: Shape): Buffer {
	const recorded = packet.subarray(0, shape.snap);
	const perMs = shape.nanoseconds ? 1_000_000 : 1_000;
	if (shape.form === "pcap") {
		const seconds = Math.floor(atMs / 1_000);
		const fraction = Math.round((atMs - seconds * 1_000) * perMs);
		return Buffer.concat([numbers(shape, seconds, fraction, recorded.length, packet.length), recorded]);
	}
	const ticks = BigInt(Math.round(atMs * 1_000)) * BigInt(perMs / 1_000);
	return block(
		shape,
		6,
		Buffer.concat([
			numbers(shape, 1, Number(ticks >> 32n), Number(ticks & 0xffffffffn), recorded.length, packet.length),
			filled(recorded),
			shorts(shape, 1, 4),
			Buffer.from("note"),
			shorts(shape, 0, 0),
		]),
	);
}

interface Side {
	seq: number;
}

/** One TCP connection, told step by step. */
export class Conversation {
	readonly frames: Frame[] = [];
	readonly #clientPort: number;
	readonly #serverPort: number;
	readonly #client: Side;
	readonly #server: Side;
	readonly #segmentBytes: number;
	atMs: number;

	constructor(options: {
		readonly atMs: number;
		readonly clientPort?: number;
		readonly serverPort?: number;
		readonly isn?: number;
		readonly segmentBytes?: number;
	}) {
		this.atMs = options.atMs;
		this.#clientPort = options.clientPort ?? 40_000;
		this.#serverPort = options.serverPort ?? 8_080;
		this.#client = { seq: options.isn ?? 1_000 };
		this.#server = { seq: (options.isn ?? 1_000) + 777_777 };
		this.#segmentBytes = options.segmentBytes ?? 1_448;
	}

	/** Time passes. */
	wait(ms: number): this {
		this.atMs += ms;
		return this;
	}

	#send(fromClient: boolean, flags: string, data: Buffer = Buffer.alloc(0), hasAck = true): void {
		const [mine, other] = fromClient ? [this.#client, this.#server] : [this.#server, this.#client];
		this.frames.push({
			atMs: this.atMs,
			fromClient,
			clientPort: this.#clientPort,
			serverPort: this.#serverPort,
			seq: mine.seq >>> 0,
			ack: hasAck ? other.seq >>> 0 : null,
			flags,
			data,
		});
		mine.seq += data.length + (/[SF]/.test(flags) ? 1 : 0);
		this.atMs += 0.05;
	}

	open(): this {
		this.#send(true, "S", undefined, false);
		this.#send(false, "S");
		this.#send(true, "");
		return this;
	}

	#data(fromClient: boolean, data: string | Buffer): this {
		const bytes = typeof data === "string" ? Buffer.from(data, "latin1") : data;
		for (let at = 0; at < bytes.length; at += this.#segmentBytes)
			this.#send(fromClient, "P", bytes.subarray(at, at + this.#segmentBytes));
		this.#send(!fromClient, "");
		return this;
	}

	client(data: string | Buffer): this {
		return this.#data(true, data);
	}

	server(data: string | Buffer): this {
		return this.#data(false, data);
	}

	fin(by: "client" | "server"): this {
		this.#send(by === "client", "F");
		this.#send(by !== "client", "");
		return this;
	}

	reset(by: "client" | "server"): this {
		this.#send(by === "client", "R");
		return this;
	}

	/** A probe whether the other side is there: one byte before what comes next. */
	probe(by: "client" | "server"): this {
		const mine = by === "client" ? this.#client : this.#server;
		mine.seq -= 1;
		this.#send(by === "client", "", Buffer.alloc(1));
		this.#send(by !== "client", "");
		return this;
	}
}

export const request = (path: string, ray: string, more = "", method = "GET"): string =>
	`${method} ${path} HTTP/1.1\r\nHost: shop.example\r\nCF-Ray: ${ray}\r\n${more}\r\n`;

export const response = (content: string, more = ""): string =>
	`HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: ${content.length}\r\n${more}\r\n${content}`;

/** One packet as it was recorded. */
export interface Packet {
	/** How its bytes begin: https://www.tcpdump.org/linktypes.html. */
	readonly linkType: number;
	/** Unix milliseconds, with a fraction. */
	readonly atMs: number;
	/** What was recorded of it; good until the next packet. */
	readonly bytes: Buffer;
	/** How long it was on the wire. */
	readonly wireBytes: number;
}

/** Why a file is not read to its end; null: nothing is wrong so far. `cut`: it ends inside a packet, as a recording that was killed does. */
export type FileProblem = "not-a-capture" | "gzip" | "damaged" | "cut" | null;

/** An interface of a pcapng section. */
interface Interface {
	readonly linkType: number;
	readonly ticksPerMs: number;
	readonly offsetMs: number;
	readonly snapBytes: number;
}

type Awaited =
	| "magic"
	| "pcap-header"
	| "record-header"
	| "record-data"
	| "block-header"
	| "section-magic"
	| "block-body"
	| "nothing";

/**
 * Takes a file of packets apart, in whatever pieces it comes: pcap (micro- and nanoseconds, both byte orders) and pcapng. Total and linear;
 * holds one packet at most. Formats: draft-ietf-opsawg-pcap, draft-ietf-opsawg-pcapng.
 */
export class PacketReader {
	readonly #take: (packet: Packet) => void;
	#awaited: Awaited = "magic";
	#needed = MAGIC_BYTES;
	/** Bytes that are of no interest. */
	#skipBytes = 0;
	/** What came of the next unit, when it did not come in one piece. */
	#memory = Buffer.alloc(4_096);
	#memoryBytes = 0;
	#littleEndian = true;
	/** Of a pcap file: how its records are to be read. */
	#ticksPerMs = 1_000;
	#recordHeadBytes = 16;
	#linkType = 0;
	#record = { atMs: 0, wireBytes: 0 };
	/** Of a pcapng file: the block under way. */
	#block = { type: 0, bodyBytes: 0 };
	#interfaces: Interface[] = [];
	readonly #dropped = new Map<number, number>();
	#problem: FileProblem = null;
	#hasKeys = false;

	constructor(take: (packet: Packet) => void) {
		this.#take = take;
	}

	get problem(): FileProblem {
		return this.#problem;
	}

	/** It holds secrets of TLS connections. */
	get hasKeys(): boolean {
		return this.#hasKeys;
	}

	/** Packets that the recorder says it lost. */
	get dropped(): number {
		return [...this.#dropped.values()].reduce((sum, one) => sum + one, 0);
	}

	push(piece: Uint8Array): void {
		const bytes = Buffer.isBuffer(piece) ? piece : Buffer.from(piece.buffer, piece.byteOffset, piece.length);
		let at = 0;
		while (this.#awaited !== "nothing") {
			if (this.#skipBytes > 0) {
				const skipped = Math.min(this.#skipBytes, bytes.length - at);
				at += skipped;
				this.#skipBytes -= skipped;
				if (this.#skipBytes > 0) return;
			}
			const needed = this.#needed;
			if (this.#memoryBytes === 0 && bytes.length - at >= needed) {
				at += needed;
				this.#unit(bytes.subarray(at - needed, at));
				continue;
			}
			const part = Math.min(needed - this.#memoryBytes, bytes.length - at);
			this.#remember(bytes.subarray(at, at + part));
			at += part;
			if (this.#memoryBytes < needed) return;
			this.#memoryBytes = 0;
			this.#unit(this.#memory.subarray(0, needed));
		}
	}

	/** No more bytes come. */
	end(): void {
		if (this.#problem !== null) return;
		if (this.#awaited === "magic" || this.#awaited === "pcap-header") this.#problem = "not-a-capture";
		else if (
			this.#memoryBytes > 0 ||
			this.#skipBytes > 0 ||
			(this.#awaited !== "record-header" && this.#awaited !== "block-header")
		)
			this.#problem = "cut";
		this.#awaited = "nothing";
	}

	#remember(part: Buffer): void {
		const wanted = this.#memoryBytes + part.length;
		if (wanted > this.#memory.length) {
			const larger = Buffer.alloc(Math.max(wanted, this.#memory.length * 2));
			larger.set(this.#memory.subarray(0, this.#memoryBytes));
			this.#memory = larger;
		}
		this.#memory.set(part, this.#memoryBytes);
		this.#memoryBytes = wanted;
	}

	#await(what: Awaited, bytes: number): void {
		this.#awaited = what;
		this.#needed = bytes;
	}

	#fail(problem: FileProblem): void {
		this.#problem = problem;
		this.#awaited = "nothing";
	}

	#u16(bytes: Buffer, at: number): number {
		return this.#littleEndian ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at);
	}

	#u32(bytes: Buffer, at: number): number {
		return this.#littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at);
	}

	#unit(bytes: Buffer): void {
		switch (this.#awaited) {
			case "magic":
				this.#magic(bytes);
				return;
			case "pcap-header":
				// The upper bits hold the length of a frame check sequence, which padding rules leave out anyway.
				this.#linkType = this.#u32(bytes, 20) & 0xffff;
				this.#await("record-header", this.#recordHeadBytes);
				return;
			case "record-header":
				this.#recordHeader(bytes);
				return;
			case "record-data":
				this.#await("record-header", this.#recordHeadBytes);
				this.#take({ linkType: this.#linkType, bytes, ...this.#record });
				return;
			case "block-header":
				this.#blockHeader(bytes);
				return;
			case "section-magic":
				this.#section(bytes);
				return;
			case "block-body":
				this.#await("block-header", BLOCK_HEAD_BYTES);
				this.#blockBody(bytes);
				return;
			case "nothing":
		}
	}

	#magic(bytes: Buffer): void {
		const form = PCAP_FORMS.get(bytes.readUInt32BE(0));
		if (form !== undefined) {
			this.#littleEndian = form.littleEndian;
			this.#ticksPerMs = form.ticksPerMs;
			this.#recordHeadBytes = form.recordHeadBytes;
			this.#await("pcap-header", PCAP_HEAD_BYTES);
			// The whole header is read at once: its first bytes are remembered.
			this.#remember(Buffer.from(bytes));
		} else if (bytes.readUInt32BE(0) === SECTION) {
			this.#await("block-header", BLOCK_HEAD_BYTES);
			this.#remember(Buffer.from(bytes));
		} else this.#fail(bytes[0] === 0x1f && bytes[1] === 0x8b ? "gzip" : "not-a-capture");
	}

	#recordHeader(bytes: Buffer): void {
		const recorded = this.#u32(bytes, 8);
		if (recorded > PACKET_MAX_BYTES) {
			this.#fail("damaged");
			return;
		}
		this.#record = {
			atMs: this.#u32(bytes, 0) * 1_000 + this.#u32(bytes, 4) / this.#ticksPerMs,
			wireBytes: Math.max(recorded, this.#u32(bytes, 12)),
		};
		this.#await("record-data", recorded);
	}

	#blockHeader(bytes: Buffer): void {
		const type = this.#u32(bytes, 0);
		// The section header reads the same in both byte orders; its length does not, before its magic is known.
		if (type === SECTION) {
			this.#block = { type, bodyBytes: 0 };
			this.#remember(Buffer.from(bytes));
			this.#await("section-magic", BLOCK_HEAD_BYTES + MAGIC_BYTES);
			return;
		}
		const bodyBytes = this.#u32(bytes, 4) - BLOCK_HEAD_BYTES;
		if (bodyBytes < MAGIC_BYTES) {
			this.#fail("damaged");
			return;
		}
		// Blocks end at four bytes; some writers tell the length without what they filled up.
		const padded = Math.ceil(bodyBytes / 4) * 4;
		this.#block = { type, bodyBytes };
		if (type === KEYS) this.#hasKeys = true;
		if (!READ_BLOCKS.has(type)) {
			this.#skipBytes = padded;
			this.#await("block-header", BLOCK_HEAD_BYTES);
			return;
		}
		if (padded > BLOCK_MAX_BYTES) {
			this.#fail("damaged");
			return;
		}
		this.#await("block-body", padded);
	}

	#section(bytes: Buffer): void {
		const magic = bytes.readUInt32BE(BLOCK_HEAD_BYTES);
		if (magic !== BIG_ENDIAN_MAGIC && magic !== LITTLE_ENDIAN_MAGIC) {
			this.#fail("damaged");
			return;
		}
		this.#littleEndian = magic === LITTLE_ENDIAN_MAGIC;
		const rest = this.#u32(bytes, 4) - bytes.length;
		if (rest < MAGIC_BYTES) {
			this.#fail("damaged");
			return;
		}
		this.#interfaces = [];
		this.#skipBytes = Math.ceil(rest / 4) * 4;
		this.#await("block-header", BLOCK_HEAD_BYTES);
	}

	#blockBody(bytes: Buffer): void {
		switch (this.#block.type) {
			case INTERFACE:
				if (bytes.length < 12 || this.#interfaces.length >= INTERFACES_MAX) {
					this.#fail("damaged");
					return;
				}
				this.#interfaces.push(this.#interface(bytes));
				return;
			case ENHANCED_PACKET:
				if (bytes.length >= 24) this.#packet(bytes, this.#u32(bytes, 0), 4, 20);
				return;
			case OBSOLETE_PACKET:
				if (bytes.length >= 24) this.#packet(bytes, this.#u16(bytes, 0), 4, 20);
				return;
			case SIMPLE_PACKET:
				this.#simplePacket(bytes);
				return;
			case STATISTICS:
				this.#statistics(bytes);
				return;
		}
	}

	#interface(bytes: Buffer): Interface {
		let ticksPerMs = 1_000;
		let offsetMs = 0;
		this.#options(bytes, 8, (code, value) => {
			if (code === TIME_RESOLUTION && value.length > 0) {
				const power = value[0] ?? 6;
				ticksPerMs = (power & 0x80 ? 2 ** (power & 0x7f) : 10 ** power) / 1_000;
			} else if (code === TIME_OFFSET && value.length >= 8) offsetMs = this.#u64(value) * 1_000;
		});
		return { linkType: this.#u16(bytes, 0), snapBytes: this.#u32(bytes, 4), ticksPerMs, offsetMs };
	}

	/** Signed, as far as a number is exact. */
	#u64(bytes: Buffer): number {
		const [high, low] = this.#littleEndian
			? [this.#u32(bytes, 4), this.#u32(bytes, 0)]
			: [this.#u32(bytes, 0), this.#u32(bytes, 4)];
		return (high | 0) * 2 ** 32 + low;
	}

	#options(bytes: Buffer, from: number, take: (code: number, value: Buffer) => void): void {
		for (let at = from; at + 4 <= bytes.length - LENGTH_BYTES; ) {
			const code = this.#u16(bytes, at);
			const length = this.#u16(bytes, at + 2);
			if (code === 0 || at + 4 + length > bytes.length) return;
			take(code, bytes.subarray(at + 4, at + 4 + length));
			at += 4 + Math.ceil(length / 4) * 4;
		}
	}

	/** @param timeAt where its time is, which its two lengths follow; @param dataAt where its data begins */
	#packet(bytes: Buffer, interfaceAt: number, timeAt: number, dataAt: number): void {
		const on = this.#interfaces[interfaceAt];
		const recorded = this.#u32(bytes, timeAt + 8);
		if (on === undefined || dataAt + recorded > bytes.length) {
			this.#fail("damaged");
			return;
		}
		const ticks = this.#u32(bytes, timeAt) * 2 ** 32 + this.#u32(bytes, timeAt + 4);
		this.#take({
			linkType: on.linkType,
			atMs: ticks / on.ticksPerMs + on.offsetMs,
			bytes: bytes.subarray(dataAt, dataAt + recorded),
			wireBytes: Math.max(recorded, this.#u32(bytes, timeAt + 12)),
		});
	}

	/** Has neither a time nor its recorded length: that is the smaller of its own and the interface's limit. */
	#simplePacket(bytes: Buffer): void {
		const [on] = this.#interfaces;
		if (on === undefined || bytes.length < 8) {
			this.#fail("damaged");
			return;
		}
		const wireBytes = this.#u32(bytes, 0);
		const recorded = Math.min(wireBytes, bytes.length - 8, on.snapBytes === 0 ? wireBytes : on.snapBytes);
		this.#take({ linkType: on.linkType, atMs: 0, bytes: bytes.subarray(4, 4 + recorded), wireBytes });
	}

	#statistics(bytes: Buffer): void {
		if (bytes.length < 12) return;
		let dropped = 0;
		this.#options(bytes, 12, (code, value) => {
			if ((code === DROPPED_BY_INTERFACE || code === DROPPED_BY_SYSTEM) && value.length >= 8)
				dropped += Math.max(0, this.#u64(value));
		});
		const on = this.#u32(bytes, 0);
		if (on < INTERFACES_MAX) this.#dropped.set(on, dropped);
	}
}

/** What the beginning of a file shows: when its first packet was recorded (null where that is not there), and why it is no recording. */
export function readBeginning(beginning: Uint8Array): { readonly firstMs: number | null; readonly problem: FileProblem } {
	let firstMs: number | null = null;
	const reader = new PacketReader(({ atMs }) => {
		if (atMs > 0) firstMs ??= atMs;
	});
	reader.push(beginning);
	return { firstMs, problem: reader.problem };
}

/** How pcap files begin, read as big-endian. The last two are the form with eight more bytes a record that some Linux tools once wrote. */
const PCAP_FORMS: ReadonlyMap<number, PcapForm> = new Map([
	[0xa1b2c3d4, { littleEndian: false, ticksPerMs: 1_000, recordHeadBytes: 16 }],
	[0xd4c3b2a1, { littleEndian: true, ticksPerMs: 1_000, recordHeadBytes: 16 }],
	[0xa1b23c4d, { littleEndian: false, ticksPerMs: 1_000_000, recordHeadBytes: 16 }],
	[0x4d3cb2a1, { littleEndian: true, ticksPerMs: 1_000_000, recordHeadBytes: 16 }],
	[0xa1b2cd34, { littleEndian: false, ticksPerMs: 1_000, recordHeadBytes: 24 }],
	[0x34cdb2a1, { littleEndian: true, ticksPerMs: 1_000, recordHeadBytes: 24 }],
]);

/** How the records of a pcap file are read. */
interface PcapForm {
	readonly littleEndian: boolean;
	readonly ticksPerMs: number;
	readonly recordHeadBytes: number;
}

const MAGIC_BYTES = 4;
const PCAP_HEAD_BYTES = 24;
const BLOCK_HEAD_BYTES = 8;
/** The length is repeated at the end of a block. */
const LENGTH_BYTES = 4;
/** A longer one is damage: libpcap takes 256 KB at most; Linux hands on up to 512 KB in one piece (BIG TCP). */
export const PACKET_MAX_BYTES = 1_048_576;
const BLOCK_MAX_BYTES = PACKET_MAX_BYTES + 65_536;
const INTERFACES_MAX = 4_096;

const SECTION = 0x0a0d0d0a;
const BIG_ENDIAN_MAGIC = 0x1a2b3c4d;
const LITTLE_ENDIAN_MAGIC = 0x4d3c2b1a;
const INTERFACE = 1;
const OBSOLETE_PACKET = 2;
const SIMPLE_PACKET = 3;
const STATISTICS = 5;
const ENHANCED_PACKET = 6;
const KEYS = 10;
const READ_BLOCKS: ReadonlySet<number> = new Set([INTERFACE, OBSOLETE_PACKET, SIMPLE_PACKET, STATISTICS, ENHANCED_PACKET]);
const TIME_RESOLUTION = 9;
const TIME_OFFSET = 14;
const DROPPED_BY_INTERFACE = 5;
const DROPPED_BY_SYSTEM = 7;

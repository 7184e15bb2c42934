import { Connection, type Protocol } from "../read/capture/connection.ts";
import type { RecordedExchange } from "../read/capture/exchange.ts";
import type { Segment } from "../read/capture/segment.ts";
import type { Onlooker } from "./pass.ts";

/** How much all connections hold together. */
export interface Held {
	bytes: number;
}

/** What is done with what was read. */
export interface ReaderSink {
	now(): number;
	/** @param bytes gives the response as it came, as far as it was kept; to be called at once or never */
	told(exchange: RecordedExchange, bytes: () => Kept): void;
	/** The connection is over. */
	connectionEnded(protocol: Protocol | null): void;
	/** It was given up in the middle. */
	broke(): void;
}

/** A response as it came. */
export interface Kept {
	readonly bytes: Buffer;
	/** There was more of it. */
	readonly cut: boolean;
}

/** Of one response. */
export const RESPONSE_KEPT_MAX_BYTES = 256 * 1024;
/** Of two responses on one connection, and what came with their ends. */
const CONNECTION_KEPT_MAX_BYTES = 3 * RESPONSE_KEPT_MAX_BYTES;
/** Of all connections together; beyond it no bytes are kept, only what they show. */
const ALL_KEPT_MAX_BYTES = 64 * 1024 * 1024;
/** What the reader itself holds of header sections, of all connections together; beyond it connections are given up. */
const ALL_READ_MAX_BYTES = 64 * 1024 * 1024;

interface Piece {
	readonly at: number;
	bytes: Buffer;
}

/** Reads one connection beside its stream: the reader of packet captures, given what passes as segments in order without a gap. */
export class ConnectionReader implements Onlooker {
	readonly #connection: Connection;
	readonly #sink: ReaderSink;
	/** What is kept of responses, and what is held to read them, of all connections. */
	readonly #kept: Held;
	readonly #read: Held;
	#pieces: Piece[] = [];
	#keptBytes = 0;
	#readBytes = 0;
	/** The offsets that come next; a SYN takes the first. */
	#clientAt = 1;
	#serverAt = 1;
	/** How much more may be counted unseen, and how much was. */
	#skippable = 0;
	#skipped = 0;
	#isBroken = false;

	constructor(sink: ReaderSink, port: number, kept: Held, read: Held) {
		this.#sink = sink;
		this.#kept = kept;
		this.#read = read;
		this.#connection = new Connection((one) => sink.told(one, () => this.#bytesOf(one)), ["", ""], port, false, true);
		this.#connection.take(this.#segment(0, null, "syn", NO_BYTES), true);
		this.#connection.take(this.#segment(0, 1, "syn", NO_BYTES), false);
	}

	/** No exchange is under way. */
	get idle(): boolean {
		return !this.#isBroken && this.#connection.idle;
	}

	fromClient(bytes: Buffer): void {
		this.#countSkipped();
		this.#connection.take(this.#segment(this.#clientAt, this.#serverAt, "data", bytes), true);
		this.#clientAt += bytes.length;
		this.#bound();
	}

	fromServer(bytes: Buffer): void {
		// Long content whose length is told is counted, and nothing else.
		if (bytes.length <= this.#skippable) {
			this.#skippable -= bytes.length;
			this.#skipped += bytes.length;
			this.#serverAt += bytes.length;
			return;
		}
		this.#countSkipped();
		const connection = this.#connection;
		const piece = { at: this.#serverAt, bytes };
		if (!connection.opaque) this.#keep(piece);
		connection.take(this.#segment(this.#serverAt, this.#clientAt, "data", bytes), false);
		this.#serverAt += bytes.length;
		this.#forget();
		// The memory is used again: what stays is copied.
		if (this.#pieces.at(-1) === piece) piece.bytes = Buffer.from(bytes);
		this.#bound();
		const { comingFrom } = connection;
		if (comingFrom !== null && this.#serverAt >= comingFrom + RESPONSE_KEPT_MAX_BYTES) this.#skippable = connection.skippable;
	}

	closed(by: "client" | "server", how: "fin" | "reset"): void {
		this.#countSkipped();
		const [at, ack] = by === "client" ? [this.#clientAt, this.#serverAt] : [this.#serverAt, this.#clientAt];
		this.#connection.take(this.#segment(at, ack, how, NO_BYTES), by === "client");
		if (how === "fin" && by === "client") this.#clientAt += 1;
		if (how === "fin" && by === "server") this.#serverAt += 1;
	}

	over(): void {
		this.#countSkipped();
		this.#connection.end(false);
		this.#release();
		this.#sink.connectionEnded(this.#connection.protocol);
	}

	broke(): void {
		this.#isBroken = true;
		this.#release();
		this.#sink.broke();
	}

	/** What was passed over becomes known to the reader. */
	#countSkipped(): void {
		if (this.#skipped > 0) this.#connection.skip(this.#skipped, this.#sink.now());
		this.#skipped = 0;
		this.#skippable = 0;
	}

	/** One object of one shape, made for every piece that passes. */
	#segment(at: number, ack: number | null, kind: "syn" | "data" | "fin" | "reset", data: Buffer): Segment {
		return {
			key: "",
			otherKey: "",
			fromPort: 0,
			toPort: 0,
			seq: at >>> 0,
			ack: ack === null ? null : ack >>> 0,
			syn: kind === "syn",
			fin: kind === "fin",
			rst: kind === "reset",
			data,
			wireBytes: data.length,
			atMs: this.#sink.now(),
		};
	}

	#keep(piece: Piece): void {
		this.#pieces.push(piece);
		this.#keptBytes += piece.bytes.length;
		this.#kept.bytes += piece.bytes.length;
	}

	#drop(piece: Piece | undefined): void {
		this.#keptBytes -= piece?.bytes.length ?? 0;
		this.#kept.bytes -= piece?.bytes.length ?? 0;
	}

	/** Lets go of what belongs to nothing that is still to be told, and of what is more than is kept of one response. */
	#forget(): void {
		const { untoldFrom, comingFrom, opaque } = this.#connection;
		if (untoldFrom === null || opaque) {
			this.#kept.bytes -= this.#keptBytes;
			this.#keptBytes = 0;
			if (this.#pieces.length > 0) this.#pieces = [];
			return;
		}
		let told = 0;
		for (const { at, bytes } of this.#pieces) {
			if (at + bytes.length > untoldFrom) break;
			told += 1;
		}
		if (told > 0) for (const piece of this.#pieces.splice(0, told)) this.#drop(piece);
		const newest = this.#pieces.at(-1);
		if (newest === undefined) return;
		const isSurplus =
			(comingFrom !== null && newest.at >= comingFrom + RESPONSE_KEPT_MAX_BYTES) || this.#keptBytes > CONNECTION_KEPT_MAX_BYTES;
		if (isSurplus || this.#kept.bytes > ALL_KEPT_MAX_BYTES) this.#drop(this.#pieces.pop());
	}

	/** Counts what the reader holds; throws when all of them hold too much, and this one is not small. */
	#bound(): void {
		const now = this.#connection.heldBytes;
		this.#read.bytes += now - this.#readBytes;
		this.#readBytes = now;
		if (this.#read.bytes > ALL_READ_MAX_BYTES && now > SMALL_BYTES) throw new Error("too much is held");
	}

	#release(): void {
		this.#kept.bytes -= this.#keptBytes;
		this.#read.bytes -= this.#readBytes;
		this.#keptBytes = 0;
		this.#readBytes = 0;
		this.#pieces = [];
	}

	#bytesOf({ responseAt, responseBytes }: RecordedExchange): Kept {
		if (responseAt === null) return { bytes: NO_BYTES, cut: responseBytes > 0 };
		const wanted = Math.min(responseBytes, RESPONSE_KEPT_MAX_BYTES);
		const parts: Buffer[] = [];
		let next = responseAt;
		for (const { at, bytes } of this.#pieces) {
			if (at + bytes.length <= next) continue;
			// What is missing in the middle ends it.
			if (at > next || next >= responseAt + wanted) break;
			const part = bytes.subarray(next - at, responseAt + wanted - at);
			parts.push(part);
			next += part.length;
		}
		return { bytes: Buffer.concat(parts), cut: next - responseAt < responseBytes };
	}
}

const NO_BYTES = Buffer.alloc(0);
const SMALL_BYTES = 4_096;

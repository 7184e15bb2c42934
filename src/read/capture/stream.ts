/** Where the bytes of one direction of a connection go, in their order. */
export interface StreamSink {
	/**
	 * @param at offset of the first byte in the direction, as its sequence numbers count
	 * @param ack what the sender had received by then, in the other direction's offsets; null where it is not known
	 */
	data(bytes: Buffer, at: number, atMs: number, ack: number | null): void;
	/** These bytes were not recorded. */
	lost(from: number, to: number, atMs: number): void;
}

/** A piece that came before what belongs in front of it. */
interface Held {
	readonly at: number;
	readonly bytes: Buffer;
	readonly end: number;
	readonly atMs: number;
	readonly ack: number | null;
}

/**
 * One direction of a TCP connection, put in order: repeated bytes once, what came early later, what never came as lost. Sequence numbers
 * become offsets that do not wrap. Bounded: what is held is given up as lost in front of it.
 */
export class Stream {
	readonly #sink: StreamSink;
	/** The offset that comes next; null: nothing is known of this direction. */
	#next: number | null = null;
	#held: Held[] = [];
	#heldBytes = 0;
	/** As far as the other side confirmed. */
	#confirmed: number | null = null;

	constructor(sink: StreamSink) {
		this.#sink = sink;
	}

	get next(): number | null {
		return this.#next;
	}

	/** As far as the other side confirmed; null where it did not. */
	get confirmedTo(): number | null {
		return this.#confirmed;
	}

	get heldBytes(): number {
		return this.#heldBytes;
	}

	/** The first byte will be this one. */
	begins(seq: number): void {
		this.#next ??= seq;
	}

	/** A sequence number as an offset; null where it is far from all that was seen (an earlier connection on the same ports). */
	offset(seq: number): number | null {
		const next = this.#next;
		if (next === null) return seq;
		const distance = (seq - (next >>> 0)) | 0;
		return Math.abs(distance) > FAR_BYTES ? null : next + distance;
	}

	/** The other side had received everything before this offset. */
	confirmed(offset: number): void {
		if (this.#next !== null && (this.#confirmed === null || offset > this.#confirmed)) this.#confirmed = offset;
	}

	/**
	 * Bytes before its end were never recorded, by what the other side confirmed.
	 * @param ends offsets that take a number without being a byte: a FIN
	 */
	lacks(ends: number): boolean {
		return this.#next !== null && this.#confirmed !== null && this.#confirmed > this.#next + ends;
	}

	/** @param wireBytes how much data the segment carried, also beyond what was recorded of it */
	add(at: number, bytes: Buffer, wireBytes: number, atMs: number, ack: number | null): void {
		this.#next ??= at;
		const end = at + wireBytes;
		if (end <= this.#next) return;
		if (at <= this.#next) {
			this.#deliver(at, bytes, end, atMs, ack);
			this.#drain();
			return;
		}
		this.#hold({ at, bytes: Buffer.from(bytes), end, atMs, ack });
		const first = this.#held[0];
		// What the other side has, and the recording does not have after a while, was lost by the recording.
		const gone = first !== undefined && this.#confirmed !== null && this.#confirmed >= first.at && atMs - first.atMs > LATE_MS;
		while (gone || this.#heldBytes > HELD_MAX_BYTES || this.#held.length > HELD_MAX) {
			this.#giveUp();
			if (gone) return;
		}
	}

	/** So many bytes came in order, and nobody looks at them. */
	skip(bytes: number): void {
		if (this.#next !== null) this.#next += bytes;
	}

	/** Nothing more comes: what is held is delivered, with what is missing in front of it as lost. */
	end(): void {
		while (this.#held.length > 0) this.#giveUp();
	}

	#hold(one: Held): void {
		let low = 0;
		let high = this.#held.length;
		while (low < high) {
			const middle = (low + high) >> 1;
			if ((this.#held[middle]?.at ?? 0) <= one.at) low = middle + 1;
			else high = middle;
		}
		const before = this.#held[low - 1];
		if (before !== undefined && before.at === one.at && before.end >= one.end) return;
		this.#held.splice(low, 0, one);
		this.#heldBytes += one.bytes.length;
	}

	#deliver(at: number, bytes: Buffer, end: number, atMs: number, ack: number | null): void {
		const next = this.#next ?? at;
		const fresh = bytes.subarray(next - at);
		this.#next = end;
		if (fresh.length > 0) this.#sink.data(fresh, next, atMs, ack);
		// Cut by the recorder's limit.
		const recorded = Math.max(next, at + bytes.length);
		if (recorded < end) this.#sink.lost(recorded, end, atMs);
	}

	#drain(): void {
		let taken = 0;
		for (const one of this.#held) {
			if (one.at > (this.#next ?? 0)) break;
			taken += 1;
			this.#heldBytes -= one.bytes.length;
			if (one.end > (this.#next ?? 0)) this.#deliver(one.at, one.bytes, one.end, one.atMs, one.ack);
		}
		if (taken > 0) this.#held.splice(0, taken);
	}

	/** What is missing in front of the first held piece is lost. */
	#giveUp(): void {
		const [first] = this.#held;
		if (first === undefined) return;
		const from = this.#next ?? first.at;
		if (first.at > from) {
			this.#next = first.at;
			this.#sink.lost(from, first.at, first.atMs);
		}
		this.#drain();
	}
}

/** No window is larger (RFC 7323 §2.3). */
const FAR_BYTES = 2 ** 30;
const HELD_MAX_BYTES = 256 * 1024;
const HELD_MAX = 512;
const LATE_MS = 1_000;

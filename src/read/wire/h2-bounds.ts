import type { OddityKind } from "../../knowledge/findings/list.ts";
import {
	ACK,
	CONTINUATION,
	DATA,
	END_HEADERS,
	END_STREAM,
	FRAME_NAMES,
	HEADERS,
	PADDED,
	PING,
	RST_STREAM,
	SETTINGS,
	STREAM,
} from "./h2-frames.ts";
import { INTERIM_MAX } from "./reading.ts";

/** Frames that a peer has to answer; the answers are ours, so that these two bound what we write. */
const PINGS_MAX = 100;
const SETTINGS_MAX = 10;
/** Frames that bring nothing of the response: more than any server sends beside one page, in number and in bytes. */
const IDLE_FRAMES_MAX = 1_000;
const IDLE_BYTES_MAX = 512 * 1024;
/** Content in DATA frames that hold next to nothing, as in HTTP/1's tiny chunks: within what a look keeps, so that the bytes show it. */
const TINY_DATA_MAX = 50_000;
const TINY_DATA_BYTES = 8;
/** hyperium/h2 src/codec/framed_read.rs, calc_max_continuation_frames: 16 MiB of fields in frames of 64 KiB, and a quarter more. */
const CONTINUATIONS_MAX = 320;
/** Every interim response, the final one, and the trailers. */
const BLOCKS_MAX = INTERIM_MAX + 2;

/** A bound that a peer reached, as an oddity. */
interface ReachedBound {
	readonly kind: OddityKind;
	/** The frames that came without end. */
	readonly what?: string;
}

/** DATA whose first byte says how much of it is padding (RFC 9113 §6.1). */
export const isPaddedData = (type: number, flags: number, length: number): boolean =>
	type === DATA && (flags & PADDED) !== 0 && length > 0;

/** Counts what a server can repeat on one HTTP/2 connection. The end of a look and the reading of its bytes count alike. */
export class FrameBounds {
	#pings = 0;
	#settings = 0;
	#idle = 0;
	#idleBytes = 0;
	#continuations = 0;
	#blocks = 0;
	#dataFrames = 0;
	#dataBytes = 0;

	/**
	 * One more frame, by its head.
	 * @param length bytes of its payload
	 * @param first of {@link isPaddedData}: its first byte
	 * @returns the bound that it goes beyond, null for none
	 */
	count(type: number, flags: number, stream: number, length: number, first = 0): ReachedBound | null {
		if (type === CONTINUATION) {
			// The last one of a block is not counted.
			if ((flags & END_HEADERS) === 0) this.#continuations += 1;
			return this.#continuations > CONTINUATIONS_MAX ? { kind: "h2-endless-header-block" } : null;
		}
		if (type === HEADERS && stream === STREAM) {
			this.#continuations = 0;
			this.#blocks += 1;
			return this.#blocks > BLOCKS_MAX ? { kind: "endless-interim" } : null;
		}
		const padding = isPaddedData(type, flags, length) ? Math.min(length, first + 1) : 0;
		const data = type === DATA ? length - padding : 0;
		const carries = data > 0 || (type === DATA && (flags & END_STREAM) !== 0) || type === RST_STREAM;
		if (carries && stream === STREAM) {
			this.#idleBytes += padding;
			return this.#carried(type, data);
		}
		this.#idle += 1;
		this.#idleBytes += length;
		const answered = (flags & ACK) === 0;
		if (type === PING && answered) this.#pings += 1;
		if (type === SETTINGS && answered) this.#settings += 1;
		const reached =
			this.#pings > PINGS_MAX ||
			this.#settings > SETTINGS_MAX ||
			this.#idle > IDLE_FRAMES_MAX ||
			this.#idleBytes > IDLE_BYTES_MAX;
		return reached ? { kind: "h2-endless-frames", what: FRAME_NAMES[type] ?? "unknown" } : null;
	}

	/** One more frame that brings something of the response. */
	#carried(type: number, data: number): ReachedBound | null {
		if (type !== DATA) return null;
		this.#dataFrames += 1;
		this.#dataBytes += data;
		const tiny = this.#dataFrames > TINY_DATA_MAX && this.#dataBytes < this.#dataFrames * TINY_DATA_BYTES;
		return tiny || this.#idleBytes > IDLE_BYTES_MAX ? { kind: "h2-endless-frames", what: "DATA" } : null;
	}
}

import { FrameBounds, isPaddedData } from "../read/wire/h2-bounds.ts";
import {
	ACK,
	DATA,
	END_STREAM,
	FRAME_ANNOUNCED_BYTES,
	FRAME_HEAD_BYTES,
	GOAWAY,
	HEADERS,
	PING,
	RST_STREAM,
	SETTINGS,
	STREAM,
} from "../read/wire/h2-frames.ts";
import { ResponseReader } from "../read/wire/read.ts";

/**
 * How far a message is: `more` of it is wanted; it is `over`, and what follows is evidence too; or the other side has reached a `bound`,
 * so that nothing that follows is read.
 */
type Progress = "more" | "over" | "bound";

/** Sees what comes in and says when the message is over. */
export interface EndDetector {
	/** @param write sends an answer (HTTP/2 has to answer SETTINGS and PING); false when too much waits to be sent already */
	push(chunk: Buffer, write: (bytes: Buffer) => boolean): Progress;
	whole(): boolean;
	/** Lines of header section and trailers that came so far, where they are counted. */
	headerLines(): number;
}

/** Finds the end of an HTTP/1 response with the same reader that will judge it. */
export function http1End(method: "GET" | "HEAD"): EndDetector {
	const reader = new ResponseReader(method);
	return {
		push: (chunk) => {
			reader.push(chunk);
			return reader.endless ? "bound" : reader.over ? "over" : "more";
		},
		whole: () => reader.persists,
		headerLines: () => reader.headerLines,
	};
}

/** A PING's content, or last stream and error code of a GOAWAY (RFC 9113 §6.7, §6.8). */
const PAYLOAD_BYTES = 8;
const PING_ANSWER = Buffer.from([0, 0, PAYLOAD_BYTES, PING, ACK, 0, 0, 0, 0]);
const SETTINGS_ANSWER = Buffer.from([0, 0, 0, SETTINGS, ACK, 0, 0, 0, 0]);

/** Finds the end of stream 1 in HTTP/2 frames, and acknowledges SETTINGS and PING (RFC 9113 §6.5.3, §6.7) as often as is bearable. */
export function http2End(): EndDetector {
	const bounds = new FrameBounds();
	/** The head of a frame, and what is looked at of its payload: see `lookedInto`. */
	const start = Buffer.alloc(FRAME_HEAD_BYTES + PAYLOAD_BYTES);
	let have = 0;
	let skip = 0;
	let progress: Progress = "more";
	/** The head of a frame is here, and what is looked at of its payload. */
	const frame = (write: (bytes: Buffer) => boolean): Progress => {
		const length = start.readUIntBE(0, 3);
		const type = start[3] ?? 0;
		const flags = start[4] ?? 0;
		const stream = start.readUInt32BE(5) & 0x7fffffff;
		// Larger than allowed: HTTP/1 text or something else. Nothing after it can be read.
		if (length > FRAME_ANNOUNCED_BYTES) return "over";
		if (bounds.count(type, flags, stream, length, start[FRAME_HEAD_BYTES]) !== null) return "bound";
		const asks = (flags & ACK) === 0;
		if (
			type === PING &&
			asks &&
			length === PAYLOAD_BYTES &&
			!write(Buffer.concat([PING_ANSWER, start.subarray(FRAME_HEAD_BYTES)]))
		)
			return "bound";
		if (type === SETTINGS && asks && !write(SETTINGS_ANSWER)) return "bound";
		const endsStream = (type === DATA || type === HEADERS) && (flags & END_STREAM) !== 0;
		// A GOAWAY that allows our stream ends nothing: what follows on it decides (RFC 9113 §6.8).
		const forbids = type === GOAWAY && (length < PAYLOAD_BYTES || lastStream(start) < STREAM);
		return forbids || (stream === STREAM && (endsStream || type === RST_STREAM)) ? "over" : "more";
	};
	/** How much of a frame has to be here before it is looked at. */
	const wanted = () => FRAME_HEAD_BYTES + (have >= FRAME_HEAD_BYTES ? lookedInto(start) : 0);
	const push: EndDetector["push"] = (chunk, write) => {
		let at = 0;
		while (at < chunk.length && progress !== "bound") {
			if (skip > 0) {
				const dropped = Math.min(skip, chunk.length - at);
				skip -= dropped;
				at += dropped;
				continue;
			}
			const taken = Math.min(wanted() - have, chunk.length - at);
			chunk.copy(start, have, at, at + taken);
			have += taken;
			at += taken;
			if (have < wanted()) continue;
			const now = frame(write);
			if (now !== "more" && (progress === "more" || now === "bound")) progress = now;
			const length = start.readUIntBE(0, 3);
			// Nothing after an invalid frame is a frame.
			skip = length > FRAME_ANNOUNCED_BYTES ? Number.POSITIVE_INFINITY : FRAME_HEAD_BYTES + length - have;
			have = 0;
		}
		return progress;
	};
	return { push, whole: () => progress === "over", headerLines: () => 0 };
}

/** How many bytes of a payload are looked at: a PING that wants an answer, the beginning of a GOAWAY, the first byte of padded DATA. */
function lookedInto(head: Buffer): number {
	const [length, type, flags] = [head.readUIntBE(0, 3), head[3] ?? 0, head[4] ?? 0];
	if (isPaddedData(type, flags, length)) return 1;
	const isPing = length === PAYLOAD_BYTES && type === PING && (flags & ACK) === 0;
	return isPing || (length >= PAYLOAD_BYTES && type === GOAWAY) ? PAYLOAD_BYTES : 0;
}

const lastStream = (goaway: Buffer): number => goaway.readUInt32BE(FRAME_HEAD_BYTES) & 0x7fffffff;

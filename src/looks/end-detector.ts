import { ResponseReader } from "../read/wire/read.ts";

/** Sees what comes in and says when the message is over. */
export interface EndDetector {
	/** True: nothing more is waited for. May write (HTTP/2 has to answer SETTINGS). */
	push(chunk: Buffer, write: (bytes: Buffer) => void): boolean;
	whole(): boolean;
}

/** Finds the end of an HTTP/1 response with the same reader that will judge it. */
export function http1End(method: "GET" | "HEAD"): EndDetector {
	const reader = new ResponseReader(method);
	return {
		push: (chunk) => {
			reader.push(chunk);
			return reader.over;
		},
		whole: () => reader.persists,
	};
}

/** RFC 9113 §4.1 */
const FRAME_HEAD_BYTES = 9;
/** What we allow in our SETTINGS. */
const FRAME_MAX_BYTES = 65_536;

/** Finds the end of stream 1 in HTTP/2 frames, and acknowledges SETTINGS and PING (RFC 9113 §6.5.3, §6.7). */
export function http2End(): EndDetector {
	let pending = Buffer.alloc(0);
	let skip = 0;
	let over = false;
	const push: EndDetector["push"] = (chunk, write) => {
		pending = Buffer.concat([pending, chunk]);
		for (;;) {
			const drop = Math.min(skip, pending.length);
			pending = pending.subarray(drop);
			skip -= drop;
			if (skip > 0 || pending.length < FRAME_HEAD_BYTES) return over;
			const length = pending.readUIntBE(0, 3);
			const type = pending[3];
			const flags = pending[4] ?? 0;
			const stream = pending.readUInt32BE(5) & 0x7fffffff;
			// No frame that anybody allowed: HTTP/1 text, or something else. Nothing after it can be read.
			if (length > FRAME_MAX_BYTES) {
				over = true;
				return over;
			}
			if (type === 6 && (flags & 1) === 0 && length === 8) {
				if (pending.length < FRAME_HEAD_BYTES + 8) return over;
				write(
					Buffer.concat([Buffer.from([0, 0, 8, 6, 1, 0, 0, 0, 0]), pending.subarray(FRAME_HEAD_BYTES, FRAME_HEAD_BYTES + 8)]),
				);
			}
			if (type === 4 && (flags & 1) === 0) write(Buffer.from([0, 0, 0, 4, 1, 0, 0, 0, 0]));
			const endsStream = (type === 0 || type === 1) && (flags & 1) !== 0;
			if (type === 7 || (stream === 1 && (endsStream || type === 3))) over = true;
			skip = FRAME_HEAD_BYTES + length;
		}
	};
	return { push, whole: () => over };
}

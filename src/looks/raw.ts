import { ResponseReader } from "../read/wire/read.ts";
import type { Connection } from "./connection.ts";
import { type Ending, endingOf } from "./observation.ts";

/** What came back for one request on a raw connection. */
export interface RawAnswer {
	/** Up to the cap. */
	readonly bytes: Uint8Array;
	readonly received: number;
	readonly ending: Ending;
	/** The message came to its own end, and the connection can take another request. */
	readonly whole: boolean;
	/** The system's or OpenSSL's word for the ending, for example ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED; null for none. */
	readonly endingCode: string | null;
	readonly sentMs: number;
	readonly firstByteMs: number | null;
	readonly lastByteMs: number | null;
	readonly endedMs: number;
}

/** The longest header section that is read (1 MiB) and some content; more is only counted. */
const KEPT_MAX_BYTES = 1_114_112;
/** Content beyond this is not waited for. */
const RECEIVED_MAX_BYTES = 64 * 1024 * 1024;
/** After the end of a message: what else comes, or how the connection ends. */
const AFTERMATH_MS = 150;
/** The same before a second request: a server that closes at once would else look as if it dropped that one. */
const QUIET_MS = 60;

/**
 * A connection on which we write requests ourselves and keep everything that comes back: no client library decides what counts. One
 * request at a time.
 */
export class RawConnection {
	readonly #connection: Connection;
	readonly #startedMono: number;
	#ending: Ending | null = null;
	#endingCode: string | null = null;
	#data: (chunk: Buffer) => void = () => {};
	#over: () => void = () => {};

	constructor(connection: Connection, startedMono: number) {
		this.#connection = connection;
		this.#startedMono = startedMono;
		const { socket } = connection;
		const end = (ending: Ending, code: string | null) => {
			this.#ending ??= ending;
			this.#endingCode ??= code;
			this.#over();
		};
		socket.on("data", (chunk: Buffer) => this.#data(chunk));
		socket.on("error", (error: Error & { code?: string }) => end(endingOf(error.code ?? ""), error.code ?? null));
		// Node tells an alert after the end of the stream: only the close says that nothing more comes.
		socket.on("close", () => end(this.#orderly(), null));
		socket.on("end", () => setImmediate(() => end(this.#orderly(), null)));
	}

	#orderly(): Ending {
		const { records, tls } = this.#connection;
		return tls === null || records === null || records.saidGoodbye(tls.protocol) ? "fin" : "tls-eof";
	}

	get closed(): boolean {
		return this.#ending !== null;
	}

	/**
	 * Sends one request and waits until its message is over, the connection ends, or time is up.
	 */
	async ask(request: Buffer, watch: Watch, limitMs: number, signal: AbortSignal | undefined, last: boolean): Promise<RawAnswer> {
		const since = () => performance.now() - this.#startedMono;
		const { socket } = this.#connection;
		const kept: Buffer[] = [];
		let keptBytes = 0;
		let received = 0;
		let firstByteMs: number | null = null;
		let lastByteMs: number | null = null;
		let enough = false;
		let overMs: number | null = null;
		const sentMs = since();
		const write = (bytes: Buffer) => {
			if (!socket.destroyed) socket.write(bytes);
		};
		await new Promise<void>((resolve) => {
			let aftermath: NodeJS.Timeout | undefined;
			const done = () => {
				clearTimeout(timer);
				clearTimeout(aftermath);
				signal?.removeEventListener("abort", done);
				this.#data = () => {};
				this.#over = () => {};
				resolve();
			};
			const timer = setTimeout(done, limitMs);
			signal?.addEventListener("abort", done, { once: true });
			this.#over = done;
			this.#data = (chunk) => {
				const now = since();
				firstByteMs ??= now;
				lastByteMs = now;
				received += chunk.length;
				if (keptBytes < KEPT_MAX_BYTES) {
					const part = chunk.subarray(0, KEPT_MAX_BYTES - keptBytes);
					kept.push(part);
					keptBytes += part.length;
				}
				const over = watch.push(chunk, write) || received > RECEIVED_MAX_BYTES;
				if (!over || enough) return;
				enough = true;
				overMs = now;
				// What follows the message is evidence too: surplus bytes, or a close that nobody announced.
				aftermath = setTimeout(done, last ? AFTERMATH_MS : QUIET_MS);
			};
			if (this.closed || signal?.aborted === true) done();
			else write(request);
		});
		return {
			bytes: new Uint8Array(Buffer.concat(kept)),
			received,
			ending: this.#ending ?? (enough ? "enough" : "deadline"),
			whole: watch.whole(),
			endingCode: this.#endingCode,
			sentMs,
			firstByteMs,
			lastByteMs,
			endedMs: overMs ?? since(),
		};
	}

	close(): void {
		this.#connection.socket.destroy();
	}
}

/** Sees what comes in and says when the message is over. */
interface Watch {
	/** True: nothing more is waited for. May write (HTTP/2 has to answer SETTINGS). */
	push(chunk: Buffer, write: (bytes: Buffer) => void): boolean;
	whole(): boolean;
}

/** Watches an HTTP/1 answer for its end, with the same reader that will judge it. */
export function watchHttp1(method: "GET" | "HEAD"): Watch {
	const reader = new ResponseReader(method);
	return {
		push: (chunk) => {
			reader.push(chunk);
			return reader.over;
		},
		whole: () => reader.persists,
	};
}

const FRAME_HEAD_BYTES = 9;
/** What we allow in our SETTINGS. */
const FRAME_MAX_BYTES = 65_536;

/** Watches HTTP/2 frames for the end of stream 1, and answers what has to be answered (RFC 9113 §6.5.3, §6.7). */
export function watchHttp2(): Watch {
	let pending = Buffer.alloc(0);
	let skip = 0;
	let over = false;
	const push: Watch["push"] = (chunk, write) => {
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

/** One HTTP/1.1 request as bytes. Values are ours or went through the URL parser: no line end can be in them. */
export function http1Request(method: string, path: string, fields: readonly (readonly [string, string])[]): Buffer {
	return Buffer.from(
		`${method} ${path} HTTP/1.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n`,
		"latin1",
	);
}

/** RFC 7541 §5.1, §5.2: a string without Huffman coding. */
function hpackString(text: string): Buffer {
	const bytes = Buffer.from(text, "latin1");
	const prefix: number[] = [];
	if (bytes.length < 127) prefix.push(bytes.length);
	else {
		prefix.push(127);
		let rest = bytes.length - 127;
		for (; rest >= 128; rest = Math.floor(rest / 128)) prefix.push((rest % 128) + 128);
		prefix.push(rest);
	}
	return Buffer.concat([Buffer.from(prefix), bytes]);
}

/**
 * Connection preface and one request on stream 1 (RFC 9113 §3.4, §8.3.1): no push, frames up to 64 KiB, windows so wide that no update
 * is needed; as Cloudflare's open-source proxy announces itself (pingora-core/src/connectors/http/v2.rs:580-592).
 */
export function http2Request(
	method: string,
	scheme: string,
	authority: string,
	path: string,
	fields: readonly (readonly [string, string])[],
): Buffer {
	const setting = (id: number, value: number) => {
		const bytes = Buffer.alloc(6);
		bytes.writeUInt16BE(id, 0);
		bytes.writeUInt32BE(value, 2);
		return bytes;
	};
	const frame = (type: number, flags: number, stream: number, payload: Buffer) => {
		const head = Buffer.alloc(FRAME_HEAD_BYTES);
		head.writeUIntBE(payload.length, 0, 3);
		head[3] = type;
		head[4] = flags;
		head.writeUInt32BE(stream, 5);
		return Buffer.concat([head, payload]);
	};
	const window = Buffer.alloc(4);
	window.writeUInt32BE(RECEIVED_MAX_BYTES * 2);
	const pairs: (readonly [string, string])[] = [
		[":method", method],
		[":scheme", scheme],
		[":authority", authority],
		[":path", path],
		...fields.map(([name, value]) => [name.toLowerCase(), value] as const),
	];
	const block = Buffer.concat(
		pairs.map(([name, value]) => Buffer.concat([Buffer.from([0]), hpackString(name), hpackString(value)])),
	);
	return Buffer.concat([
		Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "latin1"),
		frame(4, 0, 0, Buffer.concat([setting(2, 0), setting(4, RECEIVED_MAX_BYTES * 2), setting(5, 65_536)])),
		frame(8, 0, 0, window),
		frame(1, 5, 1, block),
	]);
}

import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { codeOf } from "../read/error.ts";
import type { HandshakeFacts } from "./observation.ts";

/** TLS content types (RFC 8446 §5.1). */
const CHANGE_CIPHER_SPEC = 20;
const ALERT = 21;
const HANDSHAKE = 22;
const APPLICATION_DATA = 23;
const MAJOR_VERSION = 3;
/** RFC 8446 §5.1, §5.2: a record with everything that encryption adds. */
const RECORD_MAX_BYTES = 2 ** 14 + 2_048;
const ALERT_BYTES = 2;
const FATAL = 2;
/** RFC 8446 §4: type and length of a handshake message. */
const MESSAGE_HEAD_BYTES = 4;
/** RFC 5246 §7.4.4. */
const CERTIFICATE_REQUEST = 13;
/** An encrypted alert under TLS 1.3: 2 bytes of alert, 1 of content type, 16 of tag (RFC 8446 §5.2). A padded one would be missed. */
const ALERT_13_BYTES = 19;
const FIRST_BYTES = 64;

/**
 * Stands between TCP and TLS: passes bytes both ways and reads the headers of the records that come in. Node tells the end of a TLS
 * connection in one way, whether the other side said so (close_notify) or only closed TCP; the last record tells them apart.
 */
export class TlsRecordReader {
	/** What TLS gets as its transport. */
	readonly transport: Duplex;
	/** The first bytes on the wire: what a port says that does not speak TLS. */
	first = Buffer.alloc(0);
	#header = Buffer.alloc(0);
	#left = 0;
	#last: { readonly type: number; readonly length: number } | null = null;
	/** What came so far is TLS, and nothing of it was encrypted yet. */
	#inClear = true;
	#speaksTls = false;
	/** The content of an alert, or the head of a handshake message, as far as it is here. */
	#content = Buffer.alloc(0);
	/** Of a handshake message: what is passed over. */
	#messageLeft = 0;
	#alert: number | null = null;
	#certificateRequested = false;
	#brokeWith: string | null = null;

	constructor(tcp: Socket) {
		const transport = new Duplex({
			read: () => void tcp.resume(),
			write: (chunk, _encoding, done) => {
				if (tcp.destroyed) done();
				else tcp.write(chunk, () => done());
			},
			final: (done) => {
				tcp.end();
				done();
			},
			destroy: (_error, done) => {
				tcp.destroy();
				done(null);
			},
		});
		transport.on("error", () => {});
		tcp.on("data", (chunk: Buffer) => {
			if (this.first.length < FIRST_BYTES) this.first = Buffer.concat([this.first, chunk]).subarray(0, FIRST_BYTES);
			this.#read(chunk);
			if (!transport.push(chunk)) tcp.pause();
		});
		tcp.on("end", () => transport.push(null));
		tcp.on("error", (error) => {
			this.#brokeWith = codeOf(error) ?? "ECONNRESET";
			transport.destroy(error);
		});
		tcp.on("close", () => transport.destroy());
		this.transport = transport;
	}

	/** What the records in clear say; once a handshake has failed, nothing more comes. */
	get handshake(): HandshakeFacts {
		return { speaksTls: this.#speaksTls, alert: this.#alert, certificateRequested: this.#certificateRequested };
	}

	/** The code of the error that TCP ended with, such as ECONNRESET; null for an orderly end. Node's TLS ends without a word of it. */
	get brokeWith(): string | null {
		return this.#brokeWith;
	}

	/** The last record was one that says goodbye in order. */
	saidGoodbye(protocol: string | null): boolean {
		if (this.#last === null) return false;
		return protocol === "TLSv1.3"
			? this.#last.type === APPLICATION_DATA && this.#last.length === ALERT_13_BYTES
			: this.#last.type === ALERT;
	}

	#read(chunk: Buffer): void {
		let at = 0;
		while (at < chunk.length) {
			if (this.#left > 0) {
				const take = Math.min(this.#left, chunk.length - at);
				if (this.#inClear) this.#readContent(chunk.subarray(at, at + take));
				this.#left -= take;
				at += take;
				continue;
			}
			const take = Math.min(5 - this.#header.length, chunk.length - at);
			this.#header = Buffer.concat([this.#header, chunk.subarray(at, at + take)]);
			at += take;
			if (this.#header.length < 5) continue;
			this.#left = this.#header.readUInt16BE(3);
			const type = this.#header[0] ?? 0;
			this.#last = { type, length: this.#left };
			this.#begin(type, this.#header[1] ?? 0);
			this.#header = Buffer.alloc(0);
		}
	}

	/** A record begins. After ChangeCipherSpec (TLS 1.2) or the first encrypted record (TLS 1.3) nothing can be read any more. */
	#begin(type: number, major: number): void {
		const isRecord = type >= CHANGE_CIPHER_SPEC && type <= APPLICATION_DATA && major === MAJOR_VERSION;
		if (isRecord && this.#left <= RECORD_MAX_BYTES) this.#speaksTls ||= this.#inClear;
		else this.#inClear = false;
		if (type !== ALERT && type !== HANDSHAKE) this.#inClear = false;
		// A handshake message may go on in the next record; an alert may not (RFC 8446 §5.1).
		if (type === ALERT) {
			this.#content = Buffer.alloc(0);
			if (this.#left !== ALERT_BYTES) this.#inClear = false;
		}
	}

	#readContent(bytes: Buffer): void {
		if (this.#last?.type === ALERT) {
			this.#content = Buffer.concat([this.#content, bytes]);
			// A warning ends nothing: servers send `unrecognized name` as one and go on.
			if (this.#content.length === ALERT_BYTES && this.#content[0] === FATAL) this.#alert ??= this.#content[1] ?? null;
			return;
		}
		let at = 0;
		while (at < bytes.length) {
			if (this.#messageLeft > 0) {
				const take = Math.min(this.#messageLeft, bytes.length - at);
				this.#messageLeft -= take;
				at += take;
				continue;
			}
			const take = Math.min(MESSAGE_HEAD_BYTES - this.#content.length, bytes.length - at);
			this.#content = Buffer.concat([this.#content, bytes.subarray(at, at + take)]);
			at += take;
			if (this.#content.length < MESSAGE_HEAD_BYTES) continue;
			this.#certificateRequested ||= this.#content[0] === CERTIFICATE_REQUEST;
			this.#messageLeft = this.#content.readUIntBE(1, 3);
			this.#content = Buffer.alloc(0);
		}
	}
}

import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/** TLS content types (RFC 8446 §5.1). */
const ALERT = 21;
const APPLICATION_DATA = 23;
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
		tcp.on("error", (error) => transport.destroy(error));
		tcp.on("close", () => transport.destroy());
		this.transport = transport;
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
				this.#left -= take;
				at += take;
				continue;
			}
			const take = Math.min(5 - this.#header.length, chunk.length - at);
			this.#header = Buffer.concat([this.#header, chunk.subarray(at, at + take)]);
			at += take;
			if (this.#header.length < 5) continue;
			this.#left = this.#header.readUInt16BE(3);
			this.#last = { type: this.#header[0] ?? 0, length: this.#left };
			this.#header = Buffer.alloc(0);
		}
	}
}

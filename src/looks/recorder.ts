import { Duplex } from "node:stream";
import type { Ending } from "../read/wire/ending.ts";
import type { Connection } from "./connection.ts";
import { endingOf } from "./observation.ts";

/** Everything that came over one connection, up to a cap, with the time of the first and the last byte. */
interface Recording {
	readonly bytes: Uint8Array;
	readonly received: number;
	readonly firstByteMs: number | null;
	readonly lastByteMs: number | null;
	readonly ending: Ending;
}

/**
 * Stands between a connection and undici: passes bytes both ways and keeps a copy of what comes in. undici destroys its socket at
 * the first parser error; this one only lets go of undici then, and goes on recording.
 */
export class Recorder {
	/** What undici gets as its socket. */
	readonly tap: Duplex;
	readonly #connection: Connection;
	readonly #startedMono: number;
	readonly #maxBytes: number;
	readonly #kept: Buffer[] = [];
	#keptBytes = 0;
	#received = 0;
	#firstByteMs: number | null = null;
	#lastByteMs: number | null = null;
	#ending: Ending | null = null;
	readonly #ended: Promise<void>;

	constructor(connection: Connection, startedMono: number, maxBytes: number) {
		this.#connection = connection;
		this.#startedMono = startedMono;
		this.#maxBytes = maxBytes;
		const { socket } = connection;
		let open = true;
		const tap = new Duplex({
			read: () => socket.resume(),
			write: (chunk, _encoding, done) => {
				if (socket.destroyed) done();
				else socket.write(chunk, () => done());
			},
			final: (done) => done(),
			destroy: (error, done) => {
				open = false;
				socket.resume();
				// undici has to hear of it: a request that it aborted itself it would else finish when this closes, and end the process.
				done(error);
			},
		});
		tap.on("error", () => {});
		// What undici asks of a socket: these answer for ours. The h2 side looks at alpnProtocol.
		Object.assign(tap, {
			alpnProtocol: connection.tls?.alpn ?? false,
			setNoDelay: () => tap,
			setKeepAlive: () => tap,
			setTimeout: () => tap,
			ref: () => tap,
			unref: () => tap,
		});
		this.tap = tap;
		this.#ended = new Promise((resolve) => {
			const end = (ending: Ending) => {
				this.#ending ??= ending;
				resolve();
			};
			socket.on("data", (chunk: Buffer) => {
				this.#keep(chunk);
				if (open && !tap.push(chunk)) socket.pause();
			});
			socket.on("end", () => {
				end("fin");
				if (open) tap.push(null);
			});
			socket.on("error", (error: Error & { code?: string }) => {
				end(endingOf(error.code ?? ""));
				if (open) tap.destroy(error);
			});
			socket.on("close", () => {
				end("fin");
				if (open) tap.push(null);
			});
		});
	}

	#keep(chunk: Buffer): void {
		const now = performance.now() - this.#startedMono;
		this.#firstByteMs ??= now;
		this.#lastByteMs = now;
		this.#received += chunk.length;
		const room = this.#maxBytes - this.#keptBytes;
		if (room <= 0) return;
		const kept = chunk.length <= room ? chunk : chunk.subarray(0, room);
		this.#kept.push(kept);
		this.#keptBytes += kept.length;
	}

	get received(): number {
		return this.#received;
	}

	/** Waits until the other side ends the connection, at most `ms`. */
	async drain(ms: number): Promise<void> {
		let timer: NodeJS.Timeout | undefined;
		await Promise.race([
			this.#ended,
			new Promise<void>((resolve) => {
				timer = setTimeout(resolve, ms);
			}),
		]);
		clearTimeout(timer);
	}

	/** Closes the connection and tells what came; `ifStillOpen` is the ending when the other side had not ended it. */
	close(ifStillOpen: "enough" | "deadline"): Recording {
		this.#ending ??= ifStillOpen;
		this.tap.destroy();
		this.#connection.socket.destroy();
		return {
			bytes: new Uint8Array(Buffer.concat(this.#kept)),
			received: this.#received,
			firstByteMs: this.#firstByteMs,
			lastByteMs: this.#lastByteMs,
			ending: this.#ending,
		};
	}
}

import { Duplex } from "node:stream";
import type { Ending } from "../read/wire/ending.ts";
import { KeptBytes } from "../read/wire/kept-bytes.ts";
import type { Connection } from "./connection.ts";
import type { EndDetector } from "./end-detector.ts";
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
 * undici makes two buffers of every field line, of trailers too. Beyond this many it does not get to see them, and our reader alone reads the response.
 * Many times what Cloudflare's open-source proxy takes (256).
 */
const LINES_FOR_UNDICI = 1_000;

/**
 * Stands between a connection and undici: passes bytes both ways and keeps a copy of what comes in. undici destroys its socket at
 * the first parser error; this one only lets go of undici then, and goes on recording. It ends the look where the other side repeats
 * itself without end, or sends more than is kept.
 */
export class Recorder {
	/** What undici gets as its socket. */
	readonly tap: Duplex;
	readonly #connection: Connection;
	readonly #startedMono: number;
	readonly #maxBytes: number;
	readonly #kept: KeptBytes;
	readonly #detector: EndDetector;
	/** undici still gets what comes. */
	#shared = true;
	/** The message is over for us, whatever else comes. */
	#enough = false;
	#received = 0;
	#firstByteMs: number | null = null;
	#lastByteMs: number | null = null;
	#ending: Ending | null = null;
	readonly #ended: Promise<void>;

	/**
	 * @param maxBytes of them are kept; when more come, the look is over
	 * @param detector says where the other side goes beyond a bound
	 */
	constructor(connection: Connection, startedMono: number, maxBytes: number, detector: EndDetector) {
		this.#connection = connection;
		this.#startedMono = startedMono;
		this.#maxBytes = maxBytes;
		this.#kept = new KeptBytes(maxBytes);
		this.#detector = detector;
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
				if (this.#enough) return;
				this.#keep(chunk);
				// undici hears of it as of an error of its socket, and ends the request.
				if (open && !this.#shared) tap.destroy(Object.assign(new Error("beyond a bound"), { code: "BOUND" }));
				else if (open && !tap.push(chunk)) socket.pause();
				if (!this.#enough) return;
				socket.pause();
				resolve();
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
		this.#kept.push(chunk);
		// undici answers the frames itself.
		const progress = this.#detector.push(chunk, () => true);
		this.#shared &&= this.#detector.headerLines() <= LINES_FOR_UNDICI;
		this.#enough = progress === "bound" || this.#received > this.#maxBytes || (!this.#shared && progress === "over");
		if (this.#enough) this.#shared = false;
	}

	get received(): number {
		return this.#received;
	}

	/** undici was kept from the response: our reader alone waits for its end. */
	get alone(): boolean {
		return !this.#shared;
	}

	/** Waits until the other side ends the connection, or nothing more is wanted; at most `ms`, or until the signal aborts. */
	async drain(ms: number, signal: AbortSignal): Promise<void> {
		const aborted = new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
		let timer: NodeJS.Timeout | undefined;
		await Promise.race([
			this.#ended,
			aborted,
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
			bytes: this.#kept.take(),
			received: this.#received,
			firstByteMs: this.#firstByteMs,
			lastByteMs: this.#lastByteMs,
			ending: this.#ending,
		};
	}
}

import type { Ending } from "../read/wire/ending.ts";
import { KeptBytes } from "../read/wire/kept-bytes.ts";
import type { Connection } from "./connection.ts";
import type { EndDetector } from "./end-detector.ts";
import { endingOf } from "./observation.ts";

/** What came back for one request on a raw connection. */
export interface RawResponse {
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
export const RECEIVED_MAX_BYTES = 64 * 1024 * 1024;
/** After the end of a message: what else comes, or how the connection ends. */
const AFTERMATH_MS = 150;
/** The same before a second request: a server that closes at once gets none. */
const QUIET_MS = 60;
/** More than this after the end of a message tells nothing more. */
const AFTERMATH_MAX_BYTES = 256 * 1024;
/** Answers are not written to one that does not read them: no more than this waits for it. */
const UNSENT_MAX_BYTES = 64 * 1024;

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
		socket.on("close", () => {
			const broke = connection.records?.brokeWith ?? null;
			end(broke === null ? this.#orderly() : endingOf(broke), broke);
		});
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
	 * @param last no other request follows on this connection
	 * @param idleMs for which the connection is left open after the message; a short while by default
	 */
	async ask(
		request: Buffer,
		detector: EndDetector,
		limitMs: number,
		signal: AbortSignal | undefined,
		last: boolean,
		idleMs: number = last ? AFTERMATH_MS : QUIET_MS,
	): Promise<RawResponse> {
		const since = () => performance.now() - this.#startedMono;
		const { socket } = this.#connection;
		const kept = new KeptBytes(KEPT_MAX_BYTES);
		let received = 0;
		let firstByteMs: number | null = null;
		let lastByteMs: number | null = null;
		let enough = false;
		let overMs: number | null = null;
		let afterBytes = 0;
		const sentMs = since();
		const write = (bytes: Buffer): boolean => {
			if (socket.writableLength > UNSENT_MAX_BYTES) return false;
			if (!socket.destroyed) socket.write(bytes);
			return true;
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
				kept.push(chunk);
				if (enough) {
					afterBytes += chunk.length;
					if (afterBytes > AFTERMATH_MAX_BYTES) done();
					return;
				}
				const progress = detector.push(chunk, write);
				if (progress === "more" && received <= RECEIVED_MAX_BYTES) return;
				enough = true;
				overMs = now;
				if (progress === "bound") return done();
				// What follows the message is evidence too: surplus bytes or an unannounced close.
				aftermath = setTimeout(done, idleMs);
			};
			if (this.closed || signal?.aborted === true) done();
			else write(request);
		});
		return {
			bytes: kept.take(),
			received,
			ending: this.#ending ?? (enough ? "enough" : "deadline"),
			whole: detector.whole(),
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

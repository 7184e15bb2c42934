import type { Log } from "./bot.ts";

/** One lost call may be the network's; a second one in a row is not. */
const FAILED_IN_A_ROW = 2;
/** What failed longer ago than this says nothing of now. */
const FAILED_KEPT_MS = 5 * 60_000;
/** Without a question for so long, the chat is asked whether it is there. */
const SILENT_MS_MAX = 30_000;

/**
 * Whether a chat that delivers over HTTP takes our calls: there is no connection to watch. A response counts, whatever it says; no
 * response and a failure of the chat's own (5xx) count against it. Each change is one line in the log.
 */
export class ReachedState {
	readonly #platform: string;
	readonly #log: Log;
	readonly #now: () => number;
	#failures = 0;
	#lastAtMs: number;
	#down = false;

	/** @param now milliseconds of a clock that never jumps */
	constructor(platform: string, log: Log, now: () => number = () => performance.now()) {
		this.#platform = platform;
		this.#log = log;
		this.#now = now;
		this.#lastAtMs = now();
	}

	/** The last calls did not all fail. */
	get reached(): boolean {
		return this.#failures < FAILED_IN_A_ROW || this.#now() - this.#lastAtMs > FAILED_KEPT_MS;
	}

	/** Unknown: the last call failed or is too old. */
	get inDoubt(): boolean {
		return this.#failures > 0 || this.#now() - this.#lastAtMs > SILENT_MS_MAX;
	}

	/** Makes one call over HTTP and counts its outcome. */
	async count<T extends { readonly status: number }>(call: () => Promise<T>): Promise<T> {
		try {
			const response = await call();
			this.#came(response.status < 500);
			return response;
		} catch (error) {
			this.#came(false);
			throw error;
		}
	}

	#came(reached: boolean): void {
		this.#lastAtMs = this.#now();
		this.#failures = reached ? 0 : this.#failures + 1;
		const down = !this.reached;
		if (down !== this.#down) this.#log({ event: `${this.#platform}-${down ? "not-reached" : "reached"}` });
		this.#down = down;
	}
}

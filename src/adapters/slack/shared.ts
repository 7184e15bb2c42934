import type { Log } from "../bot.ts";
import type { SlackCall } from "./calls.ts";
import { slackError } from "./errors.ts";

/** What Slack is asked with. */
interface Asking {
	readonly call: SlackCall;
	readonly log: Log;
}

const REMEMBERED_MAX = 10_000;
/** A channel may be shared from one day to the next. */
const ASKED_AGAIN_MS = 10 * 60_000;

/**
 * Channels with people of other organizations. Messages tell of it; commands and buttons do not, and Slack is asked where the optional scopes
 * channels:read and groups:read are there.
 */
export class SharedChannels {
	/** Told by Slack: never taken back. */
	readonly #told = new Set<string>();
	/** Slack said that it is not shared, or did not say; when it was asked, Unix milliseconds. */
	readonly #asked = new Map<string, number>();

	/** A message or a person of another organization came from there. */
	add(channel: string): void {
		this.#told.add(channel);
		const [oldest] = this.#told;
		if (this.#told.size > REMEMBERED_MAX && oldest !== undefined) this.#told.delete(oldest);
	}

	/** Whether Slack has told so. */
	has(channel: string): boolean {
		return this.#told.has(channel);
	}

	/** Whether it is one, as far as Slack says. Never rejects. */
	async ask({ call, log }: Asking, channel: string): Promise<boolean> {
		if (this.has(channel)) return true;
		const askedAtMs = this.#asked.get(channel);
		if (askedAtMs !== undefined && Date.now() - askedAtMs < ASKED_AGAIN_MS) return false;
		try {
			const { channel: found } = await call((client) => client.conversations.info({ channel }), true);
			if (found?.is_ext_shared === true || found?.is_pending_ext_shared === true) this.add(channel);
		} catch (error) {
			log({ event: "channel-unknown", error: slackError(error) || "Error" });
		}
		if (this.#asked.size >= REMEMBERED_MAX) this.#asked.clear();
		this.#asked.set(channel, Date.now());
		return this.has(channel);
	}
}

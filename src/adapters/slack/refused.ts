import type { Log } from "../bot.ts";
import { blocksRefused } from "./errors.ts";
import type { SlackPayload } from "./render.ts";
import { type SlackWidget, WIDGETS, widgetOf } from "./widgets.ts";

type Plain = ReadonlySet<SlackWidget>;
type Sent<T> = { readonly value: T } | { readonly error: unknown; readonly at: number | null };

/**
 * What this workspace's Slack refused to show. Kept in memory for as long as the process has its token: after a restart each kind is tried
 * once more, so that a Slack which has learned it is noticed.
 */
export class RefusedWidgets {
	readonly #refused = new Set<SlackWidget>();
	readonly #log: Log;

	constructor(log: Log) {
		this.#log = log;
	}

	/**
	 * Sends a message. Where Slack refuses its blocks, it goes out again with what was refused in plain form, and that is not tried again.
	 * Slack posts nothing of what it refuses, so nothing is said twice.
	 * @param render the message, with these kinds in plain form
	 * @param send rejects as Slack does
	 */
	async send<T>(render: (plain: Plain) => SlackPayload, send: (payload: SlackPayload) => Promise<T>): Promise<T> {
		let plain: Plain = new Set(this.#refused);
		let payload = render(plain);
		let last = await attempt(send, payload);
		for (let nth = 0; nth < WIDGETS.length && "error" in last; nth += 1) {
			const named = last.at === null ? null : widgetOf(payload.blocks[last.at]);
			for (const more of named === null ? guesses(payload) : [[named]]) {
				const next = new Set([...plain, ...more]);
				const again = render(next);
				last = await attempt(send, again);
				if ("value" in last) {
					this.#remember(next);
					break;
				}
				if (named !== null) [plain, payload] = [next, again];
			}
			if (named === null) break;
		}
		if ("error" in last) throw last.error;
		return last.value;
	}

	#remember(plain: Plain): void {
		for (const widget of plain) {
			if (this.#refused.has(widget)) continue;
			this.#refused.add(widget);
			this.#log({ event: "widget-refused", widget });
		}
	}
}

/** Slack did not say which block it was: each kind by itself, then more and more of them, what is newest in Slack first. */
function guesses({ blocks }: SlackPayload): readonly (readonly SlackWidget[])[] {
	const shown = WIDGETS.filter((widget) => blocks.some((block) => widgetOf(block) === widget));
	return [...shown.map((widget) => [widget]), ...shown.slice(1).map((_, nth) => shown.slice(0, nth + 2))];
}

/** Rejects with everything but a refusal of blocks. */
async function attempt<T>(send: (payload: SlackPayload) => Promise<T>, payload: SlackPayload): Promise<Sent<T>> {
	try {
		return { value: await send(payload) };
	} catch (error) {
		const refused = blocksRefused(error);
		if (refused === null) throw error;
		return { error, at: refused.at };
	}
}

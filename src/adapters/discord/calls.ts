import { setTimeout as sleep } from "node:timers/promises";
import { DiscordAPIError } from "discord.js";

/** Discord took the call most likely, and its answer was lost on the way: said again, the message might stand twice. */
export class LostAnswer extends Error {}

const TRIES_MAX = 4;
const FIRST_PAUSE_MS = 200;

/**
 * Makes a call to Discord, patiently. The SDK waits out rate limits and repeats what was answered with 5xx; a connection that breaks
 * while the answer is on its way it hands on (measured with discord.js 14.28.1).
 * @param repeatable saying it twice is the same as once: an edit, a thread of a message, a message with its nonce
 * @throws LostAnswer, or the SDK's error
 */
export async function patiently<T>(call: () => Promise<T>, repeatable: boolean): Promise<T> {
	for (let tries = 1; ; tries += 1) {
		try {
			return await call();
		} catch (error) {
			if (!isOfTheConnection(error)) throw error;
			if (!repeatable) throw new LostAnswer("Discord's answer was lost");
			if (tries >= TRIES_MAX) throw error;
			await sleep(FIRST_PAUSE_MS * 2 ** (tries - 1));
		}
	}
}

/** No answer of Discord's: what broke is the way to it. */
function isOfTheConnection(error: unknown): boolean {
	if (error instanceof DiscordAPIError || typeof error !== "object" || error === null) return false;
	const { name, code, cause, status } = error as { name?: unknown; code?: unknown; cause?: unknown; status?: unknown };
	if (typeof status === "number") return false;
	if (typeof code === "string" && /^(?:E[A-Z]+|UND_ERR_\w+)$/.test(code)) return true;
	return name === "AbortError" || name === "TimeoutError" || isOfTheConnection(cause);
}

import { setTimeout as sleep } from "node:timers/promises";
import { Delayed } from "../desk/conversation.ts";
import { codeOf } from "../read/error.ts";

/**
 * The longest wait for one message. Both chats count most calls by the second or the minute, so that this is over for nearly all; who waits
 * for longer gets the answer in another way that the chat takes now.
 */
export const PATIENCE_MS = 30_000;

/** The chat probably accepted the call and only its response was lost. Do not post twice. */
export class LostAnswer extends Error {}

/**
 * The outcome of a failed call: milliseconds to wait before the next try, as the chat asked for; `again`: it did not happen; `lost`: it may
 * have happened; `final`: another try fails in the same way.
 */
export type Failure = number | "again" | "lost" | "final";

/** How one chat is called. */
interface RetryRules {
	/** The chat's name in errors. */
	readonly chat: string;
	/** The first pause; every further one is twice as long. */
	readonly firstPauseMs: number;
	/** After so long nothing is tried again; what the chat itself asks to wait is bounded by {@link PATIENCE_MS} too. */
	readonly patienceMs: number;
	/** How the chat's errors read. */
	readonly failureOf: (error: unknown) => Failure;
}

/** Makes a call; `repeatable`: doing it twice does no harm, as with an edit. Throws LostAnswer, Delayed, or the chat's own error. */
export type WithRetry = <T>(call: () => Promise<T>, repeatable: boolean) => Promise<T>;

const TRIES_MAX = 4;

/**
 * The SDKs' own retries are off: they repeat what was accepted when only its response was lost.
 * @returns what makes a call under these rules
 */
export function retrying({ chat, firstPauseMs, patienceMs, failureOf }: RetryRules): WithRetry {
	return async (call, repeatable) => {
		const started = performance.now();
		for (let tries = 1; ; tries += 1) {
			try {
				return await call();
			} catch (error) {
				const failure = failureOf(error);
				if (failure === "lost" && !repeatable) throw new LostAnswer(`${chat}'s response was lost`);
				const pauseMs = typeof failure === "number" ? failure : firstPauseMs * 2 ** (tries - 1);
				const isAsked = typeof failure === "number";
				const late = performance.now() - started + pauseMs > (isAsked ? Math.min(patienceMs, PATIENCE_MS) : patienceMs);
				if (late && isAsked) throw new Delayed(chat, failure);
				if (failure === "final" || tries >= TRIES_MAX || late) throw error;
				await sleep(pauseMs);
			}
		}
	};
}

/** The request never left: it can be made again. */
const NOT_SENT: ReadonlySet<string> = new Set([
	"ECONNREFUSED",
	"ENOTFOUND",
	"EAI_AGAIN",
	"UND_ERR_CONNECT_TIMEOUT",
	"EHOSTUNREACH",
	"ENETUNREACH",
]);

/** The connection failed before anything was sent. */
export const isNotSent = (error: unknown): boolean => NOT_SENT.has(systemCode(error));

/** The system's own word at the bottom of an error, "" for none: fetch wraps its causes. */
function systemCode(error: unknown): string {
	let inner = error;
	for (let depth = 0; depth < 5 && typeof inner === "object" && inner !== null; depth += 1) {
		const code = codeOf(inner);
		if (code !== null) return code;
		inner = (inner as { cause?: unknown }).cause;
	}
	return "";
}

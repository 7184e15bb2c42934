import { retrying } from "../retry.ts";
import { failureOf } from "./errors.ts";

const FIRST_PAUSE_MS = 200;

/** Makes a call to Discord. `repeatable`: an edit, a thread of a message, a message with its nonce. */
export const withRetry = retrying({
	chat: "Discord",
	firstPauseMs: FIRST_PAUSE_MS,
	// The SDK has its own, for each request.
	patienceMs: Number.POSITIVE_INFINITY,
	failureOf,
});

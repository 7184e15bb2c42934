import type { WebClient } from "@slack/web-api";
import { type Failure, isNotSent, LostAnswer, PATIENCE_MS, retrying } from "../retry.ts";
import { BlocksRefused, failureOf } from "./errors.ts";

const FIRST_PAUSE_MS = 300;

/**
 * Makes a call of Slack's Web API: waits as long as Slack asks for (429), and tries again after a failure of Slack's own. The SDK's retries
 * would repeat what Slack accepted when only its response was lost (measured with @slack/web-api 8.2), so they are off.
 */
export const withRetry = retrying({ chat: "Slack", firstPauseMs: FIRST_PAUSE_MS, patienceMs: PATIENCE_MS, failureOf });

/**
 * Makes a call of the Web API in a workspace; `repeatable`: doing it twice does no harm. Throws LostAnswer, Delayed, NotInstalled, or
 * Slack's own error. That the token is rejected is logged once.
 */
export type SlackCall = <T>(work: (client: WebClient) => Promise<T>, repeatable: boolean) => Promise<T>;

const RESPOND_MS_MAX = 10_000;

/** A response URL did not take what was posted. */
class NotTaken extends Error {
	readonly failure: Failure;

	constructor(status: number, pauseMs: number) {
		super(`Slack's response URL returned ${status}`);
		this.failure = status !== 429 && status < 500 ? "final" : pauseMs;
	}
}

const respondWithRetry = retrying({
	chat: "Slack",
	firstPauseMs: FIRST_PAUSE_MS,
	patienceMs: PATIENCE_MS,
	failureOf: (error) => {
		if (error instanceof BlocksRefused) return "final";
		return error instanceof NotTaken ? error.failure : "lost";
	},
});

/**
 * Posts to a response_url: no token is needed, and the bot need not be a member. Rejects when Slack did not take it, with BlocksRefused
 * when it was for its blocks.
 * @param request makes the request
 */
export async function respondTo(
	url: string,
	payload: Readonly<Record<string, unknown>>,
	request: typeof fetch = fetch,
): Promise<void> {
	await respondWithRetry(() => postTo(url, payload, request), false).catch((error: unknown) => {
		// It may have been accepted: do not post twice.
		if (!(error instanceof LostAnswer)) throw error;
	});
}

async function postTo(url: string, payload: Readonly<Record<string, unknown>>, request: typeof fetch): Promise<void> {
	let response: Response;
	let said: string;
	try {
		response = await request(url, {
			method: "POST",
			headers: { "content-type": "application/json; charset=utf-8" },
			body: JSON.stringify(payload),
			redirect: "error",
			signal: AbortSignal.timeout(RESPOND_MS_MAX),
		});
		said = response.ok ? "" : await beginningOf(response);
		await response.body?.cancel();
	} catch (error) {
		throw isNotSent(error) ? new NotTaken(503, FIRST_PAUSE_MS) : error;
	}
	if (response.ok) return;
	if (said.includes("invalid_blocks")) throw new BlocksRefused(said);
	const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
	throw new NotTaken(response.status, Number.isInteger(seconds) && seconds >= 0 ? seconds * 1_000 : FIRST_PAUSE_MS);
}

/** What an answer begins with: its first piece, which holds Slack's word for an error. */
async function beginningOf({ body }: Response): Promise<string> {
	const reader = body?.getReader();
	if (reader === undefined) return "";
	const { value } = await reader.read();
	reader.releaseLock();
	return Buffer.from(value ?? []).toString("utf8");
}

import { Delayed } from "../../desk/conversation.ts";
import { type Failure, isNotSent, LostAnswer } from "../retry.ts";

/** Slack rejects this token. */
const REFUSED_TOKEN: ReadonlySet<string> = new Set([
	"token_revoked",
	"token_expired",
	"account_inactive",
	"invalid_auth",
	"not_authed",
	"app_uninstalled",
]);
/** Answers of chat.postMessage that mean: not here, whatever we do. */
const NOT_HERE =
	/^(?:not_in_channel|channel_not_found|is_archived|no_permission|access_denied|restricted_action\w*|msg_blocked\w*|cannot_dm_bot|user_not_found|messages_tab_disabled)$/;
/** The message was deleted. */
const GONE: ReadonlySet<string> = new Set([
	"message_not_found",
	"cant_update_message",
	"edit_window_closed",
	"channel_not_found",
	"is_archived",
]);
/** Slack's own words for a limit that it tells without a status or a time. */
const LIMITED: ReadonlySet<string> = new Set(["ratelimited", "rate_limited"]);
/** Slack's own words for trouble of its own. */
const TROUBLE: ReadonlySet<string> = new Set([
	"internal_error",
	"service_unavailable",
	"request_timeout",
	"team_added_to_org",
	...LIMITED,
]);
/** "It's possible some aspect of the operation succeeded before the error was raised" (https://docs.slack.dev/reference/methods/chat.postMessage). */
const PERHAPS_DONE = "fatal_error";

/** The app is not installed in this workspace, or no longer: there is no token to call Slack with. */
export class NotInstalled extends Error {
	override readonly name = "NotInstalled";
}

/** Slack's error word, or "" for anything else. */
export function slackError(error: unknown): string {
	const word = (error as { data?: { error?: unknown } } | null)?.data?.error;
	return typeof word === "string" ? word : "";
}

export const isTokenRefused = (error: unknown): boolean => REFUSED_TOKEN.has(slackError(error));
export const isNotHere = (error: unknown): boolean => NOT_HERE.test(slackError(error));
/** The thread's first message was deleted, so replies are not possible. */
export const isThreadGone = (error: unknown): boolean => slackError(error) === "thread_not_found";
export const isGone = (error: unknown): boolean => GONE.has(slackError(error));

/** Slack did not confirm the message, or delays it for too long. */
export const isUnconfirmed = (error: unknown): boolean => error instanceof LostAnswer || isDelayed(error);

/** Slack takes calls of this kind only later. */
export const isDelayed = (error: unknown): boolean => error instanceof Delayed || LIMITED.has(slackError(error));

/** Slack's words for blocks that it does not take. */
const BLOCKS_REFUSED: ReadonlySet<string> = new Set(["invalid_blocks", "invalid_blocks_format"]);

/** A response URL said that it does not take these blocks. */
export class BlocksRefused extends Error {
	/** As Slack answered. */
	readonly said: string;

	constructor(said: string) {
		super("Slack's response URL refused blocks");
		this.said = said;
	}
}

/** Whether Slack refused the blocks of a message, and which one; null for every other error. */
export function blocksRefused(error: unknown): { readonly at: number | null } | null {
	if (!(error instanceof BlocksRefused) && !BLOCKS_REFUSED.has(slackError(error))) return null;
	const { data } = (error ?? {}) as { readonly data?: { readonly response_metadata?: unknown } };
	const said = error instanceof BlocksRefused ? error.said : JSON.stringify(data?.response_metadata ?? "");
	const [, at] = /json-pointer:\/blocks\/(\d{1,3})\b/.exec(said) ?? [];
	return { at: at === undefined ? null : Number(at) };
}

/** What an operator has to know of Slack's refusal, without anything of the message: its word, and the scope that is missing. */
export function forOperator(error: unknown): unknown {
	const word = slackError(error);
	const needed = (error as { data?: { needed?: unknown } } | null)?.data?.needed;
	return word === "" ? error : new Error(`Slack returned ${word}${typeof needed === "string" ? `, scope ${needed}` : ""}`);
}

/** The outcome of a failed call of the Web API. */
export function failureOf(error: unknown): Failure {
	const { retryAfter, statusCode, code, original } = (error ?? {}) as {
		retryAfter?: unknown;
		statusCode?: unknown;
		code?: unknown;
		original?: unknown;
	};
	if (code === "slack_webapi_rate_limited_error" && typeof retryAfter === "number") return retryAfter * 1_000;
	if (code === "slack_webapi_http_error") return typeof statusCode === "number" && statusCode >= 500 ? "again" : "final";
	if (code === "slack_webapi_request_error") return isNotSent(original) ? "again" : "lost";
	const word = slackError(error);
	if (word === PERHAPS_DONE) return "lost";
	return TROUBLE.has(word) ? "again" : "final";
}

import { DiscordAPIError, DiscordjsError, DiscordjsErrorCodes, RateLimitError } from "discord.js";
import { nameOf } from "../../read/error.ts";
import { type Failure, PATIENCE_MS } from "../retry.ts";

/** What Discord answers when a thread or message cannot be made here: no rights, no such channel or server, already a thread, not a text channel. */
const NOT_HERE: ReadonlySet<number | string> = new Set([
	10_003, 10_004, 10_008, 50_001, 50_007, 50_013, 50_024, 50_083, 160_002, 160_005, 160_006, 160_007,
]);
/** The interaction has expired: not acknowledged in time, or over 15 minutes old. */
const OVER: ReadonlySet<number | string> = new Set([10_008, 10_015, 10_062, 50_027]);
/** Discord's own words for an interaction that came too late: nothing to do about it. */
const EXPECTED: ReadonlySet<number | string> = new Set([10_062, 50_027]);
const TOO_LATE = 10_062;
const ACKNOWLEDGED_ALREADY = 40_060;
/** Invalid Form Body: what we sent is not taken as it is. */
const INVALID_FORM = 50_035;
/** Further answers to an interaction: Discord takes no more, because no server installed us here. */
const NO_MORE_FOLLOW_UPS = 40_094;
/** The message has its thread already: from a process before this one, or a lost answer. */
const HAS_THREAD = 160_004;

/** Discord's number of an error; null for anything else. */
const discordCode = (error: unknown): number | string | null => (error instanceof DiscordAPIError ? error.code : null);
const isOneOf = (error: unknown, codes: ReadonlySet<number | string>): boolean => {
	const code = discordCode(error);
	return code !== null && codes.has(code);
};

export const isNotHere = (error: unknown): boolean => isOneOf(error, NOT_HERE);
export const isOver = (error: unknown): boolean => isOneOf(error, OVER);
export const isRefusedForm = (error: unknown): boolean => discordCode(error) === INVALID_FORM;
export const isLastFollowUp = (error: unknown): boolean => discordCode(error) === NO_MORE_FOLLOW_UPS;
export const hasThread = (error: unknown): boolean => discordCode(error) === HAS_THREAD;

/** Discord answered 5xx, also to the SDK's further tries: it cannot do this now. */
export const isServerFailure = (error: unknown): boolean =>
	typeof error === "object" && error !== null && "status" in error && typeof error.status === "number" && error.status >= 500;

/** Discord's number of an error, else its name, for a log line: Discord's errors carry the interaction's token. */
export const errorWord = (error: unknown): string | number => discordCode(error) ?? nameOf(error);

/** The log line for what a listener threw; null: another session of the same shard was faster, and answers. */
export function listenerFailed(error: unknown): { readonly event: string; readonly error: string | number } | null {
	if (discordCode(error) === ACKNOWLEDGED_ALREADY) return null;
	return { event: isOneOf(error, EXPECTED) ? "discord-too-late" : "discord-listener-failed", error: errorWord(error) };
}

/** Another replica, a lost answer of ours, or we in the meantime took the interaction: nothing to do. Everything else is thrown on. */
export function unlessAnswered(error: unknown): void {
	const isOurs = error instanceof DiscordjsError && error.code === DiscordjsErrorCodes.InteractionAlreadyReplied;
	if (!isOurs && discordCode(error) !== ACKNOWLEDGED_ALREADY) throw error;
}

/** The log line for a deferral that failed; null: Discord took it while its answer to us was lost, and was asked again. */
export function deferralFailed(error: unknown): { readonly event: string; readonly error: string | number } | null {
	const code = discordCode(error);
	if (code === ACKNOWLEDGED_ALREADY) return null;
	return { event: code === TOO_LATE ? "discord-too-late" : "not-acknowledged", error: code ?? "Error" };
}

/** What the SDK tells of a limit before it waits. */
interface Limited {
	readonly method: string;
	/** Without ids. */
	readonly route: string;
	readonly global: boolean;
	readonly timeToReset: number;
	readonly retryAfter: number;
	readonly sublimitTimeout: number;
}

const waitOf = ({ timeToReset, retryAfter, sublimitTimeout }: Limited): number =>
	Math.max(timeToReset, retryAfter, sublimitTimeout);

/** Where messages are posted and edited, threads made and interactions answered. Names of threads are rationed, and nobody waits for them. */
const SAYS = /^\/(?:channels\/[^/]+\/messages|webhooks|interactions)(?:\/|$)/;

/**
 * Whether the SDK is to reject a call instead of waiting until Discord takes it: what people wait for can be said in another way, but for
 * a limit of all calls.
 */
export const isTooLong = (limited: Limited): boolean =>
	!limited.global && SAYS.test(limited.route) && waitOf(limited) > PATIENCE_MS;

/**
 * The outcome of a failed call. The SDK waits out short rate limits (see {@link isTooLong}) and repeats what was answered with 5xx; a connection that breaks while the
 * answer is on its way it hands on (measured with discord.js 14.28.1).
 */
export const failureOf = (error: unknown): Failure => {
	if (error instanceof RateLimitError) return waitOf(error);
	return isOfTheConnection(error) ? "lost" : "final";
};

/** No answer of Discord's: what broke is the way to it. */
function isOfTheConnection(error: unknown): boolean {
	if (error instanceof DiscordAPIError || typeof error !== "object" || error === null) return false;
	const { name, code, cause, status } = error as { name?: unknown; code?: unknown; cause?: unknown; status?: unknown };
	if (typeof status === "number") return false;
	if (typeof code === "string" && /^(?:E[A-Z]+|UND_ERR_\w+)$/.test(code)) return true;
	return name === "AbortError" || name === "TimeoutError" || isOfTheConnection(cause);
}

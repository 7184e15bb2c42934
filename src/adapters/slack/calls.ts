import { setTimeout as sleep } from "node:timers/promises";

/** Slack took the call, and its answer was lost on the way: said again, the message might stand twice. */
export class LostAnswer extends Error {}

/** Slack takes nothing of ours any more with this token. */
export const REFUSED_TOKEN: ReadonlySet<string> = new Set([
	"token_revoked",
	"token_expired",
	"account_inactive",
	"invalid_auth",
	"not_authed",
	"app_uninstalled",
]);

/** Slack's error word, or "" for anything else. */
export function slackError(error: unknown): string {
	const word = (error as { data?: { error?: unknown } } | null)?.data?.error;
	return typeof word === "string" ? word : "";
}

const TRIES_MAX = 4;
const FIRST_PAUSE_MS = 300;
/** Nobody waits longer than this for a message that Slack holds back. */
const PATIENCE_MS = 30_000;
/** The request never left: it can be made again. */
const NOT_SENT: ReadonlySet<string> = new Set([
	"ECONNREFUSED",
	"ENOTFOUND",
	"EAI_AGAIN",
	"UND_ERR_CONNECT_TIMEOUT",
	"EHOSTUNREACH",
	"ENETUNREACH",
]);
/** Slack's own words for trouble of its own. */
const TROUBLE: ReadonlySet<string> = new Set(["internal_error", "service_unavailable", "request_timeout", "team_added_to_org"]);

/**
 * Makes a call of Slack's Web API, patiently: waits as long as Slack asks for (429), and tries again when Slack had trouble of its own.
 * The SDK's retries would repeat what Slack took while its answer was lost (measured with @slack/web-api 8.2), so they are off.
 * @param repeatable saying it twice does no harm: an edit
 * @throws LostAnswer, or the SDK's error
 */
export async function patiently<T>(call: () => Promise<T>, repeatable: boolean): Promise<T> {
	const started = performance.now();
	for (let tries = 1; ; tries += 1) {
		try {
			return await call();
		} catch (error) {
			const kind = kindOf(error);
			if (kind === "lost" && !repeatable) throw new LostAnswer("Slack's answer was lost");
			const pauseMs = typeof kind === "number" ? kind : FIRST_PAUSE_MS * 2 ** (tries - 1);
			const late = performance.now() - started + pauseMs > PATIENCE_MS;
			if (kind === "final" || tries >= TRIES_MAX || late) throw error;
			await sleep(pauseMs);
		}
	}
}

/** Milliseconds to wait, or what became of the call. */
function kindOf(error: unknown): number | "again" | "lost" | "final" {
	const { retryAfter, statusCode, code, original } = (error ?? {}) as {
		retryAfter?: unknown;
		statusCode?: unknown;
		code?: unknown;
		original?: unknown;
	};
	if (code === "slack_webapi_rate_limited_error" && typeof retryAfter === "number") return retryAfter * 1_000;
	if (code === "slack_webapi_http_error") return typeof statusCode === "number" && statusCode >= 500 ? "again" : "final";
	if (code === "slack_webapi_request_error") return NOT_SENT.has(systemCode(original)) ? "again" : "lost";
	return TROUBLE.has(slackError(error)) ? "again" : "final";
}

/** The system's word at the bottom of an error: fetch wraps its causes. */
function systemCode(error: unknown): string {
	let inner = error;
	for (let depth = 0; depth < 5 && typeof inner === "object" && inner !== null; depth += 1) {
		const { code, cause } = inner as { code?: unknown; cause?: unknown };
		if (typeof code === "string") return code;
		inner = cause;
	}
	return "";
}

const RESPOND_MS_MAX = 10_000;

/** Posts to a response_url: no token is needed, and the bot need not be a member. One try more when Slack did not take it. */
export async function respondTo(url: string, payload: Readonly<Record<string, unknown>>): Promise<void> {
	for (let tries = 1; ; tries += 1) {
		let status: number;
		let waitMs = FIRST_PAUSE_MS;
		try {
			const response = await fetch(url, {
				method: "POST",
				headers: { "content-type": "application/json; charset=utf-8" },
				body: JSON.stringify(payload),
				redirect: "error",
				signal: AbortSignal.timeout(RESPOND_MS_MAX),
			});
			status = response.status;
			const seconds = Number(response.headers.get("retry-after") ?? Number.NaN);
			if (Number.isInteger(seconds) && seconds >= 0) waitMs = seconds * 1_000;
			await response.body?.cancel();
		} catch (error) {
			// Taken or not, nobody can tell: it is not said twice.
			if (!NOT_SENT.has(systemCode(error))) return;
			status = 503;
		}
		if (status >= 200 && status < 300) return;
		if ((status !== 429 && status < 500) || tries >= TRIES_MAX || waitMs > PATIENCE_MS)
			throw new Error(`Slack's response URL answered ${status}`);
		await sleep(waitMs);
	}
}

import { AsyncLocalStorage } from "node:async_hooks";
import { createHmac, hkdfSync, randomBytes } from "node:crypto";
import pino from "pino";

/** One thing that happened: a fixed word, and what an operator needs to know of it. */
interface LogLine {
	readonly event: string;
	readonly [key: string]: unknown;
}

export interface Log {
	(line: LogLine): void;
	/** Does some work; lines that come of it and name no case belong to this one. */
	withCaseId<T>(caseId: string, work: () => Promise<T>): Promise<T>;
}

/** Worth waking someone, and worth a look. */
const ERRORS: ReadonlySet<string> = new Set([
	"broke",
	"start-failed",
	"unhandled-rejection",
	"store-failed",
	"store-away",
	"uncaught-exception",
	"token-refused",
	"watchdog-restart",
	"reply-failed",
]);
const WARNINGS: ReadonlySet<string> = new Set([
	"slack-listener-failed",
	"discord-listener-failed",
	"head-not-updated",
	"file-not-sent",
	"watch-failed",
	"watch-not-told",
	"told-alone",
	"given-up",
	"unreadable",
	"not-acknowledged",
	"not-taken-up",
	"discord-disconnected",
	"discord-malformed",
	"discord-invalidated",
	"discord-reconnecting",
	"discord-not-reached",
	"slack-not-reached",
	"slack-install-failed",
	"workspace-refused",
	"busy",
]);

/** Keys whose value is never written, at any depth. */
const SECRET_KEYS: ReadonlySet<string> = new Set([
	"token",
	"authorization",
	"cookie",
	"set-cookie",
	"response_url",
	"responseUrl",
	"address",
	"addresses",
	"text",
	"body",
	"requestBody",
	"url",
]);
/**
 * What is masked in any text: Slack's and Discord's tokens, interaction tokens and signed addresses, URLs, IP addresses, the values of
 * cookies and credentials, and whatever is long and opaque. Stacks keep their files and lines.
 */
const SECRET_TEXT = new RegExp(
	[
		"xox[a-z]-[\\w-]+",
		"xapp-[\\w-]+",
		"\\b[\\w-]{20,}\\.[\\w-]{4,10}\\.[\\w-]{20,}\\b",
		"\\b(?!file:)\\w+:\\/\\/\\S+",
		"\\b(?:set-)?cookie:[^\\n]*",
		"\\bauthorization:[^\\n]*",
		"\\b(?:\\d{1,3}\\.){3}\\d{1,3}\\b",
		"(?<![\\w.:])(?:[0-9a-f]{0,4}:){3,7}[0-9a-f]{0,4}(?![\\w:])",
		"\\baW50ZXJhY3Rpb246[\\w+/=-]+",
		"(?<![\\w/.+=-])[\\w+=-]{32,}(?![\\w/.])",
	].join("|"),
	"gi",
);
const TEXT_MAX_CHARS = 500;
const DEPTH_MAX = 6;
const MASK = "[masked]";

function scrubbed(value: unknown, key: string, depth: number): unknown {
	if (SECRET_KEYS.has(key)) return value === null || value === undefined ? value : MASK;
	if (typeof value === "string") return value.slice(0, TEXT_MAX_CHARS).replace(SECRET_TEXT, MASK);
	if (typeof value !== "object" || value === null) return value;
	if (depth >= DEPTH_MAX) return MASK;
	if (Array.isArray(value)) return value.map((one) => scrubbed(one, key, depth + 1));
	return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, scrubbed(inner, name, depth + 1)]));
}

/**
 * Structured lines (pino): one JSON object each, with its time, level, event, and the case that it belongs to.
 * @param write takes a whole line; standard error when absent
 */
export function openLog(write?: (line: string) => void): Log {
	const cases = new AsyncLocalStorage<string>();
	const logger = pino(
		{
			base: null,
			timestamp: () => `,"at":"${new Date().toISOString()}"`,
			formatters: {
				level: (label) => ({ level: label }),
				log: (line) => scrubbed(line, "", 0) as Record<string, unknown>,
			},
			mixin: () => {
				const caseId = cases.getStore();
				return caseId === undefined || caseId === "" ? {} : { caseId };
			},
		},
		write === undefined ? pino.destination({ fd: 2, sync: true }) : { write },
	);
	const log = (line: LogLine): void => {
		if (ERRORS.has(line.event)) logger.error(line);
		else if (WARNINGS.has(line.event)) logger.warn(line);
		else logger.info(line);
	};
	return Object.assign(log, { withCaseId: <T>(caseId: string, work: () => Promise<T>) => cases.run(caseId, work) });
}

/**
 * A person's key as a word that means nothing outside of the log: the same in every process with this key for a day (UTC), so that what one
 * person asked of several replicas reads as one person's; without a key from outside, the same within one run of the process.
 * @param key 32 bytes; null: there is none
 * @param now Unix milliseconds
 */
export function hasher(key: Uint8Array | null = null, now: () => number = Date.now): (person: string) => string {
	const secret = key === null ? randomBytes(32) : Buffer.from(hkdfSync("sha256", key, "", "cf520 log", 32));
	const day = () => (key === null ? "" : new Date(now()).toISOString().slice(0, 10));
	return (person) => createHmac("sha256", secret).update(`${day()} ${person}`).digest("hex").slice(0, 12);
}

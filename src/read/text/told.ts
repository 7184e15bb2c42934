import { codeOf, explainedCode } from "./clues/codes.ts";
import { sitesLeft } from "./clues/roles.ts";
import { siteKey } from "./clues/targets.ts";
import { zonedTimeIn } from "./clues/times.ts";
import type { Clues } from "./clues.ts";
import { type Target, withPath } from "./target.ts";
import type { Thread, Understood } from "./understood.ts";

const HOUR_MS = 3_600_000;
/** Several bare ids that were received within this are read without asking. */
const SEVERAL_WITHIN_MS = 24 * HOUR_MS;
/** A single one is asked about when it was received within this: a random value decodes into a week in 0.09 % of cases (measured). */
const ASKED_WITHIN_MS = 7 * 24 * HOUR_MS;
/** So many sites are offered as buttons. */
const CANDIDATES_MAX = 5;

/** The site that a text leaves, or those that are left. */
export interface SitesTold {
	readonly target: Target | null;
	readonly candidates: readonly string[];
	/** It stands beside the log lines, not in them. */
	readonly isBeside: boolean;
}

/** The site that failed, or those of which none stands out. */
export function siteTold({ verb, record, sites, isInLog }: Clues): SitesTold {
	const one = (target: Target, isBeside = true): SitesTold => ({ target: cloudflaresOff(target), candidates: [], isBeside });
	if (verb?.target != null) return one(verb.target.target);
	if (record?.target != null) return one(record.target);
	const left = sitesLeft(sites.filter(({ start }) => !isInLog(start)));
	const [first] = left;
	if (first !== undefined && left.length === 1 && first.mended !== "offered") return one(first.target);
	if (first !== undefined)
		return { target: null, candidates: left.slice(0, CANDIDATES_MAX).map(({ target }) => target.url), isBeside: true };
	// Of log lines: the one site that they are about.
	const inLines = sitesLeft(sites);
	const [only] = inLines;
	if (only === undefined || inLines.length > 1 || /^[\d.:[\]]+$/.test(only.target.host))
		return { target: null, candidates: [], isBeside: false };
	return one(only.target, false);
}

/** Pages under /cdn-cgi/ are Cloudflare's: the site is meant. */
const cloudflaresOff = (target: Target): Target => (target.path.startsWith("/cdn-cgi/") ? withPath(target, "/") : target);

/** The code that a text tells; null for none. */
export function codeTold({ record, codes, verb }: Clues): string | null {
	if (record !== null) return record.code;
	return codeOf(codes) ?? (verb?.intent === "explain" ? explainedCode(verb.rest) : null);
}

/** Ray IDs that are read, and whether a bare id has to be asked about. */
export function raysTold(
	clues: Clues,
	thread: Thread,
	nowMs: number,
): { readonly rays: Understood["rays"]; readonly asked: boolean } {
	const colo = clues.rays.length === 1 ? (clues.record?.colo ?? null) : null;
	const rays = new Map(clues.rays.map((ray) => [ray.id, { id: ray.id, colo: ray.colo ?? colo }]));
	const bare = clues.bareRays.filter(({ ray, at }) => !rays.has(ray.id) && !clues.isInLog(at));
	const within = (ms: number) => bare.filter(({ ray }) => nowMs - ray.receivedAtMs <= ms);
	const recent = within(ASKED_WITHIN_MS);
	const today = within(SEVERAL_WITHIN_MS);
	const isAboutRays = (thread.rays ?? []).length > 0 || rays.size > 0;
	const read = isAboutRays
		? bare.filter((one) => recent.includes(one) || isNear(one.ray.receivedAtMs, thread))
		: today.length > 1
			? today
			: [];
	for (const { ray } of read) rays.set(ray.id, { id: ray.id, colo: null });
	return { rays: [...rays.values()], asked: rays.size === 0 && recent.length === 1 };
}

const isNear = (ms: number, { fromMs, toMs }: Thread) =>
	fromMs != null && toMs != null && ms > fromMs - SEVERAL_WITHIN_MS && ms < toMs + SEVERAL_WITHIN_MS;

/** A time of the text beside its log lines, Unix milliseconds. */
export const timeBeside = ({ times, isInLog }: Clues): number | null => times.find(({ at }) => !isInLog(at))?.ms ?? null;

/** A response that came: none of these is a failure. */
const WHOLE = /\b(?:HTTP\/\d(?:\.\d)?|status(?: code)?)["':\s]+[23]\d\d\b/i;

/**
 * When the failure was, Unix milliseconds: on the page, in the failed response, in the first log line whose zone is known. A healthy response has
 * none.
 * @param code that the text tells
 */
export function errorTimeTold(clues: Clues, code: string | null, hasLogs: boolean, nowMs: number): number | null {
	const { record, response, isInLog, logs, logLines, text } = clues;
	if (record?.code != null && record.atMs !== null) return record.atMs;
	const beside = clues.times.filter(({ at }) => !isInLog(at));
	const failed = code !== null || (response?.status ?? 0) >= 500;
	const told = failed ? (beside.find(({ by }) => by === "date") ?? beside[0]) : undefined;
	if (told !== undefined) return told.ms;
	if (hasLogs) {
		const whole = new Set(logs.reading.access.filter(({ status }) => status >= 200 && status < 400).map(({ line }) => line - 1));
		for (const nth of [...logLines].sort((a, b) => a - b)) {
			const ms = whole.has(nth) ? null : zonedTimeIn(logs.lines[nth]?.text ?? "", nowMs);
			if (ms !== null) return ms;
		}
		return whole.size > 0 ? null : logs.reading.firstMs;
	}
	const isPage = clues.rays.length > 0 && response === null && !WHOLE.test(text.slice(0, 20_000));
	return isPage ? (beside.find(({ by }) => by === "page")?.ms ?? null) : null;
}

/** Whether a site is the thread's own: its host, and its page where one is told. */
export function isOfThread(target: Target | null, thread: Thread): boolean {
	const own = thread.url == null ? null : URL.parse(thread.url);
	if (target === null || own === null) return false;
	return siteKey(own.hostname) === siteKey(target.host) && (target.path === "/" || own.pathname === target.path.split("?")[0]);
}

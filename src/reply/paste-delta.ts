import type { Autopsy } from "../judge/autopsy.ts";
import { endsInHeaders } from "../judge/case-evidence.ts";
import { FINDINGS } from "../knowledge/findings/list.ts";
import { ours, type Text, text, utc } from "../message/text.ts";
import type { LogAside, WeighedLogs } from "../read/logs/evidence.ts";
import type { LogReading } from "../read/logs/read.ts";
import type { Paste } from "../read/paste.ts";
import type { GrownCookies } from "../read/text/clues/har.ts";
import { findingSentence } from "./findings.ts";
import { zoneOff } from "./logs.ts";

/** What a paste says, as one change in the thread of a case. */

/** A window of time, Unix milliseconds. */
interface Window {
	readonly fromMs: number;
	readonly toMs: number;
}

/**
 * Pasted log lines: the one that says most, or why none counts. Pure.
 * @param window when the failing request was at the origin; null if unknown
 */
export function logsDelta(reading: LogReading, { evidence, aside }: WeighedLogs, window: Window | null): Text {
	const counted = new Set(evidence.map(({ line }) => line));
	const known = reading.recognised.find(({ line }) => counted.has(line)) ?? null;
	if (known !== null) return text`Line ${known.line}: ${sentenceOf(known.signature.meaning)}${atWords(known.atMs)}.`;
	const request = reading.access.find(({ line }) => counted.has(line)) ?? null;
	if (request !== null)
		return text`Line ${request.line}: status ${String(request.status)}, ${request.bytes === null ? text`no size` : text`${request.bytes} bytes`}${atWords(request.atMs)}.`;
	const times = [...reading.recognised, ...reading.access].flatMap(({ atMs }) => atMs ?? []);
	const zone = window === null ? null : zoneOff(times, window);
	if (zone !== null) return text`All lines are off by about ${zone}, probably the log's time zone. Paste the lines of that hour.`;
	const [first] = aside;
	const lines = `${reading.lines} ${reading.lines === 1 ? "line" : "lines"}`;
	if (first !== undefined && aside.every(({ why }) => why === first.why))
		return text`${lines}, none counted: ${ours(why(first.why, aside.length === 1, window))}.`;
	if (reading.recognised.length + reading.access.length === 0)
		return text`I recognize none of ${reading.lines === 1 ? text`it` : text`these ${lines}`}.`;
	return text`${lines}, none of this request.`;
}

const WHY: Readonly<Record<LogAside, readonly [one: string, more: string]>> = {
	client: ["it is from a program that received the 520", "they are from programs that received the 520"],
	version: ["it is a version, not a crash", "they are versions, not crashes"],
	"health-check": ["it is a health check", "they are health checks"],
	"other-ray": ["it has another Ray ID", "they have other Ray IDs"],
	"other-request": ["it is of another request", "they are of other requests"],
	"no-bytes": ["it is a 200 without content", "they are 200s without content"],
	visitor: ["it names an IP address that is not Cloudflare's", "they name IP addresses that are not Cloudflare's"],
	"not-web": ["it is not about a web server", "they are not about a web server"],
	outside: ["it is from another time", "they are from another time"],
};

function why(reason: LogAside, isOne: boolean, window: Window | null): string {
	const words = WHY[reason][isOne ? 0 : 1];
	return reason === "outside" && window !== null
		? `${words} than ${utc(window.fromMs).slice(11, 19)} to ${utc(window.toMs).slice(11)}`
		: words;
}

const atWords = (atMs: number | null): Text => (atMs === null ? text`` : text` at ${utc(atMs).slice(11)}`);
/** Behind a colon. */
const sentenceOf = (meaning: string): Text =>
	ours(meaning.replace(/^(?:An?|The|No|Nothing)\b/, (word) => word.toLowerCase()).replace(/\.$/, ""));

/** The same of another site than the one that the case is about. Pure. */
export const pasteBesideDelta = (paste: Paste, found: Autopsy): Text =>
	text`This request went to another host, so it does not count here. ${pasteDelta(paste, found)}`;

/** Pasted output of curl, or a response. Pure. */
export function pasteDelta(paste: Paste, found: Autopsy): Text {
	if (paste.throughEdge) return text`This came through Cloudflare, so it does not show what the origin sent.`;
	if (endsInHeaders(paste, found))
		return text`That ends inside its headers, so it does not show whether Cloudflare accepts them.`;
	if (paste.told !== null) return text`${ours(findingSentence(paste.told))}`;
	// What a reset left incomplete says less than the reset.
	const fault =
		found.findings.find(({ id }) => id === paste.ending) ??
		found.findings.find(({ level }) => level === "fault") ??
		found.findings.find(({ level }) => level === "warn");
	if (fault !== undefined) return text`${ours(findingSentence(fault))}`;
	const { status } = found.reading;
	if (status === null) return text`I found no complete response in that.`;
	return text`The origin returned ${String(status)}. ${ours(FINDINGS.whole?.why ?? "")}`;
}

/** Cookies that grew in a HAR until the request failed, as one change in the thread of a case: sizes alone. Pure. */
export const cookiesDelta = ({ fromBytes, failedBytes }: GrownCookies): Text =>
	text`The Cookie header grew from ${kilobytes(fromBytes)} to ${kilobytes(failedBytes)}. Only the largest failed.`;

const kilobytes = (bytes: number): string => `${Math.max(1, Math.round(bytes / 1_024))} KB`;

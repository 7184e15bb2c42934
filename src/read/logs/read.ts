import type { ValueOf } from "../../knowledge/evidence.ts";
import { SIGNATURES } from "../../knowledge/log-lines/list.ts";
import type { Signature } from "../../knowledge/log-lines/signature.ts";
import { timeIn } from "./time.ts";

/** A line that was recognised. */
interface LogLine {
	readonly signature: Signature;
	/** Number of the line in the text, from 1. */
	readonly line: number;
	/** When it was written, Unix milliseconds; null when the line tells no time that can be read. */
	readonly atMs: number | null;
	/** The time stands without a zone: taken for UTC. */
	readonly zoneUnknown: boolean;
}

/** An access line: status and size, by the formats of nginx, Apache, Caddy, HAProxy and IIS. */
interface AccessLine {
	readonly line: number;
	readonly status: number;
	/** Bytes sent; null where the log shows none. */
	readonly bytes: number | null;
	readonly atMs: number | null;
	readonly zoneUnknown: boolean;
}

export interface LogReading {
	readonly lines: number;
	readonly recognised: readonly LogLine[];
	readonly access: readonly AccessLine[];
}

const TEXT_MAX_CHARS = 1_000_000;
const LINE_MAX_CHARS = 8_000;
const LINES_MAX = 20_000;

/** nginx and Apache (combined and common), with the quotes escaped when the line stands inside JSON. */
const COMBINED = /\\?"(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|CONNECT|-)[^"]{0,4000}\\?" (\d{3}) (\d{1,15}|-)(?= |$|\\?")/;
/** Caddy and other JSON logs. */
const JSON_STATUS = /"status":\s?"?(\d{3})"?/;
const JSON_SIZE = /"(?:size|bytes_sent|body_bytes_sent|bytes)":\s?"?(\d{1,15})"?/;
/** HAProxy's HTTP log: `frontend backend/server timers status bytes`. */
const HAPROXY = / \S{1,80}\/\S{1,80} -?\d+(?:\/-?\d+){3,4}\+? (-?\d{1,3}) (\d{1,15}) /;
/** IIS W3C: `… sc-status sc-substatus sc-win32-status time-taken` at the end of a line that begins with a date. */
const IIS = /^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} .* (\d{3}) \d{1,3} \d{1,10} \d{1,9}$/;

/**
 * Reads pasted log lines. Total; linear; bounded; nothing of the text is kept.
 * @param nearMs about when they were written, Unix milliseconds: syslog writes no year
 */
export function readLogs(text: string, nearMs: number | null = null): LogReading {
	const recognised: LogLine[] = [];
	const access: AccessLine[] = [];
	const lines = text.slice(0, TEXT_MAX_CHARS).split(/\r?\n/, LINES_MAX);
	for (const [index, whole] of lines.entries()) {
		const line = whole.slice(0, LINE_MAX_CHARS);
		const hits = SIGNATURES.filter(({ looks }) => looks.test(line));
		const one = accessOf(line);
		if (hits.length === 0 && one === null) continue;
		const time = timeIn(line, nearMs);
		const at = { line: index + 1, atMs: time?.ms ?? null, zoneUnknown: time?.zoneUnknown ?? false };
		for (const signature of hits) {
			if (!hits.some((hit) => hit.betterThan === signature.id)) recognised.push({ signature, ...at });
		}
		if (one !== null) access.push({ ...at, ...one });
	}
	return { lines: lines.filter((line) => line.trim() !== "").length, recognised, access };
}

function accessOf(line: string): { status: number; bytes: number | null } | null {
	const combined = COMBINED.exec(line) ?? HAPROXY.exec(line);
	if (combined !== null) return { status: Number(combined[1]), bytes: combined[2] === "-" ? null : Number(combined[2]) };
	if (line.startsWith("{") && JSON_STATUS.test(line)) {
		const size = JSON_SIZE.exec(line)?.[1];
		return { status: Number(JSON_STATUS.exec(line)?.[1]), bytes: size === undefined ? null : Number(size) };
	}
	const iis = IIS.exec(line);
	return iis === null ? null : { status: Number(iis[1]), bytes: null };
}

/** What log lines are evidence for: values of evidence keys, each with the line that gives it. */
export interface LogEvidence {
	readonly key: "origin-log" | "host-health";
	readonly value: string;
	readonly line: number;
	/** Id of the signature, or `access`. */
	readonly by: string;
}

/** Statuses with which a server turns a request away (RFC 9110 §15.5; 444 and 494 are nginx's). */
const REFUSED: ReadonlySet<number> = new Set([-1, 400, 403, 413, 414, 429, 431, 444, 494]);
/** Stronger ones first: a crash explains the rest. */
const STRENGTH: readonly string[] = ["crash", "refused-or-444", "client-closed-499", "complete-200"];

/**
 * The evidence in a reading, the strongest of each key. A 200 counts as complete only with a size: one with no byte is how a closed
 * connection looks in the log (measured with nginx and Apache).
 * @param window milliseconds in which the failing request was written, if known; lines with a time outside it do not count
 */
export function logEvidence(
	reading: LogReading,
	window: { readonly fromMs: number; readonly toMs: number } | null = null,
): LogEvidence[] {
	const inside = ({ atMs }: { readonly atMs: number | null }) =>
		window === null || atMs === null || (atMs >= window.fromMs - 1_000 && atMs <= window.toMs + 1_000);
	const found: LogEvidence[] = [];
	for (const { signature, ...at } of reading.recognised) {
		if (!inside(at)) continue;
		if (signature.originLog !== null)
			found.push({ key: "origin-log", value: signature.originLog, line: at.line, by: signature.id });
		if (signature.hostHealth !== undefined)
			found.push({ key: "host-health", value: signature.hostHealth, line: at.line, by: signature.id });
	}
	// nginx and Apache write 200 for an answer that they had to cut.
	const cut = reading.recognised.some((one) => one.signature.speaksFor === "closed-mid-response" && inside(one));
	for (const one of reading.access) {
		const value = accessValue(one, cut);
		if (value !== null && inside(one)) found.push({ key: "origin-log", value, line: one.line, by: "access" });
	}
	const best = new Map<string, LogEvidence>();
	for (const one of found) {
		const other = best.get(one.key);
		if (other === undefined || STRENGTH.indexOf(one.value) < STRENGTH.indexOf(other.value)) best.set(one.key, one);
	}
	return [...best.values()];
}

/** What an access line is evidence for; null for nothing. */
function accessValue({ status, bytes }: AccessLine, cut: boolean): ValueOf<"origin-log"> | null {
	if (status === 499) return "client-closed-499";
	if (REFUSED.has(status)) return "refused-or-444";
	return status === 200 && (bytes ?? 0) > 0 && !cut ? "complete-200" : null;
}

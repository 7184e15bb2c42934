import { ZONE, type ZoneSure, zoneOf } from "./zones.ts";

/** A time that a line of a log tells. */
export interface LineTime {
	/** Unix milliseconds. */
	readonly ms: number;
	/** The time has no zone: taken as UTC. */
	readonly zoneUnknown: boolean;
	readonly zone: ZoneSure;
}

/** Where a time stands in a line, and its parts. */
interface Found {
	/** Where its date begins. */
	readonly start: number;
	/** Where its zone, or its last part, ends. */
	readonly end: number;
	/** null: syslog and klog write none. */
	readonly year: number | null;
	/** From 0; a day and a month that may be either have both orders. */
	readonly days: readonly (readonly [month: number, day: number])[];
	/** Milliseconds since midnight. */
	readonly clockMs: number;
	readonly zone: Readonly<Record<string, string | undefined>> | undefined;
}

/** By number, from 0. */
export const MONTHS: readonly string[] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const HEAD_MAX_CHARS = 600;
/** A line with more times than this is not a log line of interest. */
const CLOCKS_MAX = 6;
const CLOCK =
	/(?<![\d.]|\d:)(\d{1,2}):(\d{2}):(\d{2})(?:[.,](\d{1,9}))?(?![\d:])|(?<=\d{4}:)(\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?/g;
const BEFORE_CHARS = 30;
const AFTER_CHARS = 64;

/** What precedes the time of day: a pattern and its groups. */
interface DateForm {
	readonly form: RegExp;
	readonly parts: (groups: RegExpExecArray) => Omit<DateParts, "start">;
}

const DATES: readonly DateForm[] = [
	// Access logs of nginx, Apache and HAProxy: 22/Nov/2026:; PHP and Tomcat: 22-Nov-2026; HTTP (RFC 9110 §5.6.7): 22 Nov 2026
	{ form: /(\d{1,2})[-/ ]([A-Z][a-z]{2})[-/ ](\d{4})[: ]$/, parts: (g) => ({ year: g[3], days: named(g[2], g[1]) }) },
	// 2026-11-22T, 2026-11-22 and 2026/11/22 (nginx, Go), 2026/11/22 - (Gin)
	{
		form: /(\d{4})[-/](\d{2})[-/](\d{2})(?:[T ] ?|, | - )$/,
		parts: (g) => ({ year: g[1], days: [[Number(g[2]) - 1, Number(g[3])]] }),
	},
	// syslog, Apache's error log, ctime: Nov 22
	{ form: /([A-Z][a-z]{2}) {1,2}(\d{1,2}) $/, parts: (g) => ({ days: named(g[1], g[2]) }) },
	// java.util.logging: Nov 22, 2026; Cisco: Nov 22 2026
	{ form: /([A-Z][a-z]{2}) {1,2}(\d{1,2}),? (\d{4}),? $/, parts: (g) => ({ year: g[3], days: named(g[1], g[2]) }) },
	// 22.11.2026
	{ form: /(\d{1,2})\.(\d{1,2})\.(\d{4}),? {1,2}$/, parts: (g) => ({ year: g[3], days: [[Number(g[2]) - 1, Number(g[1])]] }) },
	// 22/11/2026 and 11/22/2026; America writes the month first
	{
		form: /(\d{1,2})\/(\d{1,2})\/(\d{4}),? {1,2}$/,
		parts: (g) => ({
			year: g[3],
			days: [
				[Number(g[2]) - 1, Number(g[1])],
				[Number(g[1]) - 1, Number(g[2])],
			],
		}),
	},
	// klog of Kubernetes: E1122
	{ form: /(?:^|[\s|])[IWEF](\d{2})(\d{2}) $/, parts: (g) => ({ days: [[Number(g[1]) - 1, Number(g[2])]] }) },
];

const named = (month = "", day = ""): DateParts["days"] => [[MONTHS.indexOf(month.toLowerCase()), Number(day)]];

/** Twelve hours, and the year that ctime writes behind the time, with a zone before it in the output of `date`. */
const HALF = /^ ?(?<half>[AP])M\b/i;
const YEAR_BEHIND = /^(?: (?<zone>[A-Z]{3,5}))? (?<year>\d{4})(?![\d:-])/;

/** Seconds, milliseconds … since 1970: Caddy, zap, pino, journalctl -o short-unix, squid, audit. */
const UNIX =
	/\\?"(?:ts|time|timestamp|@timestamp|t)\\?":\s?"?(1\d{9}(?:\.\d{1,9})?|1\d{12}|1\d{15}|1\d{18})(?![\d.])|^\[?(1\d{9}\.\d{1,9})\]?(?: |$)|\b(?:ts|time)=(1\d{9}(?:\.\d{1,9})?|1\d{12})(?![\d.])|\baudit\((1\d{9}\.\d{3}):/;

/** Clocks further apart than this are not one moment in two zones. */
const ZONES_APART_MS = 14.1 * 3_600_000;

/**
 * Finds the time of a line. Of several that are one moment, that with a zone: a container's runtime writes UTC before a line in local time.
 * Total.
 * @param nearMs about when it was written, Unix milliseconds; without it a time without a year is none
 */
export function timeIn(line: string, nearMs: number | null = null): LineTime | null {
	const head = line.slice(0, HEAD_MAX_CHARS);
	let first: LineTime | null = null;
	let told: LineTime | null = null;
	timesIn(head, (found) => {
		const time = timeOf(found, nearMs);
		if (time === null) return false;
		if (time.zone === "certain" && (first === null || Math.abs(time.ms - first.ms) <= ZONES_APART_MS)) told = time;
		first ??= time;
		return told !== null;
	});
	if (told !== null || first !== null) return told ?? first;
	const unix = UNIX.exec(head);
	if (unix === null) return null;
	const number = unix[1] ?? unix[2] ?? unix[3] ?? unix[4] ?? "";
	const [whole = ""] = number.split(".");
	// 10 digits are seconds until the year 2286; 13, 16 and 19 are thousandths, millionths and billionths.
	return { ms: Math.round(Number(number) / 10 ** (whole.length - 13)), zoneUnknown: false, zone: "certain" };
}

/** Milliseconds of the units in which docker and kubectl tell ages. */
const UNITS: Readonly<Record<string, number>> = {
	s: 1_000,
	m: 60_000,
	h: 3_600_000,
	d: 86_400_000,
	w: 604_800_000,
	o: 2_592_000_000,
	y: 31_536_000_000,
};
/** docker ps: `Exited (137) 3 minutes ago`. */
const AGE_IN_WORDS = /\) (?:About )?(an?|\d{1,5}) (s|m(?!o)|h|d|w|mo|y)[a-z]{2,6} ago/;
/** kubectl get pods: restarts, when the last one was, the age of the pod. */
const AGE_OF_POD = / (\d{1,5}) \((\d{1,5})([smhd])(?:\d{1,2}[smh])? ago\)(?: {1,20}(\d{1,5})([smhd]))?/;

/**
 * The moment that an age stands for, and how coarse it is: one of its units. Of a pod that restarted several times, all of its life.
 * @param nowMs when the line was printed, Unix milliseconds
 */
export function ageIn(line: string, nowMs: number): { readonly ms: number; readonly slackMs: number } | null {
	const words = AGE_IN_WORDS.exec(line);
	if (words !== null) {
		const [, count = "", unit = ""] = words;
		const slackMs = UNITS[unit.slice(-1)] ?? 0;
		return { ms: nowMs - (/^an?$/.test(count) ? 1 : Number(count)) * slackMs, slackMs };
	}
	const pod = AGE_OF_POD.exec(line);
	if (pod === null) return null;
	const [, restarts, count, unit = "", age, ageUnit] = pod;
	const half = (Number(age ?? 0) * (UNITS[ageUnit ?? ""] ?? 0)) / 2;
	if (Number(restarts) > 1 && half > 0) return { ms: nowMs - half, slackMs: half };
	const slackMs = UNITS[unit] ?? 0;
	return { ms: nowMs - Number(count) * slackMs, slackMs };
}

/** Where the first time with a date stands in a line, whether or not it tells a year; null for none. */
export function timeSpan(line: string): { readonly start: number; readonly end: number } | null {
	let span: { readonly start: number; readonly end: number } | null = null;
	timesIn(line.slice(0, HEAD_MAX_CHARS), ({ start, end }) => {
		span = { start, end };
		return true;
	});
	return span;
}

/** Gives each time in a text to `each`, until it says that it has enough. */
function timesIn(head: string, each: (found: Found) => boolean): void {
	CLOCK.lastIndex = 0;
	for (let clocks = 0; clocks < CLOCKS_MAX; clocks += 1) {
		const match = CLOCK.exec(head);
		if (match === null) return;
		const next = CLOCK.lastIndex;
		const found = foundAt(head, match);
		if (found !== null && each(found)) return;
		CLOCK.lastIndex = next;
	}
}

function foundAt(head: string, match: RegExpExecArray): Found | null {
	const h = Number(match[1] ?? match[5]);
	const m = Number(match[2] ?? match[6]);
	const s = Number(match[3] ?? match[7]);
	if (h > 24 || m > 59 || s > 60) return null;
	const before = head.slice(Math.max(0, match.index - BEFORE_CHARS), match.index);
	const date = dateOf(before);
	if (date === null) return null;
	let end = match.index + match[0].length;
	const half = HALF.exec(head.slice(end, end + 4));
	if (half !== null) end += half[0].length;
	const after = head.slice(end, end + AFTER_CHARS);
	const behind = date.year === undefined ? YEAR_BEHIND.exec(after) : null;
	const zone = behind === null ? ZONE.exec(after) : behind.groups?.zone === undefined ? null : ZONE.exec(behind[0]);
	// Twelve hours are America's.
	const days = (date.days.length > 1 && half !== null ? date.days.slice(1) : date.days).filter(isDay);
	const year = date.year ?? behind?.groups?.year;
	if (days.length === 0) return null;
	const hour = half === null ? h : (h % 12) + (half.groups?.half?.toUpperCase() === "P" ? 12 : 0);
	const fraction = match[4] ?? match[8];
	return {
		start: match.index - (before.length - date.start),
		end: end + (behind?.[0] ?? zone?.[0] ?? "").length,
		year: year === undefined ? null : Number(year),
		days,
		clockMs: (hour * 3_600 + m * 60 + s) * 1_000 + (fraction === undefined ? 0 : Number(`0.${fraction}`) * 1_000),
		zone: zone?.groups,
	};
}

interface DateParts {
	/** Where it begins in the text before the time of day. */
	readonly start: number;
	readonly year?: string | undefined;
	readonly days: readonly (readonly [month: number, day: number])[];
}

function dateOf(before: string): DateParts | null {
	for (const { form, parts } of DATES) {
		const found = form.exec(before);
		if (found !== null) return { ...parts(found), start: found.index };
	}
	return null;
}

const isDay = ([month, day]: readonly [number, number]) => month >= 0 && month <= 11 && day >= 1 && day <= 31;

/** The moment. Where the year or the order of day and month is open, the one nearest to `nearMs`; null when there is nothing to go by. */
function timeOf({ year, days, clockMs, zone }: Found, nearMs: number | null): LineTime | null {
	if (nearMs === null && (year === null || days.length > 1)) return null;
	const [only] = days;
	if (year !== null && days.length === 1 && only !== undefined) return zoned(Date.UTC(year, only[0], only[1]) + clockMs, zone);
	const nearYear = new Date(nearMs ?? 0).getUTCFullYear();
	// Around New Year the nearest one is meant.
	const years = year === null ? [nearYear - 1, nearYear, nearYear + 1] : [year];
	const [local] = years
		.flatMap((one) => days.map(([month, day]) => Date.UTC(one, month, day) + clockMs))
		.sort((a, b) => Math.abs(a - (nearMs ?? a)) - Math.abs(b - (nearMs ?? b)));
	return local === undefined ? null : zoned(local, zone);
}

function zoned(local: number, zone: Found["zone"]): LineTime | null {
	if (Number.isNaN(local)) return null;
	const { eastMs, sure } = zoneOf(zone, local);
	return { ms: Math.round(local - eastMs), zoneUnknown: sure === "unknown", zone: sure };
}

import { findRays } from "../ray/find.ts";
import {
	accessOf,
	accessOfObject,
	isOtherJson,
	type RequestTold,
	type ResponseTold,
	requestOf,
	requestOfObject,
} from "./access.ts";
import type { CleanLines } from "./clean.ts";
import { type EdgeRow, edgeRowsOf } from "./edge-rows.ts";
import {
	asText,
	compactOf,
	type JsonObject,
	jsonReader,
	LEVELS,
	MESSAGES,
	type Scalars,
	scalarsOf,
	textOf,
	timeOfObject,
} from "./json.ts";
import { isTalk, type Look, lookAt, type Shape } from "./shape.ts";
import { ageIn, type LineTime, timeIn, timeSpan } from "./time.ts";

/** A text in which known lines are looked for. */
export interface Unit {
	/** Number of its line in the pasted text, from 1. */
	readonly line: number;
	readonly text: string;
}

/** One entry of a log: a line, a line that was wrapped or goes on below, or an object of a JSON log. */
export interface LogRecord {
	readonly line: number;
	readonly shape: Shape;
	/** Its lines, one by one; of JSON, its forms. */
	readonly units: readonly Unit[];
	/** Its lines as one, the ways in which they may have been wrapped; empty where there is but one. */
	readonly whole: readonly string[];
	readonly time: LineTime | null;
	/** By how much the time may be off, where only an age is told. */
	readonly slackMs: number;
	readonly access: ResponseTold | null;
	readonly request: RequestTold;
	/** Ids of 16 hex digits, lower case. */
	readonly ids: readonly string[];
	/** Those that are told to be Ray IDs. */
	readonly rays: readonly string[];
	readonly edge: readonly EdgeRow[];
}

/** What times are read by, Unix milliseconds; null for unknown. */
interface Moments {
	/** About when the lines were written: some tell no year. */
	readonly nearMs: number | null;
	/** When they were pasted: some tell an age. */
	readonly nowMs: number | null;
}

export const LINE_MAX_CHARS = 8_000;
/** Lines that one entry goes on over, when it was wrapped. */
const WRAPPED_MAX = 8;
/** The same for a line that has no form of a log: prose goes on for longer. */
const WRAPPED_PROSE_MAX = 3;
/** Below this width nothing wraps. */
const WRAP_MIN_CHARS = 40;
const WRAP_PROSE_MIN_CHARS = 60;
const INNER_LINES_MAX = 60;

const NOTHING_TOLD: RequestTold = { method: null, path: null, host: null, agent: null, address: null };

/** Lines that are entries of their own, or belong to a trace: nothing is wrapped onto them. */
const TRACE_LINE = /^\s*(?:at |File "|from |#\d|goroutine |Caused by: |\.{3} \d+ more|Traceback |\^|~)/;

/** Puts lines together to entries. Total; linear. */
export function recordsOf({ lines, exact }: Pick<CleanLines, "lines" | "exact">, moments: Moments): LogRecord[] {
	const { nearMs } = moments;
	const json = jsonReader(exact);
	const records: LogRecord[] = [];
	// Every line is looked at once, also when it turns out not to be the rest of the one above.
	const looks = new Map<number, Look>();
	const lookOf = (nth: number): Look => {
		const look = looks.get(nth) ?? lookAt((lines[nth] ?? "").slice(0, LINE_MAX_CHARS));
		looks.set(nth, look);
		return look;
	};
	let at = 0;
	while (at < lines.length) {
		const line = (lines[at] ?? "").slice(0, LINE_MAX_CHARS);
		if (line.trim() === "") {
			at += 1;
			continue;
		}
		const block = json(at);
		if (block !== null) {
			// The text before it is a prefix, or a line that ends in JSON.
			const head = block.lines === 1 && block.objects.length === 1 && !/^\s*[[{]/.test(line) ? line : null;
			for (const { value, line: offset } of block.objects)
				records.push(recordOfObject(value, at + offset + 1, head === null ? null : { text: head, look: lookOf(at) }, nearMs));
			at += block.lines;
			continue;
		}
		const look = lookOf(at);
		let next = at + 1;
		const most = look.shape === null ? WRAPPED_PROSE_MAX : WRAPPED_MAX;
		if (line.length >= (look.shape === null ? WRAP_PROSE_MIN_CHARS : WRAP_MIN_CHARS))
			while (
				next < lines.length &&
				next - at < most &&
				goesOn(lines[next] ?? "") &&
				(lookOf(next).shape === null || isRest(look, lines[next] ?? ""))
			)
				next += 1;
		records.push(recordOfLines(lines.slice(at, next), at + 1, look, moments));
		at = next;
	}
	return records;
}

/** Whether a line below a log line may be the rest of it. */
const goesOn = (line: string): boolean => line.trim() !== "" && !TRACE_LINE.test(line) && !JSON_BEGINS.test(line);
/** Indented, without a time of its own, below a line that is not whole: the rest of an access line looks like one. */
const isRest = (head: Look, line: string): boolean =>
	head.shape !== null && head.access === null && /^\s{2}/.test(line) && timeSpan(line) === null;
const JSON_BEGINS = /^(?:.{0,100}\| ?)?\s*(?:\{|\[\s*(?:\{|$))/;

function recordOfLines(parts: readonly string[], line: number, look: Look, { nearMs, nowMs }: Moments): LogRecord {
	const texts = parts.map((part) => part.slice(0, LINE_MAX_CHARS));
	const head = texts[0] ?? "";
	const whole =
		texts.length === 1
			? []
			: // A blank went at the end of the line, or the line was cut wherever it was full.
				[texts.map((part) => part.trim()).join(" "), texts.join("")].map((text) => text.slice(0, LINE_MAX_CHARS));
	const one = whole[0] ?? head;
	const { shape } = look;
	const age = nowMs === null ? null : ageIn(head, nowMs);
	const access = look.access ?? (whole.length === 0 ? null : accessOf(one));
	return {
		line,
		shape,
		units: texts.map((text, nth) => ({ line: line + nth, text })),
		whole,
		time: timeIn(head, nearMs) ?? (age === null ? null : { ms: age.ms, zoneUnknown: false, zone: "likely" }),
		slackMs: age?.slackMs ?? 0,
		access,
		request: access ?? (shape === null ? NOTHING_TOLD : requestOf(one)),
		...idsOf(one),
		edge: [],
	};
}

/** The ids in a text, and those that are told to be Ray IDs. */
function idsOf(text: string): { readonly ids: readonly string[]; readonly rays: readonly string[] } {
	const ids = text.match(/(?<![0-9A-Za-z])[0-9A-Fa-f]{16}(?![0-9A-Za-z])/g)?.slice(0, 8) ?? [];
	if (ids.length === 0) return { ids: [], rays: [] };
	return {
		ids: ids.map((id) => id.toLowerCase()),
		// Whether it is from the future is not asked here: it is compared, not decoded.
		rays: findRays(text, Number.MAX_SAFE_INTEGER).rays.map(({ id }) => id),
	};
}

/** The line that an object ends. */
interface Head {
	readonly text: string;
	readonly look: Look;
}

function recordOfObject(object: JsonObject, line: number, head: Head | null, nearMs: number | null): LogRecord {
	const scalars = scalarsOf(object);
	const compact = compactOf(object);
	const edge = /edgeResponseStatus/i.test(compact) ? edgeRowsOf(object) : [];
	const isOther = edge.length > 0 || isOtherJson(object, scalars);
	const own = timeOfObject(scalars, nearMs);
	const message = textOf(scalars, MESSAGES) ?? "";
	const inner = isOther ? [] : message.slice(0, 4 * LINE_MAX_CHARS).split(/\r?\n/, INNER_LINES_MAX);
	const innerAccess = isOther ? null : firstOf(inner, accessOf);
	const before = head === null ? "" : head.text.slice(0, head.text.indexOf("{"));
	const access = isOther
		? null
		: (accessOfObject(scalars, own !== null || timeIn(before, nearMs) !== null) ?? innerAccess ?? head?.look.access ?? null);
	const isEntry = access !== null || (!isOther && isEntryOf(scalars, own, message));
	// A prefix may tell a time with a zone where the program tells none.
	const time =
		zoned(own, before === "" || own?.zone === "certain" ? null : timeIn(before, nearMs)) ??
		firstOf(inner, (one) => timeIn(one, nearMs));
	return {
		line,
		shape: isEntry ? "strong" : isOther ? null : (head?.look.shape ?? null),
		units: isOther
			? []
			: [compact, asText(scalars, LINE_MAX_CHARS), head?.text ?? "", ...inner, ...stacksOf(object)]
					.filter((text) => text !== "")
					.map((text) => ({ line, text: text.slice(0, LINE_MAX_CHARS) })),
		whole: [],
		time,
		slackMs: 0,
		access,
		request: access ?? (isOther ? NOTHING_TOLD : requestOfJson(scalars, inner)),
		...idsOf((head === null ? compact : `${before} ${compact}`).slice(0, LINE_MAX_CHARS)),
		edge,
	};
}

function requestOfJson(scalars: Scalars, inner: readonly string[]): RequestTold {
	const told = requestOfObject(scalars);
	return told.path === null ? (firstOf(inner, (line) => (requestOf(line).path === null ? null : requestOf(line))) ?? told) : told;
}

/** Of two times of one entry, that which tells a zone. */
const zoned = (one: LineTime | null, other: LineTime | null) =>
	one === null || (one.zoneUnknown && other?.zoneUnknown === false) ? (other ?? one) : one;

function firstOf<T, R>(values: readonly T[], of: (value: T) => R | null): R | null {
	for (const value of values) {
		const found = of(value);
		if (found !== null) return found;
	}
	return null;
}

/** Whether an object is an entry of a log: two of a time, a level and a message. */
function isEntryOf(scalars: Scalars, time: LineTime | null, message: string): boolean {
	const isLevelled = textOf(scalars, LEVELS) !== null;
	const isSaid = message !== "" && !(time === null && !isLevelled);
	const isStream = scalars.has("stream") && scalars.has("log");
	return (
		isStream || [time !== null, isLevelled, isSaid].filter(Boolean).length >= 2 || (time !== null && scalars.has("statusdetails"))
	);
}

const STACKS: readonly string[] = ["stack", "stack_trace", "stacktrace", "exception", "traceback", "exc_info", "err", "error"];

/** Texts of exceptions, line by line. */
function stacksOf(object: JsonObject): string[] {
	const found: string[] = [];
	for (const name of STACKS) {
		const value = object[name];
		const text =
			typeof value === "string" ? value : typeof value === "object" && value !== null && "stack" in value ? value.stack : null;
		if (typeof text === "string") found.push(...text.slice(0, 2 * LINE_MAX_CHARS).split("\n", INNER_LINES_MAX));
	}
	return found.slice(0, 2 * INNER_LINES_MAX);
}

/** Whether people say this rather than a program: no form of a log, and words of talk, code or commands. */
export function isSaid(text: string, found: { readonly index: number; readonly 0: string }): boolean {
	const before = text.slice(0, found.index);
	const around = `${before} ${text.slice(found.index + found[0].length)}`;
	return (
		isTalk(around) ||
		/[?\uff1f]\s*$/.test(text) ||
		/\b(?:no|not|without|never|any|kein|keine|pas de|sin|sem)\s+(?:more\s+)?["'`]?$/i.test(before) ||
		/^\s*(?:import|export|const|let|var|if|else|for|while|return|function|def|class|switch|case|throw|catch|await|assert|expect|\/\/|\/\*|\$|sudo|kubectl|docker|grep)\b|=>|===|!==|&&|\bgrep\b|\|\s*(?:awk|sed|less|tail)\b/.test(
			text,
		)
	);
}

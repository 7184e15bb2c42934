import { SIGNATURES } from "../../knowledge/log-lines/list.ts";
import type { Signature } from "../../knowledge/log-lines/signature.ts";
import { isSaid, type LogRecord, type Unit } from "./records.ts";
import { bodyOf } from "./shape.ts";

/** A known line in an entry. */
interface Hit {
	readonly signature: Signature;
	readonly line: number;
	readonly record: LogRecord;
}

/** Words that only look like trouble at the origin. */
export interface NotTrouble {
	readonly line: number;
	/** A program's exception because it received a 52x; or a version without a crash. */
	readonly what: "client" | "version";
}

interface Known {
	readonly hits: readonly Hit[];
	readonly not: readonly NotTrouble[];
	/** Entries in which a program says that it received a 52x. */
	readonly ofClients: ReadonlySet<LogRecord>;
}

/** The same over several lines: whether a signature can match in a text at all. */
const GATES: readonly (readonly [Signature, RegExp])[] = SIGNATURES.map((signature) => [
	signature,
	new RegExp(signature.looks.source, "m"),
]);

/** A 52x that a program received as a client: the words of HTTP libraries and SDKs. */
const RECEIVED_52X =
	/\bstatus(?:[ _-]?(?:code|text))?\\?['"]?\s{0,3}(?:[:=]|of|is|was)?\s{0,3}\\?['"(]{0,2}52\d\b|\b(?:code|error|response|returned|received|got|failed with|success: |resulted in an?|HTTP(?:\/\d(?:\.\d)?)?|HTTPError:?)[:= ]{0,3}[`'"(]{0,2}52\d\b|['"`(]52\d\b|\b52\d (?:Server|Client|Web [Ss]erver|<none>|Origin|unknown|Unknown)|: 52\d(?=[\s):,]|$)(?! (?:bytes|ms|s)\b)/i;
/** A line of a trace, or the words of an exception. */
const TRACE = /^\s*at \S|\b\w*(?:Error|Exception)\b|^\s*throw\b|^\s*\^+\s*$|^node:|\bthrown\b/;
const VERSION_ALONE = /^[\s|"]{0,8}Node\.js v\d{1,3}\.\d{1,3}\.\d{1,3}[\w.-]{0,20}[\s"]*$/;
const VERSION_MAYBE = /\bNode\.js v\d/;
/** How far a trace reaches from its last line, or from its first one. */
const TRACE_LINES = 40;
/** Marks that are looked at near one hit; an object of a JSON log may have many in its one line. */
const MARKS_MAX = 200;
/** Lines of one trace are written at one moment. */
const TRACE_WITHIN_MS = 1_500;

/** Looks for known lines. Linear. */
export function knownIn(records: readonly LogRecord[]): Known {
	const all = records.flatMap(({ units, whole }) => [...units.map(({ text }) => text), ...whole]).join("\n");
	const possible = GATES.filter(([, gate]) => gate.test(all)).map(([signature]) => signature);
	const isReceived = RECEIVED_52X.test(all);
	const received = isReceived ? linesWith(records, RECEIVED_52X) : [];
	const ofClients = new Set(
		isReceived
			? records.filter(
					({ access, edge, units }) => access === null && edge.length === 0 && units.some(({ text }) => RECEIVED_52X.test(text)),
				)
			: [],
	);
	const traces = VERSION_MAYBE.test(all) ? linesWith(records, TRACE) : [];
	const hits: Hit[] = [];
	const not: NotTrouble[] = [];
	if (possible.length === 0) return { hits, not: versions(records, all), ofClients };
	for (const record of records) {
		for (const hit of hitsOf(record, possible)) {
			if (isVersion(hit, record) && !hasNear(traces, hit, "above")) not.push({ line: hit.line, what: "version" });
			else if (hit.signature.exception === true && hasNear(received, hit, isVersion(hit, record) ? "above" : "around"))
				not.push({ line: hit.line, what: "client" });
			else hits.push(hit);
		}
	}
	return {
		hits,
		ofClients,
		not: [...new Map([...versions(records, all), ...not].map((one) => [one.line, one])).values()].sort((a, b) => a.line - b.line),
	};
}

interface Mark {
	readonly line: number;
	readonly atMs: number | null;
}

function linesWith(records: readonly LogRecord[], looks: RegExp): Mark[] {
	return records.flatMap(({ units, time }) =>
		units.flatMap(({ line, text }) => (looks.test(text) ? [{ line, atMs: time?.ms ?? null }] : [])),
	);
}

/** Whether one of the marks, in the order of their lines, belongs to the trace of a hit. */
function hasNear(marks: readonly Mark[], { line, record }: Hit, where: "above" | "around"): boolean {
	const from = line - (where === "above" ? TRACE_LINES : 3);
	const to = line + (where === "above" ? 0 : TRACE_LINES);
	let low = 0;
	for (let high = marks.length; low < high; ) {
		const middle = (low + high) >> 1;
		if ((marks[middle]?.line ?? 0) < from) low = middle + 1;
		else high = middle;
	}
	for (let nth = low; nth < marks.length && nth < low + MARKS_MAX; nth += 1) {
		const mark = marks[nth];
		if (mark === undefined || mark.line > to) return false;
		if (mark.atMs === null || record.time === null || Math.abs(mark.atMs - record.time.ms) <= TRACE_WITHIN_MS) return true;
	}
	return false;
}

/** The version is what was found, rather than the words of the crash itself. */
const isVersion = ({ signature, line }: Hit, record: LogRecord): boolean =>
	signature.id === "node-uncaught" &&
	!record.units.some((unit) => unit.line === line && /triggerUncaughtException\(/.test(unit.text));

/** Version lines that are named as such: alone in their line, or among others. */
function versions(records: readonly LogRecord[], all: string): NotTrouble[] {
	if (!VERSION_MAYBE.test(all)) return [];
	return records.flatMap(({ units }) =>
		units.flatMap(({ line, text }) =>
			VERSION_MAYBE.test(text) && !VERSION_ALONE.test(bodyOf(text)) ? [{ line, what: "version" as const }] : [],
		),
	);
}

function hitsOf(record: LogRecord, possible: readonly Signature[]): Hit[] {
	const found: { signature: Signature; line: number }[] = [];
	const seen = new Set<string>();
	const look = ({ text, line }: Unit, isWhole: boolean) => {
		for (const signature of possible) {
			const match = signature.looks.exec(text);
			if (match === null || (isWhole && seen.has(signature.id)) || seen.has(`${signature.id} ${line}`)) continue;
			if (record.shape === null && isSaid(text, match)) continue;
			// The version of a list says nothing; that of a crash is alone in its line.
			if (signature.id === "node-uncaught" && VERSION_MAYBE.test(match[0]) && !VERSION_ALONE.test(bodyOf(text))) continue;
			seen.add(signature.id).add(`${signature.id} ${line}`);
			found.push({ signature, line });
		}
	};
	for (const unit of record.units) look(unit, false);
	for (const text of record.whole) look({ text, line: record.line }, true);
	return found
		.filter(
			({ signature, line }) =>
				!found.some((other) => other.signature.betterThan === signature.id && Math.abs(other.line - line) <= 1),
		)
		.map((one) => ({ ...one, record }));
}

import { askedHosts } from "../asked-hosts.ts";
import { readToldCaptures, type ToldCapture } from "../capture/told.ts";
import type { Ray } from "../ray/decode.ts";
import { findRays } from "../ray/find.ts";
import { withoutServerPaste } from "../server-paste.ts";
import { clean } from "./clean.ts";
import { type BareRay, findBareRays } from "./clues/bare-rays.ts";
import { type CodeClue, findCodes, TARGET_MARK } from "./clues/codes.ts";
import { type CurlClue, findCurl, type Went, wentBy } from "./clues/curl.ts";
import { besideHar, failedHar, type HarFailure } from "./clues/har.ts";
import { findLogLines, type LogClue } from "./clues/log-lines.ts";
import type { ShellClue } from "./clues/machine.ts";
import { type EdgeRecord, findParts, findRecord } from "./clues/records.ts";
import { findResponse, type ResponseClue } from "./clues/response.ts";
import { findRoles, type SiteClue } from "./clues/roles.ts";
import { findCommands, findShell, withoutCommands, withoutComplaints, withoutMachines } from "./clues/shell.ts";
import { findVerb, type VerbClue } from "./clues/spoken-verbs.ts";
import { findTalk, type TalkClue } from "./clues/talk.ts";
import { findTargets, type TargetClue } from "./clues/targets.ts";
import { findTimes, type TimeClue } from "./clues/times.ts";
import type { Thread } from "./understood.ts";

/** Everything that a text holds. Nothing is dropped because something else was found. */
export interface Clues {
	/** Cleaned; of a HAR, what failed. */
	readonly text: string;
	readonly verb: VerbClue | null;
	readonly sites: readonly SiteClue[];
	readonly codes: readonly CodeClue[];
	/** With a label or a data center. */
	readonly rays: readonly Ray[];
	/** Further ones than are told. */
	readonly raysLeftOut: number;
	readonly bareRays: readonly BareRay[];
	readonly times: readonly TimeClue[];
	readonly curl: CurlClue | null;
	/** Where the request of a command in the text went. */
	readonly went: Went;
	/** The sites that the requests of tools in the text went to. */
	readonly asked: readonly string[];
	readonly shell: ShellClue | null;
	readonly response: ResponseClue | null;
	/** What `capture` or `tap` printed. */
	readonly captures: readonly ToldCapture[];
	/** What a HAR tells of its failed requests. */
	readonly har: HarFailure | null;
	readonly record: EdgeRecord | null;
	readonly logs: LogClue;
	/** Lines of the text that are log lines, by their place in it; those of a client that reports a code are none. */
	readonly logLines: ReadonlySet<number>;
	/** Whether a place in the text is in one of them. */
	readonly isInLog: (at: number) => boolean;
	readonly talk: TalkClue;
}

/**
 * Reads a text once for everything in it: each kind of clue in one pass, linear and bounded. Total; never throws.
 * @param text as it came
 * @param nowMs Unix milliseconds
 */
export function findClues(text: string, thread: Thread, nowMs: number): Clues {
	const cleaned = clean(text);
	// Of a whole HAR only what failed counts.
	const { words, file } = besideHar(cleaned);
	const har = failedHar(file);
	const whole = har === null ? cleaned : words === "" ? har.text : `${words}\n\n${har.text}`;
	const commands = findCommands(whole);
	const outside = withoutServerPaste(whole);
	const found = findTargets(withoutMachines(outside, commands));
	const record = findRecord(outside);
	const targets = withParts(outside, found);
	const went = wentBy(whole, commands);
	const logs = findLogLines(withoutCommands(whole, commands), thread.toMs ?? nowMs);
	const all = findCodes(masked(outside, found), thread.url != null && whole.length < 400);
	const lineAt = lineFinder(logs);
	const reports = new Set(
		all
			.filter(({ code, strong, at }) => strong && isEdgeCode(code) && logs.shapes[lineAt(at)] !== "access")
			.map(({ at }) => lineAt(at)),
	);
	const logLines = logLinesOf(logs, reports);
	const codes = [
		...all.filter(({ at }) => !logLines.has(lineAt(at))),
		...found.flatMap(({ codeAsPort, start }) => (codeAsPort === null ? [] : [{ code: codeAsPort, at: start, strong: true }])),
	];
	const foundRays = findRays(whole, nowMs);
	return {
		text: whole,
		verb: findVerb(whole, found),
		sites: findRoles(outside, targets, codes),
		codes,
		rays: foundRays.rays,
		raysLeftOut: foundRays.leftOut,
		bareRays: findBareRays(whole, nowMs),
		times: findTimes(whole),
		curl: findCurl(whole, thread.asks === "direct-origin", went),
		went,
		asked: askedHosts(whole),
		shell: findShell(whole, commands, thread, nowMs),
		response: findResponse(har === null ? cleaned : file),
		captures: readToldCaptures(cleaned),
		har: har?.failure ?? null,
		record,
		logs,
		logLines,
		isInLog: (at) => logLines.has(lineAt(at)),
		talk: findTalk(withoutComplaints(whole)),
	};
}

const isEdgeCode = (code: string) => /^5[23]\d$|^1\d{3}$/.test(code);
/** The text with marks in the place of URLs and hosts, every character where it was. */
function masked(text: string, targets: readonly TargetClue[]): string {
	if (targets.length === 0) return text;
	const out: string[] = [];
	let at = 0;
	for (const { start, end } of targets) {
		if (start < at) continue;
		out.push(text.slice(at, start), TARGET_MARK.repeat(end - start));
		at = end;
	}
	out.push(text.slice(at));
	return out.join("");
}

/** The number of the line that a place is in; asked in any order. */
function lineFinder({ lines }: LogClue): (at: number) => number {
	return (at) => {
		let low = 0;
		let high = lines.length - 1;
		while (low < high) {
			const middle = (low + high + 1) >> 1;
			if ((lines[middle]?.start ?? 0) <= at) low = middle;
			else high = middle - 1;
		}
		return low;
	};
}

/** Lines that were recognized, or are shaped like one of a log, without those that report a code to a client. */
function logLinesOf({ reading, shapes }: LogClue, reports: ReadonlySet<number>): Set<number> {
	const out = new Set<number>();
	for (const [nth, shape] of shapes.entries()) if (shape !== null && !reports.has(nth)) out.add(nth);
	for (const { line } of reading.recognised) if (!reports.has(line - 1)) out.add(line - 1);
	return out;
}

/** The targets of a text with those that are told in parts: they stand for the bare host in them. */
function withParts(text: string, found: readonly TargetClue[]): TargetClue[] {
	const out = [...found];
	for (const { target, start, end, by } of findParts(text)) {
		const same = out.flatMap((one, nth) => (one.target.host === target.host ? [nth] : []));
		if (same.length === 0) out.push({ target, start, end, schemed: true, mended: "no", codeAsPort: null });
		// Wherever a tool names the host of its request, that request is meant.
		for (const nth of by === "json" ? [] : same) {
			const known = out[nth];
			if (known !== undefined && !known.schemed && known.target.path === "/") out[nth] = { ...known, target, schemed: true };
		}
	}
	return out.sort((a, b) => a.start - b.start);
}

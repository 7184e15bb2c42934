import { autopsy } from "../judge/autopsy.ts";
import { type ByteMap, byteMapOf } from "../judge/byte-map.ts";
import type { FoundCause } from "../judge/case.ts";
import { endsInHeaders, foundBy, pasteEvidence } from "../judge/case-evidence.ts";
import type { Evidence, EvidenceKey } from "../knowledge/evidence.ts";
import type { Text } from "../message/text.ts";
import { wentElsewhere } from "../read/asked-hosts.ts";
import { evidenceByKey, type FailingRequest, weighLogs } from "../read/logs/evidence.ts";
import { readLogs } from "../read/logs/read.ts";
import type { Paste } from "../read/paste.ts";
import { hear } from "../read/text/hear.ts";
import { logsReply } from "../reply/logs.ts";
import { pasteReply } from "../reply/paste.ts";
import { logsDelta, pasteBesideDelta, pasteDelta } from "../reply/paste-delta.ts";
import type { Reply } from "../reply/reply.ts";
import { type HeldText, heldOf, textOf } from "./held-text.ts";

/** A text of up to so many characters is read in place: every reader is done with it within a few milliseconds. */
export const IN_PLACE_MAX_CHARS = 4_000;

/** What a pasted response shows. */
interface PasteRead {
	readonly reply: Reply;
	readonly evidence: Evidence;
	/** The cause that its bytes speak for; absent where it came through Cloudflare, so that they are not the origin's. */
	readonly found?: FoundCause | null;
	readonly bytes?: ByteMap;
	readonly code: 520 | 524 | null;
	/** The same as one change in the thread of a case. */
	readonly delta: Text;
}

/** What pasted log lines show. */
interface LogsRead {
	readonly reply: Reply;
	readonly evidence: Evidence;
	/** What of it a line with the Ray ID of the failing request says. */
	readonly own: readonly EvidenceKey[];
	/** The same as one change in the thread of a case. */
	readonly delta: Text;
}

/** What a text is read as. Log lines are not read yet. */
export type Heard =
	| Exclude<ReturnType<typeof hear>, { readonly kind: "logs" }>
	| { readonly kind: "logs"; readonly text: HeldText };

/** What each reader of people's text takes and gives: plain values, which pass from one thread to another. */
export interface TextJobs {
	readonly question: {
		readonly input: { readonly text: HeldText; readonly nowMs: number };
		readonly output: Heard;
	};
	readonly paste: {
		/** `host`: of the case in whose thread it was pasted; null for none. */
		readonly input: { readonly paste: Paste; readonly host: string | null };
		readonly output: PasteRead;
	};
	readonly logs: {
		readonly input: {
			readonly text: HeldText;
			readonly nearMs: number;
			readonly nowMs: number;
			readonly failing: FailingRequest | null;
		};
		readonly output: LogsRead;
	};
}

export type TextReader = keyof TextJobs;

/** Everything in the desk that reads a text which people bring. Each is total, and linear in its text; test/read/growth.test.ts measures every one. */
export const TEXT_READERS: { readonly [R in TextReader]: (input: TextJobs[R]["input"]) => TextJobs[R]["output"] } = {
	question: ({ text, nowMs }) => {
		const read = hear(textOf(text), nowMs);
		// Log lines are read next, which is another job.
		return read.kind === "logs" && read.text.length > IN_PLACE_MAX_CHARS ? { ...read, text: heldOf(read.text) } : read;
	},
	paste: ({ paste, host }) => {
		const found = autopsy(paste.bytes, paste.ending, paste.method);
		if (wentElsewhere(paste.asked, host))
			return { reply: pasteReply(paste, found), evidence: {}, code: found.code, delta: pasteBesideDelta(paste, found) };
		return {
			reply: pasteReply(paste, found),
			evidence: pasteEvidence(paste, found),
			...(paste.throughEdge || endsInHeaders(paste, found)
				? {}
				: { found: foundBy(found), bytes: byteMapOf(found, paste.bytes.length) }),
			code: found.code,
			delta: pasteDelta(paste, found),
		};
	},
	logs: ({ text, nearMs, nowMs, failing }) => {
		const reading = readLogs(textOf(text), nearMs, nowMs);
		const weighed = weighLogs(reading, failing);
		return {
			reply: logsReply(reading, weighed, failing?.window ?? null),
			evidence: evidenceByKey(weighed.evidence),
			delta: logsDelta(reading, weighed, failing?.window ?? null),
			own: weighed.evidence.flatMap(({ key, belongsBy }) => (belongsBy === "ray" ? [key] : [])),
		};
	},
};

/** Reads in place, in the thread that calls. */
export const readInPlace = <R extends TextReader>(reader: R, input: TextJobs[R]["input"]): TextJobs[R]["output"] =>
	TEXT_READERS[reader](input);

import type { Readable } from "node:stream";
import { z } from "zod";
import { evidenceByKey, weighLogs } from "../../read/logs/evidence.ts";
import { readLogs } from "../../read/logs/read.ts";
import { answerLines, hasNoText, readLine } from "./lines.ts";

const Line = z.object({ id: z.unknown().optional(), text: z.string() });

/** `logs -`: JSON lines `{id, text}` in, one JSON line each out: recognised lines and the evidence in them, in order, whatever a line holds. */
export function logLines(input: Readable, out: (line: string) => void): Promise<void> {
	return answerLines(input, out, answer);
}

function answer(line: string) {
	const one = readLine(line, Line, hasNoText);
	return "error" in one ? one : { id: one.id, ...logData(one.data.text) };
}

/** What a pasted log shows, as data. */
function logData(text: string) {
	const reading = readLogs(text);
	const { evidence, aside } = weighLogs(reading, null);
	return {
		lines: reading.recognised.map(({ signature, line, atMs, zoneUnknown }) => ({
			line,
			signature: signature.id,
			server: signature.server,
			cause: signature.speaksFor,
			originLog: signature.originLog,
			meaning: signature.meaning,
			at: atMs === null ? null : new Date(atMs).toISOString(),
			zoneUnknown,
		})),
		access: reading.access.map(({ line, status, bytes, atMs }) => ({
			line,
			status,
			bytes,
			at: atMs === null ? null : new Date(atMs).toISOString(),
		})),
		evidence: evidenceByKey(evidence),
		notCounted: aside,
	};
}

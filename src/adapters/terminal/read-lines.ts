import type { Readable } from "node:stream";
import { z } from "zod";
import { understand } from "../../judge/understand.ts";
import type { Thread } from "../../read/text/understood.ts";
import { answerLines, hasNoText, readLine } from "./lines.ts";

const Time = z.string().transform((text) => {
	const ms = Date.parse(text);
	return Number.isNaN(ms) ? null : ms;
});
const ThreadLine = z.object({
	url: z.string().nullish().catch(null),
	code: z.union([z.string(), z.number()]).nullish().catch(null),
	rays: z.array(z.string()).nullish().catch([]),
	from: Time.nullish().catch(null),
	to: Time.nullish().catch(null),
	asks: z.string().nullish().catch(null),
});
const Line = z.object({
	id: z.unknown().optional(),
	text: z.string(),
	thread: ThreadLine.nullish().catch(null),
	now: Time.nullish().catch(null),
});

/**
 * `read -`: JSON lines `{id, text, thread?, now?}` in, one JSON line each out: what was understood, in order, whatever a line holds. An
 * unreadable line answers as an empty text, with an `error` and, where it has none, `id` null.
 * @param nowMs the moment of asking where a line tells none, Unix milliseconds
 */
export function readLines(input: Readable, out: (line: string) => void, nowMs: () => number): Promise<void> {
	return answerLines(input, out, (line) => answer(line, nowMs()));
}

function answer(line: string, nowMs: number) {
	const one = readLine(line, Line, hasNoText);
	if ("error" in one) return { ...one, ...understand("", {}, nowMs) };
	const { text, thread, now } = one.data;
	return { id: one.id, ...understand(text, threadOf(thread), now ?? nowMs) };
}

function threadOf(thread: z.infer<typeof ThreadLine> | null | undefined): Thread {
	if (thread == null) return {};
	const { url, code, rays, from, to, asks } = thread;
	return {
		url: url ?? null,
		code: code == null ? null : String(code),
		rays: (rays ?? []).map((ray) => ray.toLowerCase().slice(0, 16)),
		fromMs: from ?? null,
		toMs: to ?? null,
		asks: asks ?? null,
	};
}

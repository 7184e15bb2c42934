import type { Readable } from "node:stream";
import { z } from "zod";
import { findRays } from "../../read/ray/find.ts";
import { clean } from "../../read/text/clean.ts";
import { rayData } from "../../reply/json.ts";
import { answerLines, hasNoText, readLine } from "./lines.ts";

const Line = z.object({ id: z.unknown().optional(), text: z.string() });

/**
 * `ray -`: JSON lines `{id, text}` in, `{id, rays}` out, one for each in order, whatever a line holds; an unreadable line answers
 * with `id` null, no rays and an `error`.
 */
export function rayLines(input: Readable, out: (line: string) => void, nowMs: number): Promise<void> {
	return answerLines(input, out, (line) => answer(line, nowMs));
}

function answer(line: string, nowMs: number) {
	const one = readLine(line, Line, hasNoText);
	if ("error" in one) return { ...one, rays: [] };
	return { id: one.id, rays: findRays(clean(one.data.text), nowMs).rays.map(rayData) };
}

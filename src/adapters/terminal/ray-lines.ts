import type { Readable } from "node:stream";
import { z } from "zod";
import { findRays } from "../../read/ray/find.ts";
import { clean } from "../../read/text/clean.ts";
import { rayData } from "../../reply/json.ts";
import { answerLines, readJsonLine } from "./lines.ts";

const Line = z.object({ id: z.unknown().optional(), text: z.string() });

/**
 * `ray -`: JSON lines `{id, text}` in, `{id, rays}` out, one for each in order, whatever a line holds; an unreadable line answers
 * with `id` null, no rays and an `error`.
 */
export function rayLines(input: Readable, out: (line: string) => void, nowMs: number): Promise<void> {
	return answerLines(input, out, (line) => answer(line, nowMs));
}

function answer(line: string, nowMs: number) {
	const one = readJsonLine(line);
	if ("error" in one) return { ...one, rays: [] };
	const { id, json } = one;
	const read = Line.safeParse(json);
	if (!read.success) return { id, rays: [], error: "the line has no text" };
	return { id: read.data.id ?? null, rays: findRays(clean(read.data.text), nowMs).rays.map(rayData) };
}

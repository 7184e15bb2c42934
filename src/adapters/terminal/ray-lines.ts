import type { Readable } from "node:stream";
import { z } from "zod";
import { findRays } from "../../core/ray/find.ts";
import { rayData } from "../../reply/json.ts";
import { jsonLines } from "./lines.ts";

const Line = z.object({ id: z.unknown().optional(), text: z.string() });

/**
 * `ray -`: JSON lines `{id, text}` in, `{id, rays}` out, one for each in order, whatever a line holds; an unreadable line answers
 * with `id` null, no rays and an `error`.
 */
export async function rayLines(input: Readable, out: (line: string) => void, nowMs: number): Promise<void> {
	for await (const line of jsonLines(input)) {
		out(JSON.stringify(answer(line, nowMs)));
	}
}

function answer(line: string, nowMs: number) {
	let json: unknown;
	try {
		json = JSON.parse(line);
	} catch {
		return { id: null, rays: [], error: "the line is not JSON" };
	}
	const read = Line.safeParse(json);
	if (!read.success) {
		const id = typeof json === "object" && json !== null && "id" in json ? json.id : null;
		return { id, rays: [], error: "the line has no text" };
	}
	return { id: read.data.id ?? null, rays: findRays(read.data.text, nowMs).rays.map(rayData) };
}

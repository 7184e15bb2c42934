import type { Evidence } from "../../knowledge/evidence.ts";
import { evidenceByKey, type FailingRequest, weighLogs } from "../logs/evidence.ts";
import type { Clues } from "./clues.ts";
import type { Thread } from "./understood.ts";

/** Before and after the time that a text tells for its failing request. */
const AROUND_MS = { before: 5_000, after: 130_000 } as const;

/**
 * What is known of the failing request: by the thread; else by the text itself, its Ray ID, its time and its site.
 * @param url of the site that the text names beside its log lines
 * @param toldMs the time that it tells beside them, Unix milliseconds
 */
export function failingRequest(clues: Clues, thread: Thread, url: string | null, toldMs: number | null): FailingRequest {
	const { fromMs = null, toMs = null, rays = [] } = thread;
	if (thread.url != null || (fromMs !== null && toMs !== null))
		return { window: fromMs === null || toMs === null ? null : { fromMs, toMs }, rays, url: thread.url ?? null };
	const ms = clues.rays[0]?.receivedAtMs ?? toldMs;
	return {
		window: ms === null ? null : { fromMs: ms - AROUND_MS.before, toMs: ms + AROUND_MS.after },
		rays: clues.rays.map(({ id }) => id),
		url,
	};
}

/** What log lines of a text are evidence for, those of the failing request alone. */
export const evidenceOfLogs = (clues: Clues, failing: FailingRequest): Evidence =>
	evidenceByKey(weighLogs(clues.logs.reading, failing).evidence);

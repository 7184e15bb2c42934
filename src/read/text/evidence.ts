import type { Evidence } from "../../knowledge/evidence.ts";
import { edgeSawOf } from "../logs/edge-rows.ts";
import { evidenceByKey, type FailingRequest, weighLogs } from "../logs/evidence.ts";
import type { Clues } from "./clues.ts";
import { sameSite } from "./target.ts";
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

/**
 * What Cloudflare had from the origin, by its own record in the text: of the failing requests of the thread, which its host and its code tell.
 * Rows that differ say that there are several failures: which is this one, they do not say.
 */
export function edgeSawTold({ record, logs }: Clues, { url, code }: Thread): Evidence {
	if (record?.saw == null || (code != null && record.code !== code)) return {};
	const host = url == null ? null : (URL.parse(url)?.hostname ?? null);
	const isOfThread = (other: string | null) => host === null || other === null || sameSite(other, host);
	if (!isOfThread(record.target?.host ?? null)) return {};
	const rows = logs.reading.edge.filter((row) => String(row.status) === record.code && isOfThread(row.host));
	const said = new Set(rows.map(({ originStatus }) => edgeSawOf(originStatus)));
	return said.size > 1 ? {} : { "edge-saw": record.saw };
}

/** What log lines of a text are evidence for, those of the failing request alone. */
export const evidenceOfLogs = (clues: Clues, failing: FailingRequest): Evidence =>
	evidenceByKey(weighLogs(clues.logs.reading, failing).evidence);

import { type FoundRays, findRays } from "../ray/find.ts";
import type { Question, Unread } from "./kinds.ts";
import { onlyTarget } from "./site.ts";

/**
 * The Ray IDs of a text as a question.
 * @param labelled an id needs no label of its own: the word before the text was one
 * @param otherwise the answer for a text without any
 */
export function raysOr(text: string, nowMs: number, labelled: boolean, otherwise: Unread): Question | Unread {
	const found = findRays(text, nowMs, labelled);
	return found.rays.length > 0 ? raysQuestion(text, found) : otherwise;
}

/** The three forms in which an answer tells its own time: the page's UTC line, the JSON timestamp, the Date field. */
const ERROR_TIME =
	/(\d{4}-\d{2}-\d{2}) (\d{2}:\d{2}:\d{2}) UTC|"timestamp":\s?"(\d{4}-\d{2}-\d{2}T[\d:.]{8,20}Z)"|\bdate: (\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} GMT)/gi;

/** As Cloudflare's pages, titles and JSON say it. */
const PAGE_CODE = /"(?:error_code|status)":\s?"?(5[23]\d)\b|\b[Ee]rror(?: code)?:? (5[23]\d)\b|\| (5[23]\d): /;
const pageCode = (text: string): string | null => PAGE_CODE.exec(text.slice(0, 20_000))?.slice(1).find(Boolean) ?? null;

/** The question that a text with Ray IDs asks: with the one site, the code and the time that stand beside them. */
export function raysQuestion(text: string, found: FoundRays): Question {
	const times = [...text.slice(0, 20_000).matchAll(ERROR_TIME)].map(([, day, clock, iso, http]) =>
		Date.parse(day === undefined ? (iso ?? http ?? "") : `${day}T${clock}Z`),
	);
	const [only] = times;
	const pageAtMs = found.rays.length === 1 && times.length === 1 && only !== undefined && !Number.isNaN(only) ? only : null;
	return { kind: "rays", found, target: onlyTarget(text), pageAtMs, code: pageCode(text) };
}

import { CASE_RAYS_MAX, type Case, isMeasured } from "../../judge/case.ts";
import { CAUSES, isCause } from "../../knowledge/causes/list.ts";
import { sourceName } from "../case-words.ts";
import { factSentences } from "../fact-sentences.ts";
import { cityOf, raysOf } from "../incident.ts";
import type { People } from "./privacy.ts";

/** The row and shape of a mark on the timeline. */
export const ROWS = ["failed", "worked", "told", "pasted"] as const;
export type Row = (typeof ROWS)[number];

/** One thing that happened in a case. */
export interface Event {
	readonly atMs: number;
	/** null: it is in the table and has no mark. */
	readonly row: Row | null;
	readonly what: string;
	readonly who: string;
}

/** The most lines of a table; those between the first and the last are counted. */
export const EVENTS_MAX = 500;

/** Everything that happened, oldest first. */
export function eventsOf(
	one: Case,
	people: People,
	nowMs: number,
): { readonly events: readonly Event[]; readonly leftOut: number } {
	const { counted, solved } = one;
	const all: Event[] = [
		{
			atMs: one.openedAtMs,
			row: null,
			what: "The case was opened.",
			who: one.asker === null ? "cf520" : people.nameOf(one.asker.name),
		},
		...one.codes.map(({ code, atMs }): Event => ({ atMs, row: "failed", what: `The host returned ${code}.`, who: "cf520" })),
		...raysOf(one, nowMs)
			.slice(0, CASE_RAYS_MAX)
			.map(
				({ id, colo, atMs }): Event => ({
					atMs,
					row: "failed",
					what: `Cloudflare received the failing request with Ray ID ${id}${colo === null ? "" : ` in ${cityOf(colo)}`}.`,
					who: "Ray ID",
				}),
			),
		...(counted === null
			? []
			: [
					{
						atMs: counted.atMs,
						row: counted.failed > 0 ? ("failed" as const) : ("worked" as const),
						what: `${counted.failed} of ${counted.of} requests failed.`,
						who: "cf520",
					},
				]),
		...one.facts.flatMap((fact): Event[] =>
			factSentences(fact).map((what) => ({
				atMs: fact.atMs,
				row: isMeasured(fact.by) ? null : fact.by === "paste" ? "pasted" : "told",
				what,
				who: isMeasured(fact.by) ? sourceName(fact.by) : people.nameOf(fact.who),
			})),
		),
		...(solved === null
			? []
			: [
					{
						atMs: solved.atMs,
						row: null,
						what: isCause(solved.cause) ? `Solved: ${CAUSES[solved.cause].title}.` : "Solved.",
						who: people.nameOf(solved.who),
					},
				]),
	];
	// Several requests of one check met the same thing in the same second.
	const once = new Map(all.map((each) => [`${Math.floor(each.atMs / 1_000)} ${each.what} ${each.who}`, each]));
	const sorted = [...once.values()].sort((a, b) => a.atMs - b.atMs);
	if (sorted.length <= EVENTS_MAX) return { events: sorted, leftOut: 0 };
	const half = EVENTS_MAX / 2;
	return { events: [...sorted.slice(0, half), ...sorted.slice(-half)], leftOut: sorted.length - EVENTS_MAX };
}

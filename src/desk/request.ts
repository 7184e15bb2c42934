import type { EvidenceKey } from "../knowledge/evidence.ts";
import { type DeskAction, isOfCase } from "../read/action.ts";
import { hear } from "../read/text/hear.ts";
import type { UnaskedPlaces } from "../read/text/places.ts";
import type { Question } from "../read/text/question.ts";
import type { Target } from "../read/text/target.ts";
import { howAnswered } from "../read/text/verbs.ts";
import type { Heard } from "./text-readers.ts";
import { IN_PLACE_MAX_CHARS } from "./text-readers.ts";

/** A question: a text or a button's action. */
export type Request =
	| Heard
	| { readonly kind: "action"; readonly action: DeskAction }
	/** Everyday talk in the thread of a case. */
	| { readonly kind: "talk"; readonly case: string; readonly talk: Talk }
	/** Everyday talk outside of any thread: about the open case of its channel, where there is one. */
	| {
			readonly kind: "of-channel";
			readonly said: "recheck" | "status";
			/** The question if there is no such case. */
			readonly otherwise: Heard;
	  };

/** Talk in the thread of a case without a verb. */
export type Talk =
	| { readonly means: "thanks" }
	/** The state of the case; also the answer to a sentence that is not understood. */
	| { readonly means: "status" }
	/** Whose side it is. */
	| { readonly means: "side" }
	/** Who else sees it, where nobody asked other places lately: how to ask them. */
	| { readonly means: "who-else" }
	| { readonly means: "nothing-to-undo" }
	/** A place was named that is none. */
	| { readonly means: "no-place"; readonly target: Target; readonly unasked: UnaskedPlaces }
	/** Whether it fails for others too: other places were asked a moment ago. */
	| { readonly means: "others" }
	/** A sentence that says what it was: asked back before the case is solved. */
	| { readonly means: "solved"; readonly cause: string }
	/** A sentence that answers a question: asked back before it enters the case. */
	| {
			readonly means: "answer";
			readonly key: EvidenceKey;
			readonly value: string;
			/** When it was, by that sentence: Unix milliseconds; null where it does not say. */
			readonly atMs: number | null;
	  };

/** Talk that is about the case itself. */
export type CaseTalk = Exclude<Talk, { readonly means: "no-place" }>;

/** The beginning of a text, for what has to be known before it is acknowledged: no longer than every reader is quick with. */
export const readBeginning = (text: string, nowMs: number): ReturnType<typeof hear> =>
	hear(text.slice(0, IN_PLACE_MAX_CHARS), nowMs);

/** The case that a button belongs to; null for every other one, and for words. */
export const caseOf = (what: string | DeskAction): string | null =>
	typeof what !== "string" && isOfCase(what) ? what.case : null;

/** Something to be read besides a question: it counts toward the limits, like what looks somewhere. */
export const isPaste = (request: Request): boolean => request.kind === "autopsy" || request.kind === "logs";

/** Whether it is answered in every channel, whatever the admins decided. */
export function isAnsweredEverywhere(request: Request): boolean {
	if (request.kind === "talk") return false;
	if (request.kind === "of-channel") return isAnsweredEverywhere(request.otherwise);
	return request.kind === "action"
		? request.action.do === "unwatch" || request.action.do === "allow-origin"
		: howAnswered(request.kind).everywhere;
}

/**
 * The line of a thread in which it waits; null: it waits for nothing. In one thread, what looks somewhere goes one after the other, and so
 * does everything else: an answer does not wait for a slow look.
 */
export function laneOf(request: Request, thread: string | null): string | null {
	if (thread === null || thread === "terminal") return null;
	return `${looks(request) ? "looks" : "words"} ${thread}`;
}

/** The buttons that look somewhere. */
const LOOKING: ReadonlySet<DeskAction["do"]> = new Set<DeskAction["do"]>([
	"variants",
	"recheck",
	"fresh",
	"places",
	"case-places",
]);

function looks(request: Request): boolean {
	if (request.kind === "talk") return false;
	if (request.kind === "of-channel") return request.said === "recheck";
	return request.kind === "action" ? LOOKING.has(request.action.do) : howAnswered(request.kind).lane === "looks";
}

/** Whether the answer will be private, as far as the text shows. */
export const isAnsweredPrivately = (question: Question | Extract<Request, { kind: "misread" }>): boolean =>
	howAnswered(question.kind).private ||
	(question.kind === "watch" && question.alone) ||
	(question.kind === "origin" && question.addresses.length === 0);

import type { EvidenceKey } from "../knowledge/evidence.ts";
import { type DeskAction, isOfCase } from "../read/action.ts";
import { hear } from "../read/text/hear.ts";
import type { UnaskedPlaces } from "../read/text/places.ts";
import type { Question } from "../read/text/question.ts";
import type { Target } from "../read/text/target.ts";
import { howAnswered } from "../read/text/verbs.ts";
import type { Heard } from "./text-readers.ts";
import { IN_PLACE_MAX_CHARS } from "./text-readers.ts";

/** What a workflow asks of its step. */
export interface StepAsked {
	readonly do: "step";
	/** What it was given as the URL. */
	readonly url: string;
	/** The answer is posted in the conversation; else only the workflow gets it. */
	readonly posts: boolean;
}

/** A question: a text, a button's action or a step of a workflow. */
export type Request =
	| Heard
	| { readonly kind: "step"; readonly target: Target; readonly posts: boolean }
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

/** The case that a button belongs to; null for every other one, for words and for steps. */
export const caseOf = (what: string | DeskAction | StepAsked): string | null =>
	typeof what !== "string" && what.do !== "step" && isOfCase(what) ? what.case : null;

/** What is asked, as far as the beginning of a text tells. A step asks about a page and nothing else, whatever it was given. */
export function requestOf(what: string | DeskAction | StepAsked, nowMs: number): Request {
	if (typeof what === "string") return readBeginning(what, nowMs);
	if (what.do !== "step") return { kind: "action", action: what };
	const read = readBeginning(what.url, nowMs);
	if (read.kind === "site") return { kind: "step", target: read.target, posts: what.posts };
	return read.kind === "misread" ? read : { kind: "misread", why: "which-site" };
}

/** Something to be read besides a question: it counts toward the limits, like what looks somewhere. */
export const isPaste = (request: Request): boolean =>
	request.kind === "autopsy" || request.kind === "capture" || request.kind === "logs";

/** Whether it is answered in every channel, whatever the admins decided. */
export function isAnsweredEverywhere(request: Request): boolean {
	if (request.kind === "talk" || request.kind === "step") return false;
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
	if (request.kind === "step") return true;
	if (request.kind === "of-channel") return request.said === "recheck";
	return request.kind === "action" ? LOOKING.has(request.action.do) : howAnswered(request.kind).lane === "looks";
}

/** Whether the answer will be private, as far as the text shows. */
export const isAnsweredPrivately = (question: Question | Extract<Request, { kind: "misread" }>): boolean =>
	howAnswered(question.kind).private ||
	(question.kind === "watch" && question.alone) ||
	(question.kind === "origin" && question.addresses.length === 0);

import { type DeskAction, isOfCase } from "../read/action.ts";
import { type Question, readQuestion } from "../read/text/question.ts";
import { howAnswered } from "../read/text/verbs.ts";
import { explainReply } from "../reply/pages.ts";

/** What somebody wants: in words, or by a button. An action is a question. */
export type Request = ReturnType<typeof readQuestion> | { readonly kind: "action"; readonly action: DeskAction };

/** Reads what arrived: a text, or what a button carried. Total. */
export const readRequest = (asked: string | DeskAction, nowMs: number): Request =>
	typeof asked === "string" ? readQuestion(asked, nowMs) : { kind: "action", action: asked };

/** The case that an action belongs to; null for every other request. */
export const caseOf = (request: Request): string | null =>
	request.kind === "action" && isOfCase(request.action) ? request.action.case : null;

/** Whether it is answered in every channel, whatever the admins decided. */
export const isAnsweredEverywhere = (request: Request): boolean =>
	request.kind === "action" ? request.action.do === "unwatch" : howAnswered(request.kind).everywhere;

/**
 * The line of a thread in which it waits; null: it waits for nothing. In one thread, what looks somewhere goes one after the other, and so
 * does everything else: an answer does not wait for a slow look.
 */
export function laneOf(request: Request, thread: string | null): string | null {
	if (thread === null || thread === "terminal") return null;
	const looks = request.kind === "action" ? request.action.do === "variants" : howAnswered(request.kind).lane === "looks";
	return `${looks ? "looks" : "words"} ${thread}`;
}

/** Whether the answer to a text will only be for the asker, as far as the text alone can tell. */
export const isAnsweredPrivately = (question: Question | Extract<Request, { kind: "misread" }>): boolean =>
	howAnswered(question.kind).private ||
	(question.kind === "watch" && question.alone) ||
	(question.kind === "origin" && question.addresses.length === 0) ||
	(question.kind === "explain" && explainReply(question.topic) === null);

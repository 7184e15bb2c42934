import { type Case, type Fact, hasEnded, withFact, withoutFact, withUnknown } from "../judge/case.ts";
import type { CaseAction } from "../read/action.ts";
import { nameOf } from "../read/error.ts";
import type { Question } from "../read/text/question.ts";
import {
	answeredBefore,
	caseEnded,
	caseGone,
	caseHead,
	changeWords,
	takenBackWords,
	unknownWords,
	whatWasIt,
} from "../reply/case.ts";
import { nothingToReport, reportMessages, reportText } from "../reply/report.ts";
import { answerVariants } from "./answer-variants.ts";
import type { CaseThreads } from "./case-threads.ts";
import type { DeskContext } from "./context.ts";
import type { Looking } from "./looking.ts";
import { type Ended, ended, endPrivately } from "./outcome.ts";
import type { ResumableConversation } from "./resumable.ts";

/** What people say of a case: by a button, or in words. */
export class CaseActions {
	readonly #context: DeskContext;
	readonly #looking: Looking;
	readonly #threads: CaseThreads;

	constructor(context: DeskContext, looking: Looking, threads: CaseThreads) {
		this.#context = context;
		this.#looking = looking;
		this.#threads = threads;
	}

	/** `answer`, `solved` and `report` in words: the same as their buttons, about the case of the thread. */
	async fromWords(
		question: Extract<Question, { kind: "answer" | "solved" | "report" }>,
		conversation: ResumableConversation,
		who: string,
	): Promise<Ended> {
		// A closed case can still be reported on; and what is resumed may have closed it itself.
		const closedToo = question.kind === "report" || conversation.resumed;
		const one = closedToo ? this.#threads.newestHere(conversation) : this.#threads.here(conversation);
		if (one === null) return endPrivately(nothingToReport, conversation, "misread");
		return this.act(actionOf(question, one.id), conversation, who);
	}

	/** A button of a case. */
	async act(action: CaseAction, conversation: ResumableConversation, who: string): Promise<Ended> {
		const one = this.#context.stores.cases.get(action.case);
		if (one === null) return endPrivately(caseGone, conversation, "answered");
		if (action.do === "report") await this.#report(one, conversation);
		else if (hasEnded(one, this.#context.now())) await this.#actOnEnded(one, action, conversation, who);
		else await this.#actOnOpen(one, action, conversation, who);
		const reply = { private: false, head: caseHead(one), thread: [], data: {} };
		return ended(this.#looking.stopped ? "interrupted" : "answered", reply);
	}

	async #actOnEnded(
		one: Case,
		action: Exclude<CaseAction, { do: "report" }>,
		conversation: ResumableConversation,
		who: string,
	): Promise<void> {
		const closedByThis =
			conversation.resumed && action.do === "it-was" && one.solved?.cause === action.cause && one.solved.who === who;
		if (closedByThis) await this.#threads.settle(one, null, conversation);
		else await conversation.replyPrivately(caseEnded(one));
	}

	async #actOnOpen(
		one: Case,
		action: Exclude<CaseAction, { do: "report" }>,
		conversation: ResumableConversation,
		who: string,
	): Promise<void> {
		const atMs = this.#context.now();
		switch (action.do) {
			case "answer":
				return action.value === null
					? this.#nobodyKnows(one, action.key, conversation, who)
					: this.#answered(one, { key: action.key, value: action.value, by: "person", who, atMs }, conversation);
			case "take-back": {
				const known = one.facts.some(({ key }) => key === action.key) || one.unknown.includes(action.key);
				if (!known && !conversation.resumed) return;
				return this.#threads.settle(withoutFact(one, action.key, atMs), takenBackWords(action.key, who, atMs), conversation);
			}
			case "variants":
				return answerVariants(this.#context, this.#looking, this.#threads, one, conversation);
			case "solved":
				return void (await conversation.followUp(whatWasIt(one)));
			case "it-was": {
				const solved = { cause: action.cause, who, atMs };
				return this.#threads.settle({ ...one, solved, lastAtMs: atMs }, null, conversation);
			}
		}
	}

	async #answered(one: Case, fact: Fact, conversation: ResumableConversation): Promise<void> {
		const known = one.facts.find(({ key }) => key === fact.key);
		if (known !== undefined && String(known.value) === fact.value)
			return conversation.resumed && known.who === fact.who
				? this.#threads.settle(one, changeWords(one, one, known), conversation)
				: conversation.replyPrivately(answeredBefore(one, known));
		const after = withFact(one, fact);
		return this.#threads.settle(after, changeWords(one, after, fact), conversation);
	}

	async #nobodyKnows(one: Case, key: Fact["key"], conversation: ResumableConversation, who: string): Promise<void> {
		const known = one.facts.find((fact) => fact.key === key);
		// Someone who does not know takes nothing away from someone who does.
		if (known !== undefined) return conversation.replyPrivately(answeredBefore(one, known));
		if (one.unknown.includes(key) && !conversation.resumed) return;
		const atMs = this.#context.now();
		return this.#threads.settle(withUnknown(one, key, atMs), unknownWords(key, who, atMs), conversation);
	}

	async #report(one: Case, conversation: ResumableConversation): Promise<void> {
		const { log, now } = this.#context;
		const atMs = now();
		for (const message of reportMessages(one, atMs)) await conversation.followUp(message);
		// To forward as it is; a chat that refuses files has the text above.
		await conversation
			.attach(`cf520-${new URL(one.url).hostname}.txt`, reportText(one, atMs))
			.catch((error: unknown) => log({ event: "file-not-sent", caseId: one.id, error: nameOf(error) }));
	}
}

function actionOf(question: Extract<Question, { kind: "answer" | "solved" | "report" }>, id: string): CaseAction {
	switch (question.kind) {
		case "answer":
			return { do: "answer", case: id, key: question.key, value: question.value };
		case "solved":
			return { do: "it-was", case: id, cause: question.cause };
		case "report":
			return { do: "report", case: id };
	}
}

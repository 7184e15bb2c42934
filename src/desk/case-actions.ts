import { type Case, hasEnded } from "../judge/case.ts";
import type { CaseAction } from "../read/action.ts";
import { nameOf } from "../read/error.ts";
import type { Question } from "../read/text/question.ts";
import { caseEnded, caseGone, caseHead, statusMessage, whatWasIt } from "../reply/case.ts";
import { nothingToReport, reportMessages, reportText } from "../reply/report.ts";
import { askBack, gladToHelp } from "../reply/talk.ts";
import { answerVariants } from "./answer-variants.ts";
import { type Said, withSaid } from "./case-changes.ts";
import type { CaseThreads } from "./case-threads.ts";
import type { DeskContext } from "./context.ts";
import type { Looking } from "./looking.ts";
import { type Ended, ended, endPrivately } from "./outcome.ts";
import type { Request } from "./request.ts";
import type { ResumableConversation } from "./resumable.ts";
import type { UnknownPresses } from "./tenants.ts";

/** What people say of a case: by a button, or in words. */
export class CaseActions {
	readonly #context: DeskContext;
	readonly #looking: Looking;
	readonly #threads: CaseThreads;
	readonly #unknown: UnknownPresses;

	constructor(context: DeskContext, looking: Looking, threads: CaseThreads, unknown: UnknownPresses) {
		this.#context = context;
		this.#unknown = unknown;
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
		const one = await (closedToo ? this.#threads.newestHere(conversation) : this.#threads.here(conversation));
		if (one === null) return endPrivately(nothingToReport, conversation, "misread");
		return this.act(actionOf(question, one.id), conversation, who);
	}

	/** A button of a case. */
	async act(action: CaseAction, conversation: ResumableConversation, who: string): Promise<Ended> {
		const { asker } = conversation;
		const one = this.#unknown.tooMany(asker) ? null : await this.#done(action, conversation, who);
		if (one === null) {
			this.#unknown.missed(asker);
			return endPrivately(caseGone, conversation, "answered");
		}
		const reply = { private: false, head: caseHead(one), thread: [], data: {} };
		return ended(this.#looking.stopped ? "interrupted" : "answered", reply);
	}

	/** Everyday talk in the thread of a case. */
	async talk({ case: id, talk }: Extract<Request, { kind: "talk" }>, conversation: ResumableConversation): Promise<Ended> {
		const one = await this.#threads.known(id, conversation);
		if (one === null) return endPrivately(caseGone, conversation, "answered");
		if (talk.means === "answer") return endPrivately(askBack(one, talk.key, talk.value), conversation, "answered");
		const ends = hasEnded(one, this.#context.now());
		const status = ends ? caseEnded(one) : statusMessage(one);
		const head = talk.means === "thanks" ? gladToHelp : status;
		await conversation.begin(head);
		return ended("answered", { private: false, head, thread: [], data: {} });
	}

	/** @returns the case as it was before; null: there is none (anymore) */
	async #done(action: CaseAction, conversation: ResumableConversation, who: string): Promise<Case | null> {
		switch (action.do) {
			case "answer":
			case "take-back":
			case "it-was":
				return this.#change(action.case, { action, who, resumed: conversation.resumed, atMs: this.#context.now() }, conversation);
			case "statement":
			case "evidence":
			case "recheck":
			case "reopen":
			case "follow":
			case "unfollow":
			case "access":
				return this.#threads.known(action.case, conversation);
			case "report":
			case "variants":
			case "solved": {
				const one = await this.#threads.known(action.case, conversation);
				if (one === null) return null;
				if (action.do === "report") await this.#report(one, conversation);
				else if (hasEnded(one, this.#context.now())) await conversation.replyPrivately(caseEnded(one));
				else if (action.do === "solved") await conversation.followUp(whatWasIt(one));
				else await answerVariants(this.#context, this.#looking, this.#threads, one, conversation);
				return one;
			}
		}
	}

	async #change(id: string, said: Said, conversation: ResumableConversation): Promise<Case | null> {
		if ((await this.#threads.known(id, conversation)) === null) return null;
		const changed = await this.#context.stores.cases.change(id, (one) => withSaid(one, said).after);
		if (changed === null) return null;
		const { post } = withSaid(changed.before, said);
		if (post === null) return changed.before;
		if ("alone" in post) await conversation.replyPrivately(post.alone);
		else await this.#threads.post(changed.after, post.change, conversation);
		return changed.before;
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

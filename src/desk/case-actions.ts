import { type Case, hasEnded } from "../judge/case.ts";
import type { CaseAction } from "../read/action.ts";
import type { Question } from "../read/text/question.ts";
import { readTarget } from "../read/text/target.ts";
import {
	caseEnded,
	caseGone,
	following,
	notFollowing,
	othersMessage,
	sideMessage,
	solvedAskBack,
	statusMessage,
	whatWasIt,
	whichCase,
} from "../reply/case.ts";
import { caseHead } from "../reply/case-head.ts";
import { failedAtMs, isCutOff, whoRunsIt } from "../reply/case-question.ts";
import { visitorStep } from "../reply/next-step.ts";
import { nothingToReport } from "../reply/report.ts";
import { askBack, gladToHelp, nothingToUndo, othersSee } from "../reply/talk.ts";
import { answerVariants } from "./answer-variants.ts";
import { beforeChange, changedBy, type Post, type Said, withSaid } from "./case-changes.ts";
import { isElsewhere } from "./case-posting.ts";
import type { CaseThreads } from "./case-threads.ts";
import type { DeskContext } from "./context.ts";
import type { Looking } from "./looking.ts";
import { type Ended, ended, endPrivately } from "./outcome.ts";
import { sendReport, sendStatement } from "./reporting.ts";
import type { CaseTalk } from "./request.ts";
import type { ResumableConversation } from "./resumable.ts";
import type { Changed } from "./stores.ts";
import type { UnknownPresses } from "./tenants.ts";

/** The actions of a case that end in it; checking again is a question about its site. */
type OwnAction = Exclude<CaseAction, { readonly do: "recheck" }>;

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
		const here = await (closedToo ? this.#threads.newestHere(conversation) : this.#threads.here(conversation));
		// A head without replies has no thread yet: in its channel, talk is about the one open case.
		const [only = null, ...others] = here === null ? await this.#threads.openInRoom(conversation) : [];
		const one = here ?? (others.length === 0 ? only : null);
		if (only !== null && one === null)
			return endPrivately(
				whichCase([only, ...others], (id) => actionOf(question, id)),
				conversation,
				"answered",
			);
		if (one === null) return endPrivately(nothingToReport, conversation, "misread");
		return this.act(actionOf(question, one.id), conversation, who);
	}

	async act(action: OwnAction, conversation: ResumableConversation, who: string): Promise<Ended> {
		const one = await this.known(action.case, conversation);
		if (one === null) return this.gone(conversation);
		await this.#done(action, one, conversation, who);
		const reply = { private: false, head: caseHead(one), thread: [], data: {} };
		return ended(this.#looking.stopped ? "interrupted" : "answered", reply);
	}

	/** The case of a button; null when the person may not act on it or has tried too many IDs. */
	async known(id: string, conversation: ResumableConversation): Promise<Case | null> {
		const { asker } = conversation;
		const one = this.#unknown.tooMany(asker) ? null : await this.#threads.known(id, conversation);
		if (one === null) this.#unknown.missed(asker);
		return one;
	}

	gone(conversation: ResumableConversation): Promise<Ended> {
		return endPrivately(caseGone, conversation, "answered");
	}

	/** Everyday talk in the thread of a case. */
	async talk(id: string, talk: CaseTalk, conversation: ResumableConversation, who: string): Promise<Ended> {
		const one = await this.#threads.known(id, conversation);
		if (one === null) return this.gone(conversation);
		switch (talk.means) {
			case "answer": {
				const { key, value } = talk;
				const atMs = this.#context.now();
				const action = { do: "answer", case: id, key, value } as const;
				const { post } = withSaid(one, { action, who, asker: conversation.asker, resumed: false, atMs });
				// The question shows what it contradicts; Yes replaces that.
				const asks = post.kind === "alone" ? post.message : askBack(one, talk, atMs);
				return endPrivately(asks, conversation, "answered");
			}
			case "solved":
				return endPrivately(solvedAskBack(one, talk.cause), conversation, "answered");
			case "nothing-to-undo":
				return endPrivately(nothingToUndo, conversation, "answered");
			case "who-else":
				return endPrivately(othersSee(one), conversation, "answered");
			case "thanks":
			case "side":
			case "others": {
				const nowMs = this.#context.now();
				const told = talk.means === "others" ? othersMessage(one, nowMs) : sideMessage(one);
				const head = talk.means === "thanks" ? gladToHelp : told;
				// It counts as one more message under the open question.
				await this.#threads.posting.postStatus(one, head, conversation);
				return ended("answered", { private: false, head, thread: [], data: {} });
			}
			case "status": {
				const nowMs = this.#context.now();
				const head = hasEnded(one, nowMs) ? caseEnded(one) : statusMessage(one, nowMs, !isElsewhere(one, conversation));
				await this.#threads.posting.postStatus(one, head, conversation);
				return ended("answered", { private: false, head, thread: [], data: {} });
			}
		}
	}

	async #done(action: OwnAction, one: Case, conversation: ResumableConversation, who: string): Promise<void> {
		const nowMs = this.#context.now();
		switch (action.do) {
			case "answer":
			case "take-back":
			case "it-was":
			case "not-it":
			case "access":
			case "reopen":
			case "follow":
			case "unfollow": {
				const { resumed, asker } = conversation;
				return this.#change(one.id, { action, who, asker, resumed, atMs: nowMs }, conversation);
			}
			// A closed case can still be reported on.
			case "report":
				return sendReport(this.#context, one, conversation);
			case "statement":
				return sendStatement(this.#context, one, action.audience, conversation);
			case "evidence":
				return this.#threads.posting.postEvidence(one, conversation);
			case "record":
				if (hasEnded(one, nowMs)) return conversation.replyPrivately(caseEnded(one));
				return this.#threads.posting.postRecord(one, conversation);
			case "status":
				return this.#threads.posting.postStatus(
					one,
					hasEnded(one, nowMs) ? caseEnded(one) : statusMessage(one, nowMs, !isElsewhere(one, conversation)),
					conversation,
				);
			case "variants":
			case "solved":
				if (hasEnded(one, nowMs)) return conversation.replyPrivately(caseEnded(one));
				if (action.do === "solved") return void (await conversation.followUp(whatWasIt(one)));
				return answerVariants(this.#context, this.#looking, this.#threads, one, conversation);
		}
	}

	async #change(id: string, said: Said, conversation: ResumableConversation): Promise<void> {
		const changed = await this.#context.stores.cases.change(id, (one) =>
			changedBy(conversation, one, (now) => withSaid(now, said).after),
		);
		if (changed === null) return;
		const before = beforeChange(conversation, changed.after);
		const { post } = before === null ? withSaid(changed.before, said) : withSaid(before, { ...said, resumed: false });
		await this.#post({ before: before ?? changed.before, after: changed.after }, post, conversation);
	}

	#post({ before, after }: Changed<Case>, post: Post, conversation: ResumableConversation): Promise<void> {
		switch (post.kind) {
			case "alone":
				return conversation.replyPrivately(post.message);
			case "following":
				return conversation.replyPrivately(following(after));
			case "not-following":
				return conversation.replyPrivately(notFollowing(after));
			case "disputed":
				return this.#threads.posting.postDisputed(after, post.key, post.message, conversation);
			case "who-runs-it":
				return this.#threads.posting.postInstead(after, post.key, whoRunsIt(after, post.key), conversation);
			case "no-access":
				return this.#threads.posting.post(after, visitorWords(after), conversation, {
					answered: { key: post.key, how: "passed", who: post.who },
				});
			case "solved":
				return this.#threads.posting.postEnd(after, conversation);
			case "change":
				return (
					this.#threads.posting
						.post(after, post.change, conversation, { answered: post.answered, before })
						// A control of a head finds the thread under it with the first message there.
						.then(() => {
							if (post.reopened === true) this.#threads.posting.rename(after, conversation);
						})
				);
		}
	}
}

/** What a visitor or API user can do. */
function visitorWords(one: Case) {
	const target = readTarget(one.url);
	return "why" in target
		? null
		: visitorStep(target, { code: one.code, isCut: isCutOff(one), rays: one.rays, atMs: failedAtMs(one) });
}

function actionOf(question: Extract<Question, { kind: "answer" | "solved" | "report" }>, id: string): OwnAction {
	switch (question.kind) {
		case "answer":
			return { do: "answer", case: id, key: question.key, value: question.value };
		case "solved":
			return { do: "it-was", case: id, cause: question.cause };
		case "report":
			return question.audience === null ? { do: "report", case: id } : { do: "statement", case: id, audience: question.audience };
	}
}

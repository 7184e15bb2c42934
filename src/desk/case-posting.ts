import { type Beside, type Case, nextQuestion } from "../judge/case.ts";
import type { EvidenceKey } from "../knowledge/evidence.ts";
import type { Block, Message } from "../message/message.ts";
import type { Text } from "../message/text.ts";
import { besideMessage } from "../reply/beside.ts";
import { evidenceIs, evidenceMessage, noEvidence, statusRest } from "../reply/case.ts";
import { deltaMessage, isLikelyKnown, isSameLikely, solvedMessage } from "../reply/case-delta.ts";
import { caseHead, seenWorking } from "../reply/case-head.ts";
import { answeredMessage, closedQuestion, passedMessage, undoneMessage } from "../reply/case-question.ts";
import { recordMessage } from "../reply/record.ts";
import type { Answered } from "./case-changes.ts";
import type { DeskContext } from "./context.ts";
import { NotHere } from "./conversation.ts";
import type { ResumableConversation } from "./resumable.ts";
import { endsSilently } from "./stores.ts";
import { belongingOf } from "./tenants.ts";

/** How a change is posted. */
export interface Telling {
	/** What happens to the question that it answers. */
	readonly answered?: Answered | null;
	/** Replaces the progress message. */
	readonly inPlace?: boolean;
	/** Replaces this message of the thread; null: it cannot be found again. */
	readonly at?: string | null;
	/** Mentions those who wait for the case. */
	readonly calls?: boolean;
	/** The case before the change. */
	readonly before?: Case;
	/** Blocks below the change. */
	readonly extra?: readonly Block[];
}

/** An edit notifies no one, so after this time a mention is posted. */
export const CALLS_AFTER_MS = 10_000;
/** After so many messages below it, a question is asked again. */
const SCROLLED_AWAY = 10;
const ANSWERED_SHOWN_MAX = 30;

/** Bounds the edits that catch up with simultaneous answers; a later answer edits the head too. */
const HEAD_EDITS_MAX = 5;

/**
 * Posts a case: the head holds the present state and is edited; each change is posted once, in the thread; one question is open at a time,
 * and its message becomes the answer.
 */
export class CasePosting {
	readonly #context: Pick<DeskContext, "now" | "stores" | "log">;

	constructor(context: Pick<DeskContext, "now" | "stores" | "log">) {
		this.#context = context;
	}

	/** Posts a stored change in the thread and updates the head. */
	async post(one: Case, change: Text | null, conversation: ResumableConversation, telling: Telling = {}): Promise<void> {
		const { answered = null, inPlace = false, at = null, calls = false, before, extra = [] } = telling;
		const current = (await this.#context.stores.cases.get(one.id)) ?? one;
		const { open } = current;
		const stands = at ?? (inPlace ? conversation.location().messageRef : await conversation.nextStands());
		const keepsOpen = open !== null && answered?.key !== open.key && open.key === asksNow(current);
		// A resumed message may be the one that asks. Outside the case's thread nothing is asked: answers are only understood in that thread.
		const asksAlready =
			isElsewhere(current, conversation) ||
			seenWorking(current) ||
			(keepsOpen && open.messageRef !== null && open.messageRef !== stands && open.below < SCROLLED_AWAY);
		const delta = { headLost: current.messageRef === null, extra };
		const fixTold = before !== undefined && isSameLikely(before, current);
		const message = deltaMessage(current, change, { ...delta, asksAlready, fixTold });
		const posted = calls ? called(message, current) : message;
		const messageRef = await this.#posted(posted, at, inPlace, conversation);
		await this.#inThread(current, conversation);
		const left = at === null ? null : deltaMessage(current, change, { ...delta, asksAlready: true, fixTold: true });
		await this.asked(current, message, messageRef, conversation, answered, change, left);
		await this.editHead(current, conversation);
	}

	/** Posts the first question, with the case's key for it. It may be answered, or no longer open, before its message is known. */
	async postFirst(one: Case, key: EvidenceKey | null, question: Message, conversation: ResumableConversation): Promise<void> {
		await this.#placeFirst(one, key, await conversation.followUp(question), conversation);
	}

	/** The same for a question of an earlier process, answered or closed before this one could take it up. */
	async settleFirst(one: Case, conversation: ResumableConversation): Promise<void> {
		const late = one.answered.find(({ messageRef }) => messageRef === null);
		if (late === undefined) return;
		await this.#placeFirst(one, late.key, await conversation.followUp(firstNow(one, late.key)), conversation);
	}

	async #placeFirst(
		one: Case,
		key: EvidenceKey | null,
		messageRef: string | null,
		conversation: ResumableConversation,
	): Promise<void> {
		// Its thread may begin with this message.
		const changed = await this.#context.stores.cases.change(one.id, (now) =>
			withFirstAt(locatedAt(now, conversation), key, messageRef),
		);
		if (key === null || messageRef === null || changed === null || changed.after.open?.messageRef === messageRef) return;
		await conversation
			.edit(messageRef, firstNow(changed.after, key))
			.catch((error: unknown) => this.#notEdited(changed.after, error));
	}

	/** Edits the message that it replaces, or posts a new one: nothing when the question's own message already says it and no question follows. */
	async #posted(
		message: Message,
		at: string | null,
		inPlace: boolean,
		conversation: ResumableConversation,
	): Promise<string | null> {
		if (at !== null) return conversation.change(at, message);
		if (inPlace) {
			await conversation.update(message);
			return conversation.location().messageRef;
		}
		return message.blocks.length === 0 ? null : conversation.followUp(message);
	}

	/**
	 * Updates the old question after a message: answered or asked again further down, it loses its buttons.
	 * @param change what the message says beside its question
	 * @param left the change as a message, when it is more than a change
	 */
	async asked(
		one: Case,
		message: Message,
		messageRef: string | null,
		conversation: ResumableConversation,
		answered: Answered | null = null,
		change: Text | null = null,
		left: Message | null = null,
	): Promise<void> {
		const { cases } = this.#context.stores;
		const now = (await cases.get(one.id)) ?? one;
		const asks = asksIn(message) ? asksNow(now) : null;
		// A resumed message may be the one that asks: the question it replaced is already closed.
		const asksHere = messageRef !== null && now.open?.messageRef === messageRef;
		await this.#closeQuestion(asksHere ? { ...now, open: null } : now, answered, asks !== null, conversation);
		const rest = left ?? (change === null ? null : deltaMessage(now, change, { asksAlready: true, headLost: false }));
		await cases.change(one.id, (was) => withAsked(was, asks, messageRef, rest, answered));
	}

	/** Edits the open question's message to its answer, or to what it said besides. */
	async #closeQuestion(now: Case, answered: Answered | null, moves: boolean, conversation: ResumableConversation): Promise<void> {
		const { open } = now;
		const edit = async (ref: string | null, message: Message) => {
			if (ref !== null) await conversation.edit(ref, message).catch((error: unknown) => this.#notEdited(now, error));
		};
		if (answered?.how === "undone") {
			const shown = now.answered.findLast(({ key }) => key === answered.key);
			if (shown !== undefined) await edit(shown.messageRef, undoneMessage(shown.rest, answered.key, answered.who));
		}
		if (now.disputed !== null && now.disputed.key === answered?.key) {
			const fact = now.facts.find(({ key }) => key === answered.key);
			if (fact !== undefined) await edit(now.disputed.messageRef, answeredMessage(now, now.disputed.rest, fact));
		}
		if (answered?.how === "answered" && answered.key !== open?.key) {
			const shown = now.answered.findLast(({ key }) => key === answered.key);
			const fact = now.facts.find(({ key }) => key === answered.key);
			if (shown !== undefined && fact !== undefined) await edit(shown.messageRef, answeredMessage(now, shown.rest, fact));
		}
		if (open === null) return;
		if (answered?.key === open.key) {
			const fact = now.facts.find(({ key }) => key === open.key);
			if (answered.how === "answered" && fact !== undefined) return edit(open.messageRef, answeredMessage(now, open.rest, fact));
			if (answered.how === "passed") return edit(open.messageRef, passedMessage(open.rest, answered.who, open.key));
		}
		if (moves || isLikelyKnown(now)) await edit(open.messageRef, closedQuestion(open.rest, moves));
	}

	/** Closes the open question of a page that works again. */
	async closeOpen(one: Case, conversation: Pick<ResumableConversation, "edit">): Promise<void> {
		const now = (await this.#context.stores.cases.get(one.id)) ?? one;
		if (now.open === null) return;
		const { messageRef, rest } = now.open;
		if (messageRef !== null)
			await conversation.edit(messageRef, closedQuestion(rest, false)).catch((error: unknown) => this.#notEdited(one, error));
		await this.#context.stores.cases.change(one.id, withoutOpen);
	}

	/** Asks who runs the server, in place of the open question. */
	async postInstead(one: Case, key: EvidenceKey, blocks: readonly Block[], conversation: ResumableConversation): Promise<void> {
		const messageRef = await conversation.followUp({ mood: "neutral", blocks });
		const now = (await this.#context.stores.cases.get(one.id)) ?? one;
		if (now.open !== null && now.open.messageRef !== null && now.open.messageRef !== messageRef)
			await conversation
				.edit(now.open.messageRef, closedQuestion(now.open.rest, true))
				.catch((error: unknown) => this.#notEdited(one, error));
		await this.#context.stores.cases.change(one.id, (was) => ({
			...withoutOpen(was),
			open: { key, messageRef, rest: null, below: 0 },
		}));
	}

	/** Posts two people's conflicting answers; remembered until one is confirmed. */
	async postDisputed(one: Case, key: EvidenceKey, message: Message, conversation: ResumableConversation): Promise<void> {
		const messageRef = await conversation.followUp(message);
		const rest: Message = { ...message, blocks: message.blocks.filter(({ kind }) => kind !== "buttons") };
		await this.#context.stores.cases.change(one.id, (was) => ({ ...was, disputed: { key, messageRef, rest } }));
	}

	/** Posts that the case is solved or reopened, in the thread, the head and the thread's name. */
	async postEnd(one: Case, conversation: ResumableConversation): Promise<void> {
		await this.closeOpen(one, conversation);
		await conversation.followUp(solvedMessage(one));
		await this.editHead(one, conversation);
		this.rename(one, conversation);
	}

	/** The state of a case, with its question at the bottom of the thread. */
	async postStatus(one: Case, message: Message, conversation: ResumableConversation): Promise<void> {
		await conversation.post(message);
		const left = statusRest(one, this.#context.now());
		await this.asked(one, message, conversation.location().messageRef, conversation, null, null, left);
	}

	/** Posts how the next failure is recorded in the thread, which may begin with it: its result is pasted there. */
	async postRecord(one: Case, conversation: ResumableConversation): Promise<void> {
		await conversation.followUp(recordMessage(one));
		await this.#inThread(one, conversation);
	}

	/** A chat without a thread under the head begins one with the first message there: what is said in it is about the case. */
	async #inThread(one: Case, conversation: ResumableConversation): Promise<void> {
		const { threadKey } = conversation.location();
		if (one.threadKey !== null || threadKey === null) return;
		await this.#context.stores.cases.change(one.id, (now) => (now.threadKey === null ? { ...now, threadKey } : now));
	}

	/** Names the thread after the head; never waited for: names are rationed. */
	rename(one: Case, conversation: ResumableConversation): void {
		if (isElsewhere(one, conversation)) return;
		void conversation.renameThread(caseHead(one)).catch(() => {});
	}

	/** Posts the newest check's evidence once; later a link to it. */
	async postEvidence(one: Case, conversation: ResumableConversation): Promise<void> {
		if (one.evidenceRef !== null && !conversation.resumed) {
			const url = await conversation.permalink(one.evidenceRef).catch(() => null);
			if (url !== null) return conversation.replyPrivately(evidenceIs(url));
		}
		const evidence = evidenceMessage(one);
		if (evidence === null) return conversation.replyPrivately(noEvidence);
		const evidenceRef = await conversation.followUp(evidence);
		await this.#context.stores.cases.change(one.id, (was) => under({ ...was, evidenceRef }));
		await this.#inThread(one, conversation);
	}

	#notEdited(one: Case, error: unknown): void {
		if (endsSilently(error)) throw error;
		this.#context.log({ event: "head-not-updated", caseId: one.id });
	}

	/** Adds to the head what services said; posted alone where the head cannot be found again. */
	async showBeside(one: Case, all: readonly Beside[], conversation: ResumableConversation): Promise<void> {
		if (one.messageRef === null) {
			if (all.length > 0) await conversation.replyPrivately(besideMessage(all));
		} else await this.editHead(one, conversation, true);
	}

	/**
	 * Edits the head until it matches the stored case, because a slower edit may have overwritten it.
	 * @param isAnswer the head may be the answer of this conversation, which can be replaced where an older message cannot
	 */
	async editHead(one: Case, conversation: ResumableConversation, isAnswer = false): Promise<void> {
		try {
			let shown = "";
			for (let edits = 0; edits < HEAD_EDITS_MAX; edits += 1) {
				const current = (await this.#context.stores.cases.get(one.id)) ?? one;
				const head = caseHead(current);
				if (current.messageRef === null || JSON.stringify(head) === shown) return;
				shown = JSON.stringify(head);
				if (isAnswer && conversation.location().messageRef === current.messageRef) await conversation.update(head);
				else await conversation.edit(current.messageRef, head);
			}
		} catch (error) {
			this.#notEdited(one, error);
			// The head is lost: from now on each change begins with its first line, and the next check posts a new head.
			if (error instanceof NotHere) await this.#context.stores.cases.change(one.id, (was) => ({ ...was, messageRef: null }));
		}
	}

	/** Mentions the person who asked after a slow check whose result is already posted. */
	async callAsker(head: Message, conversation: ResumableConversation): Promise<void> {
		const { asker } = conversation;
		if (asker === null || !conversation.isPublic()) return;
		await conversation.followUp({ ...withoutControls(head), notify: { people: [asker] } });
	}
}

/** Whether the conversation is outside the case's thread. */
export const isElsewhere = (one: Case, conversation: Pick<ResumableConversation, "location">): boolean =>
	one.threadKey !== null && conversation.location().threadKey !== one.threadKey;

/** The evidence key that a case asks for; null for none. */
export const asksNow = (one: Case): EvidenceKey | null =>
	one.solved !== null || isLikelyKnown(one) || one.access === "none" ? null : (nextQuestion(one)?.key ?? null);

/** Whether a message asks the open question. */
const asksIn = ({ blocks }: Message): boolean =>
	blocks.some((block) => block.kind === "buttons" && block.buttons.some(({ action }) => action.do === "answer"));

/** The case after a message was posted that asks, answers or informs. */
function withAsked(
	was: Case,
	asks: EvidenceKey | null,
	messageRef: string | null,
	rest: Message | null,
	answered: Answered | null,
): Case {
	const { open } = was;
	const isOfOpen = answered !== null && answered.key === open?.key;
	const shown =
		isOfOpen && answered.how === "answered" && open !== null
			? [...was.answered.filter(({ key }) => key !== open.key), { key: open.key, messageRef: open.messageRef, rest: open.rest }]
			: was.answered;
	const disputed = was.disputed !== null && was.disputed.key === answered?.key ? null : was.disputed;
	const base = { ...was, answered: shown.slice(-ANSWERED_SHOWN_MAX), disputed };
	if (asks !== null) return { ...withoutOpen(base), open: { key: asks, messageRef, rest, below: 0 } };
	return isOfOpen || isLikelyKnown(was) ? withoutOpen(base) : under(base);
}

/** The case with its present location, as far as that is known. */
export const locatedAt = (one: Case, conversation: ResumableConversation): Case => ({
	...one,
	...conversation.location(),
	...belongingOf(conversation),
});

/** The case without its open question. One whose message is not known yet is kept among the answered ones, and closed once it is. */
function withoutOpen(one: Case): Case {
	const { open, answered } = one;
	if (open === null || open.messageRef !== null) return { ...one, open: null };
	const late = { key: open.key, messageRef: null, rest: open.rest };
	return { ...one, open: null, answered: [...answered.filter(({ key }) => key !== open.key), late].slice(-ANSWERED_SHOWN_MAX) };
}

/** The case, with the message that asked its first question. */
function withFirstAt(was: Case, key: EvidenceKey | null, messageRef: string | null): Case {
	const { open } = was;
	if (open?.key === key && open.messageRef === null) return { ...was, open: { ...open, messageRef } };
	const answered = was.answered.map((each) => (each.key === key && each.messageRef === null ? { ...each, messageRef } : each));
	return { ...was, answered };
}

/** The message of a first question that is no longer the open one. */
function firstNow(one: Case, key: EvidenceKey): Message {
	const fact = one.facts.find((each) => each.key === key);
	return fact === undefined ? closedQuestion(null, one.open !== null) : answeredMessage(one, null, fact);
}

/** One more message came under the open question. */
const under = (one: Case): Case => (one.open === null ? one : { ...one, open: { ...one.open, below: one.open.below + 1 } });

/** The person who asked and the followers, as in `Conversation.asker`. */
export const waitingFor = ({ asker, followers }: Case): readonly string[] => [
	...new Set([...(asker?.key == null ? [] : [asker.key]), ...followers]),
];

/** The message, mentioning those who wait for the case. */
export const called = (message: Message, one: Case): Message => {
	const people = waitingFor(one);
	return people.length === 0 ? message : { ...message, notify: { people } };
};

export const withoutControls = (message: Message): Message => ({
	...message,
	blocks: message.blocks.filter(({ kind }) => kind !== "buttons").slice(0, 1),
});

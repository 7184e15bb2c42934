import { CASE_RAYS_MAX, type Case, hasEnded, newCase, nextQuestion, type SeenCode, withFact } from "../judge/case.ts";
import { codeOfCase, siteEvidence } from "../judge/case-evidence.ts";
import { CODES_WITHIN_MS, codesOfLooks, codesOfWatch, withCodes } from "../judge/other-codes.ts";
import { type ClassifiedLook, isFailure } from "../judge/pattern.ts";
import type { Verdict } from "../judge/verdict.ts";
import type { Evidence, EvidenceKey } from "../knowledge/evidence.ts";
import type { Block, Message } from "../message/message.ts";
import type { Text } from "../message/text.ts";
import { listensIn, type Policy } from "../read/policy.ts";
import { decodeRay } from "../read/ray/decode.ts";
import { type LogWindow, logWindow } from "../read/ray/log-window.ts";
import type { Question } from "../read/text/question.ts";
import { sameSite, type Target } from "../read/text/target.ts";
import { earlierWords, evidenceIs, evidenceMessage, noEvidence, withCase } from "../reply/case.ts";
import { changeWords, checkedAgain, checkedHere, deltaMessage, isLikelyKnown, solvedMessage } from "../reply/case-delta.ts";
import { caseHead, seenWorking } from "../reply/case-head.ts";
import { answeredMessage, closedQuestion, firstQuestion, passedMessage, undoneMessage } from "../reply/case-question.ts";
import type { Reply } from "../reply/reply.ts";
import { type Answered, factsOf, type NewEvidence, withEvidence } from "./case-changes.ts";
import type { DeskContext } from "./context.ts";
import type { ResumableConversation } from "./resumable.ts";
import { TakenOver } from "./stores.ts";
import { belongingOf, readableBy } from "./tenants.ts";

/** What a look at a page met that is worth a case. */
export interface CaseOpening {
	/** The new case's id, where a new one is opened. */
	readonly id: string;
	readonly target: Target;
	readonly verdict: Verdict;
	readonly seen: readonly ClassifiedLook[];
	/** What is told of the looks alone. */
	readonly reply: Reply;
	/** The same in full, for whoever asks for it. */
	readonly evidence: Message;
	/** Unix milliseconds of the last look. */
	readonly atMs: number;
	/** How long the person waited for it, milliseconds. */
	readonly tookMs: number;
	/** The person's name as the chat shows it. */
	readonly who: string;
	/** Ray IDs that came with the question, the failing request's first. */
	readonly rays?: readonly string[];
	/** The code that came with the question. */
	readonly code?: string | null;
}

/** How a change is told. */
interface Telling {
	/** What became of the question that it answers. */
	readonly answered?: Answered | null;
	/** In the place of the message that said that work goes on. */
	readonly inPlace?: boolean;
	/** Whoever waits for the case is called. */
	readonly calls?: boolean;
}

/** Earlier cases that are told in a new one. */
const EARLIER_MAX = 3;
const EARLIER_READ_MAX = 20;
const SAME_MOMENT_MS = 60_000;
const WATCHES_READ_MAX = 20;
/** An edit calls nobody: whoever waited longer is called. */
export const CALLS_AFTER_MS = 10_000;
/** A question that so many messages came under is asked again, further down. */
const SCROLLED_AWAY = 10;
const ANSWERED_SHOWN_MAX = 30;

/** So many edits of a head catch up with people who answer at once; someone who answers after that edits it too. */
const HEAD_EDITS_MAX = 5;

/**
 * The cases of threads: opened by a look or a pasted page, moved by looks, answers and pastes. Every change is made to the case as it is
 * then, so that people who answer at once all count. The head holds the present state and is edited; each change is told once, in the
 * thread; one question is open at a time.
 */
export class CaseThreads {
	readonly #context: Pick<DeskContext, "now" | "stores" | "log">;

	constructor(context: Pick<DeskContext, "now" | "stores" | "log">) {
		this.#context = context;
	}

	/**
	 * Opens a case with what a look at a page met, or goes on with the one of this thread about the same host.
	 * @returns the reply as it was told: it holds the case
	 */
	async openFromLook(opening: CaseOpening, conversation: ResumableConversation): Promise<Reply> {
		const { cases } = this.#context.stores;
		const beside = await this.#codesBeside(opening, conversation);
		const looked = withLook(opening, beside);
		const fresh = looked(this.#begun(opening, conversation));
		// Kept before it is told: its buttons may be pressed while the rest is on its way.
		const open = await cases.open(fresh);
		if (open.id !== fresh.id) return this.#checkedAgain(open, looked, opening, conversation);
		const one = open === fresh ? fresh : ((await cases.change(open.id, looked))?.after ?? fresh);
		return this.#toldFirst(one, opening, conversation);
	}

	/** A case, checked once more wherever that was asked. */
	async checkAgain(one: Case, opening: CaseOpening, conversation: ResumableConversation): Promise<Reply> {
		return this.#checkedAgain(one, withLook(opening, await this.#codesBeside(opening, conversation)), opening, conversation);
	}

	#begun({ id, target, verdict, reply, who, rays = [], code }: CaseOpening, conversation: ResumableConversation): Case {
		const { workspace, asker } = conversation;
		const start = { id, url: target.url, workspace, rays, head: reply.head, asker: { key: asker, name: who } };
		return newCase(
			{
				...start,
				code: verdict.fails ? codeOfCase(verdict) : (code ?? codeOfCase(verdict)),
				...conversation.location(),
				...belongingOf(conversation),
			},
			this.#context.now(),
		);
	}

	/** The head, and in its thread the first question. */
	async #toldFirst(one: Case, { reply, tookMs }: CaseOpening, conversation: ResumableConversation): Promise<Reply> {
		const { cases, policies } = this.#context.stores;
		await conversation.update(caseHead(one));
		await cases.change(one.id, (now) => at(now, conversation));
		// Where nothing failed, nobody is asked anything until somebody says more.
		const earlier = seenWorking(one) ? [] : await this.#earlier(one, conversation);
		const hint = isMentioned(await policies.of(conversation.workspace), conversation);
		const question = seenWorking(one) ? null : firstStep(one, earlierWords(earlier), hint);
		const told = withCase(reply, one, question);
		const calls = tookMs > CALLS_AFTER_MS;
		if (question !== null) {
			const posted = calls ? called(question, one) : question;
			const messageRef = await conversation.followUp(posted);
			const key = asksNow(one);
			await cases.change(one.id, (now) => ({
				...at(now, conversation),
				open: key === null ? null : { key, messageRef, rest: null, below: 0 },
			}));
		} else if (calls) await conversation.followUp(called(withoutControls(caseHead(one)), one));
		return told;
	}

	/** A case that was open here already, checked once more: its head holds what was met, its thread says so. */
	async #checkedAgain(
		open: Case,
		looked: (one: Case) => Case,
		{ verdict, reply, tookMs, atMs }: CaseOpening,
		conversation: ResumableConversation,
	): Promise<Reply> {
		const changed = await this.#context.stores.cases.change(open.id, looked);
		const { before, after } = changed ?? { before: open, after: open };
		const message = checkedAgain(after, verdict, before, atMs);
		const calls = tookMs > CALLS_AFTER_MS;
		const messageRef = await this.#toldInPlace(after, message, calls, conversation);
		await this.#asked(after, message, messageRef, conversation);
		await this.#editHead(after, conversation);
		if ((verdict.kind === "working") !== (before.head.mood === "good")) this.#rename(after, conversation);
		return { ...withCase(reply, after, null), head: message };
	}

	/** Tells a change in the place of the message that said that work goes on; whoever waited long is called by a message of its own. */
	async #toldInPlace(one: Case, message: Message, calls: boolean, conversation: ResumableConversation): Promise<string | null> {
		if (!calls) {
			await conversation.update(message);
			return conversation.location().messageRef;
		}
		await conversation.update(checkedHere(one));
		return conversation.followUp(called(message, one));
	}

	/** A page with an error code that was pasted in the thread of a case about its host: its code is one that this host gave. */
	async codeFromPage(
		{ found, target, code }: Extract<Question, { kind: "rays" }>,
		conversation: ResumableConversation,
		who: string,
	): Promise<void> {
		const here = target === null || code === null ? null : await this.here(conversation);
		if (here === null || code === null || !isOfHost(here, target)) return;
		await this.#advanceCodes(here, { code, atMs: found.rays[0]?.receivedAtMs ?? this.#context.now() }, who, conversation);
	}

	/** The open case of the thread that a question was asked in. */
	async here(conversation: Pick<ResumableConversation, "location">): Promise<Case | null> {
		const one = await this.newestHere(conversation);
		return one === null || hasEnded(one, this.#context.now()) ? null : one;
	}

	/** The newest case of the thread, whether it is open or not. */
	async newestHere(conversation: Pick<ResumableConversation, "location">): Promise<Case | null> {
		const { threadKey } = conversation.location();
		return threadKey === null ? null : this.#context.stores.cases.inThread(threadKey);
	}

	/** What Cloudflare's own record in a text is evidence for in the case of this thread: where it is of its host and of its code. */
	async edgeSawHere(
		{ edgeSaw, target }: Extract<Question, { kind: "rays" | "site" }>,
		conversation: ResumableConversation,
	): Promise<Evidence> {
		const here = edgeSaw === undefined ? null : await this.here(conversation);
		if (edgeSaw === undefined || here === null || here.code !== edgeSaw.code) return {};
		const isOfHost = target === null || sameSite(target.host, new URL(here.url).hostname);
		return isOfHost ? { "edge-saw": edgeSaw.value } : {};
	}

	/** New evidence in the thread of a case: what it moves is told, and the head says where it stands. */
	async advance(news: NewEvidence, conversation: ResumableConversation, telling: Telling = {}): Promise<boolean> {
		const here = await this.here(conversation);
		return here === null ? false : this.advanceCase(here.id, news, conversation, telling);
	}

	/** The same for a case by its id. @returns whether there was anything to tell */
	async advanceCase(id: string, news: NewEvidence, conversation: ResumableConversation, telling: Telling = {}): Promise<boolean> {
		const atMs = this.#context.now();
		const changed = await this.#context.stores.cases.change(id, (one) => withEvidence(one, news, atMs).after);
		if (changed === null || hasEnded(changed.before, atMs)) return false;
		const { words } = withEvidence(changed.before, news, atMs);
		// Resumed: it was kept, and perhaps not told.
		if (words === null && !conversation.resumed) return false;
		const key = changed.before.open?.key;
		const answers = key !== undefined && changed.after.facts.some((fact) => fact.key === key);
		await this.post(changed.after, words, conversation, {
			...telling,
			answered: answers ? { key, how: "answered", who: news.who ?? "" } : null,
		});
		return true;
	}

	/** A changed case, which is kept: told in its thread, its head brought up to date. */
	async post(one: Case, change: Text | null, conversation: ResumableConversation, telling: Telling = {}): Promise<void> {
		const { answered = null, inPlace = false, calls = false } = telling;
		const current = (await this.#context.stores.cases.get(one.id)) ?? one;
		const keepsOpen = current.open !== null && answered?.key !== current.open.key && current.open.key === asksNow(current);
		const asksAlready = keepsOpen && current.open.messageRef !== null && current.open.below < SCROLLED_AWAY;
		const message = deltaMessage(current, change, { asksAlready, headLost: current.messageRef === null });
		const posted = calls ? called(message, current) : message;
		if (inPlace) await conversation.update(posted);
		const messageRef = inPlace ? conversation.location().messageRef : await conversation.followUp(posted);
		await this.#asked(current, message, messageRef, conversation, answered, change);
		await this.#editHead(current, conversation);
	}

	/**
	 * What a message that was posted does to the open question: answered, or asked further down, the old one loses its buttons.
	 * @param change what the message says beside its question
	 */
	async #asked(
		one: Case,
		message: Message,
		messageRef: string | null,
		conversation: ResumableConversation,
		answered: Answered | null = null,
		change: Text | null = null,
	): Promise<void> {
		const { cases } = this.#context.stores;
		const now = (await cases.get(one.id)) ?? one;
		const asks = asksIn(message) ? asksNow(now) : null;
		await this.#closeQuestion(now, answered, asks !== null, conversation);
		const rest = change === null ? null : deltaMessage(now, change, { asksAlready: true, headLost: false });
		await cases.change(one.id, (was) => withAsked(was, asks, messageRef, rest, answered));
	}

	/** Edits the message of the question that was open: its answer stands there, or only what it said besides. */
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
		if (open === null) return;
		if (answered?.key === open.key) {
			const fact = now.facts.find(({ key }) => key === open.key);
			if (answered.how === "answered" && fact !== undefined) return edit(open.messageRef, answeredMessage(now, open.rest, fact));
			if (answered.how === "passed") return edit(open.messageRef, passedMessage(open.rest, answered.who, open.key));
		}
		if (moves || isLikelyKnown(now)) await edit(open.messageRef, closedQuestion(open.rest));
	}

	/** Asks something in the place of the open question: who runs the server. */
	async postInstead(one: Case, key: EvidenceKey, blocks: readonly Block[], conversation: ResumableConversation): Promise<void> {
		const messageRef = await conversation.followUp({ mood: "neutral", blocks });
		const now = (await this.#context.stores.cases.get(one.id)) ?? one;
		if (now.open !== null && now.open.messageRef !== null && now.open.messageRef !== messageRef)
			await conversation
				.edit(now.open.messageRef, closedQuestion(now.open.rest))
				.catch((error: unknown) => this.#notEdited(one, error));
		await this.#context.stores.cases.change(one.id, (was) => ({ ...was, open: { key, messageRef, rest: null, below: 0 } }));
	}

	/** Two people's answers, for everybody; remembered, so that the one that is right ends it. */
	async postDisputed(one: Case, key: EvidenceKey, message: Message, conversation: ResumableConversation): Promise<void> {
		const messageRef = await conversation.followUp(message);
		const rest: Message = { ...message, blocks: message.blocks.filter(({ kind }) => kind !== "buttons") };
		await this.#context.stores.cases.change(one.id, (was) => ({ ...was, disputed: { key, messageRef, rest } }));
	}

	/** The case is solved, or open again: its thread says so, its head and the thread's name too. */
	async postEnd(one: Case, conversation: ResumableConversation): Promise<void> {
		await this.#closeQuestion(one, null, true, conversation);
		await conversation.followUp(solvedMessage(one));
		await this.#context.stores.cases.change(one.id, (was) => ({ ...was, open: null }));
		await this.#editHead(one, conversation);
		this.#rename(one, conversation);
	}

	/** Where a case stands, with its question at the bottom of the thread. */
	async postStatus(one: Case, message: Message, conversation: ResumableConversation): Promise<void> {
		await conversation.begin(message);
		await this.#asked(one, message, conversation.location().messageRef, conversation, null, null);
	}

	/** Names the thread after the head; never waited for: names are rationed. */
	#rename(one: Case, conversation: ResumableConversation): void {
		void conversation.renameThread(caseHead(one)).catch(() => {});
	}

	rename(one: Case, conversation: ResumableConversation): void {
		this.#rename(one, conversation);
	}

	/** Posts what the newest check saw, once; later the address of that. */
	async postEvidence(one: Case, conversation: ResumableConversation): Promise<void> {
		if (one.evidenceRef !== null && !conversation.resumed) {
			const url = await conversation.permalink(one.evidenceRef).catch(() => null);
			if (url !== null) return conversation.replyPrivately(evidenceIs(url));
		}
		const evidence = evidenceMessage(one);
		if (evidence === null) return conversation.replyPrivately(noEvidence);
		const evidenceRef = await conversation.followUp(evidence);
		await this.#context.stores.cases.change(one.id, (was) => under({ ...was, evidenceRef }));
	}

	#notEdited(one: Case, error: unknown): void {
		if (error instanceof TakenOver) throw error;
		this.#context.log({ event: "head-not-updated", caseId: one.id });
	}

	/** Shows the case as it is then, until nothing has changed since: an edit of someone who was slower may have come in between. */
	async #editHead(one: Case, conversation: ResumableConversation): Promise<void> {
		try {
			let shown = "";
			for (let edits = 0; edits < HEAD_EDITS_MAX; edits += 1) {
				const current = (await this.#context.stores.cases.get(one.id)) ?? one;
				const head = caseHead(current);
				if (current.messageRef === null || JSON.stringify(head) === shown) return;
				shown = JSON.stringify(head);
				await conversation.edit(current.messageRef, head);
			}
		} catch (error) {
			this.#notEdited(one, error);
		}
	}

	/** The open cases of a channel, newest first, as far as this conversation may tell of them. */
	async openInRoom(conversation: ResumableConversation): Promise<readonly Case[]> {
		const { key } = conversation.room;
		if (key === null) return [];
		const atMs = this.#context.now();
		const all = await this.#context.stores.cases.ofWorkspace(conversation.workspace, atMs - DAY_MS, ROOM_READ_MAX);
		const here = all.filter((one) => one.room === key && one.threadKey !== null && !hasEnded(one, atMs));
		return readableBy(here, conversation, true);
	}

	/** The newest case about this host here or in this channel, where it was solved within a day. */
	async solvedOfHost(target: Target, conversation: ResumableConversation): Promise<Case | null> {
		const here = await this.newestHere(conversation);
		const one = here !== null && isOfHost(here, target) ? here : await this.ofHostInRoom(target, conversation);
		return one?.solved != null && this.#context.now() - one.solved.atMs < DAY_MS ? one : null;
	}

	/** Calls the person who asked, who waited long for what is told already. */
	async callAsker(head: Message, conversation: ResumableConversation): Promise<void> {
		const { asker } = conversation;
		if (asker === null || !conversation.isPublic()) return;
		await conversation.followUp({ ...withoutControls(head), notify: { people: [asker] } });
	}

	/** A case about this host that people of this channel can go to: the open one, else one that was solved within a day; null for none. */
	async ofHostInRoom(target: Target, conversation: ResumableConversation): Promise<Case | null> {
		const { workspace, room } = conversation;
		if (room.key === null || !conversation.isPublic()) return null;
		const atMs = this.#context.now();
		const all = await this.#context.stores.cases.ofHost(workspace, target.host, EARLIER_READ_MAX);
		const here = all.filter(
			(one) =>
				!seenWorking(one) &&
				one.room === room.key &&
				one.messageRef !== null &&
				one.threadKey !== null &&
				atMs - one.lastAtMs < DAY_MS,
		);
		const [known = null] = await readableBy(here, conversation, true);
		return known;
	}

	/** A page with an error code, pasted in the thread of a case about its host. */
	async #advanceCodes(here: Case, code: SeenCode, who: string, conversation: ResumableConversation): Promise<void> {
		const atMs = this.#context.now();
		const changed = await this.#context.stores.cases.change(here.id, (one) => withCodes(one, [code], atMs, { by: "paste", who }));
		const fact = changed?.after.facts.find(({ key }) => key === "other-codes");
		if (changed === null || fact === undefined) return;
		const isNew = !changed.before.facts.some(({ key, value }) => key === fact.key && String(value) === String(fact.value));
		// Resumed: it was kept, and perhaps not told.
		if (isNew || conversation.resumed)
			await this.post(changed.after, changeWords(changed.before, changed.after, fact), conversation);
	}

	/** The codes that this host gave to watches and in other cases, as far as this conversation may know of them. */
	async #codesBeside({ target, atMs }: CaseOpening, conversation: ResumableConversation): Promise<readonly SeenCode[]> {
		const { cases, watches } = this.#context.stores;
		const { workspace } = conversation;
		const [watched, others] = await Promise.all([
			watches.open({ workspace, host: target.host }, WATCHES_READ_MAX),
			cases.ofHost(workspace, target.host, EARLIER_READ_MAX),
		]);
		return [
			...(await readableBy(watched, conversation, true)).flatMap(codesOfWatch),
			...(await readableBy(others, conversation, true)).flatMap(({ codes }) => codes),
		].filter((seen) => atMs - seen.atMs <= CODES_WITHIN_MS);
	}

	/** A case by its id, for somebody who may act on it: it is told here, or in a room that they may read. null: there is none for them. */
	async known(id: string, conversation: ResumableConversation): Promise<Case | null> {
		const one = await this.#context.stores.cases.get(id);
		const [known = null] = one === null ? [] : await readableBy([one], conversation, true);
		return known;
	}

	/** Other cases about the same host that happened here, or in rooms that are open to all who read this; the newest first. */
	async #earlier(one: Case, conversation: ResumableConversation): Promise<readonly Case[]> {
		const all = await this.#context.stores.cases.ofHost(one.workspace, new URL(one.url).hostname, EARLIER_READ_MAX);
		return (
			(await readableBy(all, conversation, true))
				// Another question of this very moment is no earlier case.
				.filter(
					({ id, solved, openedAtMs }) => id !== one.id && (solved !== null || one.openedAtMs - openedAtMs > SAME_MOMENT_MS),
				)
				// What it turned out to be says more than that it was.
				.sort((a, b) => Number(b.solved !== null) - Number(a.solved !== null))
				.slice(0, EARLIER_MAX)
		);
	}
}

/** What a look at a page does to its case: a new one, or the one that is open in its thread. Its own head message stays where it is. */
function withLook(
	{ target, verdict, seen, reply, evidence, atMs }: CaseOpening,
	beside: readonly SeenCode[],
): (one: Case) => Case {
	// Those of failures: they are what others have to look for.
	const rays = seen.flatMap(({ classification }) =>
		classification.ray === null || isFailure(classification) !== true ? [] : [classification.ray.id],
	);
	const facts = factsOf({ evidence: siteEvidence(verdict), by: "look", who: null }, atMs);
	const codes = [...beside, ...codesOfLooks(seen)];
	return (one) =>
		withCodes(
			facts
				.filter(({ key }) => one.facts.find((known) => known.key === key)?.confirmed !== true)
				.reduce(withFact, {
					...one,
					code: verdict.fails ? codeOfCase(verdict) : one.code,
					url: target.url,
					rays: [...new Set([...rays, ...one.rays])].slice(0, CASE_RAYS_MAX),
					head: reply.head,
					evidence,
					evidenceRef: null,
				}),
			codes,
			atMs,
		);
}

/** A case where it is told now, where that is known. */
function at(one: Case, conversation: ResumableConversation): Case {
	const where = { ...conversation.location(), ...belongingOf(conversation) };
	return { ...one, ...where };
}

/** The key that a case asks for; null where it asks nothing. */
const asksNow = (one: Case): EvidenceKey | null =>
	one.solved !== null || isLikelyKnown(one) || one.access === "none" ? null : (nextQuestion(one)?.key ?? null);

/** Whether a message asks the open question. */
const asksIn = ({ blocks }: Message): boolean =>
	blocks.some((block) => block.kind === "buttons" && block.buttons.some(({ action }) => action.do === "answer"));

/** The case once a message was posted that asks, answers, or only says something. */
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
	if (asks !== null) return { ...base, open: { key: asks, messageRef, rest, below: 0 } };
	return isOfOpen || isLikelyKnown(was) ? { ...base, open: null } : under(base);
}

/** One more message came under the open question. */
const under = (one: Case): Case => (one.open === null ? one : { ...one, open: { ...one.open, below: one.open.below + 1 } });

/** The message calls those who wait for the case. */
const called = (message: Message, { asker, followers }: Case): Message => {
	const people = [...new Set([...(asker?.key == null ? [] : [asker.key]), ...followers])];
	return people.length === 0 ? message : { ...message, notify: { people } };
};

const withoutControls = (message: Message): Message => ({
	...message,
	blocks: message.blocks.filter(({ kind }) => kind !== "buttons").slice(0, 1),
});

/** What is told first in the thread: the question, or what to do about a cause that is likely already. */
const firstStep = (one: Case, earlier: Text | null, hint: boolean): Message | null =>
	isLikelyKnown(one) ? deltaMessage(one, null, { asksAlready: true, headLost: false }) : firstQuestion(one, earlier, hint);

/** Whether people have to mention us to be read in this thread. */
const isMentioned = (policy: Policy, { channel, platform }: ResumableConversation): boolean =>
	platform !== "terminal" && listensIn(policy, channel) === null;

const isOfHost = ({ url }: Case, target: Target | null): boolean =>
	target !== null && sameSite(new URL(url).hostname, target.host);

const DAY_MS = 24 * 3_600_000;
const ROOM_READ_MAX = 200;

/** The second in which the failing request was at the origin, by the newest Ray ID of the case, and some time for its answer. */
export function windowOf(one: Case): LogWindow | null {
	const times = one.rays.flatMap((id) => {
		const ray = decodeRay(id, null, one.lastAtMs);
		return "why" in ray ? [] : [ray.receivedAtMs];
	});
	return times.length === 0 ? null : logWindow(Math.min(...times), Math.max(...times));
}

import {
	type Beside,
	CASE_RAYS_MAX,
	type Case,
	hasEnded,
	isCoincidence,
	newCase,
	type SeenCode,
	staysBeside,
	withColos,
	withFact,
} from "../judge/case.ts";
import { codeOfCase, harEvidence, siteEvidence } from "../judge/case-evidence.ts";
import { CODES_WITHIN_MS, codesOfLooks, codesOfWatch, withCodes } from "../judge/other-codes.ts";
import { type ClassifiedLook, isFailure } from "../judge/pattern.ts";
import { failsElsewhere, withOutdatedPlaces } from "../judge/places.ts";
import type { Verdict } from "../judge/verdict.ts";
import type { EvidenceKey } from "../knowledge/evidence.ts";
import type { Message, Notify } from "../message/message.ts";
import type { Text } from "../message/text.ts";
import { listensIn, type Policy } from "../read/policy.ts";
import { decodeRay } from "../read/ray/decode.ts";
import { type LogWindow, logWindow } from "../read/ray/log-window.ts";
import type { Question } from "../read/text/question.ts";
import { sameSite, type Target } from "../read/text/target.ts";
import { earlierWords, withCase } from "../reply/case.ts";
import {
	analyticsWords,
	changeWords,
	checkedAgain,
	checkedHere,
	deltaMessage,
	isLikelyKnown,
	movedWords,
} from "../reply/case-delta.ts";
import { caseHead, recoveredHead, seenWorking } from "../reply/case-head.ts";
import { firstQuestion } from "../reply/case-question.ts";
import { cookiesDelta } from "../reply/paste-delta.ts";
import type { Reply } from "../reply/reply.ts";
import { beforeChange, type Changing, changedBy, factsOf, type NewEvidence, withEvidence } from "./case-changes.ts";
import {
	asksNow,
	CALLS_AFTER_MS,
	CasePosting,
	called,
	locatedAt,
	type Telling,
	waitingFor,
	withoutControls,
} from "./case-posting.ts";
import type { DeskContext } from "./context.ts";
import type { Conversation } from "./conversation.ts";
import type { ResumableConversation } from "./resumable.ts";
import { belongingOf, readableBy } from "./tenants.ts";

/** What a look at a page met that is worth a case. */
interface CaseOpening {
	/** The new case's id, where a new one is opened. */
	readonly id: string;
	readonly target: Target;
	readonly verdict: Verdict;
	readonly seen: readonly ClassifiedLook[];
	/** The reply about the check, without the case. */
	readonly reply: Reply;
	/** The full evidence, shown on demand. */
	readonly evidence: Message;
	/** Unix milliseconds of the last look. */
	readonly atMs: number;
	/** How long the check took, milliseconds. */
	readonly tookMs: number;
	/** The person's name as the chat shows it. */
	readonly who: string;
	/** Ray IDs that came with the question, the failing request's first. */
	readonly rays?: readonly string[];
	/** The code that came with the question. */
	readonly code?: string | null;
}

/** What messages are found by that services lead to. */
const BESIDE_SLOTS = "b";
/** Earlier cases named in a new one. */
const EARLIER_MAX = 3;
const EARLIER_READ_MAX = 20;
const SAME_MOMENT_MS = 60_000;
const WATCHES_READ_MAX = 20;
/**
 * The cases of threads: opened by a look or a pasted page, moved by looks, answers and pastes. Every change applies to the case as stored
 * at that moment, so that simultaneous answers all count. The head holds the present state and is edited; each change is posted once, in
 * the thread; one question is open at a time.
 */
export class CaseThreads {
	readonly posting: CasePosting;
	readonly #context: Pick<DeskContext, "now" | "stores">;

	constructor(context: Pick<DeskContext, "now" | "stores" | "log">) {
		this.#context = context;
		this.posting = new CasePosting(context);
	}

	/**
	 * Opens a case with what a look at a page met, or goes on with the one of this thread about the same host.
	 * @returns the posted reply, with the case
	 */
	async openFromLook(opening: CaseOpening, conversation: ResumableConversation): Promise<Reply> {
		const { cases } = this.#context.stores;
		const beside = await this.#codesBeside(opening, conversation);
		const looked = withLook(opening, beside);
		const fresh = looked(this.#begun(opening, conversation));
		// Nothing is kept of a question that was taken over, or whose workspace was deleted meanwhile.
		await this.#context.stores.inbox.begin(conversation.question);
		// Stored before it is posted, because its buttons may be pressed at once.
		const open = await cases.open(fresh);
		if (open.id !== fresh.id) return this.#checkedAgain(open, looked, opening, conversation);
		const one = open === fresh ? fresh : ((await cases.change(open.id, looked))?.after ?? fresh);
		return this.#toldFirst(one, opening, conversation);
	}

	/**
	 * Posts what is missing of the case that an earlier process opened with this question.
	 * @returns null: there is none
	 */
	async takeUp(id: string, conversation: ResumableConversation): Promise<Reply | null> {
		const one = await this.#context.stores.cases.get(id);
		if (one === null) return null;
		const head = caseHead(one);
		await conversation.begin(head);
		return this.#toldFirst(one, { reply: { private: false, head, thread: [], data: {} }, tookMs: 0 }, conversation);
	}

	/** Posts a repeated check of a case. */
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
	async #toldFirst(
		one: Case,
		{ reply, tookMs }: Pick<CaseOpening, "reply" | "tookMs">,
		conversation: ResumableConversation,
	): Promise<Reply> {
		const { cases, policies } = this.#context.stores;
		await conversation.update(caseHead(one));
		await cases.change(one.id, (now) => locatedAt(now, conversation));
		// Without a failure nothing is asked. A resumed case may already have a question with its answer.
		const isAsked = one.answered.length > 0 || one.solved !== null || (one.open !== null && one.open.messageRef !== null);
		const isSilent = seenWorking(one) || isAsked;
		const earlier = isSilent ? [] : await this.#earlier(one, conversation);
		const hint = isMentioned(await policies.of(conversation.workspace), conversation);
		const question = isSilent ? null : firstStep(one, earlierWords(earlier), hint);
		const told = withCase(reply, one, question);
		const calls = tookMs > CALLS_AFTER_MS;
		if (question !== null) {
			const key = asksNow(one);
			// Stored before it is posted, because it may be answered before its message is known.
			await cases.change(one.id, (now) => ({
				...locatedAt(now, conversation),
				open: now.open ?? (key === null ? null : { key, messageRef: null, rest: null, below: 0 }),
			}));
			await this.posting.postFirst(one, key, calls ? called(question, one) : question, conversation);
		} else if (isAsked) await this.posting.settleFirst(one, conversation);
		else if (calls) await conversation.followUp(called(withoutControls(caseHead(one)), one));
		return told;
	}

	/** Posts a repeated check of an open case in its head and thread. */
	async #checkedAgain(
		open: Case,
		looked: (one: Case) => Case,
		{ verdict, reply, tookMs, atMs }: CaseOpening,
		conversation: ResumableConversation,
	): Promise<Reply> {
		const changed = await this.#context.stores.cases.change(open.id, (one) => {
			const isOurs = beforeChange(conversation, one) !== null;
			return isOurs ? { ...looked(one), newest: one.newest } : changedBy(conversation, one, looked);
		});
		const after = changed?.after ?? open;
		const before = beforeChange(conversation, after) ?? changed?.before ?? open;
		// Where the head cannot be edited, the new one names the page.
		const isElsewhere = after.messageRef !== null && conversation.location().threadKey !== open.threadKey;
		const message = checkedAgain(after, verdict, before, atMs, isElsewhere);
		const notify = callsOfCheck(before, after, tookMs, conversation);
		// A head that cannot be edited stays behind: the newest check gets one of its own.
		const messageRef =
			after.messageRef === null
				? await this.#toldAnew(after, message, conversation)
				: await this.#toldInPlace(after, message, notify, conversation);
		if (verdict.kind === "working" && failsElsewhere(after) === null) await this.posting.closeOpen(after, conversation);
		await this.posting.asked(after, message, messageRef, conversation);
		await this.posting.editHead(after, conversation);
		if (stateOf(before) !== stateOf(after)) this.posting.rename(after, conversation);
		return { ...withCase(reply, after, null), head: message };
	}

	/** Replaces the progress message by the change; after a slow check, a separate message mentions those who wait. */
	async #toldInPlace(
		one: Case,
		message: Message,
		notify: Notify | null,
		conversation: ResumableConversation,
	): Promise<string | null> {
		if (notify === null) {
			await conversation.update(message);
			return conversation.location().messageRef;
		}
		await conversation.update(checkedHere(one));
		return conversation.followUp({ ...message, notify });
	}

	/** Posts a new head, with the change below it. */
	async #toldAnew(one: Case, message: Message, conversation: ResumableConversation): Promise<string | null> {
		await conversation.update(caseHead(one));
		const { messageRef } = conversation.location();
		if (messageRef !== null) await this.#context.stores.cases.change(one.id, (was) => ({ ...was, messageRef }));
		return conversation.followUp(message);
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

	/** Evidence from a pasted Cloudflare record or HAR, if it has the case's host and code. */
	async recordedHere(
		{ edgeSaw, har, target }: Extract<Question, { kind: "rays" | "site" }>,
		conversation: ResumableConversation,
	): Promise<Pick<NewEvidence, "evidence" | "says">> {
		const here = edgeSaw === undefined && har === undefined ? null : await this.here(conversation);
		if (here === null || (target !== null && !sameSite(target.host, new URL(here.url).hostname))) return { evidence: {} };
		const failure = har?.code === here.code ? har : null;
		const evidence = {
			...(edgeSaw?.code === here.code ? { "edge-saw": edgeSaw.value } : {}),
			...(failure === null ? {} : harEvidence(failure)),
		};
		return failure?.cookies == null ? { evidence } : { evidence, says: cookiesDelta(failure.cookies) };
	}

	/** Adds evidence to the thread's case, posts what changed and updates the head. */
	async advance(news: NewEvidence, conversation: ResumableConversation, telling: Telling = {}): Promise<boolean> {
		const here = await this.here(conversation);
		return here === null ? false : this.advanceCase(here.id, news, conversation, telling);
	}

	/**
	 * The same for a case by its id.
	 * @param by the change, where the question makes others too
	 * @returns whether there was anything to tell
	 */
	async advanceCase(
		id: string,
		news: NewEvidence,
		conversation: ResumableConversation,
		telling: Telling = {},
		by: Changing = conversation,
	): Promise<boolean> {
		const atMs = this.#context.now();
		const changed = await this.#context.stores.cases.change(id, (one) =>
			changedBy(by, one, (now) => withEvidence(now, news, atMs).after),
		);
		if (changed === null || hasEnded(changed.before, atMs)) return false;
		const before = beforeChange(by, changed.after) ?? changed.before;
		const { words } = withEvidence(before, news, atMs);
		// Resumed: stored, but maybe not posted.
		if (words === null && !conversation.resumed) return false;
		const key = answeredBy(before, changed.after);
		await this.posting.post(changed.after, words, conversation, {
			...telling,
			before,
			answered: key === undefined ? null : { key, how: "answered", who: news.who ?? "" },
		});
		if (stateOf(before) !== stateOf(changed.after)) this.posting.rename(changed.after, conversation);
		return true;
	}

	/** The channel's open cases that this conversation may show, newest first, one per page. */
	async openInRoom(conversation: ResumableConversation): Promise<readonly Case[]> {
		const { key } = conversation.room;
		if (key === null) return [];
		const atMs = this.#context.now();
		const all = await this.#context.stores.cases.ofWorkspace(conversation.workspace, atMs - DAY_MS, ROOM_READ_MAX);
		const here = all.filter((one) => one.room === key && one.messageRef !== null && !hasEnded(one, atMs));
		const readable = await readableBy(here, conversation, true);
		// A working page is only asked about when nothing failed.
		const failing = readable.filter((one) => !seenWorking(one));
		const asked = failing.length > 0 ? failing : readable;
		return asked.filter(({ url }, nth) => asked.findIndex((one) => one.url === url) === nth);
	}

	/** The newest case about this host here or in this channel, where it was solved within a day. */
	async solvedOfHost(target: Target, conversation: ResumableConversation): Promise<Case | null> {
		const here = await this.newestHere(conversation);
		const one = here !== null && isOfHost(here, target) ? here : await this.ofHostInRoom(target, conversation);
		return one?.solved != null && this.#context.now() - one.solved.atMs < DAY_MS ? one : null;
	}

	/** The case about this host that people in this channel can open: an open one, else one solved within a day. */
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
		const by = { question: `${conversation.question} codes`, resumed: conversation.resumed };
		const changed = await this.#context.stores.cases.change(here.id, (one) =>
			changedBy(by, one, (now) => withCodes(now, [code], atMs, { by: "paste", who })),
		);
		const fact = changed?.after.facts.find(({ key }) => key === "other-codes");
		if (changed === null || fact === undefined) return;
		const before = beforeChange(by, changed.after) ?? changed.before;
		const isNew = !before.facts.some(({ key, value }) => key === fact.key && String(value) === String(fact.value));
		// Resumed: stored, but maybe not posted.
		if (isNew || conversation.resumed)
			await this.posting.post(changed.after, changeWords(before, changed.after, fact), conversation);
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

	/**
	 * Stores and shows in the head what services said beside the newest check of a case. Where it moves what is likely or what is asked, the
	 * thread says so.
	 * @param news what of it is evidence
	 */
	async saidBeside(id: string, all: readonly Beside[], news: NewEvidence, conversation: ResumableConversation): Promise<void> {
		const atMs = this.#context.now();
		const by = { question: `${conversation.question} beside`, resumed: conversation.resumed };
		const changed = await this.#context.stores.cases.change(id, (one) =>
			changedBy(by, one, (now) => {
				const { after } = withEvidence(now, news, atMs);
				return JSON.stringify(after.beside) === JSON.stringify(all) ? after : { ...after, beside: all };
			}),
		);
		if (changed === null) return;
		const before = beforeChange(by, changed.after) ?? changed.before;
		if (await this.#postedAnalytics(before, changed.after, conversation)) return;
		if (JSON.stringify(before.beside) === JSON.stringify(all) && before.facts === changed.after.facts) return;
		await this.posting.showBeside(changed.after, all, conversation);
	}

	/** What the owner's account says beside an answer in the thread of a case, as evidence of that case. */
	async movedBeside(id: string, news: NewEvidence, conversation: ResumableConversation): Promise<void> {
		const atMs = this.#context.now();
		const by = { question: `${conversation.question} beside`, resumed: conversation.resumed };
		const changed = await this.#context.stores.cases.change(id, (one) =>
			changedBy(by, one, (now) => withEvidence(now, news, atMs).after),
		);
		if (changed === null) return;
		const before = beforeChange(by, changed.after) ?? changed.before;
		if (await this.#postedAnalytics(before, changed.after, conversation)) return;
		if (before.facts !== changed.after.facts) await this.posting.editHead(changed.after, conversation);
	}

	/** Posts what analytics changed, where it moved the case or answered its question. */
	async #postedAnalytics(before: Case, after: Case, conversation: ResumableConversation): Promise<boolean> {
		const moved = movedWords(before, after);
		const key = answeredBy(before, after);
		if (before.facts === after.facts || (moved.length === 0 && key === undefined)) return false;
		const now = (await this.#context.stores.cases.get(after.id)) ?? after;
		await this.posting.post(after, analyticsWords(moved), conversation.apart(BESIDE_SLOTS), {
			before,
			at: untouchedFirst(now, before),
			answered: key === undefined ? null : { key, how: "answered", who: "" },
		});
		return true;
	}

	/** Updates the head after a watch saw the page recover. A case in another place is left unchanged. */
	async recovered(id: string, atMs: number, conversation: Pick<Conversation<Message>, "edit">): Promise<void> {
		const changed = await this.#context.stores.cases.change(id, (one) =>
			one.solved === null ? { ...withOutdatedPlaces(one), head: recoveredHead(one, atMs) } : one,
		);
		if (changed === null) return;
		if (changed.after.solved === null) await this.posting.closeOpen(changed.after, conversation);
		if (changed.after.messageRef !== null) await conversation.edit(changed.after.messageRef, caseHead(changed.after));
	}

	/** A case by its id; null unless it is posted here or in a room that this person may read. */
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
				// A case opened at the same moment is not an earlier case.
				.filter(
					({ id, solved, openedAtMs }) => id !== one.id && (solved !== null || one.openedAtMs - openedAtMs > SAME_MOMENT_MS),
				)
				// A solved case says more than an unsolved one.
				.sort((a, b) => Number(b.solved !== null) - Number(a.solved !== null))
				.slice(0, EARLIER_MAX)
		);
	}
}

/** What the name of a thread says of its page: it fails, it works, or it works from here alone. */
const stateOf = (one: Case): string =>
	one.head.mood !== "good" ? "fails" : failsElsewhere(one) === null ? "works" : "works here";

/** What a look at a page does to its case: a new one, or the one that is open in its thread. Its own head message stays where it is. */
function withLook(
	{ target, verdict, seen, reply, evidence, atMs }: CaseOpening,
	beside: readonly SeenCode[],
): (one: Case) => Case {
	// Ray IDs of failures only: they are what people search for in logs.
	const rays = seen.flatMap(({ classification }) =>
		classification.ray === null || isFailure(classification) !== true ? [] : [classification.ray.id],
	);
	const { share } = verdict.pattern;
	const met = seen.flatMap(({ classification: { ray } }) => (ray === null ? [] : [ray]));
	const facts = factsOf({ evidence: siteEvidence(verdict), by: "look", who: null }, atMs);
	const codes = [...beside, ...codesOfLooks(seen)];
	return (one) => {
		const isSame =
			target.url === one.url &&
			verdict.fails === (one.head.mood !== "good") &&
			(!verdict.fails || codeOfCase(verdict) === one.code);
		return withColos(
			withCodes(
				facts
					.filter((fact) => !one.facts.some((known) => known.key === fact.key && staysBeside(known, fact)))
					.reduce(withFact, {
						...(isSame ? one : withOutdatedPlaces(one)),
						code: verdict.fails ? codeOfCase(verdict) : one.code,
						url: target.url,
						rays: [...new Set([...rays, ...one.rays])].slice(0, CASE_RAYS_MAX),
						head: reply.head,
						evidence,
						evidenceRef: null,
						failedAtMs: verdict.fails ? atMs : one.failedAtMs,
						counted: share === null ? one.counted : { failed: share.hits, of: share.of, atMs },
					}),
				codes,
				atMs,
			),
			met,
		);
	};
}

/**
 * Whom a repeated check mentions: after a slow check, the person who asked for it and the followers; after a recovery or new failure,
 * everyone who waits. After a quick check the person who asked is still reading.
 * @returns null for no one
 */
function callsOfCheck(before: Case, after: Case, tookMs: number, conversation: ResumableConversation): Notify | null {
	if (!conversation.isPublic()) return null;
	const { asker } = conversation;
	const [was, is] = [before.head.mood, after.head.mood];
	const isRecovery = was !== "good" && is === "good";
	const isChange = isRecovery || (was === "good" && is === "bad");
	const isSlow = tookMs > CALLS_AFTER_MS;
	const waiting = [...(isChange ? waitingFor(after) : isSlow ? after.followers : [])].filter((key) => key !== asker);
	const people = isSlow && asker !== null ? [asker, ...waiting] : waiting;
	return people.length === 0 ? null : { people, ...(isRecovery ? { broadcast: true } : {}) };
}

/** The first message in the thread: the question, or the fix of a cause that is already likely. */
const firstStep = (one: Case, earlier: Text | null, hint: boolean): Message | null =>
	isLikelyKnown(one) ? deltaMessage(one, null, { asksAlready: true, headLost: false }) : firstQuestion(one, earlier, hint);

/** The message of the first question, where nothing came of it yet: what follows within seconds takes its place. null: none. */
function untouchedFirst({ open, answered }: Case, before: Case): string | null {
	const isUntouched = open !== null && open.below === 0 && open.rest === null && answered.length === 0;
	return isUntouched && before.open?.messageRef === open.messageRef ? open.messageRef : null;
}

/** Whether people must mention the bot in this thread. A private answer has no thread, and where one person alone has the bot, it hears no mention. */
const isMentioned = (policy: Policy, conversation: ResumableConversation): boolean =>
	conversation.platform !== "terminal" &&
	conversation.isOfPerson !== true &&
	conversation.room.isDirect !== true &&
	conversation.isPublic() &&
	listensIn(policy, conversation.channel) === null;

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

/** The question whose message shows new evidence as its answer: the open one, or one whose answer it takes the place of. */
function answeredBy(before: Case, after: Case): EvidenceKey | undefined {
	const valueIn = ({ facts }: Case, of: EvidenceKey) =>
		String(facts.find((fact) => fact.key === of && !isCoincidence(fact))?.value ?? "");
	const open = before.open?.key;
	if (open !== undefined && valueIn(after, open) !== "") return open;
	return before.answered.map(({ key }) => key).findLast((key) => valueIn(before, key) !== valueIn(after, key));
}

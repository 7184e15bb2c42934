import { CASE_RAYS_MAX, type Case, hasEnded, newCase, type SeenCode, withFact } from "../judge/case.ts";
import { codeOfCase, siteEvidence } from "../judge/case-evidence.ts";
import { CODES_WITHIN_MS, codesOfLooks, codesOfWatch, withCodes } from "../judge/other-codes.ts";
import { type ClassifiedLook, isFailure } from "../judge/pattern.ts";
import type { Verdict } from "../judge/verdict.ts";
import type { Evidence } from "../knowledge/evidence.ts";
import type { Message } from "../message/message.ts";
import type { Text } from "../message/text.ts";
import { decodeRay } from "../read/ray/decode.ts";
import { type LogWindow, logWindow } from "../read/ray/log-window.ts";
import type { Question } from "../read/text/question.ts";
import { sameSite, type Target } from "../read/text/target.ts";
import { caseHead, caseMessage, changeWords, solvedMessage, withCase } from "../reply/case.ts";
import type { Reply } from "../reply/reply.ts";
import { factsOf, type NewEvidence, withEvidence } from "./case-changes.ts";
import type { DeskContext } from "./context.ts";
import type { ResumableConversation } from "./resumable.ts";
import { TakenOver } from "./stores.ts";
import { tellInPlace } from "./tell.ts";
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
	/** Unix milliseconds of the last look. */
	readonly atMs: number;
}

/** Earlier cases that are told in a new one. */
const EARLIER_MAX = 3;
const EARLIER_READ_MAX = 20;
const SAME_MOMENT_MS = 60_000;
const WATCHES_READ_MAX = 20;

/** So many edits of a head catch up with people who answer at once; someone who answers after that edits it too. */
const HEAD_EDITS_MAX = 5;

/**
 * The cases of threads: opened by a look or a pasted page, moved by looks, answers and pastes. Every change is made to the case as it is
 * then, so that people who answer at once all count.
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
		const looked = withLook(opening, beside, conversation);
		const { id, target, verdict, reply, atMs } = opening;
		const { workspace } = conversation;
		const start = { id, code: codeOfCase(verdict), url: target.url, workspace, rays: [], head: reply.head };
		const fresh = looked(newCase({ ...start, ...conversation.location(), ...belongingOf(conversation) }, atMs));
		// Kept before it is told: its buttons may be pressed while the rest is on its way.
		const open = await cases.open(fresh);
		const one = open === fresh ? fresh : ((await cases.change(open.id, looked))?.after ?? fresh);
		const told = await tellInPlace(withCase(reply, one, await this.#earlier(one, conversation)), conversation);
		await cases.change(one.id, (now) => at(now, { ...conversation.location(), ...belongingOf(conversation) }));
		return told;
	}

	/** A pasted error page that names its site and its code opens a case in a thread that has none. */
	async openFromPage(
		{ found, target, code }: Extract<Question, { kind: "rays" }>,
		head: Message,
		conversation: ResumableConversation,
		id: string,
		who: string,
	): Promise<void> {
		const { messageRef, threadKey } = conversation.location();
		if (target === null || code === null || threadKey === null) return;
		const here = await this.here(conversation);
		// Resumed: it was opened, and perhaps not told.
		const own = conversation.resumed && here?.id === id;
		if (here !== null && !own) {
			const seen = { code, atMs: found.rays[0]?.receivedAtMs ?? this.#context.now() };
			if (new URL(here.url).hostname === target.host) await this.#advanceCodes(here, seen, who, conversation);
			return;
		}
		const rays = found.rays.map((ray) => ray.id).slice(0, CASE_RAYS_MAX);
		const { workspace } = conversation;
		const start = { id, code, url: target.url, workspace, rays, head, messageRef, threadKey };
		const fresh = newCase({ ...start, ...belongingOf(conversation) }, this.#context.now());
		const one = await this.#context.stores.cases.open(fresh);
		// Otherwise somebody else opened one in the meantime.
		if (one.id === id) await conversation.followUp(caseMessage(one, null, await this.#earlier(one, conversation)));
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
	async advance(news: NewEvidence, conversation: ResumableConversation): Promise<void> {
		const here = await this.here(conversation);
		if (here !== null) await this.advanceCase(here.id, news, conversation);
	}

	/** The same for a case by its id. */
	async advanceCase(id: string, news: NewEvidence, conversation: ResumableConversation): Promise<void> {
		const atMs = this.#context.now();
		const changed = await this.#context.stores.cases.change(id, (one) => withEvidence(one, news, atMs).after);
		if (changed === null || hasEnded(changed.before, atMs)) return;
		const { words } = withEvidence(changed.before, news, atMs);
		// Resumed: it was kept, and perhaps not told.
		if (words !== null || conversation.resumed) await this.post(changed.after, words, conversation);
	}

	/** A changed case, which is kept: told in its thread, its head brought up to date. */
	async post(one: Case, change: Text | null, conversation: ResumableConversation): Promise<void> {
		await conversation.followUp(one.solved === null ? caseMessage(one, change) : solvedMessage(one));
		if (one.messageRef !== null)
			await this.#editHead(one, conversation).catch((error: unknown) => {
				if (error instanceof TakenOver) throw error;
				this.#context.log({ event: "head-not-updated", caseId: one.id });
			});
	}

	/** Shows the case as it is then, until nothing has changed since: an edit of someone who was slower may have come in between. */
	async #editHead(one: Case, conversation: ResumableConversation): Promise<void> {
		let shown = "";
		for (let edits = 0; edits < HEAD_EDITS_MAX; edits += 1) {
			const current = (await this.#context.stores.cases.get(one.id)) ?? one;
			const head = caseHead(current);
			if (current.messageRef === null || JSON.stringify(head) === shown) return;
			shown = JSON.stringify(head);
			await conversation.edit(current.messageRef, head);
		}
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

/** What a look at a page does to its case: a new one, or the one that is open in its thread. */
function withLook(
	{ target, verdict, seen, reply, atMs }: CaseOpening,
	beside: readonly SeenCode[],
	conversation: ResumableConversation,
): (one: Case) => Case {
	// Those of failures: they are what others have to look for.
	const rays = seen.flatMap(({ classification }) =>
		classification.ray === null || isFailure(classification) !== true ? [] : [classification.ray.id],
	);
	const facts = factsOf({ evidence: siteEvidence(verdict), by: "look", who: null }, atMs);
	const codes = [...beside, ...codesOfLooks(seen)];
	return (one) =>
		withCodes(
			facts.reduce(withFact, {
				...one,
				code: verdict.fails ? codeOfCase(verdict) : one.code,
				url: target.url,
				rays: [...new Set([...rays, ...one.rays])],
				head: reply.head,
				...conversation.location(),
				...belongingOf(conversation),
			}),
			codes,
			atMs,
		);
}

const at = (one: Case, where: Pick<Case, "messageRef" | "threadKey" | "room" | "isOpen">): Case =>
	one.messageRef === where.messageRef &&
	one.threadKey === where.threadKey &&
	one.room === where.room &&
	one.isOpen === where.isOpen
		? one
		: { ...one, ...where };

/** The second in which the failing request was at the origin, by the newest Ray ID of the case, and some time for its answer. */
export function windowOf(one: Case): LogWindow | null {
	const times = one.rays.flatMap((id) => {
		const ray = decodeRay(id, null, one.lastAtMs);
		return "why" in ray ? [] : [ray.receivedAtMs];
	});
	return times.length === 0 ? null : logWindow(Math.min(...times), Math.max(...times));
}

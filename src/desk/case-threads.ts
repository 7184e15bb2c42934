import { CASE_RAYS_MAX, type Case, type Fact, type FoundCause, hasEnded, newCase, withFact } from "../judge/case.ts";
import { codeOfCase, siteEvidence } from "../judge/case-evidence.ts";
import { type ClassifiedLook, isFailure } from "../judge/pattern.ts";
import type { Verdict } from "../judge/verdict.ts";
import type { Evidence, EvidenceKey } from "../knowledge/evidence.ts";
import type { Message } from "../message/message.ts";
import { join, type Text } from "../message/text.ts";
import { decodeRay } from "../read/ray/decode.ts";
import { type LogWindow, logWindow } from "../read/ray/log-window.ts";
import type { Question } from "../read/text/question.ts";
import type { Target } from "../read/text/target.ts";
import { caseHead, caseMessage, changeWords, solvedMessage, withCase } from "../reply/case.ts";
import type { Reply } from "../reply/reply.ts";
import type { DeskContext } from "./context.ts";
import type { ResumableConversation } from "./resumable.ts";
import { tellInPlace } from "./tell.ts";

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

/**
 * The cases of threads: opened by a look or a pasted page, moved by looks, answers and pastes. A case is read and put without waiting in
 * between, so that two people who answer at once both count.
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
		const opened = this.#opened(opening, conversation);
		// Kept before it is told: its buttons may be pressed while the rest is on its way.
		cases.put({ ...opened, ...conversation.location() });
		const reply = await tellInPlace(withCase(opening.reply, opened, this.#earlier(opened)), conversation);
		const told = cases.get(opened.id);
		if (told !== null) cases.put({ ...told, ...conversation.location() });
		return reply;
	}

	/** A pasted error page that names its site and its code opens a case in a thread that has none. */
	async openFromPage(
		{ found, target, code }: Extract<Question, { kind: "rays" }>,
		head: Message,
		conversation: ResumableConversation,
		id: string,
	): Promise<void> {
		const { messageRef, threadKey } = conversation.location();
		if (target === null || code === null || threadKey === null) return;
		const here = this.here(conversation);
		if (here !== null) {
			// Resumed: it was opened, and perhaps not told.
			if (conversation.resumed && here.id === id) await conversation.followUp(caseMessage(here, null, this.#earlier(here)));
			return;
		}
		const rays = found.rays.map((ray) => ray.id).slice(0, CASE_RAYS_MAX);
		const { workspace } = conversation;
		const one = newCase({ id, code, url: target.url, workspace, rays, head, messageRef, threadKey }, this.#context.now());
		this.#context.stores.cases.put(one);
		await conversation.followUp(caseMessage(one, null, this.#earlier(one)));
	}

	/** The open case of the thread that a question was asked in. */
	here(conversation: ResumableConversation): Case | null {
		const one = this.newestHere(conversation);
		return one === null || hasEnded(one, this.#context.now()) ? null : one;
	}

	/** The newest case of the thread, whether it is open or not. */
	newestHere(conversation: ResumableConversation): Case | null {
		const { threadKey } = conversation.location();
		return threadKey === null ? null : this.#context.stores.cases.inThread(threadKey);
	}

	/**
	 * New evidence in the thread of a case: what it moves is told, and the head says where it stands.
	 * @param found what the bytes of the origin's response name; undefined: they were not looked at
	 */
	async advance(
		evidence: Evidence,
		by: Fact["by"],
		who: string | null,
		conversation: ResumableConversation,
		found?: FoundCause | null,
	): Promise<void> {
		const here = this.here(conversation);
		if (here !== null) await this.advanceCase(here.id, evidence, by, who, conversation, found);
	}

	/** The same for a case by its id. */
	async advanceCase(
		id: string,
		evidence: Evidence,
		by: Fact["by"],
		who: string | null,
		conversation: ResumableConversation,
		found?: FoundCause | null,
	): Promise<void> {
		const { now, stores } = this.#context;
		// As it is now: others may have answered while we looked.
		const before = stores.cases.get(id);
		if (before === null || hasEnded(before, now())) return;
		let one = found === undefined ? before : { ...before, found };
		const changes: Text[] = [];
		for (const fact of factsOf(evidence, by, who, now())) {
			const known = one.facts.find(({ key }) => key === fact.key);
			if (known !== undefined && (String(known.value) === String(fact.value) || isWeaker(fact, known))) continue;
			const after = withFact(one, fact);
			changes.push(changeWords(one, after, fact));
			one = after;
		}
		// Resumed: it was kept, and perhaps not told.
		if (changes.length === 0 && !conversation.resumed) return;
		await this.settle(one, changes.length === 0 ? null : join(changes), conversation);
	}

	/** A changed case: kept, told in its thread, its head brought up to date. */
	async settle(one: Case, change: Text | null, conversation: ResumableConversation): Promise<void> {
		const { log, stores } = this.#context;
		stores.cases.put(one);
		await conversation.followUp(one.solved === null ? caseMessage(one, change) : solvedMessage(one));
		if (one.messageRef !== null)
			await conversation.edit(one.messageRef, caseHead(one)).catch(() => log({ event: "head-not-updated", caseId: one.id }));
	}

	/** A new case, or the one of this thread about the same host with what was seen now. Not kept yet. */
	#opened({ id, target, verdict, seen, reply: { head }, atMs }: CaseOpening, conversation: ResumableConversation): Case {
		// Those of failures: they are what others have to look for.
		const rays = [
			...new Set(
				seen.flatMap(({ classification }) =>
					classification.ray === null || isFailure(classification) !== true ? [] : [classification.ray.id],
				),
			),
		];
		const old = this.newestHere(conversation);
		const same = old !== null && !hasEnded(old, atMs) && new URL(old.url).hostname === target.host;
		const { workspace } = conversation;
		const base: Case = same
			? {
					...old,
					code: verdict.fails ? codeOfCase(verdict) : old.code,
					url: target.url,
					rays: [...new Set([...rays, ...old.rays])],
					head,
				}
			: newCase({ id, code: codeOfCase(verdict), url: target.url, workspace, rays, head }, atMs);
		return factsOf(siteEvidence(verdict), "look", null, atMs).reduce(withFact, base);
	}

	/** Other cases about the same host, here in this workspace, the newest first. */
	#earlier(one: Case): readonly Case[] {
		return (
			this.#context.stores.cases
				.ofHost(one.workspace, new URL(one.url).hostname, EARLIER_READ_MAX)
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

const factsOf = (evidence: Evidence, by: Fact["by"], who: string | null, atMs: number): Fact[] =>
	Object.entries(evidence).map(([key, value]) => ({ key: key as EvidenceKey, value, by, who, atMs }));

/** What log lines say, the strongest first: a crash explains the 200 beside it, and a later paste of other lines does not undo it. */
const LOG_STRENGTH: readonly string[] = ["crash", "refused-or-444", "client-closed-499", "complete-200"];
const isWeaker = (fact: Fact, known: Fact): boolean =>
	fact.key === "origin-log" &&
	fact.by === "paste" &&
	known.by === "paste" &&
	LOG_STRENGTH.indexOf(String(fact.value)) > LOG_STRENGTH.indexOf(String(known.value));

/** The second in which the failing request was at the origin, by the newest Ray ID of the case, and some time for its answer. */
export function windowOf(one: Case): LogWindow | null {
	const times = one.rays.flatMap((id) => {
		const ray = decodeRay(id, null, one.lastAtMs);
		return "why" in ray ? [] : [ray.receivedAtMs];
	});
	return times.length === 0 ? null : logWindow(Math.min(...times), Math.max(...times));
}

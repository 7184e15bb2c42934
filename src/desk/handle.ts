import type { Message } from "../message/message.ts";
import type { DeskAction } from "../read/action.ts";
import { nameOf } from "../read/error.ts";
import { holdsToken } from "../read/tokens.ts";
import { tokenTyped } from "../reply/account.ts";
import { brokeReply, busyReply, gaveUpReply, interruptedReply, maybeTwice, notKeptReply } from "../reply/misread.ts";
import { placesNotAsked } from "../reply/places.ts";
import { nothing, type Reply } from "../reply/reply.ts";
import { type StepEnd, stepNotPosted, stepOutputs, stepProblem } from "../reply/step.ts";
import { answer } from "./answer.ts";
import { placesUnderWay } from "./answer-places.ts";
import { answerStep } from "./answer-step.ts";
import type { Answering } from "./answering.ts";
import { NotKept } from "./answering-stores.ts";
import { audit } from "./audit.ts";
import { type Conversation, NotPosted } from "./conversation.ts";
import { type HeldText, lengthOf } from "./held-text.ts";
import { DEATHS_MAX } from "./inbox.ts";
import { askersOf, tellBusy } from "./not-requested.ts";
import { offeringAllowed } from "./offered.ts";
import { type Concluded, type Ended, ended, type Outcome } from "./outcome.ts";
import { caseOf, isPaste, laneOf, type Request, requestOf, type StepAsked } from "./request.ts";
import { type ResumableConversation, resumable } from "./resumable.ts";
import type { Replicas } from "./sharing.ts";
import { endsSilently, StoreAway, TakenOver } from "./stores.ts";
import { Suspects } from "./suspects.ts";
import { tellRefused } from "./tell.ts";
import { IN_PLACE_MAX_CHARS } from "./text-readers.ts";
import { ReadingStopped } from "./text-reading.ts";
import { inThread, mayBeTalk, ofChannel, type UnaskedHere, unaskedHere } from "./thread-talk.ts";

/** What a question came with. */
export interface Arrival {
	/** As `Desk.accept` gave it; absent: nothing is kept of it (a terminal). */
	readonly id?: string;
	/** It was begun by a process before this one. */
	readonly resumed?: boolean;
	/** How many processes ended while they worked on it. */
	readonly deaths?: number;
	/** Given up: the asker is only told so. */
	readonly expired?: boolean;
	/** Fetches the files that came with it, when it is their turn; a message says why there is nothing to read at all. Never rejects. */
	readonly files?: () => Promise<HeldText | Message>;
	/** Tells the workflow how its step ended: as soon as that is known, and once over restarts. Never rejects. */
	readonly finish?: (end: StepEnd) => Promise<void>;
}

/** One question on its way. */
interface Going {
	/** What it was read as so far: a long text and what comes with files by the beginning alone, until its turn comes. */
	request: Request;
	/** What was said, where it is read already; null for an action, and for what is read apart. */
	text: string | null;
	/** All of a text that is read apart; null for what is read already. */
	readonly wholeText: (() => Promise<HeldText | Message>) | null;
	/** A token of Cloudflare's API stood in it, for others to read. */
	readonly hasToken: boolean;
	/** Places that it names in the thread of a case, and that its answer says nothing of. */
	unasked: UnaskedHere | null;
	/** Of the question itself, and of a case that it opens. */
	readonly id: string;
	/** In the inbox: the same, or a word of its own where nothing was accepted. */
	readonly inboxId: string;
	/** The ID in log lines and error messages: the case's, for a button of a case. */
	readonly caseId: string;
	readonly asked: Arrival;
	/** Bypasses the outbox: these messages are not part of the answer. */
	readonly plain: Conversation<Message>;
	readonly conversation: ResumableConversation;
	readonly startedAtMs: number;
	/** The workflow is told, or was. */
	finished: Promise<void> | null;
}

const BUSY_AGAIN_MS = 20_000;
/** How many questions wait in one thread at most. */
const IN_THREAD_MAX = 20;

/** Handles questions to their end: in turn, within the limits, reported and logged even after errors. */
export class Handling {
	readonly #desk: Answering;
	readonly #stopping: AbortSignal;
	readonly #suspects: Suspects;
	readonly #replicas: Pick<Replicas, "leave" | "lose"> | null;
	#waiting = 0;
	#handled = 0;
	#closed = false;

	/**
	 * @param stopping aborts what is under way
	 * @param replicas who has to know of questions that end silently; null: the store is ours alone
	 */
	constructor(desk: Answering, stopping: AbortSignal, replicas: Pick<Replicas, "leave" | "lose"> | null) {
		this.#replicas = replicas;
		this.#desk = desk;
		this.#stopping = stopping;
		this.#suspects = new Suspects(desk.context.later);
	}

	/** How many questions wait for something before them in their thread. */
	get waiting(): number {
		return this.#waiting;
	}

	/** Takes no more questions. */
	close(): void {
		this.#closed = true;
	}

	/** As `Desk.handle`. */
	async handle(
		what: string | DeskAction | StepAsked,
		plain: Conversation<Message>,
		who: string,
		asked: Arrival,
	): Promise<Outcome> {
		const { context } = this.#desk;
		const id = asked.id ?? caseOf(what) ?? context.newCaseId();
		const caseId = caseOf(what) ?? id;
		this.#handled += 1;
		const inboxId = asked.id ?? `not accepted ${this.#handled}`;
		const wholeText = wholeTextOf(what, asked);
		const going: Going = {
			request: requestOf(what, context.now()),
			text: typeof what === "string" && wholeText === null ? what : null,
			wholeText,
			unasked: null,
			hasToken: typeof what === "string" && holdsToken(what.slice(0, TOKEN_WITHIN_CHARS)),
			id,
			inboxId,
			caseId,
			asked,
			plain,
			conversation: resumable(
				offeringAllowed(plain, { policies: context.stores.policies, places: !this.#desk.places.isOff }),
				id,
				context.stores.inbox.outbox(inboxId),
				asked.resumed ?? false,
				maybeTwice,
				{ inboxId },
			),
			startedAtMs: context.now(),
			finished: null,
		};
		return context.withCaseId(caseId, () => this.#handle(going, who));
	}

	async #handle(going: Going, who: string): Promise<Outcome> {
		const { context } = this.#desk;
		const resumed = going.asked.resumed ?? false;
		if (going.asked.expired === true) return this.#giveUp(going);
		if (this.#closed) return this.#interrupted(going);
		// Resumed questions and buttons are never rejected: their number was bounded before.
		const free = resumed || going.request.kind === "action";
		const leave = context.limits.begin() ?? (free ? () => {} : null);
		if (leave === null) return this.#busy(going, "everybody");
		try {
			await this.#readInThread(going);
			const turn = await this.#turn(going);
			if (turn === "full") return await this.#busy(going, "thread");
			if (turn === "stopped") return await this.#interrupted(going);
			return await this.#answerInTurn(going, who);
		} catch (error) {
			if (error instanceof ReadingStopped) return await this.#interrupted(going);
			if (endsSilently(error)) return this.#endedSilently(going, error);
			if (error instanceof NotPosted) return await this.#end(going, ended("refused", stepNotPosted(error.why)));
			return error instanceof NotKept ? await this.#notKept(going) : await this.#broke(going, error);
		} finally {
			leave();
		}
	}

	/** Answers it. A question that was under way when a process ended waits for other people's resumed ones. */
	async #answerInTurn(going: Going, who: string): Promise<Outcome> {
		const { asked, conversation, inboxId } = going;
		const isSuspect = (asked.deaths ?? 0) > 0;
		const leave = isSuspect ? await unlessAborted(this.#suspects.enter(conversation.asker ?? ""), this.#stopping) : () => {};
		if (leave === "stopped") return this.#interrupted(going);
		try {
			await this.#desk.context.stores.inbox.begin(inboxId);
			const answered = await this.#answer(going, who);
			if (going.hasToken && !tellsOfToken(going.request))
				await conversation.replyPrivately(tokenTyped(conversation).message).catch(() => {});
			if (going.unasked !== null) await this.#tellUnasked(going.unasked, conversation);
			return await this.#end(going, answered);
		} finally {
			leave();
		}
	}

	/** Tells the asker alone; what was answered stands without it. */
	async #tellUnasked({ target, unasked }: UnaskedHere, conversation: ResumableConversation): Promise<void> {
		conversation.showHead?.();
		await conversation.replyPrivately(placesNotAsked(target, unasked, this.#desk.places.isOff)).catch(() => {});
	}

	/** In the thread of a case, what was said is read with what is known there. */
	async #readInThread(going: Going): Promise<void> {
		const { context, threads } = this.#desk;
		if (going.text === null) return;
		const one = await threads.newestHere(going.conversation);
		if (one !== null) {
			going.request = inThread(going.request, going.text, one, context.now());
			going.unasked = unaskedHere(going.request, going.text, one);
			return;
		}
		if (!mayBeTalk(going.request, going.text)) return;
		const [only = null, ...others] = await threads.openInRoom(going.conversation);
		going.request = ofChannel(going.request, going.text, others.length === 0 ? only : null, context.now());
	}

	/** Waits for everything before it in its thread. What is resumed had its place before, and is not turned away now. */
	async #turn({ request, conversation, inboxId, asked }: Going): Promise<"now" | "full" | "stopped"> {
		const lane = laneOf(request, conversation.location().threadKey);
		if (lane === null) return "now";
		const max = asked.resumed === true ? Number.MAX_SAFE_INTEGER : IN_THREAD_MAX;
		this.#waiting += 1;
		try {
			return await unlessAborted(this.#desk.context.stores.inbox.turn(inboxId, lane, max), this.#stopping);
		} finally {
			this.#waiting -= 1;
		}
	}

	/** Reads it, where that is still to be done, and answers it. What there is to read counts toward the limits. */
	async #answer(going: Going, who: string): Promise<Ended> {
		const { context, texts } = this.#desk;
		const { conversation, wholeText } = going;
		const answerRead = () => this.#answerRead(going, who);
		if (wholeText === null && !isPaste(going.request)) return answerRead();
		const busy = await context.limits.reserve({ askers: await askersOf(context, conversation, "text") });
		if (busy !== null) {
			const { kind, reply } = await tellBusy(context, busy, conversation);
			return ended(kind, reply);
		}
		if (wholeText === null) return answerRead();
		const pasted = await texts.inTurn(conversation, async () => {
			const text = await wholeText();
			if (typeof text === "object" && "blocks" in text) return tellNothing(text, conversation);
			if (typeof text === "string" && text.length <= IN_PLACE_MAX_CHARS) {
				// No file was read after all: it is what was said.
				going.text = text;
				going.request = requestOf(text, context.now());
				await this.#readInThread(going);
			} else {
				const read = await texts.readApart("question", { text, nowMs: context.now() }, conversation);
				if ("reply" in read) return ended(read.kind, read.reply);
				going.request = read.value;
			}
			// The text is kept in memory until a paste is answered, and no longer.
			return isPaste(going.request) ? answerRead() : null;
		});
		return pasted ?? answerRead();
	}

	#answerRead(going: Going, who: string): Promise<Ended> {
		const { request, conversation, id } = going;
		if (request.kind !== "step") return answer(this.#desk, request, conversation, id, who);
		const concluded: Concluded = (target, verdict) => {
			const outputs = async () => ({ outputs: stepOutputs(target, verdict, await headLink(conversation)) });
			// At its end this is waited for, and what it rejects with counts there.
			void this.#finish(going, outputs).catch(() => {});
		};
		return answerStep(this.#desk, request, { conversation, caseId: id, concluded });
	}

	/** We stop before its turn came. */
	#interrupted(going: Going): Promise<Outcome> {
		const goesOn = going.asked.id !== undefined && this.#desk.context.stores.durable;
		return this.#refuse(going, "interrupted", interruptedReply(goesOn));
	}

	/** Another process answers it, or the first one to take it up when the store is back. Nothing more is posted or counted here. */
	#endedSilently({ caseId, inboxId }: Going, error: unknown): Outcome {
		if (error instanceof TakenOver) this.#replicas?.lose(inboxId);
		if (error instanceof StoreAway) this.#replicas?.leave(inboxId);
		return { caseId, ...ended("interrupted", interruptedReply(true)) };
	}

	/** Given up: posts only that. */
	async #giveUp(going: Going): Promise<Outcome> {
		const { conversation } = going;
		const reply = (going.asked.deaths ?? 0) >= DEATHS_MAX ? gaveUpReply(going.caseId) : interruptedReply(false);
		try {
			const places = await placesUnderWay(conversation);
			// What was answered before other places were asked stands.
			if (places !== null) await conversation.edit(places, reply.head);
			else {
				// A case that it opened is its answer.
				const told = await this.#desk.threads.takeUp(going.id, conversation);
				if (told !== null) return await this.#end(going, ended("answered", told));
				await tellRefused(reply.head, conversation);
			}
		} catch (error) {
			if (endsSilently(error)) return this.#endedSilently(going, error);
			this.#replyFailed(going);
		}
		return this.#end(going, ended("interrupted", reply), true);
	}

	#busy(going: Going, why: "everybody" | "thread"): Promise<Outcome> {
		this.#desk.context.metrics.refused(why);
		return this.#refuse(going, "refused", busyReply({ why, againMs: BUSY_AGAIN_MS }));
	}

	async #refuse(going: Going, kind: "interrupted" | "refused", reply: Reply): Promise<Outcome> {
		await going.plain.replyPrivately(reply.head).catch(() => {
			// What is interrupted goes on, or its chat is being closed.
			if (kind === "refused") this.#replyFailed(going);
		});
		return this.#end(going, ended(kind, reply));
	}

	/** An internal error: the person is told, and the log says where. */
	async #broke(going: Going, error: unknown): Promise<Outcome> {
		this.#desk.context.log({
			event: "broke",
			caseId: going.caseId,
			error: error instanceof Error ? `${error.name}: ${error.message}`.replace(/\s+/g, " ") : "unknown",
			stack: stackOf(error),
		});
		return this.#toldInPlace(going, "broke", brokeReply(going.caseId));
	}

	/** It cannot be done on a full or broken disk; the log says so already. */
	#notKept(going: Going): Promise<Outcome> {
		this.#desk.context.metrics.refused("store");
		return this.#toldInPlace(going, "refused", notKeptReply());
	}

	async #toldInPlace(going: Going, kind: "broke" | "refused", reply: Reply): Promise<Outcome> {
		const { conversation, plain } = going;
		// A head must not stay at "Checking".
		const alone = () => plain.replyPrivately(reply.head);
		await (conversation.hasBegun() ? conversation.update(reply.head).catch(alone) : alone()).catch(() =>
			this.#replyFailed(going),
		);
		return this.#end(going, ended(kind, reply));
	}

	/** @param forGood it is not resumed, although it was interrupted */
	async #end(going: Going, outcome: Ended, forGood = false): Promise<Outcome> {
		const { context } = this.#desk;
		const { request, plain, inboxId, caseId, startedAtMs } = going;
		// What was interrupted and is kept goes on after the restart.
		const resumes = outcome.kind === "interrupted" && context.stores.durable && !forGood;
		if (!resumes) {
			try {
				await this.#finish(going, async () => ({ problem: stepProblem(outcome.reply, outcome.kind === "misread") }));
			} catch (error) {
				return this.#endedSilently(going, error);
			}
			await context.stores.inbox.end(inboxId);
		}
		audit(context, request, plain, caseId, outcome, context.now() - startedAtMs);
		return { caseId, ...outcome };
	}

	/** Tells the workflow how its step ended, the first time that it is called. Rejects only with what ends silently. */
	#finish(going: Going, end: () => Promise<StepEnd>): Promise<void> {
		const { finish } = going.asked;
		if (finish === undefined) return Promise.resolve();
		going.finished ??= this.#finishOnce(going.inboxId, async () => finish(await end())).catch((error: unknown) => {
			if (endsSilently(error)) throw error;
			this.#desk.context.log({ event: "step-not-finished", caseId: going.caseId, error: nameOf(error) });
		});
		return going.finished;
	}

	/** What a process before this one may have told is told again: the chat takes it once. */
	async #finishOnce(inboxId: string, tell: () => Promise<void>): Promise<void> {
		const outbox = this.#desk.context.stores.inbox.outbox(inboxId);
		if ((await outbox.get(FINISHED_SLOT))?.sent === true) return;
		await outbox.sending(FINISHED_SLOT);
		await tell();
		await outbox.sent(FINISHED_SLOT, null);
	}

	#replyFailed({ caseId }: Going): void {
		this.#desk.context.log({ event: "reply-failed", caseId });
	}
}

/** In the outbox: that the workflow was told. */
const FINISHED_SLOT = "w";

/** The URL that opens the head; null where there is none to open. */
async function headLink(conversation: ResumableConversation): Promise<string | null> {
	const { messageRef } = conversation.location();
	return messageRef === null ? null : conversation.permalink(messageRef).catch(() => null);
}

/** So much of a text is searched for tokens that nobody should have posted. */
const TOKEN_WITHIN_CHARS = 100_000;
/** Its answer is about the token already. */
const tellsOfToken = (request: Request): boolean =>
	(request.kind === "misread" && request.why === "token") || (request.kind === "connect" && request.hasMore);

/** Only the asker reads why there is nothing to read. */
async function tellNothing(why: Message, conversation: ResumableConversation): Promise<Ended> {
	await conversation.replyPrivately(why);
	return ended("answered", { private: true, head: why, thread: [], data: nothing });
}

/** The whole of what is read apart: a long text, and every text with files, the text first, so that a verb in it counts. null for all else. */
function wholeTextOf(what: string | DeskAction | StepAsked, { files }: Arrival): (() => Promise<HeldText | Message>) | null {
	if (typeof what !== "string" || (files === undefined && what.length <= IN_PLACE_MAX_CHARS)) return null;
	return async () => {
		const attached = (await files?.()) ?? "";
		if (typeof attached === "object" && "blocks" in attached) return attached;
		if (lengthOf(attached) === 0) return what;
		return what.trim() === "" ? attached : [what.trim(), ...(typeof attached === "string" ? [attached] : attached)];
	};
}

/** What comes of the work, or that the signal aborts before that. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | "stopped"> {
	const abort = Promise.withResolvers<"stopped">();
	const aborted = () => abort.resolve("stopped");
	signal.addEventListener("abort", aborted, { once: true });
	if (signal.aborted) aborted();
	try {
		return await Promise.race([work, abort.promise]);
	} finally {
		signal.removeEventListener("abort", aborted);
	}
}

/** The frames of a stack, without the message above them, which may have several lines. */
function stackOf(error: unknown): string[] {
	const lines = error instanceof Error ? (error.stack ?? "").split("\n").map((line) => line.trim()) : [];
	return lines.filter((line) => /^at .*\b(?:file|node):\S+:\d+:\d+\)?$/.test(line)).slice(0, 8);
}

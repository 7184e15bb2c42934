import { newWatch, WATCHES_MAX, type Watch } from "../judge/watch.ts";
import { endWatch } from "../judge/watch-look.ts";
import { checkTarget, rulesFor } from "../looks/guard.ts";
import { maskedUrl } from "../message/masking.ts";
import type { Message } from "../message/message.ts";
import type { WatchAction } from "../read/action.ts";
import type { Question } from "../read/text/question.ts";
import { readTarget, type Target } from "../read/text/target.ts";
import { WATCH_EVERY_MS, WATCH_FOR_MS } from "../read/text/watch-times.ts";
import { maybeTwice, refusedReply } from "../reply/misread.ts";
import type { Reply } from "../reply/reply.ts";
import { watchHead } from "../reply/watch.ts";
import { watchEvidence } from "../reply/watch-evidence.ts";
import {
	evidencePosted,
	justBegun,
	nothingFailed,
	nothingWatched,
	notYourWatch,
	nowhereToTell,
	stoppedWatching,
	tooManyWatches,
	watchEnded,
	watchedAlone,
	watchedAlready,
} from "../reply/watch-replies.ts";
import type { DeskContext } from "./context.ts";
import { NotHere } from "./conversation.ts";
import { askersOf, tellBusy } from "./not-requested.ts";
import { type Ended, ended } from "./outcome.ts";
import { outboxWithin, type ResumableConversation, resumable } from "./resumable.ts";
import { endsSilently, type WatchFilter } from "./stores.ts";
import { belongingOf, isToldHere, readableBy, type UnknownPresses } from "./tenants.ts";
import type { WatchRounds } from "./watch-rounds.ts";

/** What to watch: from a text, or from a button that names only the page. */
type WatchWanted = Pick<Extract<Question, { kind: "watch" }>, "target"> & Partial<Extract<Question, { kind: "watch" }>>;

const STOPPED_SHOWN_MAX = 100;
/** A watch is not due before its head is posted. A head not posted by then is given up. */
const BEGIN_MS_MAX = 2 * 3_600_000;
/** In front of the slots of a watch's head among those of the question that begins it. */
const HEAD_SLOTS = "w";

/** What people ask of watches: pages that are looked at until they recover, whatever becomes of the process in between. */
export class Watching {
	readonly #context: DeskContext;
	readonly #rounds: WatchRounds;
	readonly #unknown: UnknownPresses;

	constructor(context: DeskContext, rounds: WatchRounds, unknown: UnknownPresses) {
		this.#context = context;
		this.#unknown = unknown;
		this.#rounds = rounds;
	}

	/**
	 * Begins to watch a page. The watch is kept first, so that simultaneous questions start one watch; then its head is posted, and from then
	 * on it is due.
	 * @param id the question's
	 * @returns the posted reply; private: why it is not watched
	 */
	async begin(wanted: WatchWanted, conversation: ResumableConversation, id: string, who: string): Promise<Reply> {
		const { watches } = this.#context.stores;
		const watchId = `w${id}`;
		// At a terminal, and after a private answer, the watch belongs to the person who asked.
		const isPrivate = conversation.asker !== null && (wanted.alone === true || !conversation.isPublic());
		const watch = (await watches.get(watchId)) ?? (await this.#begun(wanted, isPrivate, conversation, watchId, who));
		if ("head" in watch) return watch;
		const atMs = this.#context.now();
		const undo = (one: Watch): Watch =>
			one.resumeRef === "" ? { ...one, ended: { why: "gone", who: null, atMs }, toAnnounce: [] } : one;
		try {
			const head = watchHead(watch, atMs);
			if (await this.#headTold(watch, isPrivate, head, conversation, id)) {
				const { url, everyMs, untilMs } = watch;
				return { private: false, head, thread: [], data: { watch: watchId, url: maskedUrl(url), everyMs, untilMs } };
			}
		} catch (error) {
			// Who goes on with the question continues the watch.
			if (!endsSilently(error)) await watches.change(watchId, undo);
			throw error;
		}
		await watches.change(watchId, undo);
		const why = nowhereToTell(conversation.isOfPerson === true);
		if (isPrivate) return told(why, conversation, true);
		// In place of the head that said it was watched.
		await conversation.update(why);
		return { private: true, head: why, thread: [], data: {} };
	}

	/** Stores a new watch, or posts why the page is not watched. */
	async #begun(
		wanted: WatchWanted,
		isPrivate: boolean,
		conversation: ResumableConversation,
		id: string,
		who: string,
	): Promise<Watch | Reply> {
		const { target } = wanted;
		const [same] = await this.#watchedHere(target, conversation);
		if (same !== undefined) return toldAlready(same, conversation, this.#context.now());
		const busy = await this.#context.limits.reserve({ askers: await askersOf(this.#context, conversation) });
		if (busy !== null) return (await tellBusy(this.#context, busy, conversation)).reply;
		const checked = await checkTarget(
			target,
			rulesFor(this.#context.rules, { asker: { person: conversation.asker, workspace: conversation.workspace } }),
		);
		if ("why" in checked) return told(refusedReply(checked).head, conversation, true);
		// As when a case is opened: nothing is kept of a question that is no longer ours.
		await this.#context.stores.inbox.begin(conversation.question);
		const begun = await this.#context.stores.watches.begin(
			await this.#wanted(wanted, isPrivate, conversation, id, who),
			WATCHES_MAX,
		);
		if ("begun" in begun) return begun.begun;
		// An outsider does not learn what is watched in other rooms.
		if ("same" in begun && (await this.#known([begun.same], conversation)).length === 0)
			return told(tooManyWatches("host"), conversation, true);
		return "same" in begun
			? toldAlready(begun.same, conversation, this.#context.now())
			: told(tooManyWatches(begun.many), conversation, true);
	}

	async #wanted(
		wanted: WatchWanted,
		isPrivate: boolean,
		conversation: ResumableConversation,
		id: string,
		who: string,
	): Promise<Watch> {
		const { target, forMs = WATCH_FOR_MS.default, everyMs = WATCH_EVERY_MS.default } = wanted;
		const { asker, platform, workspace } = conversation;
		const atMs = this.#context.now();
		const { threadKey } = conversation.location();
		const one = threadKey === null ? null : await this.#context.stores.cases.inThread(threadKey);
		const watch = newWatch(
			{
				id,
				url: target.url,
				workspace,
				who,
				asker,
				platform,
				isPrivate,
				...(isPrivate ? { room: asker, isOpen: false } : belongingOf(conversation)),
				caseId: one !== null && new URL(one.url).hostname === target.host ? one.id : null,
				everyMs,
				untilMs: atMs + forMs,
			},
			atMs,
		);
		return { ...watch, nextAtMs: atMs + BEGIN_MS_MAX };
	}

	/** Posts the head where the watch reports from now on. false: the place is gone. */
	async #headTold(
		watch: Watch,
		isPrivate: boolean,
		head: Message,
		conversation: ResumableConversation,
		id: string,
	): Promise<boolean> {
		if (!isPrivate) await conversation.begin(head);
		const resumeRef = isPrivate ? null : conversation.resumeRef(false);
		if (resumeRef === null) return this.#headToldAlone(watch, isPrivate, head, conversation, id);
		await this.#due(watch.id, { resumeRef, isPrivate: false, ...conversation.location(), ...belongingOf(conversation) });
		return true;
	}

	/** Posts the head in a direct conversation, for a private watch or where a public post is not possible. false: not possible either. */
	async #headToldAlone(
		watch: Watch,
		isPrivate: boolean,
		head: Message,
		conversation: ResumableConversation,
		id: string,
	): Promise<boolean> {
		const own = conversation.resumeRef(true);
		const opened = own === null ? null : this.#rounds.open(conversation.platform, own);
		if (own === null || opened === null) return false;
		const outbox = outboxWithin(this.#context.stores.inbox.outbox(id), HEAD_SLOTS);
		try {
			await resumable(opened, watch.id, outbox, conversation.resumed, maybeTwice).post(head);
		} catch (error) {
			if (error instanceof NotHere) return false;
			throw error;
		}
		const theirs = { isPrivate: true, room: watch.asker, isOpen: false };
		await this.#due(watch.id, { resumeRef: opened.resumeRef(true) ?? own, ...opened.location(), ...theirs });
		// Replaces the public message that was tried.
		const words = watchedAlone(watch, this.#context.now());
		await (isPrivate ? conversation.replyPrivately(words) : conversation.update(words));
		return true;
	}

	/** The head is there: from now on the watch is due. A resumed question finds it so already. */
	async #due(
		id: string,
		at: Pick<Watch, "resumeRef" | "messageRef" | "threadKey" | "isPrivate" | "room" | "isOpen">,
	): Promise<void> {
		const nextAtMs = this.#context.now();
		await this.#context.stores.watches.change(id, (one) => (one.resumeRef === "" ? { ...one, ...at, nextAtMs } : one));
		this.#rounds.plan();
	}

	/** Ends those of a page, of a thread, or else of the person who asks. */
	async end(target: Target | null, conversation: ResumableConversation, who: string): Promise<Reply> {
		const { watches } = this.#context.stores;
		const { asker } = conversation;
		const { threadKey } = conversation.location();
		const here =
			target === null
				? threadKey === null
					? []
					: await watches.open({ threadKey }, STOPPED_SHOWN_MAX)
				: await this.#ofPageOrHost(target, conversation);
		// Their own watches from any place, because private watches report in direct messages.
		const own = { asker, ...(target === null ? {} : { url: target.url }) };
		const allowed = await this.#mayEnd(here, conversation);
		const meant =
			allowed.length > 0 || asker === null
				? allowed
				: (await watches.open(own, STOPPED_SHOWN_MAX)).filter((one) => isOwn(one, conversation));
		await this.#stopAll(meant, who);
		if (meant.length === 0) return told(nothingWatched, conversation, true);
		// A terminal has no thread: each watch prints its own end.
		if (conversation.platform === "terminal") return { ...NOTHING, private: false };
		return told(stoppedWatching(meant), conversation, false);
	}

	/** The buttons of watches. */
	async act(action: WatchAction, conversation: ResumableConversation, id: string, who: string): Promise<Ended> {
		if (action.do === "watch") {
			const target = readTarget(action.url);
			const reply = "why" in target ? NOTHING : await this.begin({ target }, conversation, id, who);
			return ended("answered", reply);
		}
		const { asker } = conversation;
		const found = this.#unknown.tooMany(asker) ? null : await this.#context.stores.watches.get(action.watch);
		const [watch = null] = found === null ? [] : await this.#known([found], conversation);
		if (watch === null) this.#unknown.missed(asker);
		if (watch !== null && action.do === "watch-evidence") await this.#evidence(watch, conversation);
		else if (watch === null || (watch.ended !== null && !conversation.resumed))
			await conversation.replyPrivately(watchEnded(watch));
		else if (watch.ended === null) {
			const allowed = await this.#mayEnd([watch], conversation);
			if (allowed.length === 0) await conversation.replyPrivately(notYourWatch(watch));
			else await this.#stopAll(allowed, who);
		}
		return ended("answered", NOTHING);
	}

	/** What failed so far, posted once; the same again is a link to it. A failure that is new makes it another. */
	async #evidence(watch: Watch, conversation: ResumableConversation): Promise<void> {
		const { now, stores } = this.#context;
		const { failures, evidence } = watch;
		if (watch.kept.length === 0) return conversation.replyPrivately(nothingFailed);
		// Others may read about it, but not have it posted publicly elsewhere.
		const isHere = watch.isPrivate
			? watch.threadKey === conversation.location().threadKey
			: isToldHere(watch, conversation) && conversation.isPublic();
		if (!isHere) return conversation.replyPrivately(watchEvidence(watch, now()));
		if (evidence?.failures === failures && !conversation.resumed) {
			const { messageRef } = evidence;
			const url = messageRef === null ? null : await conversation.permalink(messageRef).catch(() => null);
			return conversation.replyPrivately(evidencePosted(url));
		}
		const messageRef = await conversation.followUp(watchEvidence(watch, now()));
		await stores.watches.change(watch.id, (one) => ({ ...one, evidence: { messageRef, failures } }));
	}

	/** Those that this person may end: their own, those of this room, and for an admin all that they may know of. */
	async #mayEnd(all: readonly Watch[], conversation: ResumableConversation): Promise<readonly Watch[]> {
		const theirs = all.filter((one) => isOwn(one, conversation) || (!one.isPrivate && isToldHere(one, conversation)));
		if (theirs.length === all.length || (await conversation.isAdmin()) !== "yes") return theirs;
		return this.#known(all, conversation);
	}

	/** Their own, and those that they may read; the answer is private. */
	async #known(all: readonly Watch[], conversation: ResumableConversation): Promise<readonly Watch[]> {
		const foreign = all.filter((one) => !one.isPrivate && !isOwn(one, conversation));
		const readable = new Set(await readableBy(foreign, conversation, false));
		return all.filter((one) => isOwn(one, conversation) || readable.has(one));
	}

	async #stopAll(all: readonly Watch[], who: string): Promise<void> {
		const { now, stores } = this.#context;
		const end = { why: "stopped", who, atMs: now() } as const;
		await Promise.all(all.map(({ id }) => stores.watches.change(id, (one) => endWatch(one, end))));
		this.#rounds.plan();
	}

	/** Those that fit and that this person may know of. */
	async #knownTo(conversation: ResumableConversation, filter: WatchFilter): Promise<readonly Watch[]> {
		const { workspace } = conversation;
		const all = await this.#context.stores.watches.open({ workspace, ...filter }, STOPPED_SHOWN_MAX);
		return this.#known(all, conversation);
	}

	#watchedHere(target: Target, conversation: ResumableConversation): Promise<readonly Watch[]> {
		return this.#knownTo(conversation, { url: target.url });
	}

	/** Of the page; when that is not watched, of its host. */
	async #ofPageOrHost(target: Target, conversation: ResumableConversation): Promise<readonly Watch[]> {
		const ofPage = await this.#watchedHere(target, conversation);
		return ofPage.length > 0 ? ofPage : this.#knownTo(conversation, { host: target.host });
	}
}

/** Their own, from any place of this workspace; direct messages may have none. At a terminal, all. */
const isOwn = (one: Watch, { asker, workspace }: ResumableConversation): boolean =>
	one.asker === asker && (one.workspace === workspace || (asker !== null && (one.workspace === null || workspace === null)));

const NOTHING: Reply = { private: true, head: { mood: "neutral", blocks: [] }, thread: [], data: {} };

async function told(head: Message, conversation: ResumableConversation, refused: boolean): Promise<Reply> {
	await conversation.replyPrivately(head);
	return { private: refused, head, thread: [], data: {} };
}

/** This page is watched already, or another question is about to start a watch. */
const toldAlready = (same: Watch, conversation: ResumableConversation, nowMs: number): Promise<Reply> =>
	told(
		same.resumeRef === "" ? justBegun : watchedAlready(same, isOwn(same, conversation) && same.asker !== null, nowMs),
		conversation,
		true,
	);

import { newWatch, WATCHES_MAX, type Watch } from "../judge/watch.ts";
import { endWatch } from "../judge/watch-look.ts";
import { checkTarget } from "../looks/guard.ts";
import type { Message } from "../message/message.ts";
import type { WatchAction } from "../read/action.ts";
import type { Question } from "../read/text/question.ts";
import { readTarget, type Target } from "../read/text/target.ts";
import { WATCH_EVERY_MS, WATCH_FOR_MS } from "../read/text/watch-times.ts";
import { maybeTwice, refusedReply } from "../reply/misread.ts";
import type { Reply } from "../reply/reply.ts";
import {
	justBegun,
	nothingWatched,
	nowhereToTell,
	stoppedWatching,
	tooManyWatches,
	watchEnded,
	watchedAlone,
	watchedAlready,
	watchHead,
} from "../reply/watch.ts";
import type { DeskContext } from "./context.ts";
import { NotHere } from "./conversation.ts";
import { askedTooMuch, tellBusy } from "./not-requested.ts";
import { type Ended, ended } from "./outcome.ts";
import { type ResumableConversation, resumable } from "./resumable.ts";
import type { WatchFilter } from "./stores.ts";
import type { WatchRounds } from "./watch-rounds.ts";

/** What somebody wants watched: in words, or by a button that names the page alone. */
type WatchWanted = Pick<Extract<Question, { kind: "watch" }>, "target"> & Partial<Extract<Question, { kind: "watch" }>>;

const STOPPED_SHOWN_MAX = 100;

/** What people ask of watches: pages that are looked at until they recover, whatever becomes of the process in between. */
export class Watching {
	readonly #context: DeskContext;
	readonly #rounds: WatchRounds;
	/** Pages that somebody is just having watched: a second one waits for the first to stand. */
	readonly #beginning = new Set<string>();

	constructor(context: DeskContext, rounds: WatchRounds) {
		this.#context = context;
		this.#rounds = rounds;
	}

	/**
	 * Begins to watch a page.
	 * @param id the question's
	 * @returns what was told; private: why it is not watched
	 */
	async begin(wanted: WatchWanted, conversation: ResumableConversation, id: string, who: string): Promise<Reply> {
		// What is asked for alone is nobody else's.
		const key = `${conversation.workspace} ${wanted.alone === true ? conversation.asker : ""} ${wanted.target.url}`;
		if (this.#beginning.has(key)) return told(justBegun, conversation, true);
		this.#beginning.add(key);
		try {
			const watchId = `w${id}`;
			const known = this.#context.stores.watches.get(watchId);
			const refused = known === null ? await this.#refused(wanted.target, conversation) : null;
			// A terminal is nobody else's; where only the asker is answered, the watch is theirs too.
			const isPrivate = conversation.asker !== null && (wanted.alone === true || !conversation.isPublic());
			return (
				refused ??
				(await this.#stand(known ?? this.#wanted(wanted, isPrivate, conversation, watchId, who), isPrivate, conversation))
			);
		} finally {
			this.#beginning.delete(key);
		}
	}

	/** Why a page is not watched, told; null when it can be. */
	async #refused(target: Target, conversation: ResumableConversation): Promise<Reply | null> {
		const [same] = this.#watchedHere(target, conversation);
		if (same !== undefined) return told(watchedAlready(same), conversation, true);
		const many = (["host", "workspace", "all"] as const).find(
			(of) => this.#context.stores.watches.count(filterOf(of, target, conversation)) >= WATCHES_MAX[of],
		);
		if (many !== undefined) return told(tooManyWatches(many), conversation, true);
		const busy = askedTooMuch(this.#context, conversation);
		if (busy !== null) return (await tellBusy(this.#context, busy, conversation)).reply;
		const checked = await checkTarget(target, this.#context.rules);
		return "why" in checked ? told(refusedReply(checked).head, conversation, true) : null;
	}

	#wanted(wanted: WatchWanted, isPrivate: boolean, conversation: ResumableConversation, id: string, who: string): Watch {
		const { target, forMs = WATCH_FOR_MS.default, everyMs = WATCH_EVERY_MS.default } = wanted;
		const { asker, platform, workspace } = conversation;
		const atMs = this.#context.now();
		const { threadKey } = conversation.location();
		const one = threadKey === null ? null : this.#context.stores.cases.inThread(threadKey);
		return newWatch(
			{
				id,
				url: target.url,
				workspace,
				who,
				asker,
				platform,
				isPrivate: isPrivate,
				caseId: one !== null && new URL(one.url).hostname === target.host ? one.id : null,
				everyMs,
				untilMs: atMs + forMs,
			},
			atMs,
		);
	}

	/** Tells the head where the watch is told from now on, and keeps the watch. */
	async #stand(watch: Watch, isPrivate: boolean, conversation: ResumableConversation): Promise<Reply> {
		const head = watchHead(watch, this.#context.now());
		if (!isPrivate) await conversation.begin(head);
		const resumeRef = isPrivate ? null : conversation.resumeRef(false);
		if (resumeRef !== null) this.#keep({ ...watch, resumeRef, ...conversation.location() });
		else if (!(await this.#standAlone(watch, isPrivate, head, conversation))) return told(nowhereToTell, conversation, true);
		const { id, url, everyMs, untilMs } = watch;
		return { private: false, head, thread: [], data: { watch: id, url, everyMs, untilMs } };
	}

	/** Asked for isPrivate, or in a place where everyone cannot be told: in a direct conversation. false: there is none. */
	async #standAlone(watch: Watch, isPrivate: boolean, head: Message, conversation: ResumableConversation): Promise<boolean> {
		const own = conversation.resumeRef(true);
		const opened = own === null ? null : this.#rounds.open(conversation.platform, own);
		if (own === null || opened === null) return false;
		const { inbox } = this.#context.stores;
		try {
			await resumable(opened, watch.id, inbox.outbox(watch.id), conversation.resumed, maybeTwice).begin(head);
		} catch (error) {
			if (error instanceof NotHere) return false;
			throw error;
		}
		this.#keep({ ...watch, isPrivate: true, resumeRef: opened.resumeRef(true) ?? own, ...opened.location() });
		// In the place of what was to be everybody's, where that was tried.
		await (isPrivate ? conversation.replyPrivately(watchedAlone(watch)) : conversation.update(watchedAlone(watch)));
		return true;
	}

	#keep(watch: Watch): void {
		const { watches } = this.#context.stores;
		if (watches.get(watch.id) === null) watches.put(watch);
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
					: watches.open({ threadKey }, STOPPED_SHOWN_MAX)
				: this.#ofPageOrHost(target, conversation);
		// Their own, wherever they asked for them: what is told in a direct message was asked for elsewhere.
		const own = { asker, ...(target === null ? {} : { url: target.url }) };
		const meant = here.length > 0 || asker === null ? here : watches.open(own, STOPPED_SHOWN_MAX);
		this.#stopAll(meant, who);
		return meant.length === 0 ? told(nothingWatched, conversation, true) : told(stoppedWatching(meant), conversation, false);
	}

	/** The buttons of watches. */
	async act(action: WatchAction, conversation: ResumableConversation, id: string, who: string): Promise<Ended> {
		if (action.do === "watch") {
			const target = readTarget(action.url);
			const reply = "why" in target ? NOTHING : await this.begin({ target }, conversation, id, who);
			return ended("answered", reply);
		}
		const watch = this.#context.stores.watches.get(action.watch);
		if (watch === null || (watch.ended !== null && !conversation.resumed)) await conversation.replyPrivately(watchEnded(watch));
		else if (watch.ended === null) this.#stopAll([watch], who);
		return ended("answered", NOTHING);
	}

	#stopAll(all: readonly Watch[], who: string): void {
		const { now, stores } = this.#context;
		for (const watch of all) stores.watches.put(endWatch(watch, { why: "stopped", who, atMs: now() }));
		this.#rounds.plan();
	}

	/** Those that fit and that this person may know of. */
	#knownTo(conversation: ResumableConversation, filter: WatchFilter): readonly Watch[] {
		return this.#context.stores.watches
			.open({ workspace: conversation.workspace, ...filter }, STOPPED_SHOWN_MAX)
			.filter((watch) => !watch.isPrivate || watch.asker === conversation.asker);
	}

	#watchedHere(target: Target, conversation: ResumableConversation): readonly Watch[] {
		return this.#knownTo(conversation, { url: target.url });
	}

	/** Of the page; when that is not watched, of its host. */
	#ofPageOrHost(target: Target, conversation: ResumableConversation): readonly Watch[] {
		const ofPage = this.#watchedHere(target, conversation);
		return ofPage.length > 0 ? ofPage : this.#knownTo(conversation, { host: target.host });
	}
}

const NOTHING: Reply = { private: true, head: { mood: "neutral", blocks: [] }, thread: [], data: {} };

async function told(head: Message, conversation: ResumableConversation, refused: boolean): Promise<Reply> {
	await conversation.replyPrivately(head);
	return { private: refused, head, thread: [], data: {} };
}

function filterOf(of: "host" | "workspace" | "all", target: Target, { workspace }: ResumableConversation): WatchFilter {
	switch (of) {
		case "host":
			return { host: target.host };
		case "workspace":
			return { workspace };
		case "all":
			return {};
	}
}

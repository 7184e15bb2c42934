import { withRays } from "../judge/case.ts";
import { codesOfWatch, withCodes } from "../judge/other-codes.ts";
import { WATCHES_AT_ONCE, type Watch } from "../judge/watch.ts";
import { advanceWatch, endWatch, keptFailure, recoveryOf, watchLook, withGap } from "../judge/watch-look.ts";
import type { Message } from "../message/message.ts";
import { nameOf } from "../read/error.ts";
import { readTarget } from "../read/text/target.ts";
import { WATCH_EVERY_MS } from "../read/text/watch-times.ts";
import { maybeTwice } from "../reply/misread.ts";
import { watchChange, watchHead, watchThreadName } from "../reply/watch.ts";
import type { DeskContext } from "./context.ts";
import { type Conversation, type ConversationOpener, NotHere } from "./conversation.ts";
import type { Looking } from "./looking.ts";
import { resumable } from "./resumable.ts";
import { type ClaimedWatch, endsSilently, StoreAway, TakenOver } from "./stores.ts";

/** The clock is looked at this often at least: watches come from elsewhere too, and clocks jump. */
const TICK_MS = { min: 250, away: 5_000, max: 30_000 } as const;
/** A claim is extended at every tick. When a process ends in the middle of a round, another goes on after this. */
const LEASE_MS = 90_000;
/** The head shows the timeline at every change, and now and then in between: edits are scarce. */
const HEAD_EVERY_LOOKS = 5;
const JITTER = 0.1;

/**
 * Updates the case that the watch was begun from after a recovery; may be called twice after a restart.
 * @param atMs Unix milliseconds
 * @param conversation in the chat of the watch
 */
type OnRecovered = (caseId: string, atMs: number, conversation: Conversation<Message>) => Promise<void>;

/** The clock of the watches: claims and checks due ones, and posts changes. */
export class WatchRounds {
	readonly #context: DeskContext;
	readonly #looking: Looking;
	readonly #onRecovered: OnRecovered | null;
	readonly #openers = new Map<string, ConversationOpener>();
	readonly #running = new Map<ClaimedWatch, Promise<void>>();
	/** The store went away in the middle of them: released once it is back, and looked at again. */
	#left: ClaimedWatch[] = [];
	#waiting: { readonly platform: string; readonly done: () => void }[] = [];
	#stopped = false;
	#ticking = false;
	#plans = 0;
	#cancel: () => void = () => {};

	constructor(context: DeskContext, looking: Looking, onRecovered: OnRecovered | null = null) {
		this.#context = context;
		this.#looking = looking;
		this.#onRecovered = onRecovered;
	}

	/** A chat is there: its watches go on. */
	connect(platform: string, open: ConversationOpener): void {
		this.#openers.set(platform, open);
		this.plan();
	}

	disconnect(platform: string): void {
		this.#openers.delete(platform);
		this.plan();
	}

	/** Comes back to a place of a chat; null when the chat is not connected or the place is gone. */
	open(platform: string, resumeRef: string): ReturnType<ConversationOpener> {
		return this.#openers.get(platform)?.(resumeRef) ?? null;
	}

	/** Begins no more looks. */
	close(): void {
		this.#stopped = true;
	}

	/** Resolves when what runs has ended. */
	async stop(): Promise<void> {
		this.close();
		this.#cancel();
		await Promise.allSettled(this.#running.values());
	}

	/** Resolves when no watch of a chat is open any more. */
	async allEnded(platform: string): Promise<void> {
		if ((await this.#context.stores.watches.nextAtMs(platform)) === null) return;
		await new Promise<void>((done) => {
			this.#waiting.push({ platform, done });
		});
	}

	/** Watches were deleted. A check of one that is under way finds it gone, and says nothing. */
	async forgotten(): Promise<void> {
		this.plan();
		await this.#tellEnded().catch(this.#storeFailed);
	}

	/** Wakes when the next watch is due. Call it when one was begun or ended. */
	plan(): void {
		this.#cancel();
		this.#plans += 1;
		if (!this.#stopped && this.#openers.size > 0) void this.#sleep(this.#plans);
	}

	/** @param plan which one this is: a later one counts instead */
	async #sleep(plan: number): Promise<void> {
		const { later, now, stores } = this.#context;
		const due = [...this.#openers.keys()].map((platform) => stores.watches.nextAtMs(platform));
		const times = await Promise.all(due).catch(this.#storeFailed);
		if (plan !== this.#plans || this.#stopped) return;
		const latest = now() + (times === null ? TICK_MS.away : TICK_MS.max);
		const next = Math.min(...(times ?? []).map((at) => at ?? Number.POSITIVE_INFINITY), latest);
		this.#cancel = later(Math.max(TICK_MS.min, next - now()), () => void this.#tick());
	}

	/** One at a time: each counts on how many run. */
	async #tick(): Promise<void> {
		if (this.#ticking) return;
		this.#ticking = true;
		await this.#claimDue();
		this.#ticking = false;
		this.plan();
	}

	async #claimDue(): Promise<void> {
		const { now, stores } = this.#context;
		await this.#releaseLeft();
		for (const { watch, epoch } of this.#running.keys())
			await stores.watches.extend(watch.id, epoch, LEASE_MS).catch(this.#storeFailed);
		for (const [platform, open] of this.#openers) {
			const held = [...this.#running.keys()].map(({ watch }) => watch);
			if (held.length >= WATCHES_AT_ONCE.all) break;
			const claimed = await stores.watches.claim(platform, now(), WATCHES_AT_ONCE, LEASE_MS, held).catch(this.#storeFailed);
			// What was claimed meanwhile is released with everything else.
			if (this.#stopped) return;
			for (const one of claimed ?? []) this.#begin(one, open);
		}
	}

	async #releaseLeft(): Promise<void> {
		const left = this.#left;
		this.#left = [];
		for (const one of left)
			await this.#context.stores.watches.release(one.watch.id, one.epoch).catch((error: unknown) => {
				this.#left.push(one);
				this.#storeFailed(error);
			});
	}

	#begin(claimed: ClaimedWatch, open: ConversationOpener): void {
		const running = this.#run(claimed, open)
			.catch(this.#storeFailed)
			.then(() => {
				this.#running.delete(claimed);
				this.plan();
			});
		this.#running.set(claimed, running);
	}

	async #run({ watch, epoch }: ClaimedWatch, open: ConversationOpener): Promise<void> {
		const { log, now, stores, withCaseId } = this.#context;
		const { watches } = stores;
		try {
			const round = new WatchRound(this.#context, this.#looking, watch, epoch, open, () => this.#stopped, this.#onRecovered);
			await withCaseId(watch.id, () => round.run());
		} catch (error) {
			// Another process continues it.
			if (error instanceof TakenOver) return;
			if (error instanceof StoreAway) return void this.#left.push({ watch, epoch });
			log({ event: "watch-failed", caseId: watch.id, error: nameOf(error) });
			// Not again at once; where not even that can be kept, the claim runs out.
			const pausedUntilMs = now() + TICK_MS.max;
			await watches.change(watch.id, (one) => ({ ...one, nextAtMs: Math.max(one.nextAtMs, pausedUntilMs) }), epoch);
		}
		await watches.release(watch.id, epoch);
		await this.#tellEnded();
	}

	async #tellEnded(): Promise<void> {
		const waiting = this.#waiting;
		this.#waiting = [];
		for (const one of waiting)
			if ((await this.#context.stores.watches.nextAtMs(one.platform)) === null) one.done();
			else this.#waiting.push(one);
	}

	readonly #storeFailed = (error: unknown): null => {
		// That it is away is one line, not one a watch.
		if (!(error instanceof StoreAway)) this.#context.log({ event: "store-failed", caseId: "", error: nameOf(error) });
		return null;
	};
}

/** One check of a claimed watch, and the messages about it. */
class WatchRound {
	readonly #context: DeskContext;
	readonly #looking: Looking;
	readonly #claimed: Watch;
	readonly #epoch: number;
	readonly #open: ConversationOpener;
	readonly #isStopped: () => boolean;
	readonly #onRecovered: OnRecovered | null;

	constructor(
		context: DeskContext,
		looking: Looking,
		claimed: Watch,
		epoch: number,
		open: ConversationOpener,
		isStopped: () => boolean,
		onRecovered: OnRecovered | null,
	) {
		this.#context = context;
		this.#looking = looking;
		this.#claimed = claimed;
		this.#epoch = epoch;
		this.#open = open;
		this.#isStopped = isStopped;
		this.#onRecovered = onRecovered;
	}

	async run(): Promise<void> {
		const before = this.#claimed;
		if (before.ended === null && !(await this.#look())) return;
		const after = await this.#context.stores.watches.get(before.id);
		if (after === null) return;
		if (after.toAnnounce.length > 0) return this.#tell(after);
		const shown =
			after.state !== before.state ||
			after.recent.at(-1)?.outcome !== before.recent.at(-1)?.outcome ||
			after.recent.length % HEAD_EVERY_LOOKS === 1;
		if (shown) await this.#editHead(after);
	}

	/** The watch after a change, made to it as it is then; null: it is forgotten, or another's. */
	async #change(work: (now: Watch) => Watch): Promise<Watch | null> {
		return (await this.#context.stores.watches.change(this.#claimed.id, work, this.#epoch))?.after ?? null;
	}

	/** false: nothing to post, because the process stops or no longer owns the watch */
	async #look(): Promise<boolean> {
		const { now, random } = this.#context;
		const [atMs, jitter] = [now(), random()];
		// The next check keeps its interval even if this one fails.
		const paced = await this.#change((one) => (one.ended === null ? withPace(one, atMs, jitter) : one));
		if (paced === null) return false;
		const target = readTarget(paced.url);
		const seen = "why" in target ? null : await this.#looking.once(target, { workspace: paced.workspace, person: paced.asker });
		if (this.#isStopped()) return false;
		const lookedAtMs = now();
		// The watch may have been ended during the check.
		return (await this.#change((one) => (one.ended === null ? advanced(one, seen, lookedAtMs) : one))) !== null;
	}

	async #tell(watch: Watch): Promise<void> {
		const { log, now, stores } = this.#context;
		const opened = this.#open(watch.resumeRef);
		/** Changes that came meanwhile are posted later. */
		const told = (one: Watch): Watch => ({
			...one,
			toAnnounce: one.toAnnounce.slice(watch.toAnnounce.length),
			announced: one.announced + 1,
		});
		const atMs = now();
		const gone = (one: Watch): Watch => ({ ...told(one), ended: one.ended ?? { why: "gone", who: null, atMs } });
		if (opened === null) {
			// The place is gone.
			log({ event: "watch-has-no-place", caseId: watch.id });
			return void (await this.#change(gone));
		}
		try {
			await this.#followUp(opened, watch);
		} catch (error) {
			if (endsSilently(error)) throw error;
			const line = error instanceof Error ? error.message.slice(0, 120) : "Error";
			log({ event: "watch-not-told", caseId: watch.id, error: line });
			return void (await this.#change(error instanceof NotHere ? gone : (one) => toldLater(one, told, now())));
		}
		// Before it counts as posted: after a crash, the next process updates the case again.
		const caseId = await this.#toldCase(watch);
		if (caseId !== null && watch.ended?.why === "recovered")
			await this.#onRecovered?.(caseId, recoveryOf(watch).atMs, opened).catch((error: unknown) => {
				if (endsSilently(error)) throw error;
				log({ event: "case-not-told", caseId, error: nameOf(error) });
			});
		const after = await this.#change(told);
		// The watch was forgotten meanwhile.
		if (after === null) return;
		await this.#editHead(after);
		if (caseId === null) return;
		const rays = watch.kept.flatMap(({ ray }) => ray ?? []);
		// Only failures: people search for those. Their other codes were just posted; the head shows their effect with the next change.
		const codes = codesOfWatch(watch);
		await stores.cases.change(caseId, (one) => {
			const known = codes.length === 0 ? one : withCodes(one, codes, atMs);
			return watch.ended === null ? known : withRays(known, rays);
		});
	}

	async #followUp(opened: Conversation<Message>, watch: Watch): Promise<void> {
		const outbox = this.#context.stores.watches.outbox(watch.id, this.#epoch);
		const conversation = resumable(opened, watch.id, outbox, false, maybeTwice, { said: watch.announced });
		conversation.resumeAt(watch.messageRef);
		const one = watch.caseId === null ? null : await this.#context.stores.cases.get(watch.caseId);
		await conversation.followUp(watchChange(watch, watch.toAnnounce, one?.followers ?? [], this.#context.now()));
		const name = watchThreadName(watch, watch.toAnnounce);
		// Chats ration the names of threads, and let a call wait for minutes.
		if (name !== null) void conversation.renameThread(name).catch(() => {});
	}

	/** The case that may know what was seen; null for none. What a private watch saw stays private, also in the case's thread. */
	async #toldCase({ caseId, isPrivate, room }: Watch): Promise<string | null> {
		if (caseId === null || !isPrivate) return caseId;
		const one = await this.#context.stores.cases.get(caseId);
		return one !== null && one.room !== null && one.room === room ? caseId : null;
	}

	async #editHead(watch: Watch): Promise<void> {
		const { log, now } = this.#context;
		const conversation = watch.messageRef === null ? null : this.#open(watch.resumeRef);
		if (conversation === null || watch.messageRef === null) return;
		await conversation
			.edit(watch.messageRef, watchHead(watch, now()))
			.catch(() => log({ event: "head-not-updated", caseId: watch.id }));
	}
}

/**
 * A watch that is looked at now, with the time of its next look: around what was asked for, so that watches begun together do not stay
 * together.
 * @param jitter from 0 to 1
 */
function withPace(watch: Watch, atMs: number, jitter: number): Watch {
	const late = withGap(watch, atMs);
	const nextAtMs = atMs + Math.round(late.everyMs * (1 - JITTER + 2 * JITTER * jitter));
	// The last look is made when the time is up, not a pace later.
	return { ...late, nextAtMs: atMs < late.untilMs ? Math.min(nextAtMs, late.untilMs) : nextAtMs };
}

function advanced(watch: Watch, seen: Awaited<ReturnType<Looking["once"]>> | null, atMs: number): Watch {
	if (seen === null || "reply" in seen) return endWatch(watch, { why: "refused", who: null, atMs });
	// The host was looked at as often as may be: this look is left out, and not counted.
	const looked = "againMs" in seen ? watch : advanceWatch(watch, watchLook(seen), keptFailure(seen));
	return atMs >= looked.untilMs ? endWatch(looked, { why: "time", who: null, atMs }) : looked;
}

/** A message failed: it is posted with the next check. After the last check it is retried for a while. */
function toldLater(watch: Watch, told: (one: Watch) => Watch, atMs: number): Watch {
	if (watch.ended === null) return watch;
	return atMs - watch.ended.atMs > WATCH_EVERY_MS.max ? told(watch) : { ...watch, nextAtMs: atMs + WATCH_EVERY_MS.min };
}

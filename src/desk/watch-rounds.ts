import { withRays } from "../judge/case.ts";
import type { Watch } from "../judge/watch.ts";
import { advanceWatch, endWatch, keptFailure, watchLook, withGap } from "../judge/watch-look.ts";
import { nameOf } from "../read/error.ts";
import { readTarget } from "../read/text/target.ts";
import { WATCH_EVERY_MS } from "../read/text/watch-times.ts";
import { maybeTwice } from "../reply/misread.ts";
import { watchChange, watchHead } from "../reply/watch.ts";
import type { DeskContext } from "./context.ts";
import { type ConversationOpener, NotHere } from "./conversation.ts";
import type { Looking } from "./looking.ts";
import { resumable } from "./resumable.ts";

/** So many watches are looked at or told at the same time. */
const AT_ONCE_MAX = 16;
/** The clock is looked at this often at least: watches come from elsewhere too, and clocks jump. */
const TICK_MS = { min: 250, max: 30_000 } as const;
/** The head shows the timeline at every change, and now and then in between: edits are scarce. */
const HEAD_EVERY_LOOKS = 5;
const JITTER = 0.1;

/** The clock of the watches: who is due is looked at, and what is new is told. */
export class WatchRounds {
	readonly #context: DeskContext;
	readonly #looking: Looking;
	readonly #openers = new Map<string, ConversationOpener>();
	readonly #running = new Map<string, Promise<unknown>>();
	/** What broke on the way, a full disk say: not before this time again, Unix milliseconds. */
	readonly #paused = new Map<string, number>();
	#waiting: { readonly platform: string; readonly done: () => void }[] = [];
	#stopped = false;
	#cancel: () => void = () => {};

	constructor(context: DeskContext, looking: Looking) {
		this.#context = context;
		this.#looking = looking;
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

	/** Comes back to a place of a chat; null when that chat is not connected, or there is no such place. */
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
	allEnded(platform: string): Promise<void> {
		if (this.#nextAtMs(platform) === null) return Promise.resolve();
		return new Promise((done) => {
			this.#waiting.push({ platform, done });
		});
	}

	/** Wakes when the next watch is due. Call it when one was begun or ended. */
	plan(): void {
		this.#cancel();
		if (this.#stopped || this.#openers.size === 0) return;
		const { later, now } = this.#context;
		const due = [...this.#openers.keys()].map((platform) => this.#nextAtMs(platform) ?? Number.POSITIVE_INFINITY);
		const next = Math.min(...due, now() + TICK_MS.max);
		this.#cancel = later(Math.max(TICK_MS.min, next - now()), () => this.#tick());
	}

	#nextAtMs(platform: string): number | null {
		return this.#context.stores.watches.nextAtMs(platform);
	}

	#tick(): void {
		const { now, stores } = this.#context;
		for (const [platform, open] of this.#openers)
			for (const { id } of stores.watches.due(platform, now(), AT_ONCE_MAX + this.#running.size)) {
				const free = this.#running.size < AT_ONCE_MAX && !this.#running.has(id) && (this.#paused.get(id) ?? 0) <= now();
				if (free) this.#running.set(id, this.#run(id, open));
			}
		this.plan();
	}

	async #run(id: string, open: ConversationOpener): Promise<void> {
		const { log, now, withCaseId } = this.#context;
		try {
			await withCaseId(id, () => this.#step(id, open));
			this.#paused.delete(id);
		} catch (error) {
			this.#paused.set(id, now() + TICK_MS.max);
			log({ event: "watch-failed", caseId: id, error: nameOf(error) });
		}
		this.#running.delete(id);
		const waiting = this.#waiting;
		this.#waiting = waiting.filter(({ platform }) => this.#nextAtMs(platform) !== null);
		for (const one of waiting) if (!this.#waiting.includes(one)) one.done();
		this.plan();
	}

	/** One look, and whatever is to be told. */
	async #step(id: string, open: ConversationOpener): Promise<void> {
		const { now, stores } = this.#context;
		const { watches } = stores;
		const before = watches.get(id);
		if (before === null) return;
		if (before.ended === null) {
			// Whatever becomes of this look: the next one keeps its pace.
			const late = withGap(before, now());
			watches.put({ ...late, nextAtMs: this.#nextOf(late) });
			const target = readTarget(before.url);
			const seen = "why" in target ? null : await this.#looking.once(target);
			if (this.#stopped) return;
			// As it is now: somebody may have ended it while we looked.
			const current = watches.get(id);
			if (current === null) return;
			if (current.ended === null) watches.put(this.#advanced(current, seen));
		}
		const after = watches.get(id);
		if (after === null) return;
		if (after.toAnnounce.length > 0) return this.#tell(after, open);
		const shown =
			after.state !== before.state ||
			after.recent.at(-1)?.outcome !== before.recent.at(-1)?.outcome ||
			after.recent.length % HEAD_EVERY_LOOKS === 1;
		if (after.messageRef !== null && shown) await this.#editHead(after, open);
	}

	/** Around what was asked for, so that watches begun together do not stay together. */
	#nextOf(watch: Watch): number {
		const { now, random } = this.#context;
		const at = now() + Math.round(watch.everyMs * (1 - JITTER + 2 * JITTER * random()));
		// The last look is made when the time is up, not a pace later.
		return now() < watch.untilMs ? Math.min(at, watch.untilMs) : at;
	}

	#advanced(watch: Watch, seen: Awaited<ReturnType<Looking["once"]>> | null): Watch {
		const atMs = this.#context.now();
		if (seen === null || "reply" in seen) return endWatch(watch, { why: "refused", who: null, atMs });
		// The host was looked at as often as may be: this look is left out, and not counted.
		const looked = "againMs" in seen ? watch : advanceWatch(watch, watchLook(seen), keptFailure(seen));
		return atMs >= looked.untilMs ? endWatch(looked, { why: "time", who: null, atMs }) : looked;
	}

	async #tell(watch: Watch, open: ConversationOpener): Promise<void> {
		const { log, now, stores } = this.#context;
		const { inbox, watches } = stores;
		const opened = open(watch.resumeRef);
		if (watches.get(watch.id) === null) return;
		const told: Watch = { ...watch, toAnnounce: [], announced: watch.announced + 1 };
		if (opened === null) {
			// There is no such place any more, and nobody to tell.
			log({ event: "watch-has-no-place", caseId: watch.id });
			return watches.put(gone(told, watch, now()));
		}
		const conversation = resumable(opened, watch.id, inbox.outbox(watch.id), false, maybeTwice, watch.announced);
		conversation.resumeAt(watch.messageRef);
		try {
			await conversation.followUp(watchChange(watch, watch.toAnnounce, now()));
		} catch (error) {
			log({
				event: "watch-not-told",
				caseId: watch.id,
				error: error instanceof Error ? error.message.slice(0, 120) : "Error",
			});
			return this.#notTold(watch, told, error instanceof NotHere);
		}
		// What came in the meantime stays to be told.
		const current = watches.get(watch.id);
		// Forgotten while it was told.
		if (current === null) return;
		watches.put({ ...current, toAnnounce: current.toAnnounce.slice(watch.toAnnounce.length), announced: told.announced });
		await this.#editHead(watches.get(watch.id) ?? told, open);
		if (watch.ended !== null) this.#evidenceToCase(watch);
	}

	/** A message did not go out: told with the next look; at the end there is none, so it is tried again for a while. */
	#notTold(watch: Watch, told: Watch, noPlace: boolean): void {
		const { now, stores } = this.#context;
		const { watches } = stores;
		if (noPlace) watches.put(gone(told, watch, now()));
		if (noPlace || watch.ended === null || watches.get(watch.id) === null) return;
		const givenUp = now() - watch.ended.atMs > WATCH_EVERY_MS.max;
		watches.put(givenUp ? told : { ...watch, nextAtMs: now() + WATCH_EVERY_MS.min });
	}

	async #editHead(watch: Watch, open: ConversationOpener): Promise<void> {
		const { log, now } = this.#context;
		const conversation = watch.messageRef === null ? null : open(watch.resumeRef);
		if (conversation === null || watch.messageRef === null) return;
		await conversation
			.edit(watch.messageRef, watchHead(watch, now()))
			.catch(() => log({ event: "head-not-updated", caseId: watch.id }));
	}

	/** The Ray IDs of what failed are what others have to look for. */
	#evidenceToCase(watch: Watch): void {
		const { cases } = this.#context.stores;
		const one = watch.caseId === null ? null : cases.get(watch.caseId);
		if (one !== null)
			cases.put(
				withRays(
					one,
					watch.kept.flatMap(({ ray }) => ray ?? []),
				),
			);
	}
}

/** There is no place to tell it any more. */
const gone = (told: Watch, watch: Watch, atMs: number): Watch => ({
	...told,
	ended: watch.ended ?? { why: "gone", who: null, atMs },
});

import { newWatch, WATCHES_MAX, type Watch } from "../judge/watch.ts";
import { advanceWatch, endWatch, keptFailure, watchLook, withGap } from "../judge/watch-look.ts";
import { checkTarget } from "../looks/guard.ts";
import { maskedBytes } from "../message/masking.ts";
import type { Message } from "../message/message.ts";
import type { WatchPress } from "../read/action.ts";
import { nameOf } from "../read/error.ts";
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
	watchChange,
	watchEnded,
	watchedAlone,
	watchedAlready,
	watchHead,
} from "../reply/watch.ts";
import type { DeskContext } from "./context.ts";
import { type Conversation, NotHere } from "./conversation.ts";
import type { Looking } from "./looking.ts";
import { type DurableConversation, durable } from "./resumable.ts";
import type { WatchFilter } from "./stores.ts";

/** Comes back to where a watch is told; null when that chat is not connected, or there is no such place. */
export type Doors = (door: string) => Conversation<Message> | null;

/** Pages that are looked at until they recover, whatever becomes of the process in between. */
interface Watching {
	begin(
		question: Pick<Extract<Question, { kind: "watch" }>, "target"> & Partial<Extract<Question, { kind: "watch" }>>,
		room: DurableConversation,
		id: string,
		who: string,
	): Promise<Reply>;
	/** Ends those of a place, of an address, or else of the person who asks. */
	end(target: Target | null, room: DurableConversation, who: string): Promise<Reply>;
	press(press: WatchPress, room: DurableConversation, id: string, who: string): Promise<void>;
	/** A chat is there: its watches go on. */
	connect(platform: string, doors: Doors): void;
	disconnect(platform: string): void;
	/** Looks no more; resolves when what runs has ended. */
	stop(): Promise<void>;
	/** Resolves when no watch of a chat is open any more. */
	allEnded(platform: string): Promise<void>;
}

const AT_ONCE_MAX = 16;
/** The clock is looked at this often at least: watches come from elsewhere too, and clocks jump. */
const TICK_MS = { least: 250, most: 30_000 } as const;
/** The head shows the timeline at every change, and now and then in between: edits are scarce. */
const HEAD_EVERY_LOOKS = 5;
const JITTER = 0.1;
const STOPPED_SHOWN_MAX = 100;

/** @param closing no more looks are begun once it is true */
export function openWatching(context: DeskContext, looking: Looking, closing: () => boolean): Watching {
	const { now } = context;
	const { watches, pending, cases } = context.stores;
	const doors = new Map<string, Doors>();
	const running = new Map<string, Promise<unknown>>();
	/** What broke on the way, a full disk say: not before this time again, Unix milliseconds. */
	const paused = new Map<string, number>();
	/** Pages that somebody is just having watched: a second one waits for the first to stand. */
	const beginning = new Set<string>();
	const waiting: { platform: string; done: () => void }[] = [];
	let cancel: () => void = () => {};

	const plan = () => {
		cancel();
		if (closing() || doors.size === 0) return;
		const next = Math.min(
			...[...doors.keys()].map((platform) => watches.nextAtMs(platform) ?? Number.POSITIVE_INFINITY),
			now() + TICK_MS.most,
		);
		cancel = context.later(Math.max(TICK_MS.least, next - now()), tick);
	};
	const tick = () => {
		for (const [platform, open] of doors) {
			for (const watch of watches.due(platform, now(), AT_ONCE_MAX + running.size)) {
				if (running.size >= AT_ONCE_MAX || running.has(watch.id) || (paused.get(watch.id) ?? 0) > now()) continue;
				const work = context
					.withCaseId(watch.id, () => step(watch.id, open))
					.then(
						() => paused.delete(watch.id),
						(error: unknown) => {
							paused.set(watch.id, now() + TICK_MS.most);
							context.log({ event: "watch-failed", caseId: watch.id, error: nameOf(error) });
						},
					)
					.finally(() => {
						running.delete(watch.id);
						for (const one of waiting.splice(0)) {
							if (watches.nextAtMs(one.platform) === null) one.done();
							else waiting.push(one);
						}
						plan();
					});
				running.set(watch.id, work);
			}
		}
		plan();
	};

	/** One look, and whatever is to be told. */
	const step = async (id: string, open: Doors): Promise<void> => {
		const before = watches.get(id);
		if (before === null) return;
		if (before.ended === null) {
			// Whatever becomes of this look: the next one keeps its pace.
			const late = withGap(before, now());
			watches.put({ ...late, nextAtMs: nextAt(late) });
			const target = readTarget(before.url);
			const seen = "why" in target ? null : await looking.once(target);
			if (closing()) return;
			// As it is now: somebody may have ended it while we looked.
			const current = watches.get(id);
			if (current === null) return;
			if (current.ended === null) watches.put(next(current, seen));
		}
		const after = watches.get(id);
		if (after === null) return;
		if (after.telling.length > 0) return tell(after, open);
		const shown =
			after.state !== before.state ||
			after.recent.at(-1)?.outcome !== before.recent.at(-1)?.outcome ||
			after.recent.length % HEAD_EVERY_LOOKS === 1;
		if (after.ref !== null && shown) await editHead(after, open);
	};

	/** Around what was asked for, so that watches begun together do not stay together. */
	const nextAt = (watch: Watch): number => {
		const at = now() + Math.round(watch.everyMs * (1 - JITTER + 2 * JITTER * context.random()));
		// The last look is made when the time is up, not a pace later.
		return now() < watch.untilMs ? Math.min(at, watch.untilMs) : at;
	};

	const next = (watch: Watch, seen: Awaited<ReturnType<Looking["once"]>> | null): Watch => {
		const at = now();
		if (seen === null || "reply" in seen) return endWatch(watch, { why: "refused", who: null, atMs: at });
		// The host was looked at as often as may be: this look is left out, and not counted.
		const looked = "againMs" in seen ? watch : advanceWatch(watch, watchLook(seen), keptFailure(seen, maskedBytes));
		return at >= looked.untilMs ? endWatch(looked, { why: "time", who: null, atMs: at }) : looked;
	};

	const tell = async (watch: Watch, open: Doors): Promise<void> => {
		const door = open(watch.door);
		if (watches.get(watch.id) === null) return;
		const place = door === null ? null : durable(door, watch.id, pending.slots(watch.id), false, maybeTwice, watch.told);
		const told: Watch = { ...watch, telling: [], told: watch.told + 1 };
		if (place === null) {
			// There is no such place any more, and nobody to tell.
			context.log({ event: "watch-has-no-place", caseId: watch.id });
			return watches.put({ ...told, ended: watch.ended ?? { why: "gone", who: null, atMs: now() } });
		}
		place.adopt(watch.ref);
		try {
			await place.followUp(watchChange(watch, watch.telling, now()));
		} catch (error) {
			context.log({
				event: "watch-not-told",
				caseId: watch.id,
				error: error instanceof Error ? error.message.slice(0, 120) : "Error",
			});
			if (error instanceof NotHere)
				return watches.put({ ...told, ended: watch.ended ?? { why: "gone", who: null, atMs: now() } });
			// Told with the next look; at the end there is none, so it is tried again for a while.
			if (watch.ended === null) return;
			if (watches.get(watch.id) === null) return;
			watches.put(now() - watch.ended.atMs > WATCH_EVERY_MS.max ? told : { ...watch, nextAtMs: now() + WATCH_EVERY_MS.min });
			return;
		}
		// What came in the meantime stays to be told.
		const current = watches.get(watch.id);
		// Forgotten while it was told.
		if (current === null) return;
		watches.put({ ...current, telling: current.telling.slice(watch.telling.length), told: told.told });
		await editHead(watches.get(watch.id) ?? told, open);
		if (watch.ended !== null) evidenceToCase(watch);
	};

	const editHead = async (watch: Watch, open: Doors): Promise<void> => {
		const room = watch.ref === null ? null : open(watch.door);
		if (room === null || watch.ref === null) return;
		await room.edit(watch.ref, watchHead(watch, now())).catch(() => context.log({ event: "head-not-updated", caseId: watch.id }));
	};

	/** The Ray IDs of what failed are what others have to look for. */
	const evidenceToCase = (watch: Watch): void => {
		const one = watch.caseId === null ? null : cases.get(watch.caseId);
		if (one === null || one === undefined) return;
		const rays = watch.kept.flatMap(({ ray }) => ray ?? []);
		cases.put({ ...one, rays: [...new Set([...rays, ...one.rays])].slice(0, 20) });
	};

	const given = async (message: Message, room: DurableConversation, refused = true): Promise<Reply> => {
		await room.privateReply(message);
		return { private: refused, head: message, thread: [], data: {} };
	};

	/** Those of a page that this person may know of. */
	const watchedHere = (target: Target, room: DurableConversation): readonly Watch[] =>
		watches
			.open({ workspace: room.workspace, url: target.url }, STOPPED_SHOWN_MAX)
			.filter((watch) => !watch.alone || watch.asker === room.asker);

	/** Of the page; when that is not watched, of its host. */
	const ofPageOrHost = (target: Target, room: DurableConversation): readonly Watch[] => {
		const ofPage = watchedHere(target, room);
		return ofPage.length > 0
			? ofPage
			: watches
					.open({ workspace: room.workspace, host: target.host }, STOPPED_SHOWN_MAX)
					.filter((watch) => !watch.alone || watch.asker === room.asker);
	};

	const begin: Watching["begin"] = async (question, room, id, who) => {
		// What is asked for alone is nobody else's.
		const key = `${room.workspace} ${question.alone === true ? room.asker : ""} ${question.target.url}`;
		if (beginning.has(key)) return given(justBegun, room);
		beginning.add(key);
		try {
			return await beginOne(question, room, id, who);
		} finally {
			beginning.delete(key);
		}
	};
	const beginOne: Watching["begin"] = async (question, room, id, who) => {
		const { target, forMs = WATCH_FOR_MS.default, everyMs = WATCH_EVERY_MS.default } = question;
		// A terminal is nobody else's; where only the asker is answered, the watch is theirs too.
		const alone = room.asker !== null && (question.alone === true || !room.open());
		const watchId = `w${id}`;
		const known = watches.get(watchId);
		if (known === null) {
			const [same] = watchedHere(target, room);
			if (same !== undefined) return given(watchedAlready(same), room);
			const many = (["host", "workspace", "all"] as const).find(
				(of) => watches.count(filterOf(of, target, room)) >= WATCHES_MAX[of],
			);
			if (many !== undefined) return given(tooManyWatches(many), room);
			const busy = looking.tooMany(room);
			if (busy !== null) return looking.whisperBusy(busy, room);
			const checked = await checkTarget(target, context.rules);
			if ("why" in checked) return given(refusedReply(checked).head, room);
		}
		const at = now();
		const { place } = room.where();
		const one = place === null ? null : cases.inPlace(place);
		const watch =
			known ??
			newWatch(
				{
					id: watchId,
					url: target.url,
					workspace: room.workspace,
					who,
					asker: room.asker,
					platform: room.platform,
					alone,
					caseId: one !== null && new URL(one.url).hostname === target.host ? one.id : null,
					everyMs,
					untilMs: at + forMs,
				},
				at,
			);
		const head = watchHead(watch, at);
		if (!alone) await room.begin(head);
		const door = alone ? null : room.door(false);
		if (door !== null) keep({ ...watch, door, ...room.where() });
		else {
			// Asked for alone, or in a place where I cannot tell everybody.
			const own = room.door(true);
			const opened = own === null ? null : (doors.get(room.platform)?.(own) ?? null);
			if (own === null || opened === null) return given(nowhereToTell, room);
			try {
				await durable(opened, watchId, pending.slots(watchId), room.again, maybeTwice).begin(head);
			} catch (error) {
				if (error instanceof NotHere) return given(nowhereToTell, room);
				throw error;
			}
			keep({ ...watch, alone: true, door: opened.door(true) ?? own, ...opened.where() });
			// In the place of what was to be everybody's, where that was tried.
			await (alone ? room.privateReply(watchedAlone(watch)) : room.update(watchedAlone(watch)));
		}
		return { private: false, head, thread: [], data: { watch: watchId, url: target.url, everyMs, untilMs: watch.untilMs } };
	};
	const keep = (watch: Watch) => {
		if (watches.get(watch.id) === null) watches.put(watch);
		plan();
	};
	const filterOf = (of: "host" | "workspace" | "all", target: Target, room: DurableConversation): WatchFilter =>
		of === "host" ? { host: target.host } : of === "workspace" ? { workspace: room.workspace } : {};

	const stopAll = (all: readonly Watch[], who: string) => {
		for (const watch of all) watches.put(endWatch(watch, { why: "stopped", who, atMs: now() }));
		plan();
	};
	const end: Watching["end"] = async (target, room, who) => {
		const { place } = room.where();
		const here = target !== null ? ofPageOrHost(target, room) : place === null ? [] : watches.open({ place }, STOPPED_SHOWN_MAX);
		// Their own, wherever they asked for them: what is told in a direct message was asked for elsewhere.
		const own = { asker: room.asker, ...(target === null ? {} : { url: target.url }) };
		const meant = here.length > 0 || room.asker === null ? here : watches.open(own, STOPPED_SHOWN_MAX);
		stopAll(meant, who);
		return given(meant.length === 0 ? nothingWatched : stoppedWatching(meant), room, meant.length === 0);
	};

	return {
		begin,
		end,
		press: async (press, room, id, who) => {
			if (press.do === "watch") {
				const target = readTarget(press.url);
				if (!("why" in target)) await begin({ target }, room, id, who);
				return;
			}
			const watch = watches.get(press.watch);
			if (watch === null || (watch.ended !== null && !room.again)) return room.privateReply(watchEnded(watch));
			if (watch.ended === null) stopAll([watch], who);
		},
		connect: (platform, open) => {
			doors.set(platform, open);
			plan();
		},
		disconnect: (platform) => {
			doors.delete(platform);
			plan();
		},
		stop: async () => {
			cancel();
			await Promise.allSettled(running.values());
		},
		allEnded: (platform) =>
			watches.nextAtMs(platform) === null
				? Promise.resolve()
				: new Promise((done) => {
						waiting.push({ platform, done });
					}),
	};
}

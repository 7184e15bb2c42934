import type { Case } from "../judge/case.ts";
import type { Watch } from "../judge/watch.ts";
import type { RequestCounts } from "../looks/request-counts.ts";
import type { Policy } from "../read/policy.ts";

/**
 * What outlives a question. Every method may be called by several processes at once, and says what it promises then. A promise that is
 * kept is on the disk (or in the database) when the method resolves. It rejects when the store itself fails: a full or broken disk, a
 * database that is away; then nothing of the call has happened.
 */
export interface Stores {
	readonly cases: Cases;
	readonly inbox: Inbox;
	readonly watches: Watches;
	readonly policies: Policies;
	readonly requestCounts: RequestCounts;
	readonly accesses: Accesses;
	readonly installs: Installs;
	readonly leases: Leases;
	/**
	 * Deletes everything about a host and its subdomains in a workspace, accesses to zones of these names too. What is changed at the same time is gone too: a change never
	 * brings back what was deleted.
	 * @returns how many cases and watches that were
	 */
	forget(workspace: string, host: string): Promise<Forgotten>;
	/**
	 * Deletes everything of a workspace: its cases, watches, unfinished questions, decisions and accesses, but not its installation (see {@link
	 * Installs.remove}). What is worked on for it at the same time ends like a question that was taken over.
	 */
	forgetWorkspace(of: AccessOwner): Promise<Forgotten>;
	/** A keyed hash of the text. */
	hashed(text: string): string;
	/** Whether data survives the process. */
	readonly durable: boolean;
	/**
	 * How often to look for what other processes left unfinished, in milliseconds; null: no other process shares the store. Then a store that
	 * fails rejects with {@link StoreAway}, and nothing may be answered that it did not accept: another process would answer it too.
	 */
	readonly sweepMs: number | null;
	/**
	 * Calls `work` when another process let go of what it had, because it stops: a sweep now finds it. A wake-up that may never come, beside
	 * the sweeps. Absent: no other process shares the store.
	 */
	readonly whenFreed?: (work: () => void) => void;
	/** Lets go of the file or the connections. What is unfinished stays unfinished; call {@link Inbox.release} first. */
	close(): Promise<void>;
}

/** How many of each were deleted. */
interface Forgotten {
	readonly cases: number;
	readonly watches: number;
}

/** A value before and after a change; one and the same when the change left it as it was. What is posted about it is made from these. */
export interface Changed<T> {
	readonly before: T;
	readonly after: T;
}

/** Another process owns this question or watch now. Not an error: post nothing more. */
export class TakenOver extends Error {
	override readonly name = "TakenOver";
}

/** The store that several processes share does not answer. Nothing of the call counts, as far as anyone can tell. */
export class StoreAway extends Error {
	override readonly name = "StoreAway";
}

/**
 * Whether an answer ends here without a word: the question is another process's now, or it is ours and goes on once the store is back.
 */
export const endsSilently = (error: unknown): boolean => error instanceof TakenOver || error instanceof StoreAway;

/** The cases of threads. */
export interface Cases {
	/** null: no case of this ID, or an unreadable one. */
	get(id: string): Promise<Case | null>;
	/** The newest case of a thread; null for none. */
	inThread(threadKey: string): Promise<Case | null>;
	/** The newest cases about a host in a workspace, newest first. */
	ofHost(workspace: string | null, host: string, max: number): Promise<readonly Case[]>;
	/** The cases of a workspace that something happened to since then, newest first. */
	ofWorkspace(workspace: string | null, sinceMs: number, max: number): Promise<readonly Case[]>;
	/**
	 * Opens a case, unless it is open already: then the open one comes back and nothing is written. That is the one of the same id (the
	 * question was resumed), else the newest of the same thread when it has not ended and is about the same host. Two questions at once
	 * in one thread about one host get the same case back.
	 */
	open(one: Case): Promise<Case>;
	/**
	 * Changes a case as it is now. After a concurrent change, `work` is called again with its result; so no change is lost, and `before` is
	 * the value that the change applied to.
	 * @param work pure and quick; returns what it was given to leave the case as it is (then nothing is written)
	 * @returns null: there is no such case (anymore)
	 */
	change(id: string, work: (now: Case) => Case): Promise<Changed<Case> | null>;
}

/** What may have become of one message: what a resumed answer has to know so as not to say it twice. */
export interface OutboxEntry {
	/** The adapter's reference to it; null when unknown or not available again. */
	readonly messageRef: string | null;
	/** false: it was being sent when the process ended, and may have arrived. */
	readonly sent: boolean;
}

/** The messages of one answer, by their slots: "0" is the head. */
export interface Outbox {
	/** null: it was never tried. */
	get(slot: string): Promise<OutboxEntry | null>;
	/**
	 * Notes that a message is about to be sent. This is the fence: it succeeds only while the question (or watch) is ours. A slot that is
	 * noted already stays as it is.
	 * @throws TakenOver when it is another's now, or over
	 */
	sending(slot: string): Promise<void>;
	/** It was not sent. Does nothing when another process owns the question: that one decides about the slot. */
	failed(slot: string): Promise<void>;
	/** It was sent. Stored even when another process owns the question, so that this one edits it instead of posting it again. */
	sent(slot: string, messageRef: string | null): Promise<void>;
}

/** Something that a person asked and that has not been answered to its end. */
export interface Unfinished {
	readonly id: string;
	/** The adapter's own record of what was asked, and of where to answer; null when it cannot be read anymore. */
	readonly body: string | null;
	/** Unix milliseconds at which it was asked. */
	readonly atMs: number;
	/** How many processes ended while they worked on it (see {@link Inbox.begin}); a release does not count. */
	readonly deaths: number;
}

/** What was accepted and not finished. Accepted before it is acknowledged, so that the end of a process at any moment loses nothing. */
export interface Inbox {
	/**
	 * Accepts an event, and makes the question ours. Of two that accept one event, at once or within ten minutes, one gets true.
	 * @param event the chat's own id of it
	 * @param body what is needed to answer it; encrypted in the file
	 * @param workspace it ends when everything of this one is deleted; null: of none
	 * @returns false: it was accepted before, here or elsewhere, and is done or on its way
	 */
	open(id: string, event: string, platform: string, body: string, workspace?: string | null): Promise<boolean>;
	/**
	 * Waits until everything that joined the lane before has ended, wherever that runs. The place is taken at the first call and kept
	 * when the question is resumed.
	 * @param max how many may be in the lane, the one that runs included
	 * @returns "full": there is no room, and no place was taken
	 * @throws TakenOver when the question is another's now, or the store was closed
	 */
	turn(id: string, lane: string, max: number): Promise<"now" | "full">;
	/**
	 * The work on it begins: a process that ends from here on may have ended because of it.
	 * @throws TakenOver when the question is another's now
	 */
	begin(id: string): Promise<void>;
	/** The messages of a question that this process owns as of this call. */
	outbox(id: string): Outbox;
	/**
	 * Takes over what no running process owns, oldest first; one question goes to one caller. To be called when a chat starts, until it
	 * returns nothing, and every few seconds when several processes serve it.
	 */
	unfinished(platform: string, max: number): Promise<readonly Unfinished[]>;
	/** We stop: everything of ours may be taken over at once, and that counts as no death. */
	release(): Promise<void>;
	/** Answered to its end: it and its outbox are deleted, and the next one in its lane goes on. Nothing happens when it is another's now. */
	end(id: string): Promise<void>;
}

/** Which open watches are meant; all that are given have to fit. */
export interface WatchFilter {
	readonly workspace?: string | null;
	readonly host?: string;
	readonly url?: string;
	readonly threadKey?: string;
	readonly asker?: string | null;
}

/** How many watches may be open at once. */
export interface WatchLimits {
	/** Of one host, in one workspace. */
	readonly host: number;
	/** Of one host, over all workspaces. */
	readonly hostInAll: number;
	readonly workspace: number;
	readonly all: number;
}

/** The result of beginning a watch. */
export type Begun =
	/** As it is kept: this one, or the one of the same id from before, when its question was resumed. */
	| { readonly begun: Watch }
	/** This page is watched already. */
	| { readonly same: Watch }
	| { readonly many: keyof WatchLimits };

/** How many watches one process holds at once. */
export interface ClaimLimits {
	/** More than are held. */
	readonly all: number;
	/** Of one workspace, and of one person in it. Where there is neither (a terminal), all. */
	readonly workspace: number;
	readonly person: number;
}

/** A watch that is ours for a while. */
export interface ClaimedWatch {
	readonly watch: Watch;
	/** Grows with every claim: who holds an older one has lost it. */
	readonly epoch: number;
}

/** The pages that are watched. */
export interface Watches {
	get(id: string): Promise<Watch | null>;
	/**
	 * Begins a watch, unless the page is watched already by one that this person may know of, or too many are open. A page has one open
	 * shared watch per workspace, one per closed room and one per person who watches it privately, also when two begin at once.
	 */
	begin(one: Watch, max: WatchLimits): Promise<Begun>;
	/**
	 * Takes those whose next check is due, or whose end was not posted yet: of each workspace and in it of each person in turn, the longest
	 * waiting first. A watch is claimed by one caller at a time; it is free again when it is released, or after `leaseMs` (see {@link
	 * Watches.extend}).
	 * @param max for those that this call takes together with `held`
	 * @param held what the caller has claimed and not released
	 */
	claim(
		platform: string,
		nowMs: number,
		max: ClaimLimits,
		leaseMs: number,
		held?: readonly Pick<Watch, "workspace" | "asker">[],
	): Promise<readonly ClaimedWatch[]>;
	/** Our work on it takes longer: it is ours for `leaseMs` from now. Nothing happens when another has claimed it since. */
	extend(id: string, epoch: number, leaseMs: number): Promise<void>;
	/** Our work on it has ended. Nothing happens when another has claimed it since. */
	release(id: string, epoch: number): Promise<void>;
	/**
	 * Changes a watch as it is now, like {@link Cases.change}.
	 * @param epoch of our claim; absent: any claim, as when a person ends the watch
	 * @returns null: it was forgotten, or claimed by another since
	 */
	change(id: string, work: (now: Watch) => Watch, epoch?: number): Promise<Changed<Watch> | null>;
	/** The messages of a watch, fenced by the claim. */
	outbox(id: string, epoch: number): Outbox;
	/** When the next one of a chat can be claimed, Unix milliseconds; null when none is open. */
	nextAtMs(platform: string): Promise<number | null>;
	/** Those that have not ended, the oldest first. */
	open(filter: WatchFilter, max: number): Promise<readonly Watch[]>;
	/** Those that have not ended, or whose end was not posted yet. */
	count(filter: WatchFilter): Promise<number>;
}

/** What the admins of workspaces decided. */
export interface Policies {
	/** The default without a decision or a workspace (null: a terminal). */
	of(workspace: string | null): Promise<Policy>;
	/** Changes it as it is now, like {@link Cases.change}; a shorter retention holds from now on. */
	change(workspace: string, work: (now: Policy) => Policy): Promise<Changed<Policy>>;
}

/** Whose access it is. */
export interface AccessOwner {
	readonly platform: string;
	/** As {@link Conversation.workspace}; a terminal's is `terminal`. */
	readonly workspace: string;
}

/** How an access stands. */
export type AccessState =
	| { readonly kind: "working" }
	/** Cloudflare takes the token no more, since then (Unix milliseconds). */
	| { readonly kind: "refused"; readonly sinceMs: number }
	/** Nothing is asked until then. */
	| { readonly kind: "limited"; readonly untilMs: number };

/** An owner's token, bound to one zone of one workspace. */
export interface Access extends AccessOwner {
	readonly zoneId: string;
	readonly zoneName: string;
	/** Never shown, logged, or put into an error. */
	readonly token: string;
	/** Of the token, not the token; null: Cloudflare did not tell. */
	readonly tokenId: string | null;
	/** The plan of the zone, as Cloudflare calls it; null: not told. */
	readonly plan: string | null;
	/** Who connected it, by name. */
	readonly by: string;
	/** When, Unix milliseconds: tells this one from a later one of the same zone. */
	readonly atMs: number;
	readonly state: AccessState;
}

/** An access that is kept and cannot be read: it was sealed with another key, or for another place, or changed since. */
export interface Unreadable {
	readonly unreadable: true;
}

/**
 * Tokens that owners gave. They are on a disk only where a key from outside seals them (`CF520_KEY`): a key beside the data protects
 * nobody's token. Else they live in the memory of this process.
 */
export interface Accesses {
	/** They are there after the end of the process. */
	readonly durable: boolean;
	/** Those of a workspace, by the name of their zone. One that cannot be read is told as such, and is no error. */
	of(owner: AccessOwner): Promise<readonly (Access | Unreadable)[]>;
	/**
	 * Keeps an access; an earlier one of the same zone goes, and so does all of this workspace that cannot be read. What is sealed for one
	 * platform, workspace and zone opens for no other.
	 * @returns false: there are too many of this workspace, and nothing was kept
	 */
	put(access: Access): Promise<boolean>;
	/** Notes how one stands. Nothing happens when it went, or the zone was connected anew since. */
	note(access: Access, state: AccessState): Promise<void>;
	/**
	 * Deletes the one of a zone, and all of this workspace that cannot be read; from the write-ahead log too.
	 * @returns how many that were
	 */
	remove(owner: AccessOwner, zoneName: string): Promise<number>;
	/**
	 * The bot was removed from a workspace: its accesses go.
	 * @param untilMs when, Unix milliseconds: what was connected later stays, because the bot was installed anew
	 */
	removeAll(owner: AccessOwner, untilMs: number): Promise<number>;
}

/** That an app was added to a workspace or organization of a chat. */
export interface Install {
	readonly platform: string;
	/** The chat's own ID of the workspace or organization. */
	readonly id: string;
	/** When, Unix milliseconds. */
	readonly atMs: number;
	/** The adapter's own record of it, with its token: encrypted wherever it is kept, and never shown or logged. */
	readonly body: string;
}

/** Where the app was added. */
export interface Installs {
	/** null: nowhere of this ID, or it was sealed with another key. */
	get(platform: string, id: string): Promise<Install | null>;
	/** Keeps it in place of the one of the same ID. Of two at once, the one that was made later stays. */
	put(one: Install): Promise<void>;
	/**
	 * @param untilMs one that was made later stays: the app was added anew
	 * @returns whether one was deleted
	 */
	remove(platform: string, id: string, untilMs: number): Promise<boolean>;
	/** Those that can be read, the newest first. */
	all(platform: string, max: number): Promise<readonly Install[]>;
}

/** What one process at a time does for all. */
export interface Leases {
	/**
	 * Takes the lease, or renews ours.
	 * @returns false: another process has it
	 */
	hold(name: string, ms: number): Promise<boolean>;
	/** Gives it back, if it is ours. */
	drop(name: string): Promise<void>;
}

/** Accesses that a workspace has at most. */
export const ACCESSES_MAX = 50;

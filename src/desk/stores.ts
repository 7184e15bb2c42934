import type { Case } from "../judge/case.ts";
import type { Watch } from "../judge/watch.ts";
import type { Policy } from "../read/policy.ts";

/** Where one message of an answer stands, by its number: what a restarted process has to know so as not to say it twice. */
export interface Outbox {
	/** null: it was never tried. `sure` false: it was on its way when the process ended, and nobody knows whether it arrived. */
	get(slot: string): { readonly ref: string | null; readonly sure: boolean } | null;
	/** It is about to be said. */
	sending(slot: string): void;
	/** It did not go out after all. */
	failed(slot: string): void;
	/** It stands; `ref` is where, in the adapter's own words, null where that cannot be found again. */
	sent(slot: string, ref: string | null): void;
}

/** Something that a person asked and that has not been answered to its end. */
export interface Unfinished {
	readonly id: string;
	/** The adapter's own record of what was asked, and of where to answer; empty when it cannot be read any more. */
	readonly body: string;
	/** Unix milliseconds at which it was asked. */
	readonly atMs: number;
	/** How often it was taken up again already. */
	readonly tries: number;
	/** It is no use any more: it comes too late, or ended the process too often. Whoever asked is told so. */
	readonly expired: boolean;
}

/** What was taken on and not finished. Noted before it is acknowledged, so that an end of the process at any moment loses nothing. */
export interface Inbox {
	/** false: this event was noted before, and is done or on its way. */
	open(id: string, event: string, platform: string, body: string): boolean;
	/** The messages of one answer. */
	outbox(id: string): Outbox;
	/** What a process before this one left, oldest first; each counts as tried once more. */
	unfinished(platform: string): readonly Omit<Unfinished, "expired">[];
	/** Answered to its end. */
	end(id: string): void;
}

/** Where cases are kept. */
export interface Cases {
	get(id: string): Case | null;
	/** The newest case that is told in a thread. */
	inThread(place: string): Case | null;
	/** The newest cases about a host in a workspace, newest first. */
	ofHost(workspace: string | null, host: string, max: number): readonly Case[];
	put(one: Case): void;
}

/** Which open watches are meant; all that are given have to fit. */
export interface WatchFilter {
	readonly workspace?: string | null;
	readonly host?: string;
	readonly url?: string;
	readonly threadKey?: string;
	readonly asker?: string | null;
}

/** Where watches are kept. */
export interface Watches {
	get(id: string): Watch | null;
	put(one: Watch): void;
	/** Those whose next look is due, or whose end has still to be told; the longest waiting first. */
	due(platform: string, nowMs: number, max: number): readonly Watch[];
	/** When the next one of a chat is due, Unix milliseconds; null when none is open. */
	nextAtMs(platform: string): number | null;
	open(filter: WatchFilter, max: number): readonly Watch[];
	count(filter: WatchFilter): number;
}

/** Where decisions are kept. */
export interface Policies {
	/** The default where nobody decided, and where there is no workspace (null: a terminal). */
	of(workspace: string | null): Policy;
	put(workspace: string, policy: Policy): void;
}

/** What outlives a question; the `store` room has it. */
export interface Stores {
	readonly cases: Cases;
	readonly inbox: Inbox;
	readonly watches: Watches;
	readonly policies: Policies;
	forget(workspace: string, host: string): { readonly cases: number; readonly watches: number };
	/** It outlives the process too. */
	readonly durable: boolean;
}

import type { Case } from "../judge/case.ts";
import type { Watch } from "../judge/watch.ts";
import type { Policy } from "../read/policy.ts";
import type { Pending } from "./inbox.ts";

/** Where cases are kept. */
export interface Cases {
	get(id: string): Case | null;
	/** The newest case that is told in a thread. */
	inPlace(place: string): Case | null;
	/** The newest cases about a host in a workspace, newest first. */
	ofHost(workspace: string | null, host: string, max: number): readonly Case[];
	put(one: Case): void;
}

/** Which open watches are meant; all that are given have to fit. */
export interface WatchFilter {
	readonly workspace?: string | null;
	readonly host?: string;
	readonly url?: string;
	readonly place?: string;
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
	readonly pending: Pending;
	readonly watches: Watches;
	readonly policies: Policies;
	forget(workspace: string, host: string): { readonly cases: number; readonly watches: number };
	/** It outlives the process too. */
	readonly durable: boolean;
}

/** What one look of a watch met. `unclear`: a challenge or a block hides the answer. */
export interface WatchLook {
	readonly atMs: number;
	readonly outcome: "failing" | "working" | "unclear";
	/** What failed: a code (`520`), or what it was without one (`cut`, `silent`, `broken`, `unreached`); null when nothing did. */
	readonly what: string | null;
	readonly colo: string | null;
}

/** A failing answer as it was: what is left to show when a look meets none any more. */
export interface KeptFailure {
	readonly atMs: number;
	/** As in {@link WatchLook}. */
	readonly what: string;
	readonly ray: string | null;
	readonly colo: string | null;
	/** Milliseconds from the request to the failure; null where that cannot be told. */
	readonly ms: number | null;
	readonly findings: readonly string[];
	/** Some bytes around the first fault, and where they begin; secrets are masked already. */
	readonly around: { readonly at: number; readonly bytes: string } | null;
}

export type WatchState = "starting" | "failing" | "flapping" | "working" | "hidden" | "recovered";

/** Something to tell in the thread. */
export type WatchChange =
	| {
			readonly kind: "state";
			readonly from: WatchState;
			readonly to: WatchState;
			readonly afterMs: number | null;
			/** It fails for the first time, or again after it had worked; left out where it is neither. */
			readonly fails?: "first" | "again";
	  }
	| { readonly kind: "code"; readonly from: string; readonly to: string }
	| { readonly kind: "colo"; readonly colo: string }
	/** Checks were missed while no process ran. */
	| { readonly kind: "gap"; readonly fromMs: number; readonly toMs: number }
	| { readonly kind: "ended"; readonly why: WatchEnd["why"]; readonly who: string | null };

export interface WatchEnd {
	readonly why: "recovered" | "time" | "stopped" | "refused" | "gone";
	readonly who: string | null;
	readonly atMs: number;
}

/** A page that is looked at again and again until it recovers. A value: every look makes a new one. */
export interface Watch {
	readonly id: string;
	readonly url: string;
	readonly workspace: string | null;
	/** Who asked: the name as the chat shows it, and the key for limits. */
	readonly who: string;
	readonly asker: string | null;
	/** The chat and the adapter's reference to the place. */
	readonly platform: string;
	readonly resumeRef: string;
	/** Its head message and its thread. */
	readonly messageRef: string | null;
	readonly threadKey: string | null;
	/** Private: only the person who asked sees it and may end it. */
	readonly isPrivate: boolean;
	/** Who reads it: the room of its thread, or the one person; null where that is not known. */
	readonly room: string | null;
	/** Everyone in the workspace can read that room. */
	readonly isOpen: boolean;
	/** The case that it was begun from; null for none. */
	readonly caseId: string | null;
	readonly everyMs: number;
	readonly openedAtMs: number;
	readonly untilMs: number;
	readonly nextAtMs: number;
	readonly state: WatchState;
	readonly sinceMs: number;
	/** Looks that tell something, and how many of them failed. */
	readonly looks: number;
	readonly failures: number;
	/** The newest looks, oldest first. */
	readonly recent: readonly WatchLook[];
	readonly kept: readonly KeptFailure[];
	/** Codes (as in {@link WatchLook}) and data centers that were told already. */
	readonly codes: readonly string[];
	readonly colos: readonly string[];
	/** How many messages were posted, and which one is being posted now. */
	readonly announced: number;
	readonly toAnnounce: readonly WatchChange[];
	readonly ended: WatchEnd | null;
	/** Where the failures were posted, and how many there were by then; null: they were not. */
	readonly evidence: { readonly messageRef: string | null; readonly failures: number } | null;
}

/** What a watch is begun with; it has not looked yet. */
type WatchStart = Pick<
	Watch,
	"id" | "url" | "workspace" | "who" | "asker" | "platform" | "isPrivate" | "room" | "isOpen" | "caseId" | "everyMs" | "untilMs"
>;

/** @param atMs Unix milliseconds: the first look is due at once */
export const newWatch = (start: WatchStart, atMs: number): Watch => ({
	resumeRef: "",
	messageRef: null,
	threadKey: null,
	openedAtMs: atMs,
	nextAtMs: atMs,
	state: "starting",
	sinceMs: atMs,
	looks: 0,
	failures: 0,
	recent: [],
	kept: [],
	codes: [],
	colos: [],
	announced: 0,
	toAnnounce: [],
	ended: null,
	evidence: null,
	...start,
});

/** So many looks in a row without a failure are a recovery. */
export const CLEAN_LOOKS = 5;
/**
 * Watches that go on at the same time: of one host in one workspace, of one host in all of them, of one workspace, of all. Five of
 * strangers must not keep a host's owner from watching it.
 */
export const WATCHES_MAX = { host: 5, hostInAll: 50, workspace: 30, all: 20_000 } as const;
/** Watches that are looked at or told at the same time: so many of one workspace and of one person. */
export const WATCHES_AT_ONCE = { all: 16, workspace: 8, person: 4 } as const;

/** A number of requests, as far as Cloudflare knows it. Large sets are sampled: a part of the rows is kept, and counts are scaled up. */
export interface Count {
	/** Scaled up; as it is shown. */
	readonly estimate: number;
	/** Rows really seen: what every threshold is met by. */
	readonly n: number;
	/** One row stands for so many requests; 1: all were kept. */
	readonly interval: number;
	/** Bounds at 95 % by Cloudflare; null: it told none. */
	readonly lower: number | null;
	readonly upper: number | null;
}

/** Requests that have something in common, and how many they are. */
export interface Part<K> {
	readonly of: K;
	readonly count: Count;
}

/** The requests that failed and all of them, by the same thing; the most frequent first. */
export interface Split<K> {
	readonly fails: readonly Part<K>[];
	readonly all: readonly Part<K>[];
	/** There may be more than was told. */
	readonly failsCut: boolean;
	readonly allCut: boolean;
}

/** What the edge sent for which status of the origin. */
export interface StatusOf {
	readonly edge: number;
	/** 0: Cloudflare read none. null: not told. */
	readonly origin: number | null;
	/** In small letters, as Cloudflare tells it; null: not told. */
	readonly cache: string | null;
}

export interface PathOf {
	readonly path: string;
	readonly method: string | null;
}

/**
 * How the requests to one host went in a window of time, by the account of its owner. A field is null where this zone does not have it.
 * Without a visitor's address, a query or a referer: these are never asked for.
 */
export interface Shares {
	readonly host: string;
	/** The code that the edge sent for what is counted as failed. */
	readonly code: number;
	readonly fromMs: number;
	readonly toMs: number;
	readonly total: Count;
	readonly fails: Count;
	/** Of an edge status of 500 and more. */
	readonly statuses: readonly Part<StatusOf>[] | null;
	readonly statusesCut: boolean;
	readonly paths: Split<PathOf> | null;
	readonly methods: Split<string> | null;
	readonly colos: Split<string> | null;
	readonly countries: Split<string> | null;
	/** By number of the autonomous system. */
	readonly networks: Split<string> | null;
	readonly agents: Split<string> | null;
	/** By the minute's beginning, Unix milliseconds; in order of time. */
	readonly minutes: Split<number> | null;
	/** `HTTP/2 https`. */
	readonly protocols: Split<string> | null;
}

/** One request, by its Ray ID. */
export interface RayRow {
	readonly atMs: number;
	readonly host: string;
	readonly method: string | null;
	readonly path: string | null;
	readonly edge: number | null;
	readonly origin: number | null;
	readonly cache: string | null;
}

/** A rule that took part in a request. */
export interface SecurityEvent {
	readonly action: string;
	readonly source: string | null;
	readonly description: string | null;
}

/** What the account says of one Ray ID. */
export type RayFound =
	| { readonly kind: "row"; readonly row: RayRow; readonly events: readonly SecurityEvent[] }
	/** `interval`: of the rows around it; above 1 its absence proves nothing. null: unknown. */
	| { readonly kind: "none"; readonly interval: number | null; readonly events: readonly SecurityEvent[] }
	/** The plan's data has no single requests. */
	| { readonly kind: "no-single-requests" };

/** One setting that decides how Cloudflare talks to the origin. */
export interface Setting {
	readonly value: string;
	/** When it was changed last, Unix milliseconds; null: never, or not told. */
	readonly modifiedAtMs: number | null;
}

/** A Workers route; `isOn` false: it takes its URLs out of other routes. */
export interface Route {
	readonly pattern: string;
	readonly isOn: boolean;
}

/** Settings of the zone; each null where the token may not read it or the plan has none. */
export interface Configuration {
	/** `off`, `flexible`, `full`, `strict`, `origin_pull`. */
	readonly ssl: Setting | null;
	/** `1` or `2`: what Cloudflare offers the origin. */
	readonly http: Setting | null;
	/** `on` or `off`: Authenticated Origin Pulls of the whole zone. */
	readonly pulls: Setting | null;
	readonly routes: readonly Route[] | null;
	/** Some of it is null because the token may not read it. */
	readonly isPartly: boolean;
}

/** A zone as its owner's token sees it. */
export interface Zone {
	readonly id: string;
	readonly name: string;
	/** `free`, `pro`, `business`, `enterprise`; null: not told. */
	readonly plan: string | null;
	/** Cloudflare is in front of it. */
	readonly isActive: boolean;
	readonly accountId: string | null;
}

/** A token that works. */
export interface Verified {
	/** Of the token, not the token; null: neither kind of check would tell. */
	readonly id: string | null;
	readonly expiresAtMs: number | null;
	/** It reads the user's own page: it can do more than is needed. */
	readonly canMore: boolean;
}

/** Why there is no answer. Never Cloudflare's own text: it may name an address. */
export type Refused =
	/** The token may not read this; which permission it lacks. */
	| { readonly kind: "no-right"; readonly needs: "zone" | "analytics" | "settings" | "routes" }
	/** The token itself: unknown, revoked, expired, or not from here. */
	| {
			readonly kind: "refused";
			/** It is limited to other addresses than ours. */
			readonly of?: "address";
	  }
	/** Too many requests, by Cloudflare or by our own bounds. */
	| { readonly kind: "limited"; readonly untilMs: number }
	/** The token does not cover the zone. An empty list is no proof that there is none. */
	| { readonly kind: "zone-not-reached" }
	/** The time is older than the plan keeps. */
	| { readonly kind: "too-old" }
	/** No usable answer in time. */
	| { readonly kind: "unreachable" };

const REFUSED: ReadonlySet<string> = new Set<Refused["kind"]>([
	"no-right",
	"refused",
	"limited",
	"zone-not-reached",
	"too-old",
	"unreachable",
]);

/** Whether an answer is none. */
export const isRefused = (answer: { readonly kind?: unknown } | object): answer is Refused =>
	"kind" in answer && typeof answer.kind === "string" && REFUSED.has(answer.kind);

/** Why no more requests go out for now, and when there is room again. */
export interface Busy {
	readonly why: "host" | "person" | "channel" | "workspace" | "everybody" | "thread";
	readonly againMs: number;
}

/** How much goes out at most, whatever anybody asks for: this must be useless as a weapon. */
interface LimitSettings {
	/** Requests to one target host in an hour. No admin, no command and no restart goes beyond. */
	readonly hostPerHour: number;
	/** Questions of everybody that may wait or run at the same time. */
	readonly open: number;
}

export const LIMITS: LimitSettings = { hostPerHour: 400, open: 500 };

/** Requests that went to a host: kept beside the cases, so that a restart opens no new account. */
export interface Taken {
	since(host: string, atMs: number): readonly { readonly at: number; readonly amount: number }[];
	add(host: string, atMs: number, amount: number): void;
}

/** Who asks, and how many questions that look somewhere they may ask in five minutes; a key of null is not counted. */
interface Askers {
	readonly person: string | null;
	readonly channel: string | null;
	readonly workspace: string | null;
	readonly most: { readonly perPerson: number; readonly perChannel: number; readonly perWorkspace: number };
}

export interface Limits {
	/** A question that looks somewhere, asked for by these; or why there is no room for it. */
	ask(askers: Askers): Busy | null;
	/** Room for so many requests to a host, or for a share of what may go there; or why there is none. */
	take(host: string, requests: number, share?: number): Busy | null;
	/** The same for an origin's address, which is written nowhere. */
	takeAddress(address: string, requests: number): Busy | null;
	/** A question has begun; call the result at its end. null: too many are open. */
	begin(): (() => void) | null;
	/** How many questions are open. */
	readonly open: number;
}

const HOUR_MS = 3_600_000;
const FIVE_MINUTES_MS = 300_000;
const KEYS_MAX = 20_000;

/** Counts in sliding windows: requests to hosts where they are kept, questions in memory. */
export function openLimits(settings: LimitSettings, taken: Taken, now: () => number): Limits {
	const asked = sliding(FIVE_MINUTES_MS, now);
	const addresses = sliding(HOUR_MS, now);
	const unkept = sliding(HOUR_MS, now);
	let open = 0;
	return {
		ask: ({ person, channel, workspace, most }) => {
			const keys = [
				["person", person, most.perPerson],
				["channel", channel, most.perChannel],
				["workspace", workspace, most.perWorkspace],
			] as const;
			for (const [why, key, limit] of keys) {
				const againMs = key === null ? null : room(asked.recent(`${why} ${key}`), 1, limit, FIVE_MINUTES_MS, now());
				if (againMs !== null) return { why, againMs };
			}
			for (const [why, key] of keys) if (key !== null) asked.add(`${why} ${key}`);
			return null;
		},
		take: (host, requests, share = 1) => {
			const at = now();
			// On a disk that is full or broken what went out still counts, as long as this process lives.
			const recent = [...tried(() => taken.since(host, at - HOUR_MS), []), ...unkept.recent(host)].sort((a, b) => a.at - b.at);
			const againMs = room(recent, requests, Math.floor(settings.hostPerHour * share), HOUR_MS, at);
			if (againMs !== null) return { why: "host", againMs };
			const keep = () => {
				taken.add(host, at, requests);
				return true;
			};
			if (!tried(keep, false)) unkept.add(host, requests);
			return null;
		},
		takeAddress: (address, requests) => {
			const againMs = room(addresses.recent(address), requests, settings.hostPerHour, HOUR_MS, now());
			if (againMs !== null) return { why: "host", againMs };
			addresses.add(address, requests);
			return null;
		},
		begin: () => {
			if (open >= settings.open) return null;
			open += 1;
			let ended = false;
			return () => {
				if (!ended) open -= 1;
				ended = true;
			};
		},
		get open() {
			return open;
		},
	};
}

function tried<T>(work: () => T, otherwise: T): T {
	try {
		return work();
	} catch {
		return otherwise;
	}
}

/** null when there is room for so much more, else the milliseconds until there is. */
function room(
	recent: readonly { readonly at: number; readonly amount: number }[],
	amount: number,
	most: number,
	windowMs: number,
	atMs: number,
): number | null {
	let sum = recent.reduce((all, one) => all + one.amount, 0);
	if (sum + amount <= most) return null;
	for (const one of recent) {
		sum -= one.amount;
		if (sum + amount <= most) return one.at + windowMs - atMs;
	}
	return windowMs;
}

/** What was asked under a key within a window. */
function sliding(windowMs: number, now: () => number) {
	const times = new Map<string, { at: number; amount: number }[]>();
	const recent = (key: string) => {
		const from = now() - windowMs;
		return (times.get(key) ?? []).filter(({ at }) => at > from);
	};
	return {
		recent,
		add: (key: string, amount = 1): void => {
			const entries = [...recent(key), { at: now(), amount }];
			times.delete(key);
			times.set(key, entries);
			for (const old of times.keys()) {
				if (times.size <= KEYS_MAX) break;
				times.delete(old);
			}
		},
	};
}

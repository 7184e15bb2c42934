import { memoryCounts, type NoRoom, type RequestCounts, type Reservation } from "./request-counts.ts";

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

/** Who asks, and how many questions that look somewhere they may ask in five minutes; a key of null is not counted. */
export interface Askers {
	readonly person: string | null;
	readonly channel: string | null;
	readonly workspace: string | null;
	readonly max: { readonly perPerson: number; readonly perChannel: number; readonly perWorkspace: number };
}

/** What a question wants room for; what is left out is not counted. */
export interface Wanted {
	readonly askers?: Askers | null;
	readonly host?: {
		readonly name: string;
		readonly requests: number;
		/** Of what may go there; all of it by default. */
		readonly share?: number;
	} | null;
	/** Addresses of origins, each with as many requests. */
	readonly origins?: { readonly addresses: readonly string[]; readonly requests: number } | null;
}

export interface Limits {
	/** Room for all of it at once, or why there is none; then nothing of it was counted. */
	reserve(wanted: Wanted): Promise<Busy | null>;
	/** A question has begun; call the result at its end. null: too many are open. */
	begin(): (() => void) | null;
	/** How many questions are open. */
	readonly open: number;
}

/** What the limits are handed. */
interface LimitsContext {
	readonly counts: RequestCounts;
	readonly now: () => number;
	/** Makes an origin's address unreadable; null: there is no key to do that with, and it is counted in memory alone. */
	readonly hashedAddress: ((address: string) => string) | null;
	/** The counts are on a full or broken disk. */
	readonly storeFailed: (error: unknown) => void;
}

const HOUR_MS = 3_600_000;
const FIVE_MINUTES_MS = 300_000;

/** Counts in sliding windows: where they outlive the process, and beside that in memory for a disk that is full or broken. */
export function openLimits(settings: LimitSettings, { counts, now, hashedAddress, storeFailed }: LimitsContext): Limits {
	/** What went out from this process, and what of it is counted nowhere else. */
	const [own, lost] = [memoryCounts(now), memoryCounts(now)];
	let open = 0;
	const reserveKept = async (asks: readonly Reservation[]): Promise<NoRoom | null> => {
		if (asks.length === 0) return null;
		try {
			const full = await counts.reserve(asks.map((ask) => ({ ...ask, max: ask.max - lost.used(ask.key) })));
			if (full === null) own.add(asks);
			return full;
		} catch (error) {
			storeFailed(error);
			const full = own.reserve(asks);
			if (full === null) lost.add(asks);
			return full;
		}
	};
	return {
		reserve: async (wanted) => {
			// By the address too: another name must not open another account.
			const origins = originsOf(wanted, settings.hostPerHour, hashedAddress ?? ((address) => address));
			const asks = [...askersOf(wanted), ...origins, ...hostOf(wanted, settings.hostPerHour)];
			if (hashedAddress !== null || origins.length === 0) return busyOf(await reserveKept(asks));
			// An address that nothing makes unreadable is written nowhere.
			return busyOf(own.reserve(origins) ?? (await reserveKept(asks.filter((ask) => !origins.includes(ask)))));
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

/** Why there is no room, by the first word of a key. */
const WHY: Readonly<Record<string, Busy["why"]>> = {
	person: "person",
	channel: "channel",
	workspace: "workspace",
	host: "host",
	address: "host",
};
const busyOf = (full: NoRoom | null): Busy | null =>
	full === null ? null : { why: WHY[full.key.split(" ")[0] ?? ""] ?? "host", againMs: full.againMs };

function askersOf({ askers }: Wanted): Reservation[] {
	if (askers == null) return [];
	const { person, channel, workspace, max } = askers;
	const all = [
		["person", person, max.perPerson],
		["channel", channel, max.perChannel],
		["workspace", workspace, max.perWorkspace],
	] as const;
	return all.flatMap(([why, key, most]) =>
		key === null ? [] : { key: `${why} ${key}`, amount: 1, max: most, windowMs: FIVE_MINUTES_MS },
	);
}

const originsOf = ({ origins }: Wanted, max: number, hashed: (address: string) => string): Reservation[] =>
	origins == null
		? []
		: [...new Set(origins.addresses)].map((address) => ({
				key: `address ${hashed(address)}`,
				amount: origins.requests,
				max,
				windowMs: HOUR_MS,
			}));

const hostOf = ({ host }: Wanted, perHour: number): Reservation[] =>
	host == null
		? []
		: [
				{
					key: `host ${host.name}`,
					amount: host.requests,
					max: Math.floor(perHour * (host.share ?? 1)),
					windowMs: HOUR_MS,
				},
			];

import { canonicalAddress, limitKeyOf, unmapped } from "./addresses.ts";
import { memoryCounts, type NoRoom, partKey, type RequestCounts, type Reservation } from "./request-counts.ts";
import { type Asker, NOBODY } from "./turns.ts";

/** Why no more requests go out for now, and when there is room again. */
export interface Busy {
	/** `host-part`: of one host, by one of several workspaces; `cloudflare`: everything behind Cloudflare, by one workspace. */
	readonly why: "host" | "host-part" | "cloudflare" | "person" | "addresses" | "channel" | "workspace" | "everybody" | "thread";
	readonly againMs: number;
	/** How many checks in five minutes that share is; absent for other shares. */
	readonly max?: number;
}

/** Hard limits of requests, so that the bot is useless as a weapon. */
interface LimitSettings {
	/** Requests to one target host, and to one address, in an hour. No admin, no command and no restart goes beyond. */
	readonly hostPerHour: number;
	/** How many questions may wait or run at the same time, over all people. */
	readonly open: number;
}

export const LIMITS: LimitSettings = { hostPerHour: 400, open: 500 };

/** Who asks, and how many questions that look somewhere they may ask in five minutes; a key of null is not counted. */
export interface Askers {
	/** What is asked: counted once, however many processes begin with it. */
	readonly question: string;
	readonly person: string | null;
	readonly channel: string | null;
	readonly workspace: string | null;
	readonly max: { readonly perPerson: number; readonly perChannel: number; readonly perWorkspace: number };
}

/** What a question wants room for; what is left out is not counted. */
interface Wanted {
	readonly askers?: Askers | null;
	/** For whom: workspaces, and people who have none, share what may go to a host. A terminal by default, which shares with no one. */
	readonly asker?: Asker;
	readonly host?: {
		readonly name: string;
		/** Where the name leads; none when it does not resolve. */
		readonly addresses: readonly string[];
		readonly requests: number;
		/** Of what may go there; all of it by default. */
		readonly share?: number;
	} | null;
	/** Addresses of origins, each with as many requests, and who gave them; null when unknown. */
	readonly origins?: Origins | null;
}

interface Origins {
	readonly addresses: readonly string[];
	readonly requests: number;
	readonly person?: string | null;
}

export interface Limits {
	/** Reserves all of it at once, or says why not; then nothing was counted. */
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
	/** Makes a host, an address or an asker unreadable, the same way in every process that shares the counts. */
	readonly hashed: (text: string) => string;
	/** The counts are on a full or broken disk. What it throws is rejected with: then nothing is counted in memory instead. */
	readonly storeFailed: (error: unknown) => void;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** Different addresses of origins that one person may give in a day: enough for an incident, too few for a scan. */
export const ADDRESSES_A_DAY = 20;
const FIVE_MINUTES_MS = 300_000;
/** Of what may go to a host or an address: at most so much for one workspace once others have asked, and so much for those who have not. */
const PART = { max: 1 / 2, reserve: 1 / 20 } as const;
/** Thousands of sites share Cloudflare's addresses: a workspace may send them as much as to so many hosts. */
const CLOUDFLARE_HOSTS = 10;

/** Counts in sliding windows: where they outlive the process, and beside that in memory for a disk that is full or broken. */
export function openLimits(settings: LimitSettings, { counts, now, hashed, storeFailed }: LimitsContext): Limits {
	/** What went out from this process, and what of it is counted nowhere else. */
	const [own, lost] = [memoryCounts(now), memoryCounts(now)];
	let open = 0;
	const withoutLost = (ask: Reservation): Reservation => ({
		...ask,
		max: ask.max - lost.used(ask.key),
		...(ask.part === undefined ? {} : { part: { ...ask.part, max: ask.part.max - lost.used(partKey(ask.key, ask.part)) } }),
	});
	const reserveKept = async (asks: readonly Reservation[]): Promise<NoRoom | null> => {
		if (asks.length === 0) return null;
		try {
			const full = await counts.reserve(asks.map(withoutLost));
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
		reserve: async (wanted) =>
			busyOf(await reserveKept([...askersOf(wanted), ...targetsOf(wanted, settings.hostPerHour, hashed)]), wanted.askers?.max),
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

/** Why a limit was reached, by the first word of a key. */
const WHY: Readonly<Record<string, Busy["why"]>> = {
	person: "person",
	channel: "channel",
	workspace: "workspace",
	host: "host",
	address: "host",
	cloudflare: "cloudflare",
	addresses: "addresses",
};
function busyOf(full: NoRoom | null, max: Askers["max"] | undefined): Busy | null {
	if (full === null) return null;
	const why = full.part === true ? "host-part" : (WHY[full.key.split(" ")[0] ?? ""] ?? "host");
	const share = { person: max?.perPerson, channel: max?.perChannel, workspace: max?.perWorkspace };
	const checks = why === "person" || why === "channel" || why === "workspace" ? share[why] : undefined;
	return { why, againMs: full.againMs, ...(checks === undefined ? {} : { max: checks }) };
}

function askersOf({ askers }: Wanted): Reservation[] {
	if (askers == null) return [];
	const { question, person, channel, workspace, max } = askers;
	const all = [
		["person", person, max.perPerson],
		["channel", channel, max.perChannel],
		["workspace", workspace, max.perWorkspace],
	] as const;
	return all.flatMap(([why, key, most]) =>
		key === null ? [] : { key: `${why} ${key}`, item: question, amount: 1, max: most, windowMs: FIVE_MINUTES_MS },
	);
}

/**
 * What goes to a host by its name, and by each address, so that another name opens no other account there; to Cloudflare's addresses by
 * whose workspace asks.
 */
function targetsOf({ host, origins, asker = NOBODY }: Wanted, perHour: number, hashed: (text: string) => string): Reservation[] {
	const sharer = asker.workspace ?? asker.person;
	const of = sharer === null ? null : hashed(`asker ${sharer}`);
	const shared = (key: string, amount: number, share: number): Reservation => {
		const max = Math.floor(perHour * share);
		const part = { max: Math.floor(max * PART.max), reserve: Math.floor(max * PART.reserve) };
		return { key, amount, max, windowMs: HOUR_MS, ...(of === null ? {} : { part: { of, ...part } }) };
	};
	const byAddress = (addresses: readonly string[], amount: number, share: number): Reservation[] =>
		[...new Set(addresses.map(limitKeyOf))].flatMap((key): Reservation | [] => {
			if (key !== null) return shared(`address ${hashed(`address ${key}`)}`, amount, share);
			if (of === null) return [];
			const max = Math.floor(perHour * CLOUDFLARE_HOSTS * share);
			return { key: `cloudflare ${of}`, amount, max, windowMs: HOUR_MS };
		});
	return [
		...(host == null
			? []
			: [
					shared(`host ${hashed(`host ${host.name}`)}`, host.requests, host.share ?? 1),
					...byAddress(host.addresses, host.requests, host.share ?? 1),
				]),
		...(origins == null ? [] : [...byAddress(origins.addresses, origins.requests, 1), ...givenOf(origins, hashed)]),
	];
}

/** What a person gives of addresses: so many different ones in a day, and a trace of each. One written in two ways is one. */
function givenOf({ addresses, person = null }: Origins, hashed: (text: string) => string): Reservation[] {
	if (person === null) return [];
	const all = [...new Set(addresses.map((address) => canonicalAddress(unmapped(address))))];
	const given = all.map((address) => ({
		key: `addresses ${person}`,
		item: hashed(address),
		amount: 1,
		max: ADDRESSES_A_DAY,
		windowMs: DAY_MS,
	}));
	return [...given, ...all.map((address) => traceOf(person, address, hashed))];
}

/**
 * What is stored of a person's check of an IP address: a keyed hash. With the key, one can test whether and when one person checked one IP
 * address.
 * @param address as canonicalAddress writes it
 */
export const traceOf = (person: string, address: string, hashed: (text: string) => string): Reservation => ({
	key: traceKeyOf(person, address, hashed),
	amount: 1,
	max: Number.MAX_SAFE_INTEGER,
	windowMs: WEEK_MS,
});

/**
 * The count of a person's checks of an IP address.
 * @param person as the chats name people: `slack U…`, `discord …`
 * @param address in any spelling
 * @param hashed the store's own
 */
export const traceKeyOf = (person: string, address: string, hashed: (text: string) => string): string =>
	`trace ${hashed(`${person} ${canonicalAddress(unmapped(address))}`)}`;

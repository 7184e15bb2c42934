import type { Service } from "../call.ts";
import { type GraphAnswer, readGraph, readLimits, readRay, readShares, refusalOf, USUAL_LIMITS, windowAfter } from "./answers.ts";
import { openBudgets, type SharedBudget } from "./budget.ts";
import {
	type About,
	clipped,
	type Limits,
	type Query,
	rayQuery,
	type Shape,
	settingsQuery,
	sharesQuery,
	WHOLE,
	type Window,
} from "./query.ts";
import { type Access, type Answered, type Client, type Requests, requestsFor } from "./requests.ts";
import { configurationOf, FROM_LOCATION, verified, ZONE_CALLS_MAX, zoneOf } from "./rest.ts";
import { type Configuration, isRefused, type RayFound, type Refused, type Shares, type Verified, type Zone } from "./shares.ts";

/** Requests of one question. */
export const QUESTION_MAX = 4;
/** When a token is new: its zone, the limits, both checks, whether it can do more. */
const CONNECT_MAX = 10;
/** Limits and settings change seldom. */
const KEPT_MS = 3_600_000;
/** What is kept of zones; the oldest goes. */
const KEPT_MAX = 500;
/** A zone is found by a name at a time: these are counted apart from the question, and what they find is kept. */
const ZONE_MAX = ZONE_CALLS_MAX + 1;
/** A Ray ID's own time, and the clocks of two machines. */
const RAY_AROUND_MS = 5 * 60_000;

/** The owners' Cloudflare accounts. Answers are values; nothing rejects, and no token is in any of them. */
export interface Cloudflare {
	/**
	 * One question: a few requests, counted together.
	 * @param signal ends it early
	 */
	question(access: Access, signal?: AbortSignal): Question;
	/** The first question of a token: which zone, what it can read. */
	connect(access: Access, host: string, signal?: AbortSignal): Promise<Connected | Refused>;
	/** What was kept of an access goes with it. */
	forget(key: string): void;
}

/** What a new token turned out to be. */
export interface Connected {
	readonly zone: Zone;
	readonly verified: Verified;
	/** null: it may read the numbers. */
	readonly numbers: Refused | null;
}

/** What can be asked in one question, with at most {@link QUESTION_MAX} requests. */
export interface Question {
	zoneOf(host: string): Promise<Zone | Refused>;
	/**
	 * How the requests to a host went.
	 * @param zone id
	 */
	shares(zone: string, about: About): Promise<Shares | Refused>;
	/**
	 * One request.
	 * @param ray 16 hex digits
	 * @param receivedAtMs by the Ray ID itself, Unix milliseconds
	 */
	ray(zone: string, ray: string, receivedAtMs: number): Promise<RayFound | Refused>;
	/** Read once an hour. */
	configuration(zone: string): Promise<Configuration | Refused>;
}

/**
 * @param service the base of the client API; the analytics are below it
 * @param shared what several processes may ask together; absent: this one asks alone
 */
export function openCloudflare(
	service: Omit<Service, "token">,
	{ now, later }: Pick<Client, "now" | "later">,
	shared?: SharedBudget,
): Cloudflare {
	const client: Client = { service, budgets: openBudgets(now, shared), now, later };
	const kept = keptFor(now);
	const question = (access: Access, max: number, signal?: AbortSignal): Question => {
		const requests = requestsFor(client, access, max, signal);
		const place = (kind: string, of: string) => `${access.key}\0${kind}\0${of}`;
		const limitsOf = (zone: string) => kept(place("limits", zone), () => readZone(requests, zone));
		const shapeAt = place("shape", "");
		return {
			zoneOf: (host) => kept(place("zone", host), () => zoneOf(requestsFor(client, access, ZONE_MAX, signal), host), true),
			configuration: (zone) => kept(place("configuration", zone), () => configurationOf(requests, zone)),
			shares: async (zone, about) => {
				const limits = await limitsOf(zone);
				if (isRefused(limits)) return limits;
				return askShares(requests, zone, about, limits, now(), {
					get: () => kept.now<Shape>(shapeAt + zone) ?? WHOLE,
					set: (shape) => kept.put(shapeAt + zone, shape),
				});
			},
			ray: async (zone, ray, receivedAtMs) => {
				const limits = await limitsOf(zone);
				if (isRefused(limits)) return limits;
				return askRay(requests, zone, ray, receivedAtMs, limits, now());
			},
		};
	};
	return {
		question: (access, signal) => question(access, QUESTION_MAX, signal),
		connect: async (access, host, signal) => {
			const requests = requestsFor(client, access, CONNECT_MAX, signal);
			const zone = await zoneOf(requests, host);
			if (isRefused(zone)) return zone;
			const limits = await readZone(requests, zone.id);
			if (isRefused(limits) && limits.kind !== "no-right") return limits;
			const token = await verified(requests, zone);
			if (isRefused(token)) return token;
			return { zone, verified: token, numbers: isRefused(limits) ? limits : null };
		},
		forget: (key) => kept.forget(`${key}\0`),
	};
}

interface Kept {
	/**
	 * As it is kept, else as `work` finds it, once for all who ask at the same time.
	 * @param isKeptUnreached that the token does not reach the zone is kept too, else every host of somebody else is asked for again;
	 * no other refusal is
	 */
	<T extends object>(at: string, work: () => Promise<T | Refused>, isKeptUnreached?: boolean): Promise<T | Refused>;
	/** undefined: none, or too old. */
	now<T extends object>(at: string): T | undefined;
	put(at: string, value: object): void;
	forget(prefix: string): void;
}

/** In memory, for an hour. */
function keptFor(now: () => number): Kept {
	const all = new Map<string, { readonly value: object; readonly atMs: number }>();
	const get = <T extends object>(at: string): T | undefined => {
		const found = all.get(at);
		// Each place has values of one kind.
		return found === undefined || now() - found.atMs >= KEPT_MS ? undefined : (found.value as T);
	};
	const put = (at: string, value: object) => {
		all.delete(at);
		all.set(at, { value, atMs: now() });
		const [oldest] = all.keys();
		if (all.size > KEPT_MAX && oldest !== undefined) all.delete(oldest);
	};
	const asked = new Map<string, Promise<object>>();
	const read = async <T extends object>(
		at: string,
		work: () => Promise<T | Refused>,
		isKeptUnreached = false,
	): Promise<T | Refused> => {
		const found = get<T | Refused>(at);
		if (found !== undefined) return found;
		const known = asked.get(at);
		if (known !== undefined) return known as Promise<T | Refused>;
		const asking = work();
		asked.set(at, asking);
		try {
			const value = await asking;
			if (!isRefused(value) || (isKeptUnreached && value.kind === "zone-not-reached")) put(at, value);
			return value;
		} finally {
			asked.delete(at);
		}
	};
	return Object.assign(read, {
		now: get,
		put,
		forget: (prefix: string) => {
			for (const at of all.keys()) if (at.startsWith(prefix)) all.delete(at);
		},
	});
}

/** An answer of the analytics; refusals that no smaller question changes are values. */
async function graph(requests: Requests, query: Query): Promise<GraphAnswer | Refused> {
	const isLater = (one: Answered) => refusalOf(readGraph(one).errors)?.kind === "later";
	const answer = await requests.ask({ method: "POST", path: "/graphql", body: query }, isLater);
	if (isRefused(answer)) return answer;
	const read = readGraph(answer);
	if (read.errors.some((one) => FROM_LOCATION.test(one))) return { kind: "refused", of: "address" };
	if (answer.status === 401) return { kind: "refused" };
	switch (refusalOf(read.errors)?.kind) {
		case "limited":
			return requests.limited(answer.headers["retry-after"]);
		case "no-right":
			return { kind: "no-right", needs: "analytics" };
	}
	if (answer.status === 403 && read.zone === null) return { kind: "no-right", needs: "analytics" };
	return read.zone === "none" ? { kind: "zone-not-reached" } : read;
}

/** What a zone lets us ask. Where it does not tell, refusals do. */
async function readZone(requests: Requests, zone: string): Promise<Limits | Refused> {
	const answer = await graph(requests, settingsQuery(zone));
	if (isRefused(answer)) return answer;
	if (answer.zone === null && answer.errors.length === 0) return { kind: "unreachable" };
	return (typeof answer.zone === "object" && answer.zone !== null ? readLimits(answer.zone) : null) ?? USUAL_LIMITS;
}

/** What a zone refused once is not asked for again. */
interface Refusals {
	get(): Shape;
	set(shape: Shape): void;
}

async function askShares(
	requests: Requests,
	zone: string,
	asked: About,
	{ groups }: Limits,
	nowMs: number,
	refusals: Refusals,
): Promise<Shares | Refused> {
	if (groups === null) return { kind: "no-right", needs: "analytics" };
	let shape = refusals.get();
	let window: Window | null = clipped(asked, groups, nowMs);
	let drops = 0;
	while (window !== null && requests.left() > 0) {
		const about: About = { ...asked, ...window };
		const query = sharesQuery(zone, about, groups, shape);
		if (query === null) return { kind: "no-right", needs: "analytics" };
		const answer = await graph(requests, query);
		if (isRefused(answer)) return answer;
		const read = typeof answer.zone === "object" && answer.zone !== null ? readShares(answer.zone, about, groups, shape) : null;
		// What came beside an error is as good as without.
		if (read !== null) {
			refusals.set({ ...shape, isMinimal: false });
			return read;
		}
		const refusal = refusalOf(answer.errors);
		if (refusal === null || shape.isMinimal) return { kind: "unreachable" };
		// The last try asks for no more than has to be there.
		const isLast = drops === 2 || requests.left() === 1;
		drops += 1;
		switch (refusal.kind) {
			case "fields":
				shape = { ...shape, dropped: new Set([...shape.dropped, ...refusal.names]), isMinimal: isLast };
				break;
			case "window":
				window = windowAfter(window, refusal, nowMs);
				break;
			case "page":
				shape = { ...shape, smaller: shape.smaller * 2 };
				break;
			case "node":
				return { kind: "no-right", needs: "analytics" };
			default:
				shape = { ...shape, isMinimal: true };
		}
	}
	return window === null ? { kind: "too-old" } : { kind: "unreachable" };
}

async function askRay(
	requests: Requests,
	zone: string,
	ray: string,
	receivedAtMs: number,
	limits: Limits,
	nowMs: number,
): Promise<RayFound | Refused> {
	const around = { fromMs: receivedAtMs - RAY_AROUND_MS, toMs: receivedAtMs + RAY_AROUND_MS };
	if (limits.rows === null) return { kind: "no-single-requests" };
	const window = clipped(around, limits.rows, nowMs);
	if (window === null) return { kind: "too-old" };
	// Security events are kept for less time than requests.
	const events = limits.events !== null && clipped(around, limits.events, nowMs)?.fromMs === window.fromMs ? limits.events : null;
	let shape = WHOLE;
	while (requests.left() > 0) {
		const query = rayQuery(zone, ray, window, { ...limits, events: shape.isMinimal ? null : events }, shape);
		if (query === null) return { kind: "no-single-requests" };
		const answer = await graph(requests, query);
		if (isRefused(answer)) return answer;
		const found: RayFound =
			typeof answer.zone === "object" && answer.zone !== null ? readRay(answer.zone, ray) : { kind: "no-single-requests" };
		if (found.kind !== "no-single-requests") return found;
		const refusal = refusalOf(answer.errors);
		if (refusal === null) return { kind: "unreachable" };
		if (refusal.kind === "fields") shape = { ...shape, dropped: new Set([...shape.dropped, ...refusal.names]) };
		else if (!shape.isMinimal) shape = { ...shape, isMinimal: true };
		else return { kind: "no-single-requests" };
	}
	return { kind: "unreachable" };
}

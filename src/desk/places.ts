import { isMixed, judgePlaces, type OwnLook } from "../judge/places.ts";
import type { Limits } from "../looks/limits.ts";
import { memoryCounts, type RequestCounts, type Reservation } from "../looks/request-counts.ts";
import type { Asker } from "../looks/turns.ts";
import type { Message } from "../message/message.ts";
import { type AskedPlaces, PLACES_MAX } from "../read/text/places.ts";
import type { Target } from "../read/text/target.ts";
import type { PlacesResult } from "../reply/places.ts";
import type { Globalping, Measurement, Told, Trouble } from "../services/globalping.ts";
import { isPublicHost, publicPart } from "../services/public-part.ts";
import type { DeskContext } from "./context.ts";
import type { Conversation } from "./conversation.ts";
import { StoreAway } from "./stores.ts";
import { tenantOf } from "./tenants.ts";

/** For both rounds; then it is told what there is. */
export const PLACES_MS_MAX = 25_000;
/** Between the two rounds: long enough for another connection, short enough for the same fault. */
const REPEAT_AFTER_MS = 2_000;
/** A second round that has less time than this is not begun: its tests would be spent for nothing. */
const REPEAT_NEEDS_MS = 6_000;
/** Equal asks share one measurement for so long. */
const SHARED_MS = 60_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
/** Asks of a workspace about one host in a minute, and in all in an hour; the repeat is not counted. */
const ASKS = { hostPerMinute: 2, perHour: 10 } as const;
/**
 * Tests in an hour, in all and for one workspace. Without a token Globalping allows 250 an hour to an IP address, which
 * others may share; with one 500.
 */
const TESTS = { anonymous: { all: 200, workspace: 40 }, token: { all: 400, workspace: 80 } } as const;

/** Who asks, and with whom the answer may be shared. */
export interface PlacesAsker {
	readonly asker: Asker;
	/** As {@link sharedAmong}. */
	readonly tenant: string;
}

/**
 * Who shares a measurement: those who share looks at pages; what is asked privately, the same person alone. Two workspaces never do: an instant
 * answer would tell that somebody else asks about this host.
 */
export const sharedAmong = (
	conversation: Pick<Conversation<Message>, "workspace" | "asker" | "isOutsider" | "room">,
	isPrivate: boolean,
): string => (isPrivate ? `${conversation.workspace} ${conversation.asker}` : tenantOf(conversation));

export interface PlacesAsk {
	readonly target: Target;
	readonly places: AskedPlaces;
	readonly by: PlacesAsker;
	/** What our own requests for the page met; null: nothing that tells, also where they could not connect. */
	readonly own: OwnLook | null;
	/** The code of the case or of our own requests; null: none. */
	readonly caseCode: string | null;
}

/** What came of it, for the reply, and for the case: `result.verdict` has the evidence and the Ray IDs. */
export interface PlacesTold {
	readonly result: PlacesResult;
	readonly tookMs: number;
}

interface Rounds {
	readonly first: readonly Told[];
	readonly again: readonly Told[] | null;
}
type Limited = Extract<PlacesResult, { kind: "limit" }>;
type Measured = Rounds | Exclude<PlacesResult, { kind: "told" }>;

interface PlacesContext extends Pick<DeskContext, "now" | "later" | "log"> {
	readonly limits: Pick<Limits, "reserve">;
	readonly stores: Pick<DeskContext["stores"], "hashed" | "requestCounts" | "sweepMs">;
}

/** Asks other places for a page: within the budgets, once for equal asks, and once more where they differ. */
export class OtherPlaces {
	readonly #context: PlacesContext;
	/** null: switched off. */
	readonly #service: Globalping | null;
	readonly #counts: RequestCounts;
	readonly #runs = new Map<string, { readonly startedAtMs: number; readonly measured: Promise<Measured> }>();
	/** Where the answer of equal asks is told, or will be, and since when. */
	readonly #tellings = new Map<string, number>();
	/** The token is wrong: nothing is asked any more, as asking without one would spend the IP address's own tests. */
	#unauthorized = false;
	#allowanceKnown = false;

	constructor(context: PlacesContext, service: Globalping | null) {
		this.#context = context;
		this.#service = service;
		const { requestCounts, sweepMs } = context.stores;
		const own = memoryCounts(context.now);
		// What Globalping allows is allowed to all replicas together.
		this.#counts = sweepMs === null ? { reserve: async (asks) => own.reserve(asks) } : requestCounts;
	}

	/** Switched off: nothing is asked, and **Other places** is not offered. */
	get isOff(): boolean {
		return this.#service === null;
	}

	/** With a token, at the start of the process: whether it is accepted. Without one nothing is asked before the first question. */
	async start(): Promise<void> {
		if (this.#service?.hasToken === true) await this.#allowance(this.#service, 0);
	}

	/**
	 * Notes before the places are asked that their answer will be posted there, so that two asks at once post it once.
	 * @returns false: an equal answer is told there already, or will be
	 */
	tellsAt(where: string, { target, places, by }: Pick<PlacesAsk, "target" | "places" | "by">): boolean {
		const nowMs = this.#context.now();
		for (const [old, atMs] of this.#tellings) if (nowMs - atMs >= SHARED_MS) this.#tellings.delete(old);
		const key = `${where} ${keyOf(target, places, by)}`;
		if (this.#tellings.has(key)) return false;
		this.#tellings.set(key, nowMs);
		return true;
	}

	/** Nothing came of it: the next one may try. */
	notToldAt(where: string, { target, places, by }: Pick<PlacesAsk, "target" | "places" | "by">): void {
		this.#tellings.delete(`${where} ${keyOf(target, places, by)}`);
	}

	/**
	 * Rejects with StoreAway alone.
	 * @param signal ends it: a stop of the process
	 */
	async ask({ target, places, by, own, caseCode }: PlacesAsk, signal?: AbortSignal): Promise<PlacesTold> {
		const startedAtMs = this.#context.now();
		const measured = await this.#measured(target, places, by, signal).catch((error: unknown): Measured => {
			if (error instanceof StoreAway) throw error;
			this.#context.log({ event: "places-broke", error: error instanceof Error ? error.name : "unknown" });
			return { kind: "unreachable" };
		});
		const nowMs = this.#context.now();
		const result: PlacesResult =
			"kind" in measured
				? measured
				: {
						kind: "told",
						verdict: judgePlaces(places, measured.first, measured.again, own, nowMs),
						part: publicPart(target.path),
						caseCode,
					};
		return { result, tookMs: nowMs - startedAtMs };
	}

	async #measured(target: Target, places: AskedPlaces, by: PlacesAsker, signal?: AbortSignal): Promise<Measured> {
		const service = this.#service;
		if (service === null) return { kind: "off" };
		if (!isPublicHost(target)) return { kind: "not-public" };
		if (this.#unauthorized) return { kind: "unauthorized" };
		const { now } = this.#context;
		for (const [old, { startedAtMs }] of this.#runs) if (now() - startedAtMs >= SHARED_MS) this.#runs.delete(old);
		const key = keyOf(target, places, by);
		const shared = this.#runs.get(key);
		if (shared !== undefined) return shared.measured;
		const measured = this.#run(service, target, places, by, signal);
		this.#runs.set(key, { startedAtMs: now(), measured });
		const forget = () => {
			if (this.#runs.get(key)?.measured === measured) this.#runs.delete(key);
		};
		// What was not asked may be asked at once when there is room.
		void measured.then((one) => ("kind" in one ? forget() : undefined), forget);
		return measured;
	}

	async #run(
		service: Globalping,
		target: Target,
		places: AskedPlaces,
		{ asker }: PlacesAsker,
		signal?: AbortSignal,
	): Promise<Measured> {
		const probes = places.places.length === 0 ? PLACES_MAX : places.places.length;
		const limited = await this.#reserve(service, target, probes, asker, "ask");
		if (limited !== null) return limited;
		const ends = new AbortController();
		const untilMs = this.#context.now() + PLACES_MS_MAX;
		const done = this.#context.later(PLACES_MS_MAX, () => ends.abort());
		const either = signal === undefined ? ends.signal : AbortSignal.any([ends.signal, signal]);
		try {
			const allowance = this.#allowanceKnown ? null : await this.#allowance(service, probes, either);
			if (allowance !== null) return allowance;
			const measurement = await service.create(target, places, either);
			if (measurement.kind !== "created") return this.#told(service, measurement);
			const first = await service.read(measurement, either);
			if ("kind" in first) return this.#told(service, first);
			return { first, again: await this.#again(service, target, { measurement, first, asker, untilMs }, either) };
		} finally {
			done();
		}
	}

	/** The same probes once more, where some fail and others do not: what stays the same is a place, what changes is chance. */
	async #again(
		service: Globalping,
		target: Target,
		round: {
			readonly measurement: Measurement;
			readonly first: readonly Told[];
			readonly asker: Asker;
			readonly untilMs: number;
		},
		signal: AbortSignal,
	): Promise<readonly Told[] | null> {
		const { now } = this.#context;
		if (!isMixed(round.first, now()) || round.untilMs - now() < REPEAT_AFTER_MS + REPEAT_NEEDS_MS) return null;
		await waited(this.#context, REPEAT_AFTER_MS, signal);
		if (signal.aborted) return null;
		if ((await this.#reserve(service, target, round.first.length, round.asker, "repeat")) !== null) return null;
		const measurement = await service.repeat(target, round.measurement, signal);
		const again = measurement.kind === "created" ? await service.read(measurement, signal) : null;
		return again === null || "kind" in again ? null : again;
	}

	/** Room for so many tests, and for as many requests to the host; null: there is. */
	async #reserve(
		{ hasToken }: Globalping,
		target: Target,
		probes: number,
		asker: Asker,
		of: "ask" | "repeat",
	): Promise<Limited | null> {
		const workspace = asker.workspace ?? asker.person ?? "";
		const { hashed } = this.#context.stores;
		const { all, workspace: perWorkspace } = hasToken ? TESTS.token : TESTS.anonymous;
		const asks: Reservation[] = [
			{
				key: `places-host ${hashed(JSON.stringify([workspace, target.host]))}`,
				amount: 1,
				max: ASKS.hostPerMinute,
				windowMs: MINUTE_MS,
			},
			{ key: `places-hour ${hashed(workspace)}`, amount: 1, max: ASKS.perHour, windowMs: HOUR_MS },
		];
		const full = await this.#counts.reserve([
			...(of === "ask" ? asks : []),
			{ key: `places-tests of ${hashed(workspace)}`, amount: probes, max: perWorkspace, windowMs: HOUR_MS },
			{ key: "places-tests", amount: probes, max: all, windowMs: HOUR_MS },
		]);
		if (full !== null) {
			const why = full.key.startsWith("places-host ") ? "host" : full.key.startsWith("places-hour ") ? "hour" : "tests";
			return { kind: "limit", why, againMs: full.againMs, tokenHelps: why === "tests" && !hasToken };
		}
		// Each probe is a request to that host. Its addresses are looked up by the probes.
		const busy = await this.#context.limits.reserve({
			asker,
			host: { name: target.host, addresses: [], requests: probes },
		});
		return busy === null ? null : { kind: "limit", why: "target", againMs: busy.againMs, tokenHelps: false };
	}

	/** What Globalping has left for us: before the first ask, and again after it had none. null: enough, or not told. */
	async #allowance(service: Globalping, probes: number, signal?: AbortSignal): Promise<Exclude<Measured, Rounds> | null> {
		const left = await service.limits(signal);
		if (left.kind !== "allowance") return left.kind === "unauthorized" ? this.#stop() : null;
		this.#allowanceKnown = left.remaining >= probes;
		return this.#allowanceKnown ? null : { kind: "limit", why: "tests", againMs: left.againMs, tokenHelps: !service.hasToken };
	}

	#stop(): Exclude<Measured, Rounds> {
		if (!this.#unauthorized) this.#context.log({ event: "globalping-token-rejected" });
		this.#unauthorized = true;
		return { kind: "unauthorized" };
	}

	#told(service: Globalping, trouble: Trouble): Exclude<Measured, Rounds> {
		switch (trouble.kind) {
			case "limit":
				this.#allowanceKnown = false;
				return { kind: "limit", why: "tests", againMs: trouble.againMs, tokenHelps: !service.hasToken };
			case "unauthorized":
				return this.#stop();
			default:
				return trouble;
		}
	}
}

/** What equal asks have in common. */
const keyOf = ({ scheme, host, port, path }: Target, places: AskedPlaces, by: PlacesAsker): string =>
	JSON.stringify([by.tenant, scheme, host, port, publicPart(path).path, places.key]);

const waited = ({ later }: Pick<DeskContext, "later">, ms: number, signal: AbortSignal): Promise<void> =>
	new Promise((resolve) => {
		if (signal.aborted) return resolve();
		const end = () => {
			stop();
			signal.removeEventListener("abort", end);
			resolve();
		};
		const stop = later(ms, end);
		signal.addEventListener("abort", end);
	});

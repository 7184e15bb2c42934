import { z } from "zod";
import type { AskedPlaces } from "../read/text/places.ts";
import { PLACES_MAX } from "../read/text/places.ts";
import type { Target } from "../read/text/target.ts";
import { type Call, type Called, call, type Service } from "./call.ts";
import { publicPart } from "./public-part.ts";

/**
 * Globalping (https://globalping.io/docs/api.globalping.io): requests of a page from volunteers' machines in other places. Shapes as of
 * jsdelivr/globalping @52c0c19 and globalping-probe @f86c41c, 2026-08.
 */

/** Where a probe is, as Globalping describes it: foreign text, cut. */
export interface ProbePlace {
	/** AF, AN, AS, EU, NA, OC, SA; "" for none told, as below. */
	readonly continent: string;
	readonly region: string;
	/** ISO 3166-1 alpha-2. */
	readonly country: string;
	/** Of the US. */
	readonly state: string;
	readonly city: string;
	/** The operator of its network. */
	readonly network: string;
	readonly asn: number | null;
	readonly tags: readonly string[];
	/** People's own lines, or a hosting provider; null: not told. */
	readonly kind: "eyeball" | "datacenter" | null;
}

/** What one place told. No observation: there are no bytes and no ending, and fields and content are cut. */
export interface Told {
	readonly place: ProbePlace;
	readonly answer:
		| {
				readonly kind: "answered";
				readonly status: number;
				readonly fields: readonly { readonly name: string; readonly value: string }[];
				/** The start of the content, decoded. */
				readonly content: string;
				/** From the lookup of the name to the end, milliseconds; null: not told. */
				readonly tookMs: number | null;
		  }
		/** `text`: one line of the probe's. `source`: who failed, by the probe's word. */
		| { readonly kind: "failed"; readonly text: string; readonly source: "target" | "resolver" | "internal" | null }
		/** Of a probe that is asked again. */
		| { readonly kind: "offline" }
		/** Not done by the deadline. */
		| { readonly kind: "unfinished" };
}

/** Why nothing came. */
export type Trouble =
	| { readonly kind: "unreachable" }
	/** No more tests this hour; `againMs`: until there are. */
	| { readonly kind: "limit"; readonly againMs: number }
	/** The token is wrong or expired; there is no falling back to none. */
	| { readonly kind: "unauthorized" }
	/** None of the places has a probe. */
	| { readonly kind: "no-probes" }
	/** It does not take this target. */
	| { readonly kind: "rejected" };

/** A measurement under way. Its id opens it to everyone: it stays inside the service. */
export interface Measurement {
	readonly kind: "created";
	/** How many probes were found: places without one are dropped silently. */
	readonly probes: number;
}

export interface Allowance {
	readonly kind: "allowance";
	/** Tests that are left this hour, credits included. */
	readonly remaining: number;
	readonly limit: number;
	readonly againMs: number;
}

export interface Globalping {
	/** Tests are counted for the operator's account, not for our IP address. */
	readonly hasToken: boolean;
	/** Begins a measurement. Never asked twice: each try would count. */
	create(target: Target, places: AskedPlaces, signal?: AbortSignal): Promise<Measurement | Trouble>;
	/** The same probes once more. */
	repeat(target: Target, former: Measurement, signal?: AbortSignal): Promise<Measurement | Trouble>;
	/** Waits for a measurement to end; at its deadline what had come by then. */
	read(measurement: Measurement, signal?: AbortSignal): Promise<readonly Told[] | Trouble>;
	limits(signal?: AbortSignal): Promise<Allowance | Trouble>;
}

interface GlobalpingContext {
	/** Unix milliseconds. */
	readonly now: () => number;
	/** Ends early with the signal. */
	readonly wait: (ms: number, signal?: AbortSignal) => Promise<void>;
}

/** Seconds that a probe may take: Globalping's own default for http. */
const TIMEOUT_S = 15;
/** The server ends a measurement within 5 s of its timeout and looks every 5 s; the official client waits as long. */
const READ_MAX_MS = (TIMEOUT_S + 10) * 1_000;
/** Allowed are 5 reads in 2 s; the documentation asks for this pause after each answer. */
const READ_EVERY_MS = 500;
const CALL_MS = 5_000;
/** Eight results of 10,000 characters of headers, three times, and of content, twice, some of them escaped. */
const READ_MAX_BYTES = 2_000_000;
const SMALL_MAX_BYTES = 64_000;
/** Where an answer does not say when there are tests again. */
const HOUR_MS = 3_600_000;
/** After so many failed reads in a row it is not reachable. */
const FAILED_READS_MAX = 2;

/** @param service its base is where `/v1/…` is appended */
export function openGlobalping(service: Service, { now, wait }: GlobalpingContext): Globalping {
	const ids = new WeakMap<Measurement, string>();
	const asked = (request: Pick<Call, "method" | "path" | "body" | "etag" | "maxBytes" | "again">, signal?: AbortSignal) =>
		call(service, { ...request, deadlineMs: CALL_MS }, signal);
	const created = async (body: unknown, signal?: AbortSignal): Promise<Measurement | Trouble> => {
		const request = { method: "POST", path: "/v1/measurements", body, maxBytes: SMALL_MAX_BYTES, again: false } as const;
		const answer = await asked(request, signal);
		if (answer.kind === "failed" || answer.status !== 202) return troubleOf(answer);
		const read = Created.safeParse(answer.json);
		if (!read.success) return { kind: "unreachable" };
		const measurement: Measurement = { kind: "created", probes: read.data.probesCount };
		ids.set(measurement, read.data.id);
		return measurement;
	};
	return {
		hasToken: service.token !== undefined,
		create: (target, places, signal) => created({ ...requestOf(target), ...locationsOf(places) }, signal),
		repeat: async (target, former, signal) => {
			const id = ids.get(former);
			return id === undefined ? { kind: "unreachable" } : created({ ...requestOf(target), locations: id }, signal);
		},
		read: async (measurement, signal) => {
			const id = ids.get(measurement);
			if (id === undefined) return { kind: "unreachable" };
			const untilMs = now() + READ_MAX_MS;
			let etag: string | undefined;
			let last: readonly Told[] | null = null;
			let failed = 0;
			let pauseMs = READ_EVERY_MS;
			for (;;) {
				await wait(pauseMs, signal);
				if (now() >= untilMs || signal?.aborted === true) return last ?? { kind: "unreachable" };
				pauseMs = READ_EVERY_MS;
				const answer: Called = await asked(
					{
						method: "GET",
						path: `/v1/measurements/${encodeURIComponent(id)}`,
						maxBytes: READ_MAX_BYTES,
						again: true,
						...(etag === undefined ? {} : { etag }),
					},
					signal,
				);
				if (answer.kind === "answered" && answer.status === 304) continue;
				if (answer.kind === "answered" && answer.status === 429) {
					pauseMs = Math.max(READ_EVERY_MS, Math.min(READ_MAX_MS, 1_000 * seconds(answer.headers["retry-after"], 5)));
					continue;
				}
				const read = answer.kind === "answered" && answer.status === 200 ? readMeasurement(answer.json) : null;
				if (read === null) {
					failed += 1;
					if (failed >= FAILED_READS_MAX || answer.kind === "answered") return last ?? { kind: "unreachable" };
					continue;
				}
				failed = 0;
				last = read.told;
				if (read.ended) return read.told;
				etag = answer.kind === "answered" ? answer.headers.etag : undefined;
			}
		},
		limits: async (signal) => {
			const answer = await asked({ method: "GET", path: "/v1/limits", maxBytes: SMALL_MAX_BYTES, again: true }, signal);
			if (answer.kind === "failed" || answer.status !== 200) return troubleOf(answer);
			const read = Limits.safeParse(answer.json);
			if (!read.success) return { kind: "unreachable" };
			const { limit, remaining, reset } = read.data.rateLimit.measurements.create;
			return {
				kind: "allowance",
				limit,
				remaining: remaining + (read.data.credits?.remaining ?? 0),
				againMs: reset * 1_000,
			};
		},
	};
}

/** The page as a probe requests it: GET, nothing that may be a secret, no cookie. */
function requestOf({ host, scheme, port, path }: Target) {
	return {
		type: "http",
		target: host,
		timeout: TIMEOUT_S,
		measurementOptions: {
			protocol: scheme === "http" ? "HTTP" : "HTTPS",
			...(port === (scheme === "http" ? 80 : 443) ? {} : { port }),
			// HEAD is the default.
			request: { method: "GET", path: publicPart(path).path, headers: { accept: "text/html" } },
		},
	};
}

/** One probe a place, or as many spread over the globe; a limit for all of them is forbidden beside one of a place. */
const locationsOf = ({ places }: AskedPlaces) =>
	places.length === 0
		? { limit: PLACES_MAX, locations: [{ magic: "world" }] }
		: { locations: places.map(({ magic }) => ({ magic, limit: 1 })) };

function troubleOf(answer: Called): Trouble {
	if (answer.kind === "failed") return { kind: "unreachable" };
	switch (answer.status) {
		case 400:
			return { kind: "rejected" };
		case 401:
			return { kind: "unauthorized" };
		case 422:
			return { kind: "no-probes" };
		case 429:
			return {
				kind: "limit",
				againMs: 1_000 * seconds(answer.headers["x-ratelimit-reset"] ?? answer.headers["retry-after"], HOUR_MS / 1_000),
			};
		default:
			return { kind: "unreachable" };
	}
}

/** Of a header; `otherwise` for what is no number of seconds within an hour. */
const seconds = (text: string | undefined, otherwise: number): number =>
	text !== undefined && /^\d{1,6}$/.test(text) && Number(text) <= HOUR_MS / 1_000 ? Number(text) : otherwise;

const Created = z.object({ id: z.string().regex(/^[\w-]{8,100}$/), probesCount: z.number().int().min(1).max(PLACES_MAX) });
const count = z.number().int().min(0).max(100_000_000);
const Limits = z.object({
	rateLimit: z.object({
		measurements: z.object({
			create: z.object({
				limit: count,
				remaining: count,
				reset: z
					.number()
					.min(0)
					.max(HOUR_MS / 1_000),
			}),
		}),
	}),
	credits: z.object({ remaining: count }).optional().catch(undefined),
});

/** Foreign text, cut; "" for what is none. */
const short = (max: number) =>
	z
		.string()
		.transform((text) => text.slice(0, max))
		.catch("");
const TAGS_MAX = 64;
const FIELDS_MAX = 200;
/** Globalping cuts all values of a response's headers, and its content, to so much. */
const CHARS_MAX = 10_000;

const Probe = z
	.object({
		continent: short(2),
		region: short(60),
		country: short(2),
		state: short(10),
		city: short(60),
		network: short(80),
		asn: z.number().int().positive().nullable().catch(null),
		tags: z
			.array(short(80))
			.transform((tags) => tags.slice(0, TAGS_MAX))
			.catch([]),
	})
	.catch({ continent: "", region: "", country: "", state: "", city: "", network: "", asn: null, tags: [] });
const Result = z
	.object({
		status: short(20),
		statusCode: z.number().int().min(100).max(999).nullable().catch(null),
		headers: z.record(z.string(), z.unknown()).catch({}),
		rawBody: short(CHARS_MAX),
		rawOutput: short(300),
		failureSource: z.enum(["target", "resolver", "internal"]).nullable().catch(null),
		timings: z.object({ total: z.number().min(0).max(60_000).nullable().catch(null) }).catch({ total: null }),
	})
	.catch({
		status: "",
		statusCode: null,
		headers: {},
		rawBody: "",
		rawOutput: "",
		failureSource: null,
		timings: { total: null },
	});
const Measured = z.object({
	status: z.string(),
	results: z.array(z.object({ probe: z.unknown(), result: z.unknown() }).catch({ probe: null, result: null })),
});

/**
 * What a measurement says so far; null: it cannot be read. Total on any JSON; unknown fields are ignored.
 * @returns `ended`: nothing more comes
 */
export function readMeasurement(json: unknown): { readonly ended: boolean; readonly told: readonly Told[] } | null {
	const read = Measured.safeParse(json);
	if (!read.success || read.data.results.length === 0) return null;
	return {
		ended: read.data.status !== "in-progress",
		told: read.data.results.slice(0, PLACES_MAX).map(({ probe, result }) => ({
			place: placeOf(Probe.parse(probe)),
			answer: answerOf(Result.parse(result)),
		})),
	};
}

function placeOf(probe: z.output<typeof Probe>): ProbePlace {
	const kind = probe.tags.includes("datacenter-network")
		? "datacenter"
		: probe.tags.includes("eyeball-network")
			? "eyeball"
			: null;
	return { ...probe, country: probe.country.toUpperCase(), kind };
}

function answerOf(result: z.output<typeof Result>): Told["answer"] {
	switch (result.status) {
		case "in-progress":
			return { kind: "unfinished" };
		case "offline":
			return { kind: "offline" };
		case "finished":
			if (result.statusCode === null) return { kind: "failed", text: "", source: "internal" };
			return {
				kind: "answered",
				status: result.statusCode,
				fields: fieldsOf(result.headers),
				content: result.rawBody,
				tookMs: result.timings.total,
			};
		default:
			return { kind: "failed", text: result.rawOutput, source: result.failureSource };
	}
}

const fieldsOf = (headers: Readonly<Record<string, unknown>>) =>
	Object.entries(headers)
		.slice(0, FIELDS_MAX)
		.flatMap(([name, value]) =>
			(Array.isArray(value) ? value.slice(0, FIELDS_MAX) : [value]).flatMap((one) =>
				typeof one === "string" ? [{ name: name.slice(0, 200).toLowerCase(), value: one.slice(0, CHARS_MAX) }] : [],
			),
		);

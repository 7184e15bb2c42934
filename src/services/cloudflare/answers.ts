import { z } from "zod";
import type { About, Limits, Node, Shape, SplitName, Window } from "./query.ts";
import { rowsOf, SPLITS, STATUSES_LIMIT } from "./query.ts";
import type { Answered } from "./requests.ts";
import type { Count, Part, PathOf, RayFound, RayRow, SecurityEvent, Shares, Split, StatusOf } from "./shares.ts";

/** Of a text in an answer; a path that is longer is cut. */
const TEXT_MAX_CHARS = 2_000;
/** Rows of one node; more are left out. */
const ROWS_MAX = 2_000;
const ERRORS_MAX = 20;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const Text = z.string().transform((text) => text.slice(0, TEXT_MAX_CHARS));
const Amount = z.number().min(0).max(Number.MAX_SAFE_INTEGER);
const Rows = z.array(z.unknown()).transform((rows) => rows.slice(0, ROWS_MAX));

const Envelope = z.object({
	data: z
		.object({ viewer: z.object({ zones: z.array(z.record(z.string(), z.unknown())).max(10) }) })
		.nullish()
		.catch(null),
	errors: z.array(z.unknown()).nullish().catch(null),
});
const Failure = z.object({ message: z.string() });

/** An answer of the analytics, as far as it is one. */
export interface GraphAnswer {
	/** The node of the zone; null: none came. `none`: an empty list of zones. */
	readonly zone: Readonly<Record<string, unknown>> | null | "none";
	/** What was refused; in Cloudflare's words, which are shown to nobody. */
	readonly errors: readonly string[];
}

/** Reads an answer whatever its HTTP status is. Total. */
export function readGraph({ json }: Answered): GraphAnswer {
	const read = Envelope.safeParse(json);
	if (!read.success) return { zone: null, errors: [] };
	const { data, errors } = read.data;
	const said = (errors ?? []).slice(0, ERRORS_MAX).flatMap((one) => {
		const failure = Failure.safeParse(one);
		return failure.success ? [failure.data.message.slice(0, 500)] : [];
	});
	if (data == null) return { zone: null, errors: said };
	return { zone: data.viewer.zones[0] ?? "none", errors: said };
}

/** What to do about a refusal, by its text (documented and reported errors of the GraphQL API, 2026-08). */
export type GraphRefusal =
	| { readonly kind: "fields"; readonly names: readonly string[] }
	| { readonly kind: "node" }
	| { readonly kind: "window"; readonly maxMs: number | null; readonly of: "age" | "width" }
	| { readonly kind: "page" }
	| { readonly kind: "no-right" }
	| { readonly kind: "limited" }
	| { readonly kind: "later" }
	| { readonly kind: "other" };

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: HOUR_MS, d: DAY_MS, w: 7 * DAY_MS };

/** null: nothing was refused. */
export function refusalOf(errors: readonly string[]): GraphRefusal | null {
	const [first] = errors;
	if (first === undefined) return null;
	const names = errors.flatMap((one) => {
		const [, name] = /(?:does not have access to the field|unknown field) ["'“]?(\w{1,80})/i.exec(one) ?? [];
		return name === undefined ? [] : [name.toLowerCase()];
	});
	if (names.length > 0) return { kind: "fields", names };
	const any = (pattern: RegExp) => errors.some((one) => pattern.test(one));
	if (any(/rate limiter budget depleted|too many queries in progress/i)) return { kind: "limited" };
	if (any(/not authorized for that account|are not authorized|unauthorized|authentication error/i)) return { kind: "no-right" };
	if (any(/does not have access to the path/i)) return { kind: "node" };
	const aged = errors.find((one) => /cannot request data older than/i.test(one));
	const wide = errors.find((one) => /time range wider than|time range is too large/i.test(one));
	if (aged !== undefined || wide !== undefined) {
		const [, digits = "", unit = ""] = /than (\d{1,6})\s?([smhdw])/i.exec(aged ?? wide ?? "") ?? [];
		const maxMs = digits === "" ? null : Number(digits) * (UNIT_MS[unit.toLowerCase()] ?? DAY_MS);
		return { kind: "window", maxMs, of: aged === undefined ? "width" : "age" };
	}
	if (any(/limit must be positive number|number of fields can't be more/i)) return { kind: "page" };
	// A limit that is over in five minutes says "try again" too, and is read before.
	return any(/unable to execute query|try again later/i) ? { kind: "later" } : { kind: "other" };
}

const NodeSettings = z.object({
	enabled: z.boolean().nullish().catch(null),
	notOlderThan: Amount.nullish().catch(null),
	maxDuration: Amount.nullish().catch(null),
	maxPageSize: Amount.nullish().catch(null),
	maxNumberOfFields: Amount.nullish().catch(null),
	availableFields: z.array(z.unknown()).nullish().catch(null),
});

/** The smallest plan's, where a zone tells none (GraphQL limits of a Free zone, 2026-09). */
const USUAL: Node = { fields: null, keptMs: 7 * DAY_MS, widthMs: DAY_MS, pageSize: 10_000 };
/** Where nothing was told of a zone at all: refusals then say what it lacks. */
export const USUAL_LIMITS: Limits = { groups: USUAL, rows: USUAL, events: { ...USUAL, keptMs: DAY_MS } };
const FIELDS_MAX = 500;
/** Fields of the largest node of ours, but for the bounds of its count. */
const FIELDS_NEEDED = 8;

/** What a zone lets us ask; null: it did not tell. */
export function readLimits(zone: Readonly<Record<string, unknown>>): Limits | null {
	const settings = z.object({ settings: z.record(z.string(), z.unknown()) }).safeParse(zone);
	if (!settings.success) return null;
	const nodeOf = (name: string, usual: Node): Node | null => {
		const read = NodeSettings.safeParse(settings.data.settings[name]);
		if (!read.success || read.data.enabled === false) return null;
		const { notOlderThan, maxDuration, maxPageSize, maxNumberOfFields, availableFields } = read.data;
		const listed = (availableFields ?? [])
			.slice(0, FIELDS_MAX)
			.flatMap((name) => (typeof name === "string" ? [name] : []))
			.filter((name) => (maxNumberOfFields ?? FIELDS_MAX) >= FIELDS_NEEDED || !name.startsWith("confidence"));
		return {
			fields: listed.length === 0 ? null : new Set(listed),
			keptMs: notOlderThan == null || notOlderThan === 0 ? usual.keptMs : notOlderThan * 1_000,
			widthMs: maxDuration == null || maxDuration === 0 ? usual.widthMs : maxDuration * 1_000,
			pageSize: maxPageSize == null || maxPageSize < 1 ? usual.pageSize : Math.trunc(maxPageSize),
		};
	};
	const { groups, rows, events } = USUAL_LIMITS;
	return {
		groups: groups === null ? null : nodeOf("httpRequestsAdaptiveGroups", groups),
		rows: rows === null ? null : nodeOf("httpRequestsAdaptive", rows),
		events: events === null ? null : nodeOf("firewallEventsAdaptive", events),
	};
}

const Measured = z.object({
	count: Amount,
	avg: z
		.object({ sampleInterval: Amount.nullish().catch(null) })
		.nullish()
		.catch(null),
	confidence: z
		.object({
			count: z.object({
				lower: Amount.nullish().catch(null),
				upper: Amount.nullish().catch(null),
				sampleSize: Amount.nullish().catch(null),
			}),
		})
		.nullish()
		.catch(null),
	dimensions: z.record(z.string(), z.unknown()).nullish().catch(null),
});
type Measured = z.infer<typeof Measured>;

/** n = rows seen: the sample's size, else the count over the interval. Where neither is told, nobody knows how many rows that were: 0. */
function countOf({ count, avg, confidence }: Measured): Count {
	const told = confidence?.count;
	const seen = told?.sampleSize;
	const interval = avg?.sampleInterval;
	const of = interval != null && interval >= 1 ? interval : null;
	const n = Math.min(count, Math.round(seen ?? (of === null ? 0 : count / of)));
	const { lower, upper } = told ?? {};
	// Bounds that do not hold the count are none.
	const isBounded = lower != null && upper != null && lower <= count && count <= upper;
	return {
		estimate: count,
		n,
		interval: of ?? (n > 0 ? Math.max(1, count / n) : 1),
		lower: isBounded ? lower : null,
		upper: isBounded ? upper : null,
	};
}

const NONE: Count = { estimate: 0, n: 0, interval: 1, lower: null, upper: null };

/** The rows of a node; null: there is no such node in the answer. */
function measuredIn(zone: Readonly<Record<string, unknown>>, alias: string): readonly Measured[] | null {
	const rows = Rows.safeParse(zone[alias]);
	if (!rows.success) return null;
	return rows.data.flatMap((row) => {
		const read = Measured.safeParse(row);
		return read.success ? [read.data] : [];
	});
}

type Dimensions = Readonly<Record<string, unknown>>;
const textIn = (dimensions: Dimensions, name: string): string | null => {
	const read = Text.safeParse(dimensions[name]);
	return read.success && read.data !== "" ? read.data : null;
};
const numberIn = (dimensions: Dimensions, name: string): number | null => {
	const read = Amount.safeParse(dimensions[name]);
	return read.success ? read.data : null;
};

function partsOf<K>(rows: readonly Measured[], keyOf: (dimensions: Dimensions) => K | null): readonly Part<K>[] {
	return rows.flatMap((row) => {
		const key = keyOf(row.dimensions ?? {});
		return key === null || row.count === 0 ? [] : [{ of: key, count: countOf(row) }];
	});
}

/** Most frequent first, whatever order they came in. */
const byCount = <K>(parts: readonly Part<K>[]): readonly Part<K>[] =>
	[...parts].sort((a, b) => b.count.estimate - a.count.estimate);

/** The path alone: a query or fragment that came along goes. */
const pathOnly = (path: string): string => path.split(/[?#]/, 1)[0] ?? "";

const pathIn = (dimensions: Dimensions): PathOf | null => {
	const path = textIn(dimensions, "clientRequestPath");
	return path === null ? null : { path: pathOnly(path), method: textIn(dimensions, "clientRequestHTTPMethodName") };
};

const minuteIn = (dimensions: Dimensions): number | null => {
	const ms = Date.parse(textIn(dimensions, "datetimeMinute") ?? "");
	return Number.isNaN(ms) ? null : ms;
};

const protocolIn = (dimensions: Dimensions): string | null => {
	const protocol = textIn(dimensions, "clientRequestHTTPProtocol");
	const scheme = textIn(dimensions, "clientRequestScheme");
	return protocol === null ? null : `${protocol}${scheme === null ? "" : ` ${scheme}`}`;
};

const statusIn = (dimensions: Dimensions): StatusOf | null => {
	const edge = numberIn(dimensions, "edgeResponseStatus");
	const cache = textIn(dimensions, "cacheStatus");
	if (edge === null) return null;
	return { edge, origin: numberIn(dimensions, "originResponseStatus"), cache: cache?.toLowerCase() ?? null };
};

/** How an answer to `sharesQuery` reads. Total. @returns null: there is no total in it */
export function readShares(zone: Readonly<Record<string, unknown>>, about: About, node: Node, shape: Shape): Shares | null {
	const [totals, fails] = [measuredIn(zone, "total"), measuredIn(zone, "fails")];
	if (totals === null || fails === null) return null;
	const countIn = ([row]: readonly Measured[]): Count => (row === undefined ? NONE : countOf(row));
	const statusRows = measuredIn(zone, "statuses");
	const split = <K>(name: SplitName, keyOf: (dimensions: Dimensions) => K | null): Split<K> | null => {
		const [failed, all] = [measuredIn(zone, `${name}Failed`), measuredIn(zone, `${name}All`)];
		if (failed === null || all === null) return null;
		const max = rowsOf(SPLITS[name].limit, node, shape);
		return {
			fails: byCount(partsOf(failed, keyOf)),
			all: byCount(partsOf(all, keyOf)),
			failsCut: failed.length >= max,
			allCut: all.length >= max,
		};
	};
	const minutes = split("minutes", minuteIn);
	const inOrder = (parts: readonly Part<number>[]) => [...parts].sort((a, b) => a.of - b.of);
	return {
		host: about.host,
		code: about.code,
		fromMs: about.fromMs,
		toMs: about.toMs,
		total: countIn(totals),
		fails: countIn(fails),
		statuses: statusRows === null ? null : byCount(partsOf(statusRows, statusIn)),
		statusesCut: (statusRows?.length ?? 0) >= rowsOf(STATUSES_LIMIT, node, shape),
		paths: split("paths", pathIn),
		methods: split("methods", (of) => textIn(of, "clientRequestHTTPMethodName")),
		colos: split("colos", (of) => textIn(of, "coloCode")),
		countries: split("countries", (of) => textIn(of, "clientCountryName")),
		networks: split("networks", (of) => {
			const asn = textIn(of, "clientAsn") ?? numberIn(of, "clientAsn");
			return asn === null || !/^\d{1,10}$/.test(String(asn)) ? null : String(asn);
		}),
		agents: split("agents", (of) => textIn(of, "userAgent")),
		minutes: minutes === null ? null : { ...minutes, fails: inOrder(minutes.fails), all: inOrder(minutes.all) },
		protocols: split("protocols", protocolIn),
	};
}

/** How an answer to `rayQuery` reads. Total. */
export function readRay(zone: Readonly<Record<string, unknown>>, ray: string): RayFound {
	const rows = Rows.safeParse(zone.requests);
	if (!rows.success) return { kind: "no-single-requests" };
	const events = eventsIn(zone.security);
	const [row] = rows.data.flatMap((one) => rowIn(one, ray) ?? []);
	if (row !== undefined) return { kind: "row", row, events };
	const around = Rows.safeParse(zone.around);
	const [first] = around.success ? around.data : [];
	const interval = numberIn(Object(first), "sampleInterval");
	return { kind: "none", interval, events };
}

const Dict = z.record(z.string(), z.unknown());

function rowIn(one: unknown, ray: string): RayRow | null {
	const read = Dict.safeParse(one);
	if (!read.success || textIn(read.data, "rayName")?.toLowerCase() !== ray) return null;
	const atMs = Date.parse(textIn(read.data, "datetime") ?? "");
	const host = textIn(read.data, "clientRequestHTTPHost");
	if (Number.isNaN(atMs) || host === null) return null;
	const path = textIn(read.data, "clientRequestPath");
	return {
		atMs,
		host: host.toLowerCase(),
		method: textIn(read.data, "clientRequestHTTPMethodName"),
		path: path === null ? null : pathOnly(path),
		edge: numberIn(read.data, "edgeResponseStatus"),
		origin: numberIn(read.data, "originResponseStatus"),
		cache: textIn(read.data, "cacheStatus")?.toLowerCase() ?? null,
	};
}

function eventsIn(node: unknown): readonly SecurityEvent[] {
	const rows = Rows.safeParse(node);
	if (!rows.success) return [];
	return rows.data.slice(0, 5).flatMap((one) => {
		const read = Dict.safeParse(one);
		const action = read.success ? textIn(read.data, "action") : null;
		if (!read.success || action === null) return [];
		return [{ action, source: textIn(read.data, "source"), description: textIn(read.data, "description") }];
	});
}

/** A window after Cloudflare said that it is too old or too wide. */
export function windowAfter(
	{ fromMs, toMs }: Window,
	refusal: Extract<GraphRefusal, { kind: "window" }>,
	nowMs: number,
): Window | null {
	// A minute of room: the clocks differ.
	const max = Math.max(0, (refusal.maxMs ?? HOUR_MS) - 60_000);
	const from = Math.max(fromMs, refusal.of === "age" ? nowMs - max : toMs - max);
	return from < toMs ? { fromMs: from, toMs } : null;
}

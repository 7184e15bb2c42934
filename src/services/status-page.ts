import { type Called, call, type Service } from "./call.ts";

/**
 * Cloudflare's status page: Statuspage's API v2 (https://metastatuspage.com/api), read without a token. What it says, as values: nothing
 * is judged here, and whatever it answers is read without an error.
 */

/** What the page says of a data center. `partial_outage` is shown as "Re-routed" there: traffic enters elsewhere. */
const COLO_STATUSES = ["operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"] as const;
export type ColoStatus = (typeof COLO_STATUSES)[number];

const IMPACTS = ["none", "minor", "major", "critical"] as const;
export type StatusImpact = (typeof IMPACTS)[number];

const MAINTENANCE_STATES = ["scheduled", "in_progress", "verifying", "completed"] as const;

/** An incident, open or over. */
export interface StatusIncident {
	readonly id: string;
	/** Foreign text. */
	readonly title: string;
	readonly impact: StatusImpact;
	/** Unix milliseconds. */
	readonly startedAtMs: number;
	/** Unix milliseconds; null: it is open. */
	readonly endedAtMs: number | null;
	/** The data centers that it names, by their code. */
	readonly colos: readonly string[];
	/** The products that it names: foreign text, without the name of their group. */
	readonly products: readonly string[];
}

/** Scheduled maintenance: coming, running or over. */
export interface StatusMaintenance {
	readonly id: string;
	readonly state: (typeof MAINTENANCE_STATES)[number];
	/** Unix milliseconds. */
	readonly fromMs: number;
	readonly untilMs: number;
	readonly colos: readonly string[];
}

/** The page at one moment. */
export interface StatusPage {
	/** Unix milliseconds. */
	readonly readAtMs: number;
	/** By three-letter code. */
	readonly colos: ReadonlyMap<string, { readonly status: ColoStatus; readonly changedAtMs: number | null }>;
	/** The newest first. */
	readonly incidents: readonly StatusIncident[];
	readonly maintenances: readonly StatusMaintenance[];
	/** The page lists the last 50 of each kind; of what was before this moment it may list nothing. null: both lists are whole. */
	readonly oldestListedMs: number | null;
	/** One of its lists has entries of which none could be read: from its silence nothing follows. */
	readonly unread: boolean;
}

/** What comes of reading it. */
export type StatusRead = { readonly kind: "read"; readonly page: StatusPage } | { readonly kind: "unreadable" };

/** Statuspage, API v2: "a list of the 50 most recent incidents". */
const LISTED_MAX = 50;
/** More than the page has (339 data centers in 2026); the rest is not kept. */
const COMPONENTS_MAX = 2_000;
const ENTRIES_MAX = 200;
const NAMES_MAX = 500;
const TITLE_MAX_CHARS = 300;
const NAME_MAX_CHARS = 120;
const ID_MAX_CHARS = 60;

/** Cloudflare's group of its products: its published id, and its name. */
const PRODUCTS_GROUP_ID = "1km35smx8p41";
const PRODUCTS_GROUP = "Cloudflare Sites and Services";
/** `Frankfurt, Germany - (FRA)`, `Cork, Ireland -  (ORK)`, `Najaf, Iraq (NJF)`. */
const COLO_OF_COMPONENT = /\(([A-Z]{3})\)\s*$/;
/** `FRA (Frankfurt) on 2026-11-25`. */
const COLO_OF_MAINTENANCE = /^([A-Z]{3}) \(/;

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields | null =>
	typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : null;

/** The entries of a list that are objects; null: it is no list. */
function entriesOf(value: unknown, max: number): readonly Fields[] | null {
	if (!Array.isArray(value)) return null;
	return value
		.slice(0, max)
		.map(fieldsOf)
		.filter((entry) => entry !== null);
}

const textOf = (value: unknown, max: number): string | null =>
	typeof value === "string" && value.trim() !== "" ? value.slice(0, max).trim() : null;

const LATEST_MS = Date.UTC(2100, 0);
/** Unix milliseconds of an ISO time with its zone. */
function timeOf(value: unknown): number | null {
	if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}T[\d:.]{5,20}(?:Z|[+-]\d{2}:?\d{2})$/.test(value.slice(0, 50)))
		return null;
	const ms = Date.parse(value);
	return Number.isFinite(ms) && ms >= 0 && ms < LATEST_MS ? ms : null;
}

const oneOf = <T extends string>(all: readonly T[], value: unknown): T | null => all.find((one) => one === value) ?? null;

interface Named {
	readonly colos: readonly string[];
	readonly products: readonly string[];
}

/** What an incident or maintenance names: its components, and those that its updates affected, which have their group's name in front. */
function namedBy(entry: Fields): Named {
	const colos = new Set<string>();
	const products = new Set<string>();
	const add = (name: string, isProduct: boolean) => {
		const colo = COLO_OF_COMPONENT.exec(name)?.[1];
		if (colo !== undefined) colos.add(colo);
		else if (isProduct && products.size < NAMES_MAX) products.add(name);
	};
	for (const component of entriesOf(entry.components, NAMES_MAX) ?? []) {
		const name = textOf(component.name, NAME_MAX_CHARS);
		if (name !== null && component.group !== true) add(name, component.group_id === PRODUCTS_GROUP_ID);
	}
	for (const update of entriesOf(entry.incident_updates, ENTRIES_MAX) ?? [])
		for (const { name: named } of entriesOf(update.affected_components, NAMES_MAX) ?? []) {
			const name = textOf(named, NAME_MAX_CHARS);
			const prefix = `${PRODUCTS_GROUP} - `;
			if (name !== null) add(name.startsWith(prefix) ? name.slice(prefix.length) : name, name.startsWith(prefix));
		}
	return { colos: [...colos], products: [...products] };
}

const hasEnded = (state: unknown): boolean => state === "resolved" || state === "postmortem";

/** null: what it needs is missing or of another type. */
function incidentOf(entry: Fields): StatusIncident | null {
	const title = textOf(entry.name, TITLE_MAX_CHARS);
	const startedAtMs = timeOf(entry.started_at) ?? timeOf(entry.created_at);
	if (title === null || startedAtMs === null) return null;
	const endedAtMs = timeOf(entry.resolved_at) ?? (hasEnded(entry.status) ? timeOf(entry.updated_at) : null);
	// Over, nobody knows when: it can be told of no moment.
	if (endedAtMs === null && hasEnded(entry.status)) return null;
	return {
		id: textOf(entry.id, ID_MAX_CHARS) ?? `${startedAtMs} ${title}`,
		title,
		impact: oneOf(IMPACTS, entry.impact) ?? "none",
		startedAtMs,
		endedAtMs,
		...namedBy(entry),
	};
}

function maintenanceOf(entry: Fields): StatusMaintenance | null {
	const state = oneOf(MAINTENANCE_STATES, entry.status);
	const [fromMs, untilMs] = [timeOf(entry.scheduled_for), timeOf(entry.scheduled_until)];
	if (state === null || fromMs === null || untilMs === null || untilMs < fromMs) return null;
	const titled = COLO_OF_MAINTENANCE.exec(textOf(entry.name, TITLE_MAX_CHARS) ?? "")?.[1];
	const { colos } = namedBy(entry);
	return {
		id: textOf(entry.id, ID_MAX_CHARS) ?? `${fromMs} ${titled ?? ""}`,
		state,
		fromMs,
		untilMs,
		colos: titled === undefined || colos.includes(titled) ? colos : [titled, ...colos],
	};
}

/** A list of the page. */
interface Listed<T> {
	readonly all: readonly T[];
	/** As it came: what could not be read counts too. */
	readonly count: number;
	/** It has entries, and none could be read. */
	readonly unread: boolean;
}

function listed<T>(value: unknown, read: (entry: Fields) => T | null): Listed<T> | null {
	const entries = entriesOf(value, ENTRIES_MAX);
	if (entries === null) return null;
	const all = entries.flatMap((entry) => read(entry) ?? []);
	return { all, count: entries.length, unread: all.length === 0 && Array.isArray(value) && value.length > 0 };
}

/** Each once; what the first one does not name, a later one may. */
function byId<T extends { readonly id: string; readonly colos: readonly string[] }>(all: readonly T[]): T[] {
	const known = new Map<string, T>();
	for (const one of all) {
		const before = known.get(one.id);
		known.set(one.id, before === undefined ? one : { ...before, colos: [...new Set([...before.colos, ...one.colos])] });
	}
	return [...known.values()];
}

/** What was before the oldest entry of a full list is no longer listed. */
const oldestOf = ({ count }: { readonly count: number }, times: readonly number[]): number | null =>
	count < LISTED_MAX || times.length === 0 ? null : Math.min(...times);

/** The answers of the page's three paths, parsed and unchecked. */
export interface StatusAnswers {
	readonly summary: unknown;
	readonly incidents: unknown;
	readonly maintenances: unknown;
}

/**
 * Reads the page. Pure; total. An entry without what it needs is left out.
 * @param readAtMs Unix milliseconds
 * @returns null: one of the answers is none of this page's
 */
export function readStatusPage({ summary, incidents, maintenances }: StatusAnswers, readAtMs: number): StatusPage | null {
	const now = fieldsOf(summary);
	const components = entriesOf(now?.components, COMPONENTS_MAX);
	const before = listed(fieldsOf(incidents)?.incidents, incidentOf);
	const planned = listed(fieldsOf(maintenances)?.scheduled_maintenances, maintenanceOf);
	if (now === null || components === null || before === null || planned === null) return null;
	const colos = new Map<string, { status: ColoStatus; changedAtMs: number | null }>();
	for (const component of components) {
		const colo = COLO_OF_COMPONENT.exec(textOf(component.name, NAME_MAX_CHARS) ?? "")?.[1];
		const status = oneOf(COLO_STATUSES, component.status);
		if (colo !== undefined && status !== null && component.group !== true && !colos.has(colo))
			colos.set(colo, { status, changedAtMs: timeOf(component.updated_at) });
	}
	const open = listed(now.incidents, incidentOf);
	const coming = listed(now.scheduled_maintenances, maintenanceOf);
	const oldest = [
		oldestOf(
			before,
			before.all.map(({ startedAtMs }) => startedAtMs),
		),
		oldestOf(
			planned,
			planned.all.map(({ fromMs }) => fromMs),
		),
	].filter((ms) => ms !== null);
	return {
		readAtMs,
		colos,
		incidents: byId([...(open?.all ?? []), ...before.all]).sort((a, b) => b.startedAtMs - a.startedAtMs),
		maintenances: byId([...(coming?.all ?? []), ...planned.all]).sort((a, b) => b.fromMs - a.fromMs),
		oldestListedMs: oldest.length === 0 ? null : Math.max(...oldest),
		unread: colos.size === 0 || [before, planned, open, coming].some((list) => list?.unread === true),
	};
}

/** One read a minute for the whole process, whatever came of it: a dead page is not asked by each question. */
const KEPT_MS = 60_000;
/** Of a whole read, all three of its requests. */
const DEADLINE_MS = 3_000;
const MAX_BYTES = 1_000_000;

const PATHS = {
	summary: "/api/v2/summary.json",
	incidents: "/api/v2/incidents.json",
	maintenances: "/api/v2/scheduled-maintenances.json",
} as const satisfies Record<keyof StatusAnswers, string>;

/** The page, as the desk reads it. */
export interface StatusPageReader {
	/** Never rejects; ends within 3 s. */
	read(): Promise<StatusRead>;
}

/**
 * @param clock whose minute it is, Unix milliseconds
 * @param failed called once a read that fails
 * @param deadlineMs for a whole read
 */
export function statusPage(
	service: Service,
	clock: { readonly now: () => number },
	failed: () => void = () => {},
	deadlineMs: number = DEADLINE_MS,
): StatusPageReader {
	/** By path: what it said last, for the answer that it has not changed since. */
	const known = new Map<string, { readonly etag: string; readonly json: unknown }>();
	let last: { readonly atMs: number; readonly read: Promise<StatusRead> } | null = null;

	/** undefined: it could not be read. */
	const answerOf = (path: string, called: Called): unknown => {
		if (called.kind === "failed") return undefined;
		const before = known.get(path);
		if (called.status === 304) return before?.json;
		if (called.status !== 200 || called.json === undefined) return undefined;
		const { etag } = called.headers;
		if (etag === undefined) known.delete(path);
		else known.set(path, { etag, json: called.json });
		return called.json;
	};

	const asked = async (): Promise<StatusRead> => {
		const started = performance.now();
		const answers: Partial<Record<keyof StatusAnswers, unknown>> = {};
		// One after the other: never more than one request is on its way there.
		for (const name of ["summary", "incidents", "maintenances"] as const) {
			const path = PATHS[name];
			const left = Math.ceil(deadlineMs - (performance.now() - started));
			if (left <= 0) return { kind: "unreadable" };
			const etag = known.get(path)?.etag;
			const request = { method: "GET", path, maxBytes: MAX_BYTES, deadlineMs: left, again: true } as const;
			const answer = answerOf(path, await call(service, etag === undefined ? request : { ...request, etag }));
			if (answer === undefined) return { kind: "unreadable" };
			answers[name] = answer;
		}
		const { summary, incidents, maintenances } = answers;
		const page = readStatusPage({ summary, incidents, maintenances }, clock.now());
		return page === null ? { kind: "unreadable" } : { kind: "read", page };
	};

	const readOnce = async (): Promise<StatusRead> => {
		const read = await asked();
		if (read.kind === "unreadable") failed();
		return read;
	};

	return {
		read: () => {
			const atMs = clock.now();
			// A clock that was set back begins another minute.
			if (last === null || atMs < last.atMs || atMs - last.atMs >= KEPT_MS) last = { atMs, read: readOnce() };
			return last.read;
		},
	};
}

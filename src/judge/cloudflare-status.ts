import type { ColoStatus, StatusImpact, StatusIncident, StatusMaintenance, StatusPage } from "../services/status-page.ts";

/**
 * What Cloudflare's status page names for a data center at a time. It rules out quickly and almost never explains a 520 (none of the
 * counted public ones): it is told, and is evidence for no cause.
 */

/** One thing that the page names. */
export type StatusNamed =
	| {
			readonly kind: "incident";
			readonly title: string;
			readonly impact: StatusImpact;
			readonly sinceMs: number;
			/** null: it is open. */
			readonly untilMs: number | null;
			/** The data center that was asked about, where the incident names it; null: it names products, or none was asked about. */
			readonly colo: string | null;
	  }
	| { readonly kind: "maintenance"; readonly colo: string; readonly fromMs: number; readonly untilMs: number }
	/** The state of the data center itself, which no incident or maintenance explains. */
	| {
			readonly kind: "marked";
			readonly colo: string;
			readonly status: "degraded_performance" | "major_outage" | "under_maintenance";
	  }
	/** Traffic for it enters elsewhere: normal operation. */
	| { readonly kind: "re-routed"; readonly colo: string };

/** A data center, null for no particular one, and a time, Unix milliseconds. */
export interface StatusMoment {
	readonly colo: string | null;
	readonly atMs: number;
}

/** The page about one moment. */
export interface StatusThen extends StatusMoment {
	/** What tells most first. */
	readonly named: readonly StatusNamed[];
	/** Whether the page lists what was then; false: of its silence nothing follows. */
	readonly isListed: boolean;
}

/** People notice before an incident is opened. */
const BEFORE_INCIDENT_MS = 5 * 60_000;
/** A state of now is told of times up to this long before it. */
const STATE_REACHES_MS = 30 * 60_000;
/** Products through which every request to a site goes, by words of their names. */
const ON_THE_WAY = /\b(?:CDN|Cache|Network|SSL|Workers|DNS)\b/i;

const isOpenAt = ({ startedAtMs, endedAtMs }: StatusIncident, atMs: number): boolean =>
	atMs >= startedAtMs - BEFORE_INCIDENT_MS && (endedAtMs === null || atMs <= endedAtMs);

const isGeneral = ({ impact, products }: StatusIncident): boolean =>
	impact !== "none" && products.some((product) => ON_THE_WAY.test(product));

const isRunningAt = ({ state, fromMs, untilMs }: StatusMaintenance, atMs: number): boolean =>
	state !== "scheduled" && atMs >= fromMs && atMs <= untilMs;

const SEVERITY: Readonly<Record<StatusImpact, number>> = { critical: 0, major: 1, minor: 2, none: 3 };

/** The severest first; of equal ones the newest. */
const bySeverity = (a: StatusIncident, b: StatusIncident): number =>
	SEVERITY[a.impact] - SEVERITY[b.impact] || b.startedAtMs - a.startedAtMs;

const incidentNamed = (
	{ title, impact, startedAtMs, endedAtMs }: StatusIncident,
	colo: string | null,
): Extract<StatusNamed, { kind: "incident" }> => ({
	kind: "incident",
	colo,
	title,
	impact,
	sinceMs: startedAtMs,
	untilMs: endedAtMs,
});

const stateNamed = (colo: string, status: ColoStatus): StatusNamed[] => {
	if (status === "operational") return [];
	return [status === "partial_outage" ? { kind: "re-routed", colo } : { kind: "marked", colo, status }];
};

/** What the page names for a data center at a time. Pure. */
export function statusThen(page: StatusPage, { colo, atMs }: StatusMoment): StatusThen {
	const open = page.incidents.filter((one) => isOpenAt(one, atMs));
	const own = colo === null ? [] : open.filter(({ colos }) => colos.includes(colo));
	const told = open.filter((one) => own.includes(one) || isGeneral(one));
	// Of equal ones, that of the data center says more.
	const isOwn = (one: StatusIncident): number => (own.includes(one) ? 0 : 1);
	told.sort((a, b) => SEVERITY[a.impact] - SEVERITY[b.impact] || isOwn(a) - isOwn(b) || bySeverity(a, b));
	const maintenance =
		colo === null ? undefined : page.maintenances.find((one) => one.colos.includes(colo) && isRunningAt(one, atMs));
	const state = colo === null ? undefined : page.colos.get(colo);
	const stateFromMs = Math.min(state?.changedAtMs ?? page.readAtMs, page.readAtMs - STATE_REACHES_MS);
	const explains = own.length > 0 || maintenance !== undefined;
	return {
		colo,
		atMs,
		named: [
			...told.map((one) => incidentNamed(one, own.includes(one) ? colo : null)),
			...(colo === null || maintenance === undefined
				? []
				: [{ kind: "maintenance" as const, colo, fromMs: maintenance.fromMs, untilMs: maintenance.untilMs }]),
			...(colo === null || state === undefined || explains || atMs < stateFromMs ? [] : stateNamed(colo, state.status)),
		],
		isListed: page.oldestListedMs === null || atMs >= page.oldestListedMs,
	};
}

/** What was open somewhere at a moment, where nobody knows the data center. */
export interface StatusAnywhere {
	/** The severest first. */
	readonly open: readonly StatusNamed[];
	/** As in {@link StatusThen}. */
	readonly isListed: boolean;
}

/** What the page lists as open at a time, wherever. Pure. @param atMs Unix milliseconds */
export const statusAnywhere = (page: StatusPage, atMs: number): StatusAnywhere => ({
	open: page.incidents
		.filter((one) => isOpenAt(one, atMs))
		.sort(bySeverity)
		.map((one) => incidentNamed(one, null)),
	isListed: page.oldestListedMs === null || atMs >= page.oldestListedMs,
});

const WEIGHT: Readonly<Record<StatusNamed["kind"], number>> = { incident: 0, maintenance: 1, marked: 2, "re-routed": 3 };

const weightOf = (named: StatusNamed): number =>
	WEIGHT[named.kind] * 10 + (named.kind === "incident" ? SEVERITY[named.impact] : 0);

/** What tells most of several moments; null: nothing is named for any of them. Pure. */
export function mostTelling(page: StatusPage, moments: readonly StatusMoment[]): StatusNamed | null {
	const all = moments.flatMap((moment) => statusThen(page, moment).named);
	return all.reduce<StatusNamed | null>((most, one) => (most === null || weightOf(one) < weightOf(most) ? one : most), null);
}

/** The page as it is now. */
export interface StatusNow {
	/** The severest first; of equal ones the newest. */
	readonly open: readonly StatusNamed[];
	/** Data centers under maintenance, re-routed, or otherwise marked, by code. */
	readonly maintained: readonly string[];
	readonly rerouted: readonly string[];
	readonly marked: readonly string[];
}

/** What the page names now, wherever. Pure. @param nowMs Unix milliseconds */
export function statusNow(page: StatusPage, nowMs: number): StatusNow {
	const colosOf = (status: ColoStatus) => [...page.colos].flatMap(([colo, one]) => (one.status === status ? [colo] : []));
	const running = page.maintenances.filter((one) => isRunningAt(one, nowMs)).flatMap(({ colos }) => colos);
	return {
		open: page.incidents
			.filter((one) => one.endedAtMs === null && isOpenAt(one, nowMs))
			.sort(bySeverity)
			.map((one) => incidentNamed(one, null)),
		maintained: [...new Set([...running, ...colosOf("under_maintenance")])],
		rerouted: colosOf("partial_outage"),
		marked: [...colosOf("degraded_performance"), ...colosOf("major_outage")],
	};
}

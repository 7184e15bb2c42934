import { createHash } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { gzipSync } from "node:zlib";
import type { StatusPage, StatusPageReader } from "../../src/services/status-page.ts";

/**
 * A status page on loopback, as Statuspage serves Cloudflare's: answers are computed from rows, so that a wrong reading gives wrong words.
 * It lists the last 50 of each kind, knows ETags, compresses where it is asked to, and breaks on demand.
 */

/** A component: a group, a product, or a data center by its name. */
export interface FakeComponent {
	readonly name: string;
	readonly status?: string;
	/** `product`: of Cloudflare's own group; `group`: a group itself. */
	readonly kind?: "data-center" | "product" | "group";
	readonly changedAt?: string;
}

export interface FakeIncident {
	readonly id: string;
	readonly name: string;
	readonly impact?: string;
	readonly startedAt: string;
	/** Absent: open. */
	readonly resolvedAt?: string;
	/** Names of its components. */
	readonly components?: readonly string[];
	/** Named by its updates alone, with the group in front, as the page writes it there. */
	readonly affected?: readonly string[];
}

export interface FakeMaintenance {
	readonly id: string;
	readonly name: string;
	readonly status: string;
	readonly from: string;
	readonly until: string;
	readonly components?: readonly string[];
}

/** What the page has. */
export interface FakeScene {
	readonly components: readonly FakeComponent[];
	readonly incidents: readonly FakeIncident[];
	readonly maintenances: readonly FakeMaintenance[];
}

/** How it misbehaves. */
export type FakeFault =
	| "forbidden"
	| "cut-json"
	| "hang"
	| "reset"
	| "unavailable"
	| "too-large"
	| "redirect"
	| "wrong-types"
	| "no-lists";

export interface FakeStatus {
	/** For `CF520_STATUS_URL`. */
	readonly url: string;
	/** The host that refuses programs, as the page's first one does: 403 with a page. */
	readonly refusingUrl: string;
	scene: FakeScene;
	fault: FakeFault | null;
	/** Every request to either host. */
	readonly seen: { readonly path: string; readonly headers: IncomingMessage["headers"]; readonly status: number }[];
	/** The most requests that were open at once. */
	readonly mostOpen: () => number;
	close(): Promise<void>;
}

const LISTED = 50;
const PAGE_ID = "yh6f0r4529hb";
const PRODUCTS = { id: "1km35smx8p41", name: "Cloudflare Sites and Services" } as const;
const FORBIDDEN = "<!DOCTYPE html><html><head><title>403 Forbidden</title></head><body><h1>403 ERROR</h1></body></html>";

const idOf = (name: string): string => createHash("sha256").update(name).digest("hex").slice(0, 12);

/** As it is listed, and as incidents repeat it. */
const componentBody = ({ name, status = "operational", kind = "data-center", changedAt }: FakeComponent, nth = 0) => ({
	id: kind === "group" && name === PRODUCTS.name ? PRODUCTS.id : idOf(name),
	name,
	status,
	created_at: "2014-10-09T03:32:07.158Z",
	updated_at: changedAt ?? "2026-11-25T09:12:01.004Z",
	position: nth + 1,
	description: null,
	showcase: false,
	start_date: null,
	group_id: kind === "group" ? null : kind === "product" ? PRODUCTS.id : "grpeurope001",
	page_id: PAGE_ID,
	group: kind === "group",
	only_show_if_degraded: false,
});

type Scene = FakeScene;
const namedIn = ({ components }: Scene, name: string): FakeComponent =>
	components.find((one) => one.name === name) ?? { name, status: "operational" };

function incidentBody(scene: Scene, one: FakeIncident) {
	const { id, name, impact = "minor", startedAt, resolvedAt = null, components = [], affected = [] } = one;
	const at = resolvedAt ?? startedAt;
	return {
		id,
		name,
		status: resolvedAt === null ? "investigating" : "resolved",
		created_at: startedAt,
		updated_at: at,
		monitoring_at: null,
		resolved_at: resolvedAt,
		impact,
		shortlink: "https://stspg.io/abc123",
		started_at: startedAt,
		page_id: PAGE_ID,
		incident_updates: [
			{
				id: `${id}-u`,
				status: "investigating",
				body: "Cloudflare is investigating …",
				incident_id: id,
				created_at: startedAt,
				updated_at: startedAt,
				display_at: startedAt,
				affected_components:
					affected.length === 0
						? null
						: affected.map((full) => ({ code: idOf(full), name: full, old_status: "operational", new_status: "partial_outage" })),
				deliver_notifications: true,
				custom_tweet: null,
				tweet_id: null,
			},
		],
		components: components.map((full) => componentBody(namedIn(scene, full))),
		reminder_intervals: null,
	};
}

const maintenanceBody = (scene: Scene, { id, name, status, from, until, components = [] }: FakeMaintenance) => ({
	...incidentBody(scene, { id, name, impact: "maintenance", startedAt: from, components }),
	status,
	resolved_at: status === "completed" ? until : null,
	scheduled_for: from,
	scheduled_until: until,
});

const page = { id: PAGE_ID, name: "Cloudflare", url: "https://www.cloudflarestatus.com", time_zone: "Etc/UTC" };
const newest = <T>(all: readonly T[], at: (one: T) => string): T[] =>
	[...all].sort((a, b) => Date.parse(at(b)) - Date.parse(at(a))).slice(0, LISTED);

/** The answer of a path; undefined: there is no such path. */
function bodyOf(path: string, scene: Scene): unknown {
	switch (path) {
		case "/api/v2/summary.json":
			return {
				page,
				components: scene.components.map(componentBody),
				incidents: scene.incidents.filter((one) => one.resolvedAt === undefined).map((one) => incidentBody(scene, one)),
				scheduled_maintenances: scene.maintenances
					.filter(({ status }) => status !== "completed")
					.map((one) => maintenanceBody(scene, one)),
				status: { indicator: "minor", description: "Minor Service Outage" },
			};
		case "/api/v2/incidents.json":
			return { page, incidents: newest(scene.incidents, ({ startedAt }) => startedAt).map((one) => incidentBody(scene, one)) };
		case "/api/v2/scheduled-maintenances.json":
			return {
				page,
				scheduled_maintenances: newest(scene.maintenances, ({ from }) => from).map((one) => maintenanceBody(scene, one)),
			};
		default:
			return undefined;
	}
}

const WRONG = {
	components: [7, null, "x", { name: 5, status: [] }, [], { name: "Oslo, Norway - (OSL)" }],
	incidents: [null, { name: {}, started_at: 7 }, { name: "x", started_at: "yesterday" }, { name: "x" }],
	scheduled_maintenances: [{ name: "FRA (Frankfurt)", scheduled_for: true, status: "in_progress" }, "x"],
};

/** Opens one. @param scene what it has at first */
export async function openFakeStatus(scene: FakeScene): Promise<FakeStatus> {
	const seen: FakeStatus["seen"] = [];
	let open = 0;
	let mostOpen = 0;
	const answer = (request: IncomingMessage, response: ServerResponse, body: string, type: string, status = 200): void => {
		const etag = `W/"${createHash("sha256").update(body).digest("hex").slice(0, 16)}"`;
		const isKnown = status === 200 && request.headers["if-none-match"] === etag;
		seen.push({ path: request.url ?? "", headers: request.headers, status: isKnown ? 304 : status });
		if (isKnown) return void response.writeHead(304, { ETag: etag }).end();
		const asksGzip = /\bgzip\b/.test(String(request.headers["accept-encoding"]));
		const coding = asksGzip ? { "Content-Encoding": "gzip", Vary: "Accept-Encoding" } : {};
		response.writeHead(status, { "Content-Type": type, ...(status === 200 ? { ETag: etag } : {}), ...coding });
		response.end(asksGzip ? gzipSync(body) : body);
	};
	const faults: Readonly<Record<FakeFault, (request: IncomingMessage, response: ServerResponse, whole: string) => void>> = {
		forbidden: (request, response) => answer(request, response, FORBIDDEN, "text/html", 403),
		"cut-json": (request, response, whole) => answer(request, response, whole.slice(0, 200), "application/json"),
		hang: (request) => void seen.push({ path: request.url ?? "", headers: request.headers, status: 0 }),
		reset: (request) => {
			seen.push({ path: request.url ?? "", headers: request.headers, status: 0 });
			request.socket.resetAndDestroy();
		},
		unavailable: (request, response) => answer(request, response, "<h1>503</h1>", "text/html", 503),
		"too-large": (request, response) => answer(request, response, `"${"x".repeat(3_000_000)}"`, "application/json"),
		redirect: (request, response) => {
			seen.push({ path: request.url ?? "", headers: request.headers, status: 302 });
			response.writeHead(302, { Location: `${url}${request.url}` }).end();
		},
		"wrong-types": (request, response) => answer(request, response, JSON.stringify(WRONG), "application/json"),
		"no-lists": (request, response) => answer(request, response, JSON.stringify({ page, incidents: {} }), "application/json"),
	};
	const served = createServer((request, response) => {
		open += 1;
		mostOpen = Math.max(mostOpen, open);
		response.once("close", () => {
			open -= 1;
		});
		const body = bodyOf(request.url ?? "", fake.scene);
		if (body === undefined) return answer(request, response, "<h1>404</h1>", "text/html", 404);
		const whole = JSON.stringify(body);
		if (fake.fault === null) answer(request, response, whole, "application/json");
		else faults[fake.fault](request, response, whole);
	});
	const refusing = createServer((request, response) => faults.forbidden(request, response, ""));
	for (const server of [served, refusing]) await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", () => resolve()));
	const urlOf = (server: typeof served) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const url = urlOf(served);
	const fake: FakeStatus = {
		url,
		refusingUrl: urlOf(refusing),
		scene,
		fault: null,
		seen,
		mostOpen: () => mostOpen,
		close: async () => {
			for (const server of [served, refusing]) {
				server.closeAllConnections();
				await new Promise((resolve) => server.close(resolve));
			}
		},
	};
	return fake;
}

/** A page in memory that lists one open incident of Dallas, the laboratory's data center. */
export const incidentInDallas = (title: string, startedAtMs: number): StatusPageReader => {
	const page: StatusPage = {
		readAtMs: startedAtMs,
		colos: new Map(),
		incidents: [{ id: "i1", title, impact: "minor", startedAtMs, endedAtMs: null, colos: ["DFW"], products: [] }],
		maintenances: [],
		oldestListedMs: null,
		unread: false,
	};
	return { read: async () => ({ kind: "read", page }) };
};

/** Nothing is wrong anywhere. All name forms that the page has. */
export const CLEAN: FakeScene = {
	components: [
		{ name: PRODUCTS.name, kind: "group" },
		{ name: "CDN/Cache", kind: "product" },
		{ name: "Stream", kind: "product" },
		{ name: "Europe", kind: "group" },
		{ name: "Frankfurt, Germany - (FRA)" },
		{ name: "Cork, Ireland -  (ORK)" },
		{ name: "Charlotte, NC, United States - (CLT)" },
		{ name: "Taipei - (TPE)" },
		{ name: "Najaf, Iraq (NJF)" },
		{ name: "Dallas, TX, United States - (DFW)" },
	],
	incidents: [],
	maintenances: [],
};

/** The same with other states of some components. */
export const withStatuses = (scene: FakeScene, statuses: Readonly<Record<string, string>>): FakeScene => ({
	...scene,
	components: scene.components.map((one) => ({ ...one, status: statuses[one.name] ?? one.status ?? "operational" })),
});

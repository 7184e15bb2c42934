import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Document, parseQuery, type Selection, type Value } from "./graphql.ts";

/** An invented request of a visitor. */
export interface FakeRequest {
	readonly atMs: number;
	readonly host: string;
	readonly path: string;
	readonly method: string;
	readonly colo: string;
	readonly country: string;
	readonly asn: number;
	readonly agent: string;
	readonly protocol: string;
	readonly scheme: string;
	readonly edge: number;
	/** 0: no status from the origin. */
	readonly origin: number;
	readonly cache: string;
	/** 16 hex digits. */
	readonly ray: string;
	/** `eyeball`: a visitor's; anything else: a Worker's. */
	readonly source: string;
}

export interface FakeEvent {
	readonly atMs: number;
	readonly ray: string;
	readonly action: string;
	readonly source: string;
	readonly description: string;
}

export type FakePermission = "zone" | "analytics" | "settings" | "routes" | "user";

export interface FakeToken {
	readonly token: string;
	readonly id: string;
	readonly kind: "user" | "account";
	readonly status: "active" | "disabled" | "expired";
	/** Ids. */
	readonly zones: readonly string[];
	readonly permissions: readonly FakePermission[];
	/** It is for other addresses than ours. */
	readonly isElsewhere?: boolean;
}

export interface FakeZone {
	readonly id: string;
	readonly name: string;
	readonly plan: "free" | "pro" | "business" | "enterprise";
	readonly account: string;
	readonly requests: readonly FakeRequest[];
	readonly events?: readonly FakeEvent[];
	/** One row in so many is kept; 1: all. */
	readonly sampling?: number;
	/** Fields of the data sets that this zone does not have, as `availableFields` names them. */
	readonly without?: readonly string[];
	/** Fields that the settings list and a query is refused for all the same. */
	readonly refuses?: readonly string[];
	/** The settings node says nothing. */
	readonly noSettings?: boolean;
	readonly settings?: Readonly<Record<string, { readonly value: string; readonly modified_on: string | null }>>;
	readonly routes?: readonly { readonly pattern: string; readonly script: string | null }[];
}

/** What goes wrong with the next request, once. */
export type FakeFault =
	| "html"
	| "lost"
	| "hang"
	| "big"
	| "redirect"
	| "null"
	| "partial"
	| "types"
	| "deep"
	| "later"
	| "later-200"
	| "budget"
	| "forbidden";

export interface Received {
	readonly method: string;
	readonly path: string;
	readonly headers: string;
	readonly body: string;
}

export interface FakeCloudflare {
	/** Base of the client API. */
	readonly url: string;
	readonly log: readonly Received[];
	readonly tokens: FakeToken[];
	readonly zones: FakeZone[];
	/** Fault of the next requests, in order. */
	readonly faults: FakeFault[];
	/** Where a redirect leads. */
	redirectTo: string;
	close(): Promise<void>;
}

const DAY_S = 86_400;
const MINUTE_MS = 60_000;
/** Rows arrive late. */
const LATE_MS = 60_000;
const REQUESTS_MAX = 300;
const NODES_MAX = 50;

const GROUP_DIMENSIONS: Readonly<Record<string, (one: FakeRequest) => string | number>> = {
	cacheStatus: (one) => one.cache,
	clientAsn: (one) => String(one.asn),
	clientCountryName: (one) => one.country,
	clientRequestHTTPHost: (one) => one.host,
	clientRequestHTTPMethodName: (one) => one.method,
	clientRequestHTTPProtocol: (one) => one.protocol,
	clientRequestPath: (one) => one.path,
	clientRequestScheme: (one) => one.scheme,
	coloCode: (one) => one.colo,
	datetimeMinute: (one) => iso(Math.floor(one.atMs / MINUTE_MS) * MINUTE_MS),
	edgeResponseStatus: (one) => one.edge,
	originResponseStatus: (one) => one.origin,
	userAgent: (one) => one.agent,
};
const ROW_FIELDS: Readonly<Record<string, (one: FakeRequest) => string | number>> = {
	...GROUP_DIMENSIONS,
	datetime: (one) => iso(one.atMs),
	rayName: (one) => one.ray,
};
const EVENT_FIELDS: Readonly<Record<string, (one: FakeEvent) => string>> = {
	datetime: (one) => iso(one.atMs),
	rayName: (one) => one.ray,
	action: (one) => one.action,
	source: (one) => one.source,
	description: (one) => one.description,
};
/** What can be filtered by beside what can be read. */
const FILTER_ONLY: Readonly<Record<string, (one: FakeRequest) => string | number>> = {
	requestSource: (one) => one.source,
	datetime: (one) => iso(one.atMs),
	rayName: (one) => one.ray,
};

const COMPARE: Readonly<Record<string, (a: string | number, b: string | number) => boolean>> = {
	gt: (a, b) => a > b,
	geq: (a, b) => a >= b,
	lt: (a, b) => a < b,
	leq: (a, b) => a <= b,
	neq: (a, b) => a !== b,
};

const PLANS = {
	free: { keptS: 7 * DAY_S, widthS: DAY_S, eventsS: DAY_S },
	pro: { keptS: 7 * DAY_S, widthS: 7 * DAY_S, eventsS: DAY_S },
	business: { keptS: 31 * DAY_S, widthS: 31 * DAY_S, eventsS: 3 * DAY_S },
	enterprise: { keptS: 90 * DAY_S, widthS: 31 * DAY_S, eventsS: 30 * DAY_S },
} as const;
const PAGE = 10_000;

const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");

/** Thrown to refuse a whole query. */
class Refusal extends Error {}

/**
 * A small Cloudflare on loopback: it computes what it answers from the requests that it is given, so that a wrong question gets a wrong answer.
 * @param now Unix milliseconds
 * @param random from 0 to 1, for sampling
 */
export async function startFakeCloudflare(now: () => number, random: () => number = Math.random): Promise<FakeCloudflare> {
	const log: Received[] = [];
	const tokens: FakeToken[] = [];
	const zones: FakeZone[] = [];
	const faults: FakeFault[] = [];
	const asked = new Map<string, number[]>();
	const held = new Set<ServerResponse>();

	const send = (response: ServerResponse, status: number, body: unknown, headers: Readonly<Record<string, string>> = {}) =>
		response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
	const fine = (response: ServerResponse, result: unknown) =>
		send(response, 200, { success: true, errors: [], messages: [], result });
	const refuse = (response: ServerResponse, status: number, code: number, message: string, headers = {}) =>
		send(response, status, { success: false, errors: [{ code, message }], messages: [], result: null }, headers);

	function broken(fault: FakeFault, response: ServerResponse): boolean {
		switch (fault) {
			case "html":
				response.writeHead(502, { "content-type": "text/html" }).end("<html><title>502</title></html>");
				return true;
			case "lost":
				response.destroy();
				return true;
			case "hang":
				held.add(response);
				return true;
			case "big":
				response.writeHead(200, { "content-type": "application/json" });
				response.end(`{"data":"${"x".repeat(5_000_000)}"}`);
				return true;
			case "redirect":
				response.writeHead(307, { location: fake.redirectTo }).end();
				return true;
			case "null":
				send(response, 200, { data: null, errors: null });
				return true;
			case "types":
				send(response, 200, {
					success: true,
					result: [{ id: 5, name: ["a"], plan: 7 }],
					data: {
						viewer: { zones: [{ total: "many", fails: [{ count: "12" }, null, { count: -4 }], settings: 3, requests: 9 }] },
					},
					errors: "none",
				});
				return true;
			case "deep":
				response
					.writeHead(200, { "content-type": "application/json" })
					.end(`{"data":{"viewer":{"zones":[{"total":${"[".repeat(200_000)}${"]".repeat(200_000)}}]}},"success":true}`);
				return true;
			case "later":
				send(response, 503, failure("unable to execute query, please try again later"));
				return true;
			case "later-200":
				send(response, 200, failure("unable to execute query, please try again later"));
				return true;
			case "budget":
				send(response, 200, failure("rate limiter budget depleted, try again after 5 minutes"), { "retry-after": "212" });
				return true;
			case "forbidden":
				send(response, 403, failure("not authorized for that account"));
				return true;
			case "partial":
				return false;
		}
	}

	const answer = async (request: IncomingMessage, response: ServerResponse): Promise<unknown> => {
		const body = await bodyOf(request);
		const path = request.url ?? "/";
		log.push({ method: request.method ?? "", path, headers: JSON.stringify(request.rawHeaders), body });
		const fault = faults.shift();
		if (fault !== undefined && broken(fault, response)) return;
		const authorization = request.headers.authorization ?? "";
		const token = tokens.find((one) => authorization === `Bearer ${one.token}`);
		if (!authorization.startsWith("Bearer ")) return refuse(response, 400, 6003, "Invalid request headers");
		if (isOver(authorization)) return refuse(response, 429, 10000, "Rate limited", { "retry-after": "212" });
		if (token === undefined || token.status !== "active") {
			if (path.endsWith("/graphql")) return send(response, 401, failure("Unauthorized"));
			return refuse(response, 401, 1000, "Invalid API Token");
		}
		if (token.isElsewhere === true) return refuse(response, 403, 9109, "Cannot use the access token from location: 203.0.113.7");
		const url = new URL(path, "http://fake.invalid");
		if (request.method === "POST" && url.pathname === "/client/v4/graphql") {
			const { status, body: said } = graphql(token, body, fault === "partial");
			return send(response, status, said);
		}
		return rest(token, url, response);
	};
	const server = createServer((request, response) => void answer(request, response));

	const isOver = (authorization: string): boolean => {
		const recent = (asked.get(authorization) ?? []).filter((time) => time > now() - 5 * MINUTE_MS);
		asked.set(authorization, [...recent, now()]);
		return recent.length >= REQUESTS_MAX;
	};

	const may = (token: FakeToken, zone: string, permission: FakePermission) =>
		token.zones.includes(zone) && token.permissions.includes(permission);

	function rest(token: FakeToken, url: URL, response: ServerResponse): unknown {
		const path = url.pathname.replace(/^\/client\/v4/, "");
		const forbidden = () => refuse(response, 403, 10000, "Authentication error");
		if (path === "/zones") {
			if (!token.permissions.includes("zone")) return forbidden();
			const found = zones.filter(({ id, name }) => token.zones.includes(id) && name === url.searchParams.get("name"));
			// 200 and an empty list where the token does not reach it.
			return fine(response, found.map(zoneRow));
		}
		if (path === "/user/tokens/verify" || /^\/accounts\/\w+\/tokens\/verify$/.test(path)) {
			const kind = path.startsWith("/user") ? "user" : "account";
			if (kind !== token.kind) return refuse(response, 401, 1000, "Invalid API Token");
			return fine(response, { id: token.id, status: token.status, expires_on: "2027-02-01T00:00:00Z" });
		}
		if (path === "/user")
			return token.permissions.includes("user") ? fine(response, { id: "u", email: "ann@example.com" }) : forbidden();
		const [, zone = "", setting] = /^\/zones\/(\w+)\/settings\/(\w+)$/.exec(path) ?? [];
		if (setting !== undefined) {
			if (!may(token, zone, "settings")) return forbidden();
			const row = zones.find(({ id }) => id === zone)?.settings?.[setting];
			return row === undefined
				? refuse(response, 404, 1004, "no such setting")
				: fine(response, { id: setting, editable: true, ...row });
		}
		const [, routed] = /^\/zones\/(\w+)\/workers\/routes$/.exec(path) ?? [];
		if (routed !== undefined) {
			if (!may(token, routed, "routes")) return forbidden();
			return fine(response, zones.find(({ id }) => id === routed)?.routes ?? []);
		}
		if (path.endsWith("/cfd_tunnel")) return fine(response, []);
		return refuse(response, 404, 7003, "Could not route to this path");
	}

	function graphql(token: FakeToken, body: string, isPartial: boolean): { readonly status: number; readonly body: unknown } {
		try {
			const { query, variables } = JSON.parse(body) as { query: string; variables: Record<string, unknown> };
			const document = parseQuery(query);
			const [viewer] = document.of;
			const [of] = viewer?.of ?? [];
			if (viewer?.name !== "viewer" || of?.name !== "zones") throw new Refusal("unknown field");
			const args = valuesOf(of.args, document, variables);
			const id = String(Object(args.filter).zoneTag);
			if (!token.permissions.includes("analytics")) return { status: 403, body: failure("not authorized for that account") };
			const zone = zones.find((one) => one.id === id);
			if (zone === undefined || !token.zones.includes(id))
				return { status: 200, body: { data: { viewer: { zones: [] } }, errors: null } };
			if (of.of.length > NODES_MAX) throw new Refusal("in combination, your request queries too many nodes, zones and accounts");
			const out: Record<string, unknown> = {};
			for (const node of of.of) out[node.alias] = nodeOf(zone, node, valuesOf(node.args, document, variables));
			const errors = isPartial ? [{ message: "something of this failed", path: null }] : null;
			if (isPartial) for (const alias of Object.keys(out).slice(3)) out[alias] = null;
			return { status: 200, body: { data: { viewer: { zones: [out] } }, errors } };
		} catch (error) {
			const said = error instanceof Error ? error.message : "error";
			return { status: 200, body: failure(error instanceof Refusal ? said : `error parsing args: ${said}`) };
		}
	}

	function nodeOf(zone: FakeZone, node: Selection, args: Readonly<Record<string, unknown>>): unknown {
		if (node.name === "settings") return zone.noSettings === true ? null : settingsOf(zone, node);
		const plan = PLANS[zone.plan];
		const keptS = node.name === "firewallEventsAdaptive" ? plan.eventsS : plan.keptS;
		const filter = Object(args.filter) as Record<string, unknown>;
		const [from, to] = [filter.datetime_geq, filter.datetime_leq ?? filter.datetime_lt].map((time) => Date.parse(String(time)));
		if (from === undefined || to === undefined || Number.isNaN(from) || Number.isNaN(to))
			throw new Refusal("datetime filter is required");
		if (from < now() - keptS * 1_000) throw new Refusal(`cannot request data older than ${keptS}s`);
		if (to - from > plan.widthS * 1_000) throw new Refusal(`cannot request a time range wider than ${plan.widthS}s`);
		if (typeof args.limit !== "number" || args.limit < 1 || args.limit > PAGE)
			throw new Refusal(`limit must be positive number and not greater than ${PAGE}`);
		switch (node.name) {
			case "httpRequestsAdaptiveGroups":
				return groupsOf(zone, node, filter, args);
			case "httpRequestsAdaptive":
				return rowsOf(zone, node, filter, args, zone.requests, ROW_FIELDS, "");
			case "firewallEventsAdaptive":
				return rowsOf(zone, node, filter, args, zone.events ?? [], EVENT_FIELDS, "events_");
			default:
				throw new Refusal(`unknown field "${node.name}"`);
		}
	}

	/** @param name as `availableFields` has it */
	function allowed(zone: FakeZone, name: string): void {
		if (zone.without?.includes(name) === true || zone.refuses?.includes(name) === true)
			throw new Refusal(
				`zone '${zone.id}' does not have access to the field '${name.slice(name.lastIndexOf("_") + 1).toLowerCase()}'`,
			);
	}

	const there = (one: { readonly atMs: number }) => one.atMs <= now() - LATE_MS;
	const sampled = <T>(rows: readonly T[], k: number) => (k === 1 ? rows : rows.filter(() => random() < 1 / k));

	function groupsOf(
		zone: FakeZone,
		node: Selection,
		filter: Readonly<Record<string, unknown>>,
		args: Readonly<Record<string, unknown>>,
	): unknown {
		const dimensions = node.of.find(({ name }) => name === "dimensions")?.of.map(({ name }) => name) ?? [];
		for (const name of dimensions) {
			if (!Object.hasOwn(GROUP_DIMENSIONS, name)) throw new Refusal(`unknown field "${name}"`);
			allowed(zone, `dimensions_${name}`);
		}
		for (const { name, of } of node.of) {
			if (!["count", "avg", "confidence", "dimensions"].includes(name)) throw new Refusal(`unknown field "${name}"`);
			if (name === "avg") for (const one of of) allowed(zone, `avg_${one.name}`);
			if (name === "confidence") allowed(zone, "confidence_count_sampleSize");
		}
		const readers = { ...GROUP_DIMENSIONS, ...FILTER_ONLY };
		const isMeant = filterOf(zone, filter, readers, "dimensions_");
		const k = zone.sampling ?? 1;
		const rows = sampled(
			zone.requests.filter((one) => there(one) && isMeant(one)),
			k,
		);
		const by = dimensions.flatMap((name) => GROUP_DIMENSIONS[name] ?? []);
		const groups = new Map<string, FakeRequest[]>();
		for (const one of rows) {
			const key = by.map((read) => read(one)).join("\0");
			const group = groups.get(key);
			if (group === undefined) groups.set(key, [one]);
			else group.push(one);
		}
		const out = [...groups.values()].map((group) => {
			const [first] = group;
			const error = 1.96 * k * Math.sqrt(group.length * (1 - 1 / k));
			const estimate = group.length * k;
			const bounds = {
				estimate,
				lower: Math.max(group.length, Math.floor(estimate - error)),
				upper: Math.ceil(estimate + error),
				sampleSize: group.length,
			};
			const told: Record<string, unknown> = {
				count: estimate,
				avg: { sampleInterval: k },
				confidence: { count: bounds },
				dimensions: Object.fromEntries(
					dimensions.map((name) => [name, first === undefined ? null : GROUP_DIMENSIONS[name]?.(first)]),
				),
			};
			return Object.fromEntries(node.of.map(({ alias, name }) => [alias, told[name]]));
		});
		return ordered(out, args).slice(0, Number(args.limit));
	}

	function rowsOf<T extends { readonly atMs: number }>(
		zone: FakeZone,
		node: Selection,
		filter: Readonly<Record<string, unknown>>,
		args: Readonly<Record<string, unknown>>,
		all: readonly T[],
		fields: Readonly<Record<string, (one: T) => string | number>>,
		prefix: string,
	): unknown {
		for (const { name } of node.of) {
			if (!Object.hasOwn(fields, name) && name !== "sampleInterval") throw new Refusal(`unknown field "${name}"`);
			allowed(zone, `${prefix}${name}`);
		}
		const isMeant = filterOf(zone, filter, fields, prefix);
		const k = prefix === "" ? (zone.sampling ?? 1) : 1;
		const kept = sampled(
			all.filter((one) => there(one) && isMeant(one)),
			k,
		);
		return ordered(
			kept.map((one) =>
				Object.fromEntries(node.of.map(({ alias, name }) => [alias, name === "sampleInterval" ? k : fields[name]?.(one)])),
			),
			args,
		).slice(0, Number(args.limit));
	}

	/** The filter of a node, read once. */
	function filterOf<T extends { readonly atMs: number }>(
		zone: FakeZone,
		filter: Readonly<Record<string, unknown>>,
		readers: Readonly<Record<string, (one: T) => string | number>>,
		prefix: string,
	): (one: T) => boolean {
		const conditions = Object.entries(filter).map(([key, wanted]) => {
			const [, name = "", by = ""] = /^(\w+?)(?:_(gt|geq|lt|leq|neq))?$/.exec(key) ?? [];
			const own = readers[name];
			if (own === undefined) throw new Refusal(`unknown field "${name}"`);
			const isTime = name === "datetime";
			if (!isTime) allowed(zone, `${prefix}${name}`);
			const read = isTime ? (one: T) => one.atMs : own;
			const against = isTime ? Date.parse(String(wanted)) : (wanted as string | number);
			const compare = COMPARE[by] ?? ((a: string | number, b: string | number) => a === b);
			return (one: T) => compare(read(one), against);
		});
		return (one) => conditions.every((fits) => fits(one));
	}

	const fake: FakeCloudflare = {
		url: "",
		log,
		tokens,
		zones,
		faults,
		redirectTo: "",
		close: () => {
			for (const response of held) response.destroy();
			server.closeAllConnections();
			return new Promise((resolve) => void server.close(() => resolve()));
		},
	};
	await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
	Object.assign(fake, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/client/v4` });
	return fake;
}

const failure = (message: string) => ({
	data: null,
	errors: [{ message, path: null, extensions: { timestamp: "2026-11-25T09:45:12.003Z" } }],
});

async function bodyOf(request: IncomingMessage): Promise<string> {
	let body = "";
	for await (const part of request) body += String(part);
	return body;
}

const zoneRow = ({ id, name, plan, account }: FakeZone) => ({
	id,
	name,
	status: "active",
	paused: false,
	type: "full",
	account: { id: account, name: "Example Ltd" },
	permissions: ["#zone:read"],
	plan: { id: "0feeeeeeeeeeeeeeeeeeeeeeeeeeeeee", name: plan, legacy_id: plan },
});

function settingsOf(zone: FakeZone, node: Selection): unknown {
	const plan = PLANS[zone.plan];
	const names = {
		httpRequestsAdaptive: ["sampleInterval", ...Object.keys(ROW_FIELDS)],
		httpRequestsAdaptiveGroups: [
			"count",
			"avg_sampleInterval",
			"confidence_count_sampleSize",
			...Object.keys(GROUP_DIMENSIONS).map((name) => `dimensions_${name}`),
		],
		firewallEventsAdaptive: Object.keys(EVENT_FIELDS),
	};
	return Object.fromEntries(
		node.of.map(({ alias, name }) => {
			const fields = names[name as keyof typeof names] ?? [];
			const events = name === "firewallEventsAdaptive";
			return [
				alias,
				{
					enabled: true,
					notOlderThan: events ? plan.eventsS : plan.keptS,
					maxDuration: plan.widthS,
					maxPageSize: PAGE,
					maxNumberOfFields: 30,
					availableFields: fields.filter((field) => zone.without?.includes(events ? `events_${field}` : field) !== true),
				},
			];
		}),
	);
}

/** Arguments with their variables put in. */
function valuesOf(
	args: Readonly<Record<string, Value>>,
	document: Document,
	variables: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
	const plain = (value: Value): unknown => {
		if (typeof value !== "object" || value === null) return value;
		if ("enum" in value) return value.enum;
		if ("list" in value) return value.list.map(plain);
		if ("fields" in value) return Object.fromEntries(Object.entries(value.fields).map(([key, one]) => [key, plain(one)]));
		if (document.variables[value.variable] === undefined || variables[value.variable] === undefined)
			throw new Error(`variable $${value.variable} is not declared or not given`);
		return variables[value.variable];
	};
	return Object.fromEntries(Object.entries(args).map(([key, value]) => [key, plain(value)]));
}

function ordered<T extends Record<string, unknown>>(rows: readonly T[], args: Readonly<Record<string, unknown>>): T[] {
	const [by = ""] = Array.isArray(args.orderBy) ? args.orderBy.map(String) : [];
	const [, name = "", way = ""] = /^(\w+)_(ASC|DESC)$/.exec(by) ?? [];
	const of = (row: T) => (Object(row.dimensions) as Record<string, unknown>)[name] ?? row[name];
	const compared = (a: T, b: T) => {
		const [x, y] = [of(a), of(b)];
		return typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y));
	};
	return name === "" ? [...rows] : [...rows].sort((a, b) => (way === "ASC" ? compared(a, b) : compared(b, a)));
}

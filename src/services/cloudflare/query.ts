/** What a zone lets us ask of one data set. Field names as Cloudflare lists them: `dimensions_coloCode`. null: not told, all are tried. */
export interface Node {
	readonly fields: ReadonlySet<string> | null;
	readonly keptMs: number;
	readonly widthMs: number;
	readonly pageSize: number;
}

/** What a zone lets us ask; a data set that the plan does not have is null. */
export interface Limits {
	readonly groups: Node | null;
	readonly rows: Node | null;
	readonly events: Node | null;
}

/** Widths and ages in milliseconds. */
export interface Window {
	readonly fromMs: number;
	readonly toMs: number;
}

/** What is asked about. */
export interface About extends Window {
	readonly host: string;
	/** What the edge sent for what counts as failed. */
	readonly code: number;
}

/** A request to the analytics. */
export interface Query {
	readonly query: string;
	readonly variables: Readonly<Record<string, string>>;
}

const SETTINGS_FIELDS = "{enabled notOlderThan maxDuration maxPageSize maxNumberOfFields availableFields}";

/** The limits of a zone. */
export const settingsQuery = (zone: string): Query => ({
	query: `query($zone:string!){viewer{zones(filter:{zoneTag:$zone}){settings{httpRequestsAdaptive${SETTINGS_FIELDS} httpRequestsAdaptiveGroups${SETTINGS_FIELDS} firewallEventsAdaptive${SETTINGS_FIELDS}}}}}`,
	variables: { zone },
});

/** The questions that are asked of fails and of all, by their alias; with what they are grouped by and how many rows are read. */
export const SPLITS = {
	paths: { by: ["clientRequestPath", "clientRequestHTTPMethodName"], limit: 30 },
	methods: { by: ["clientRequestHTTPMethodName"], limit: 10 },
	colos: { by: ["coloCode"], limit: 400 },
	minutes: { by: ["datetimeMinute"], limit: 1_500 },
	countries: { by: ["clientCountryName"], limit: 250 },
	networks: { by: ["clientAsn"], limit: 30 },
	agents: { by: ["userAgent"], limit: 5 },
	protocols: { by: ["clientRequestHTTPProtocol", "clientRequestScheme"], limit: 20 },
} as const satisfies Readonly<Record<string, { readonly by: readonly string[]; readonly limit: number }>>;
export type SplitName = keyof typeof SPLITS;
export const SPLIT_NAMES = Object.keys(SPLITS) as readonly SplitName[];
/** With nothing but these, everything else may be refused. */
const MINIMAL: readonly SplitName[] = ["paths"];
export const STATUSES_LIMIT = 50;

/** How a query is made smaller after a refusal. */
export interface Shape {
	/** Names in small letters, as refusals have them, without the part before. */
	readonly dropped: ReadonlySet<string>;
	/** Statuses and paths only. */
	readonly isMinimal: boolean;
	/** Pages are so many times smaller. */
	readonly smaller: number;
}
export const WHOLE: Shape = { dropped: new Set(), isMinimal: false, smaller: 1 };

/** How many rows are asked for. */
export const rowsOf = (limit: number, node: Node, { smaller }: Pick<Shape, "smaller">): number =>
	Math.max(1, Math.min(Math.floor(limit / smaller), node.pageSize));

/** Whether a field can be asked for. */
const has = ({ fields }: Node, { dropped }: Shape, name: string): boolean => {
	const own = name.slice(name.lastIndexOf("_") + 1).toLowerCase();
	return !dropped.has(own) && (fields === null || fields.has(name));
};

/** What a split is grouped by in this zone; null: its first field is not there, and nothing of it can be asked. */
function groupedBy(node: Node, shape: Shape, by: readonly [string, ...string[]]): readonly string[] | null {
	const there = by.filter((field) => has(node, shape, `dimensions_${field}`));
	return there.includes(by[0]) ? there : null;
}

const iso = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, "Z");

/**
 * The questions about a host: one request, a node each.
 * @returns null: this zone cannot tell one host, one code or a time from the others
 */
export function sharesQuery(zone: string, about: About, node: Node, shape: Shape): Query | null {
	const asked = (name: string) => has(node, shape, name);
	// Filters are dropped by their field only where the numbers stay those of this host and code.
	if (["clientrequesthttphost", "edgeresponsestatus", "datetime", "count"].some((name) => shape.dropped.has(name))) return null;
	// Without it, requests that Workers make are counted too.
	const visitors = shape.dropped.has("requestsource") ? "" : ',requestSource:"eyeball"';
	const of = `datetime_geq:$from,datetime_lt:$to,clientRequestHTTPHost:$host${visitors}`;
	const failed = `${of},edgeResponseStatus:${Math.trunc(about.code)}`;
	const measures = [
		"count",
		asked("avg_sampleInterval") ? "avg{sampleInterval}" : "",
		asked("confidence_count_sampleSize") ? "confidence(level:0.95){count{estimate lower upper sampleSize}}" : "",
	]
		.filter((one) => one !== "")
		.join(" ");
	const group = (alias: string, limit: number, order: string, filter: string, by: readonly string[]) => {
		const dimensions = by.length === 0 ? "" : ` dimensions{${by.join(" ")}}`;
		const ordered = order === "" ? "" : `,orderBy:[${order}]`;
		return ` ${alias}:httpRequestsAdaptiveGroups(limit:${rowsOf(limit, node, shape)}${ordered},filter:{${filter}}){${measures}${dimensions}}`;
	};
	const statuses = ["edgeResponseStatus", "originResponseStatus", "cacheStatus"].filter((field) => asked(`dimensions_${field}`));
	const parts = [
		group("total", 1, "", of, []),
		group("fails", 1, "", failed, []),
		statuses.includes("edgeResponseStatus")
			? group("statuses", STATUSES_LIMIT, "count_DESC", `${of},edgeResponseStatus_geq:500`, statuses)
			: "",
	];
	for (const name of shape.isMinimal ? MINIMAL : SPLIT_NAMES) {
		const by = groupedBy(node, shape, SPLITS[name].by);
		if (by === null) continue;
		const order = name === "minutes" ? "datetimeMinute_ASC" : "count_DESC";
		parts.push(
			group(`${name}Failed`, SPLITS[name].limit, order, failed, by),
			group(`${name}All`, SPLITS[name].limit, order, of, by),
		);
	}
	return {
		query: `query($zone:string!,$host:string!,$from:Time!,$to:Time!){viewer{zones(filter:{zoneTag:$zone}){\n${parts.filter((part) => part !== "").join("\n")}\n}}}`,
		variables: { zone, host: about.host, from: iso(about.fromMs), to: iso(about.toMs) },
	};
}

/** Of one request; what Cloudflare tells of visitors is not asked for (knowledge/analytics.ts). */
const ROW_FIELDS = [
	"cacheStatus",
	"clientRequestHTTPMethodName",
	"clientRequestPath",
	"edgeResponseStatus",
	"originResponseStatus",
	"sampleInterval",
] as const;
const EVENT_FIELDS = ["source", "description"] as const;
const RAY_ROWS = 5;

/**
 * One request by its Ray ID, a rule that took part in it, and how the rows around it are sampled.
 * @param ray 16 hex digits, without a data center
 * @returns null: this zone has no single requests
 */
export function rayQuery(zone: string, ray: string, { fromMs, toMs }: Window, limits: Limits, shape: Shape): Query | null {
	const { rows, events } = limits;
	const isNode = (node: Node | null): node is Node =>
		node !== null && ["datetime", "rayName"].every((name) => has(node, shape, name));
	if (!isNode(rows) || !has(rows, shape, "clientRequestHTTPHost")) return null;
	const time = "datetime_geq:$from,datetime_leq:$to";
	const fields = ROW_FIELDS.filter((name) => has(rows, shape, name));
	const parts = [
		` requests:httpRequestsAdaptive(limit:${RAY_ROWS},orderBy:[datetime_ASC],filter:{${time},rayName:$ray}){datetime rayName clientRequestHTTPHost ${fields.join(" ")}}`,
		has(rows, shape, "sampleInterval") ? ` around:httpRequestsAdaptive(limit:1,filter:{${time}}){sampleInterval}` : "",
		isNode(events) && has(events, shape, "action")
			? ` security:firewallEventsAdaptive(limit:${RAY_ROWS},orderBy:[datetime_ASC],filter:{${time},rayName:$ray}){datetime action ${EVENT_FIELDS.filter((name) => has(events, shape, name)).join(" ")}}`
			: "",
	];
	return {
		query: `query($zone:string!,$ray:string!,$from:Time!,$to:Time!){viewer{zones(filter:{zoneTag:$zone}){\n${parts.filter((part) => part !== "").join("\n")}\n}}}`,
		variables: { zone, ray, from: iso(fromMs), to: iso(toMs) },
	};
}

/**
 * A window as the zone allows it.
 * @returns null: all of it is older than is kept
 */
export function clipped({ fromMs, toMs }: Window, node: Pick<Node, "keptMs" | "widthMs">, nowMs: number): Window | null {
	// A minute of room: the clocks differ.
	const oldest = nowMs - node.keptMs + 60_000;
	// Whole seconds, as they are asked for: nothing is wider than allowed by a fraction.
	const to = Math.floor(toMs / 1_000) * 1_000;
	const from = Math.ceil(Math.max(fromMs, oldest, to - node.widthMs) / 1_000) * 1_000;
	return from < to ? { fromMs: from, toMs: to } : null;
}

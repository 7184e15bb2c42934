import type { FineValueOf } from "../../knowledge/evidence.ts";
import type { JsonObject } from "./json.ts";

/** What Cloudflare's own logs and analytics say of requests: Logpush, Log Explorer, GraphQL. */
export interface EdgeRow {
	/** Status that the visitor got. */
	readonly status: number;
	/** Status that Cloudflare had from the origin; 0 for none. */
	readonly originStatus: number;
	readonly ray: string | null;
	readonly path: string | null;
	readonly host: string | null;
}

/** The evidence in a status that Cloudflare had from the origin. Zero is a response that never came. */
export function edgeSawOf(originStatus: number): FineValueOf<"edge-saw"> {
	if (originStatus === 0) return "no-status";
	return originStatus < 400 ? "success" : "error";
}

const ROWS_MAX = 1_000;
const DEPTH_MAX = 8;
const MEMBERS_MAX = 2_000;

/** The rows in an object, wherever they stand in it; none in what is not Cloudflare's. */
export function edgeRowsOf(object: JsonObject): EdgeRow[] {
	const rows: EdgeRow[] = [];
	let level: unknown[] = [object];
	for (let depth = 0; depth < DEPTH_MAX && level.length > 0; depth += 1) {
		const next: unknown[] = [];
		for (const value of level) {
			if (typeof value !== "object" || value === null) continue;
			const row = Array.isArray(value) ? null : rowOf(value);
			if (row !== null && rows.length < ROWS_MAX) rows.push(row);
			for (const member of Object.values(value).slice(0, MEMBERS_MAX)) {
				if (typeof member === "object" && member !== null && next.length < MEMBERS_MAX) next.push(member);
			}
		}
		level = next;
	}
	return rows;
}

/** Names of the fields: https://developers.cloudflare.com/logs/reference/log-fields/zone/http_requests/; GraphQL writes them with a small letter. */
function rowOf(value: object): EdgeRow | null {
	const by = new Map(Object.entries(value).map(([key, member]) => [key.toLowerCase(), member]));
	const status = Number(by.get("edgeresponsestatus") ?? Number.NaN);
	const originStatus = Number(by.get("originresponsestatus") ?? Number.NaN);
	if (!Number.isInteger(status) || !Number.isInteger(originStatus)) return null;
	const text = (...names: readonly string[]) => {
		const found = names.map((name) => by.get(name)).find((one) => typeof one === "string");
		return typeof found === "string" ? found : null;
	};
	return {
		status,
		originStatus,
		ray: text("rayid", "rayname")?.slice(0, 16).toLowerCase() ?? null,
		path: text("clientrequestpath", "clientrequesturi")?.split("?", 1)[0] ?? null,
		host: text("clientrequesthost", "clientrequesthttphost")?.toLowerCase() ?? null,
	};
}

import type { FineValueOf } from "../../../knowledge/evidence.ts";
import { edgeSawOf } from "../../logs/edge-rows.ts";
import { readTarget, type Target } from "../target.ts";

/** What Cloudflare's own record of requests, or of one request, says: Logpush, GraphQL analytics, its structured error. */
export interface EdgeRecord {
	readonly code: string | null;
	/** Value of `edge-saw`: what Cloudflare had from the origin. */
	readonly saw: FineValueOf<"edge-saw"> | null;
	readonly target: Target | null;
	readonly colo: string | null;
	/** When it answered; else when it was asked. Unix milliseconds. */
	readonly atMs: number | null;
}

const value = (text: string, name: string): string | null =>
	new RegExp(`["']?\\b${name}["']?\\s{0,3}[:=]\\s{0,3}["']?([^"',}\\]\\s]{1,2000})`, "i").exec(text)?.[1] ?? null;

/** One of Cloudflare's records in a text; null when there is none. Bounded: the first 20,000 characters. */
export function findRecord(text: string): EdgeRecord | null {
	const head = text.slice(0, 20_000);
	const edge = value(head, "EdgeResponseStatus");
	if (edge === null || !/^\d{3}$/.test(edge)) return null;
	const origin = value(head, "OriginResponseStatus");
	const host = value(head, "ClientRequestHost") ?? value(head, "clientRequestHTTPHost");
	const path = value(head, "ClientRequestURI") ?? value(head, "ClientRequestPath") ?? "/";
	const scheme = value(head, "ClientRequestScheme") === "http" ? "http" : "https";
	const target = host === null ? null : readTarget(`${scheme}://${host}${path.startsWith("/") ? path : "/"}`);
	const at = value(head, "EdgeEndTimestamp") ?? value(head, "EdgeStartTimestamp");
	return {
		code: /^5[23]\d$|^50[24]$/.test(edge) ? edge : null,
		saw: sawOf(origin, edge),
		target: target === null || "why" in target ? null : target,
		colo: /^[A-Z]{3}$/.exec(value(head, "EdgeColoCode") ?? value(head, "coloCode") ?? "")?.[0] ?? null,
		atMs: timeOf(at),
	};
}

/** Zero or nothing is a response that never came. */
function sawOf(origin: string | null, edge: string): EdgeRecord["saw"] {
	if (origin === null || !/^5[23]\d$/.test(edge)) return null;
	const status = Number(origin);
	if (!Number.isInteger(status)) return null;
	return edgeSawOf(status);
}

/** RFC 3339, or a Unix time in seconds or nanoseconds, as Logpush is set to. */
function timeOf(at: string | null): number | null {
	if (at === null) return null;
	if (/^\d{10}$/.test(at)) return Number(at) * 1_000;
	if (/^\d{19}$/.test(at)) return Math.floor(Number(at) / 1_000_000);
	const ms = Date.parse(at);
	return Number.isNaN(ms) ? null : ms;
}

const POOL = /HTTPS?ConnectionPool\(host=['"]([^'"]{1,253})['"], port=(\d{1,5})\)/;
const POOL_PATH = /\burl: (\/[^\s()]{0,1000})/;
const REQUEST_LINE = /^(?:> ?)?(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) (\/\S{0,2000}) HTTP\/\d/m;
const HOST_FIELD = /^(?:> ?)?(?:host|:authority)["']?\s?:\s{0,2}["']?([\w.-]{1,253})(?::(\d{1,5}))?["']?,?\s*$/im;
const JSON_HOST = /["'](?:host|hostname|server_name|http_host|vhost|domain)["']\s?:\s?["']([\w.-]{3,253})["']/i;
/** The same as Rust, Go and Node print a request: keys without quotes. */
const STRUCT_HOST = /[{,\s](?:host|hostname|Host|Hostname|domain): {0,2}(?:Some\()?(?:Domain\()?["']([\w.-]{3,253})["']/;
const STRUCT_PATH = /[{,\s](?:path|pathname|uri|Path): {0,2}["'](\/[^"'\s]{0,1000})["']/;
const JSON_PATH = /["'](?:uri|request_uri|path|url|request_path)["']\s?:\s?["'](\/[^"'\s]{0,1000})["']/i;

/**
 * Sites that are told in parts: a request line and its `Host`, a connection pool of Python, a host and a path in a printed structure or in JSON. At most one of each,
 * bounded.
 */
export function findParts(text: string): {
	readonly target: Target;
	readonly start: number;
	readonly end: number;
	readonly by: "request" | "pool" | "struct" | "json";
}[] {
	const head = text.slice(0, 50_000);
	const out: ReturnType<typeof findParts> = [];
	const add = (url: string, start: number, end: number, by: "request" | "pool" | "struct" | "json") => {
		const target = readTarget(url);
		if (!("why" in target)) out.push({ target, start, end, by });
	};
	const pool = POOL.exec(head);
	if (pool !== null) {
		const plain = pool[0].startsWith("HTTPC");
		const port = pool[2] === (plain ? "80" : "443") ? "" : `:${pool[2]}`;
		add(
			`${plain ? "http" : "https"}://${pool[1]}${port}${POOL_PATH.exec(head)?.[1] ?? "/"}`,
			pool.index,
			pool.index + pool[0].length,
			"pool",
		);
	}
	const host = HOST_FIELD.exec(head);
	if (host !== null) {
		const line = REQUEST_LINE.exec(head);
		const plain = host[2] === "80";
		const port = host[2] === undefined || plain || host[2] === "443" ? "" : `:${host[2]}`;
		add(`${plain ? "http" : "https"}://${host[1]}${port}${line?.[1] ?? "/"}`, host.index, host.index + host[0].length, "request");
	}
	const struct = STRUCT_HOST.exec(head);
	const path = struct === null ? null : STRUCT_PATH.exec(head);
	if (struct !== null && path !== null)
		add(`https://${struct[1]}${path[1]}`, struct.index, struct.index + struct[0].length, "struct");
	const json = JSON_HOST.exec(head);
	if (json !== null)
		add(`https://${json[1]}${JSON_PATH.exec(head)?.[1] ?? "/"}`, json.index, json.index + json[0].length, "json");
	return out;
}

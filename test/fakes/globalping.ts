import { randomBytes } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { isIP } from "node:net";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { Agent, request as send } from "undici";
import { z } from "zod";
import { closed, listening } from "../lab/origin.ts";

/**
 * A small Globalping on loopback, as jsdelivr/globalping @52c0c19 is: it rejects what the API rejects, counts tests, drops places without a
 * probe silently, and leaves out of its answers what is a default.
 */

/** A probe, and what it is found by. */
export interface FakeProbe {
	readonly continent: string;
	readonly region: string;
	readonly country: string;
	readonly state: string | null;
	readonly city: string;
	readonly asn: number;
	readonly network: string;
	readonly tags: readonly string[];
	readonly colo: string;
	/** Names and codes in small letters. */
	readonly words: readonly string[];
}

const home = ["eyeball-network"];
const hosting = ["datacenter-network"];
type Row = readonly [
	continent: string,
	region: string,
	country: string,
	state: string | null,
	city: string,
	asn: number,
	network: string,
	tags: readonly string[],
	colo: string,
	words: readonly string[],
];
const DE = ["germany", "de", "deu"];
const US = ["us", "usa", "united states", "united states of america"];
const ROWS: readonly Row[] = [
	["EU", "Western Europe", "DE", null, "Frankfurt", 24940, "Hetzner Online", hosting, "FRA", DE],
	["EU", "Western Europe", "DE", null, "Berlin", 3320, "Deutsche Telekom", home, "TXL", DE],
	["NA", "Northern America", "US", "TX", "Dallas", 7018, "AT&T Enterprises", home, "DFW", [...US, "texas", "us-tx"]],
	["NA", "Northern America", "US", "NY", "New York", 701, "Verizon Business", home, "EWR", [...US, "new york", "us-ny"]],
	["AS", "Eastern Asia", "JP", null, "Tokyo", 2516, "KDDI Corporation", home, "NRT", ["japan", "jp", "jpn"]],
	["AS", "Eastern Asia", "JP", null, "Osaka", 17676, "SoftBank", home, "KIX", ["japan", "jp", "jpn"]],
	["SA", "South America", "BR", null, "Sao Paulo", 27699, "Telefonica Brasil", home, "GRU", ["brazil", "br", "bra"]],
	["EU", "Northern Europe", "GB", null, "London", 2856, "British Telecom", home, "LHR", ["united kingdom", "uk", "gb", "gbr"]],
	["OC", "Australia and New Zealand", "AU", null, "Sydney", 1221, "Telstra", home, "SYD", ["australia", "au", "aus"]],
	["AF", "Southern Africa", "ZA", null, "Johannesburg", 37100, "SEACOM", hosting, "JNB", ["south africa", "za", "zaf"]],
	["EU", "Western Europe", "FR", null, "Paris", 3215, "Orange", home, "CDG", ["france", "fr", "fra"]],
];
export const PROBES: readonly FakeProbe[] = ROWS.map(
	([continent, region, country, state, city, asn, network, tags, colo, words]) => ({
		continent,
		region,
		country,
		state,
		city,
		asn,
		network,
		tags,
		colo,
		words,
	}),
);

/** The one line of a failed test, by what the target does (undici 5.29.0 on Node 20.20.2, the probe's own). */
export const FAILED = {
	"zero-bytes-then-fin": "other side closed",
	reset: "read ECONNRESET",
	refused: "connect ECONNREFUSED 203.0.113.9:443",
	timeout: "Request timeout.",
	"not-http": "Response does not match the HTTP/1.1 protocol (Expected HTTP/)",
	"nul-in-value": "Response does not match the HTTP/1.1 protocol (Invalid header value char)",
	"two-content-lengths": "Response does not match the HTTP/1.1 protocol (Duplicate Content-Length)",
	"length-and-chunked": "Response does not match the HTTP/1.1 protocol (Content-Length can't be present with Transfer-Encoding)",
	"bad-chunk-size": "Response does not match the HTTP/1.1 protocol (Invalid character in chunk size)",
	"over-16-KiB-of-headers": "Headers Overflow Error",
	"unasked-101": "bad upgrade",
	"tls-closed-in-handshake": "Client network socket disconnected before secure TLS connection was established",
	"tls12-client-certificate": "…:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:…:SSL alert number 40",
	"http2-not-spoken": "HTTP/2 is not supported by the server.",
	"private-address": "Private IP ranges are not allowed.",
} as const;

/** What a probe meets, by script. */
export type Outcome =
	| { readonly status: number; readonly headers?: Readonly<Record<string, string | readonly string[]>>; readonly body?: string }
	| "520"
	| "200"
	| "cached"
	| "challenge"
	| "403"
	| "not-cloudflare"
	| "offline"
	| "server-timeout"
	| "never"
	| { readonly failed: keyof typeof FAILED };

export type Fault =
	| "html-502"
	| "missing-field"
	| "3-MB"
	| "unauthorized"
	| "forbidden"
	| "bomb"
	| "hang"
	| "redirect"
	| "wrong-types";

/** A request as it came, for what must not be in it. */
export interface SeenRequest {
	readonly method: string;
	readonly path: string;
	readonly headers: IncomingMessage["headers"];
	readonly body: string;
}

interface FakeOptions {
	/** Unix milliseconds. */
	readonly now: () => number;
	/** What the probe meets in the measurement of this number, from 1; a repeat has a number of its own. */
	readonly meets?: (probe: FakeProbe, nth: number, path: string) => Outcome;
	/** Requests go to this edge of the laboratory for real; its colo is then set before each. */
	readonly edge?: { readonly port: number; readonly ca: string; readonly enter: (colo: string) => void };
	/** Tests an hour. */
	readonly limit?: number;
	readonly token?: string;
	readonly probes?: readonly FakeProbe[];
	/** Its clock beside ours. */
	readonly skewMs?: number;
}

const Location = z.strictObject({
	continent: z.string().max(2).optional(),
	region: z.string().max(128).optional(),
	country: z.string().length(2).optional(),
	state: z.string().max(5).optional(),
	city: z.string().max(128).optional(),
	network: z.string().max(128).optional(),
	asn: z.number().int().optional(),
	magic: z.string().min(1).max(128).optional(),
	tags: z.array(z.string().max(32)).max(32).optional(),
	limit: z.number().int().min(1).optional(),
});
const Body = z
	.strictObject({
		type: z.literal("http"),
		target: z.string().min(1).max(253),
		timeout: z.number().int().min(5).max(30).optional(),
		limit: z.number().int().min(1).optional(),
		inProgressUpdates: z.boolean().optional(),
		locations: z.union([z.string().max(128), z.array(Location).max(128)]).optional(),
		measurementOptions: z
			.strictObject({
				protocol: z.enum(["HTTP", "HTTPS", "HTTP2"]).optional(),
				port: z.number().int().min(0).max(65_535).optional(),
				resolver: z.string().optional(),
				ipVersion: z.union([z.literal(4), z.literal(6)]).optional(),
				request: z
					.strictObject({
						method: z.enum(["GET", "HEAD", "OPTIONS"]).optional(),
						host: z.string().optional(),
						path: z.string().max(16_384).optional(),
						query: z.string().max(16_384).optional(),
						headers: z.record(z.string(), z.string().max(8_192)).optional(),
					})
					.optional(),
			})
			.optional(),
	})
	.superRefine((body, context) => {
		const locations = Array.isArray(body.locations) ? body.locations : [];
		const wrong = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
		for (const [nth, { limit, ...others }] of locations.entries())
			if (Object.keys(others).length === 0) wrong(["locations", nth], "must have at least 1 key");
		if (body.limit !== undefined && locations.some(({ limit }) => limit !== undefined))
			wrong(["limit"], "conflict with a local limit");
		if (testsOf(body, PROBES.length) > 50) wrong(["limit"], "sum of limits must be less than or equal to 50");
		const target = body.target.replace(/^\[|\]$/g, "");
		if (isIP(target) !== 0 && body.measurementOptions?.ipVersion !== undefined)
			wrong(["measurementOptions", "ipVersion"], "is not allowed when target is not a domain");
		if (
			/^(?:10|127|192\.168|192\.0\.2|198\.51\.100|203\.0\.113|169\.254)\.|^::1$|^2001:db8:|^localhost$|\.(?:local|internal)$/.test(
				target,
			)
		)
			wrong(["target"], "must not be a private hostname");
	});
type Body = z.output<typeof Body>;

interface Stored {
	readonly body: Body;
	readonly probes: readonly FakeProbe[];
	readonly results: readonly object[];
	reads: number;
	readonly readAtMs: number[];
	blockedUntilMs: number;
	readonly createdAtMs: number;
}

/** The number of tests that are asked for. */
const testsOf = (body: Body, former: number): number =>
	typeof body.locations === "string"
		? former
		: (body.limit ?? (body.locations ?? [{}]).reduce((sum, one) => sum + (("limit" in one ? one.limit : 1) ?? 1), 0));

export interface FakeGlobalping {
	/** For CF520_GLOBALPING_URL. */
	readonly url: string;
	readonly seen: readonly SeenRequest[];
	/** Measurements that were begun. */
	readonly created: readonly Body[];
	readonly ids: readonly string[];
	/** The next answers have this fault; null: none. */
	fault: Fault | null;
	/** Tests that are left this hour. */
	remaining: number;
	close(): Promise<void>;
}

const DOCUMENTATION = { documentation: "https://globalping.io/docs/api.globalping.io" };

export async function openFakeGlobalping(options: FakeOptions): Promise<FakeGlobalping> {
	const { now, meets = () => "200", limit = 250, probes = PROBES } = options;
	const seen: SeenRequest[] = [];
	const created: Body[] = [];
	const measurements = new Map<string, Stored>();
	const ids: string[] = [];
	const chosen = new Map<string, number>();
	const fake = { fault: null as Fault | null, remaining: limit };

	const choose = (locations: readonly z.output<typeof Location>[], all: number | undefined): FakeProbe[] => {
		const out: FakeProbe[] = [];
		for (const { limit: own = all ?? 1, ...filter } of locations.length === 0 ? [{ magic: "world" }] : locations) {
			const fitting = probes.filter((probe) => fits(filter, probe));
			const key = JSON.stringify(filter);
			// Chosen at random there; here another one each time.
			const from = chosen.get(key) ?? 0;
			chosen.set(key, from + own);
			const turned = fitting.map((_, nth) => fitting[(from + nth) % fitting.length]).filter((one) => one !== undefined);
			out.push(...turned.filter((one) => !out.includes(one)).slice(0, own));
		}
		return out;
	};

	const create = async (body: Body, response: ServerResponse) => {
		const former = typeof body.locations === "string" ? measurements.get(body.locations) : undefined;
		const asked = testsOf(body, former?.probes.length ?? 1);
		const rate = (cost: number) => ({
			"x-ratelimit-limit": String(limit),
			"x-ratelimit-consumed": String(limit - fake.remaining),
			"x-ratelimit-remaining": String(fake.remaining),
			"x-ratelimit-reset": "1290",
			"x-request-cost": String(cost),
		});
		// Before probes are chosen, with the number asked for.
		if (asked > fake.remaining)
			return error(
				response,
				429,
				"rate_limit_exceeded",
				"This measurement exceeds the remaining hourly rate limit for your IP address.",
				{},
				rate(0),
			);
		if (typeof body.locations === "string" && former === undefined)
			return error(response, 422, "no_probes_found", "No matching IPv4 probes available.");
		const found = former?.probes ?? choose(Array.isArray(body.locations) ? body.locations : [], body.limit);
		if (found.length === 0) return error(response, 422, "no_probes_found", "No matching IPv4 probes available.");
		created.push(body);
		const nth = created.length;
		fake.remaining -= found.length;
		const id = `2${randomBytes(18)
			.toString("hex")
			.replace(/[^a-z0-9]/g, "")}`.slice(0, 25);
		const path = body.measurementOptions?.request?.path ?? "/";
		const results: object[] = [];
		for (const probe of found)
			results.push(
				options.edge === undefined
					? resultOf(meets(probe, nth, path), probe, now())
					: await requested(options.edge, probe, body, path),
			);
		ids.push(id);
		measurements.set(id, { body, probes: found, results, reads: 0, readAtMs: [], blockedUntilMs: 0, createdAtMs: now() });
		return json(
			response,
			202,
			{ id, probesCount: found.length },
			{ ...rate(found.length), location: `${url}/v1/measurements/${id}` },
		);
	};

	const read = (id: string, request: IncomingMessage, response: ServerResponse) => {
		const one = measurements.get(id);
		if (one === undefined) return error(response, 404, "not_found", "Couldn't find the requested measurement.");
		one.readAtMs.push(now());
		const recent = one.readAtMs.filter((at) => at > now() - 2_000).length;
		if (recent > 5) one.blockedUntilMs = now() + 5_000;
		if (now() < one.blockedUntilMs)
			return error(
				response,
				429,
				"too_many_requests",
				"Too many requests. Please retry in 5 seconds.",
				{},
				{ "retry-after": "5" },
			);
		one.reads += 1;
		// Nothing yet; then the first one; then all.
		const done = one.reads === 1 ? 0 : one.reads === 2 ? 1 : one.results.length;
		const never = one.results.some((result) => "never" in result);
		const results = one.results.map((result, nth) => ({
			probe: probeShown(one.probes[nth]),
			result: nth < done && !("never" in result) ? result : { status: "in-progress", rawHeaders: "", rawBody: "", rawOutput: "" },
		}));
		const etag = `W/"${one.reads < 3 ? one.reads : "end"}"`;
		if (one.reads > 1 && request.headers["if-none-match"] === etag) return void response.writeHead(304, { etag }).end();
		const at = (ms: number) => new Date(ms + (options.skewMs ?? 0)).toISOString();
		const { body } = one;
		json(
			response,
			200,
			{
				id,
				type: body.type,
				status: one.reads < 3 || never ? "in-progress" : "finished",
				createdAt: at(one.createdAtMs),
				updatedAt: at(now()),
				target: body.target,
				probesCount: one.probes.length,
				...withoutDefaults(body),
				results,
			},
			{ etag },
		);
	};

	const handle = async (request: IncomingMessage, response: ServerResponse) => {
		const chunks: Buffer[] = [];
		for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
		const text = Buffer.concat(chunks).toString("utf8");
		seen.push({ method: request.method ?? "", path: request.url ?? "", headers: request.headers, body: text });
		if (answeredByFault(fake.fault, response)) return;
		const { authorization } = request.headers;
		if (authorization !== undefined && authorization !== `Bearer ${options.token}`)
			return error(response, 401, "unauthorized", "Unauthorized.");
		const { pathname } = new URL(request.url ?? "/", url);
		if (pathname === "/v1/limits")
			return json(response, 200, {
				rateLimit: {
					measurements: {
						create: { type: authorization === undefined ? "ip" : "user", limit, remaining: fake.remaining, reset: 1290 },
					},
				},
				...(authorization === undefined ? {} : { credits: { remaining: 0 } }),
			});
		if (request.method === "POST" && pathname === "/v1/measurements") {
			const parsed = Body.safeParse(jsonOf(text));
			if (parsed.success) return create(parsed.data, response);
			const params = Object.fromEntries(
				parsed.error.issues.map((issue) => {
					const at = issue.path
						.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`))
						.join("")
						.slice(1);
					return [at === "" && "keys" in issue ? String(issue.keys) : at, issue.message];
				}),
			);
			return error(response, 400, "validation_error", "Parameter validation failed.", { params });
		}
		const [, id] = /^\/v1\/measurements\/([^/]+)$/.exec(pathname) ?? [];
		if (request.method === "GET" && id !== undefined) return read(decodeURIComponent(id), request, response);
		return error(response, 404, "not_found", "Not Found.");
	};

	const server = createServer((request, response) => void handle(request, response).catch(() => response.destroy()));
	const port = await listening(server);
	const url = `http://127.0.0.1:${port}`;
	return Object.assign(fake, {
		url,
		seen,
		created,
		ids,
		close: () => {
			server.closeAllConnections();
			return closed(server, []);
		},
	});
}

const jsonOf = (text: string): unknown => {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
};

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
	const isBrotli = /\bbr\b/.test(String(response.req.headers["accept-encoding"]));
	const text = JSON.stringify(body);
	response.writeHead(status, {
		"content-type": "application/json; charset=utf-8",
		...(isBrotli ? { "content-encoding": "br", vary: "Accept-Encoding" } : {}),
		...headers,
	});
	response.end(isBrotli ? brotliCompressSync(text) : text);
}

const error = (
	response: ServerResponse,
	status: number,
	type: string,
	message: string,
	more: object = {},
	headers: Record<string, string> = {},
): void => json(response, status, { error: { type, message, ...more }, links: DOCUMENTATION }, headers);

/** Whether the answer was one of these. */
function answeredByFault(fault: Fault | null, response: ServerResponse): boolean {
	switch (fault) {
		case null:
			return false;
		case "html-502":
			response.writeHead(502, { "content-type": "text/html" }).end("<html><title>502 Bad Gateway</title></html>");
			return true;
		case "missing-field":
			json(response, response.req.method === "POST" ? 202 : 200, { probesCount: 4, status: "finished" });
			return true;
		case "wrong-types":
			json(response, response.req.method === "POST" ? 202 : 200, [{ id: {}, results: "many", rateLimit: 7 }]);
			return true;
		case "3-MB":
			json(response, response.req.method === "POST" ? 202 : 200, { id: "x".repeat(3_000_000), probesCount: 1 });
			return true;
		case "unauthorized":
			error(response, 401, "unauthorized", "Unauthorized.");
			return true;
		case "forbidden":
			error(response, 403, "access_forbidden", "Access Forbidden.");
			return true;
		case "redirect":
			response.writeHead(307, { location: "http://127.0.0.1:9/elsewhere" }).end();
			return true;
		case "bomb":
			response
				.writeHead(202, { "content-type": "application/json", "content-encoding": "gzip" })
				.end(gzipSync(JSON.stringify({ id: "a".repeat(24), probesCount: 1, more: " ".repeat(20_000_000) })));
			return true;
		case "hang":
			return true;
	}
}

/** Fuzzy, as `magic` is; parts joined by `+` all have to fit. */
function fits(filter: z.output<typeof Location>, probe: FakeProbe): boolean {
	const words = [probe.continent, probe.region, probe.city, probe.network, `as${probe.asn}`, ...probe.tags, ...probe.words].map(
		(one) => one.toLowerCase(),
	);
	const same = (a: string | undefined, b: string | null) => a === undefined || a.toLowerCase() === (b ?? "").toLowerCase();
	const continents: Readonly<Record<string, string>> = {
		europe: "eu",
		asia: "as",
		africa: "af",
		oceania: "oc",
		"north america": "na",
		"south america": "sa",
	};
	const isMagic = (part: string) => {
		const name = part.trim().normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
		return name === "world" || words.includes(name) || words.includes(continents[name] ?? "-");
	};
	return (
		same(filter.continent, probe.continent) &&
		same(filter.country, probe.country) &&
		same(filter.state, probe.state) &&
		same(filter.city, probe.city) &&
		same(filter.region, probe.region) &&
		same(filter.network, probe.network) &&
		(filter.asn === undefined || filter.asn === probe.asn) &&
		(filter.tags ?? []).every((tag) => probe.tags.includes(tag)) &&
		(filter.magic ?? "world").split("+").every(isMagic)
	);
}

function probeShown(probe: FakeProbe | undefined): object {
	if (probe === undefined) return {};
	const { colo, words, ...shown } = probe;
	return { ...shown, longitude: 8.68, latitude: 50.11, resolvers: ["private"] };
}

/** As it was asked, without what is a default. */
function withoutDefaults({ limit, locations, timeout, measurementOptions = {} }: Body): object {
	const { request = {}, protocol, ...others } = measurementOptions;
	const { method, path, ...more } = request;
	return {
		...(limit === undefined || limit === 1 ? {} : { limit }),
		...(timeout === undefined || timeout === 15 ? {} : { timeout }),
		...(Array.isArray(locations)
			? {
					locations: locations.map(({ limit: own, ...one }) => ({
						...one,
						...(own === undefined || own === 1 ? {} : { limit: own }),
					})),
				}
			: {}),
		measurementOptions: {
			...(protocol === undefined || protocol === "HTTPS" ? {} : { protocol }),
			...others,
			request: {
				...(method === undefined || method === "HEAD" ? {} : { method }),
				...(path === undefined || path === "/" ? {} : { path }),
				...more,
			},
		},
	};
}

const NO_TIMINGS = { total: null, dns: null, tcp: null, tls: null, firstByte: null, download: null };

/** Everything but its one line is wiped. */
const failed = (rawOutput: string, failureSource = "target"): object => ({
	status: "failed",
	failureSource,
	resolvedAddress: null,
	headers: {},
	rawHeaders: null,
	rawBody: null,
	truncated: false,
	statusCode: null,
	statusCodeName: null,
	timings: NO_TIMINGS,
	tls: null,
	rawOutput,
});

const PAGE =
	'<!DOCTYPE html>\n<html lang="en-US"> … Web server is returning an unknown error … Cloudflare Ray ID: <strong>RAY</strong> …';
let machine = 0;

function resultOf(outcome: Outcome, probe: FakeProbe, nowMs: number): object {
	if (typeof outcome === "object" && "failed" in outcome)
		return failed(FAILED[outcome.failed], outcome.failed === "private-address" ? "resolver" : "target");
	machine = (machine + 1) % 4_096;
	const ray = `${Math.floor((nowMs - 1_350_000_000_000) / 10)
		.toString(16)
		.padStart(9, "0")}${machine.toString(16).padStart(3, "0")}d011`;
	const edge = { server: "cloudflare", "cf-ray": `${ray}-${probe.colo}`, "cf-cache-status": "DYNAMIC" };
	switch (outcome) {
		case "520":
			return finished(520, edge, PAGE.replace("RAY", ray));
		case "200":
			return finished(200, edge, "<!doctype html><title>ok</title>");
		case "cached":
			return finished(200, { ...edge, "cf-cache-status": "HIT" }, "<!doctype html><title>ok</title>");
		case "challenge":
			return finished(403, { ...edge, "cf-mitigated": "challenge" }, "<title>Just a moment...</title>");
		case "403":
			return finished(403, edge, "<title>Forbidden</title>");
		case "not-cloudflare":
			return finished(200, { server: "nginx" }, "<title>parked</title>");
		case "offline":
			return { status: "offline", rawOutput: "This probe is currently offline. Please try again later." };
		case "server-timeout":
			return { status: "failed", failureSource: "internal", rawOutput: "The measurement timed out." };
		case "never":
			return { never: true };
		default:
			return finished(outcome.status, { ...edge, ...outcome.headers }, outcome.body ?? "");
	}
}

/** The first 10,000 characters of the content count, and as many over all values of headers. */
const CHARS_MAX = 10_000;

function finished(status: number, headers: Readonly<Record<string, string | readonly string[]>>, body: string): object {
	const values = Object.values(headers).flat();
	const cap = values.join("").length > CHARS_MAX ? Math.floor(CHARS_MAX / values.length) : Number.POSITIVE_INFINITY;
	const cut = (value: string) => (value.length > cap ? `${value.slice(0, cap)}...[truncated]` : value);
	const kept = Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name, typeof value === "string" ? cut(value) : value.map(cut)]),
	);
	const rawHeaders = Object.entries(kept)
		.flatMap(([name, value]) => [value].flat().map((one) => `${name}: ${String(one)}`))
		.join("\n");
	const rawBody = body.slice(0, CHARS_MAX);
	return {
		status: "finished",
		resolvedAddress: "104.16.132.229",
		headers: kept,
		rawHeaders,
		rawBody,
		rawOutput: `HTTP/1.1 ${status}\n${rawHeaders}\n\n${rawBody}`,
		truncated: body.length > CHARS_MAX || cap !== Number.POSITIVE_INFINITY,
		statusCode: status,
		statusCodeName: status === 200 ? "OK" : "",
		timings: { total: 212, dns: 9, tcp: 8, tls: 21, firstByte: 170, download: 4 },
		tls: { authorized: true, protocol: "TLSv1.3", cipherName: "TLS_AES_128_GCM_SHA256" },
	};
}

/** The page from the laboratory's edge, over a client like the probe's: a fresh connection, HTTP/1.1, no redirects, certificates not enforced. */
async function requested(
	edge: NonNullable<FakeOptions["edge"]>,
	probe: FakeProbe,
	{ target, measurementOptions }: Body,
	path: string,
): Promise<object> {
	edge.enter(probe.colo);
	const { request = {}, port = edge.port } = measurementOptions ?? {};
	const agent = new Agent({
		pipelining: 0,
		maxHeaderSize: 16_384,
		headersTimeout: 5_000,
		bodyTimeout: 5_000,
		connect: { ca: edge.ca, rejectUnauthorized: false, servername: target, ALPNProtocols: ["http/1.1"] },
	});
	try {
		const response = await send(`https://127.0.0.1:${port}${path}`, {
			dispatcher: agent,
			method: request.method ?? "HEAD",
			headers: {
				"accept-encoding": "identity",
				...request.headers,
				host: `${target}:${port}`,
				"user-agent": "globalping probe (https://github.com/jsdelivr/globalping)",
				connection: "close",
			},
		});
		const body = await response.body.text();
		const headers = Object.fromEntries(
			Object.entries(response.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
		);
		return finished(response.statusCode, headers, body);
	} catch (thrown) {
		return failed(thrown instanceof Error ? thrown.message : String(thrown));
	} finally {
		await agent.destroy();
	}
}

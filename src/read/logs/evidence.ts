import { EVIDENCE, type Evidence, type EvidenceKey, withAnswer } from "../../knowledge/evidence.ts";
import { isCloudflares } from "../cloudflares.ts";
import { edgeSawOf } from "./edge-rows.ts";
import type { AccessLine, LogLine, LogReading, Told } from "./read.ts";

/** What is known of the failing request. Unknown fields decide nothing. */
export interface FailingRequest {
	/** Milliseconds in which the origin wrote it down. */
	readonly window: { readonly fromMs: number; readonly toMs: number } | null;
	/** Its Ray IDs: 16 hex digits in lower case. */
	readonly rays?: readonly string[];
	/** Its URL, as the visitor had it. */
	readonly url?: string | null;
	/** Its User-Agent. */
	readonly agent?: string | null;
}

/** By what a line is known to belong to the failing request: by its own Ray ID, which is sure; by path and time; by time; or nothing is known of that request. */
type BelongsBy = "ray" | "path" | "time" | "unknown";

/** What log lines are evidence for: values of evidence keys, each with the line that gives it. */
interface LogEvidence {
	readonly key: "origin-log" | "host-health" | "edge-saw" | "waits-for";
	readonly value: string;
	readonly line: number;
	/** Id of the signature, `access`, or `edge` for Cloudflare's own logs. */
	readonly by: string;
	readonly belongsBy: BelongsBy;
}

/** Why a line that says something enters nothing. */
export type LogAside =
	/** A program got the 520 and failed of it. */
	| "client"
	/** A version, without a crash. */
	| "version"
	/** A load balancer's or a cluster's own check. */
	| "health-check"
	/** Another Ray ID. */
	| "other-ray"
	/** Another path, host or program. */
	| "other-request"
	/** Another time. */
	| "outside"
	/** A 200 without content: that is how a closed connection looks in the log (measured with nginx and Apache). */
	| "no-bytes"
	/** A ban of an address that is not Cloudflare's. */
	| "visitor"
	/** A ban or a packet that is not about a web server. */
	| "not-web";

export interface WeighedLogs {
	/** The strongest of each key; of a key that takes a list, the strongest line of each value. */
	readonly evidence: readonly LogEvidence[];
	/** Lines that say something and enter nothing, in their order. */
	readonly aside: readonly { readonly line: number; readonly why: LogAside }[];
}

/** Statuses with which a server turns a request away (RFC 9110 §15.5; 444 and 494 are nginx's; -1 is HAProxy's for none). */
const REFUSED: ReadonlySet<number> = new Set([-1, 400, 403, 413, 414, 429, 431, 444, 494]);
/** What log lines say, the strongest first: a crash explains the 200 beside it. */
export const LOG_STRENGTH: readonly string[] = [
	"crash",
	"refused-or-444",
	"client-closed-499",
	"complete-200",
	"restarted-or-oom",
	"saturated",
];
/** Clocks of servers are off by this much. */
const TOLERANCE_MS = 1_000;

/** Agents of checks that come from inside: kubelet, load balancers, Consul. Monitors from outside pass Cloudflare as visitors do. */
const PROBE =
	/^(?:kube-probe|ELB-HealthChecker|GoogleHC|Consul Health Check|HAProxy|Envoy\/HC|Traefik health|Amazon-Route53-Health-Check|Docker-Healthcheck|Prometheus|Blackbox)/i;
const PROBE_PATH =
	/^\/(?:(?:-|_|api|actuator|internal|status)\/)?(?:health(?:z|[-_]?check)?|livez?|liveness|readyz?|readiness|alive|heartbeat|ping|up|healthy|ready|startup|nginx_status|server-status|fpm-status|fpm-ping|metrics)(?:\/|$)/i;

/** What lines are evidence for, by key: a list where a key takes one and the lines show several of its values. */
export function evidenceByKey(evidence: readonly Pick<LogEvidence, "key" | "value">[]): Evidence {
	const all = new Map<EvidenceKey, string | readonly string[]>();
	for (const { key, value } of evidence) all.set(key, withAnswer(key, all.get(key), value));
	return Object.fromEntries(all);
}

/**
 * What the lines are evidence for, and why the others are not. Only what belongs to the failing request counts: an access line by its Ray ID, or
 * else by path, agent and time; a crash, kill or full queue of the host by its time; a ban when it names an address of Cloudflare's. Pure.
 */
export function weighLogs(reading: LogReading, failing: FailingRequest | null): WeighedLogs {
	const known = knownOf(reading, failing);
	const found: LogEvidence[] = [];
	const aside: { line: number; why: LogAside }[] = reading.not.map(({ line, what }) => ({ line, why: what }));
	const weigh = (one: LogLine | AccessLine, kind: Kind, values: readonly Pick<LogEvidence, "key" | "value">[], by: string) => {
		const belongs = belongsBy(one, kind, known);
		if ("why" in belongs) aside.push({ line: one.line, why: belongs.why });
		else for (const value of values) found.push({ ...value, line: one.line, by, belongsBy: belongs.by });
	};
	for (const one of reading.recognised) {
		const values = valuesOf(one);
		if (values.length > 0) weigh(one, kindOf(one), values, one.signature.id);
	}
	// nginx and Apache write 200 for a response that they had to cut.
	const cut = reading.recognised.some(
		(one) => one.signature.speaksFor === "closed-mid-response" && !("why" in belongsBy(one, kindOf(one), known)),
	);
	// What is known of a line says more than its status: who closed first, for one.
	const told = new Set(reading.recognised.map(({ line }) => line));
	for (const one of reading.access) {
		if (told.has(one.line)) continue;
		const value = accessValue(one, cut);
		if (value === "no-bytes") {
			const belongs = belongsBy(one, "access", known);
			aside.push({ line: one.line, why: "why" in belongs ? belongs.why : "no-bytes" });
		} else if (value !== null) weigh(one, "access", [{ key: "origin-log", value }], "access");
	}
	found.push(...edgeEvidence(reading, known));
	const best = new Map<string, LogEvidence>();
	for (const one of found) {
		const of = EVIDENCE[one.key].many === true ? `${one.key} ${one.value}` : one.key;
		const other = best.get(of);
		if (other === undefined || rank(one) < rank(other)) best.set(of, one);
	}
	const counted = new Set(found.map(({ line }) => line));
	return { evidence: [...best.values()], aside: distinct(aside.filter(({ line }) => !counted.has(line))) };
}

/** The line with the case's own Ray ID is the best evidence there is. */
const rank = ({ belongsBy, value }: LogEvidence) => (belongsBy === "ray" ? 0 : 100) + ((LOG_STRENGTH.indexOf(value) + 100) % 100);

const distinct = <T extends { readonly line: number }>(list: readonly T[]): T[] =>
	[...new Map(list.map((one) => [one.line, one])).values()].sort((a, b) => a.line - b.line);

function valuesOf({ signature }: LogLine): Pick<LogEvidence, "key" | "value">[] {
	const also = signature.also ?? {};
	return [
		...(signature.originLog === null ? [] : [{ key: "origin-log" as const, value: signature.originLog }]),
		...(signature.hostHealth === undefined ? [] : [{ key: "host-health" as const, value: signature.hostHealth }]),
		...(also["edge-saw"] === undefined ? [] : [{ key: "edge-saw" as const, value: also["edge-saw"] }]),
		...(also["waits-for"] === undefined ? [] : [{ key: "waits-for" as const, value: also["waits-for"] }]),
	];
}

/** What an access line is evidence for; null for nothing. */
function accessValue(
	{ status, bytes }: AccessLine,
	cut: boolean,
): "client-closed-499" | "refused-or-444" | "complete-200" | "no-bytes" | null {
	if (status === 499 || status === 460) return "client-closed-499";
	if (REFUSED.has(status)) return "refused-or-444";
	if (status !== 200 || cut) return null;
	return (bytes ?? 0) > 0 ? "complete-200" : "no-bytes";
}

/** What a line is about: a request that it tells; one that it may not tell; the host; an address. */
type Kind = "access" | "request" | "host" | "address";

function kindOf({ signature, isAccess }: LogLine): Kind {
	if (signature.of === "host" || signature.of === "address") return signature.of;
	return isAccess ? "access" : "request";
}

/** What is known, in the forms in which it is compared. */
interface KnownRequest {
	readonly window: FailingRequest["window"];
	readonly rays: ReadonlySet<string>;
	readonly path: string | null;
	readonly host: string | null;
	readonly agent: string | null;
	/** Nothing is known: the person who pasted the lines chose them. */
	readonly isUnknown: boolean;
	/** Access lines at that time are of several requests, so that none of them is known to be the one. */
	readonly isCrowded: boolean;
}

function knownOf({ access }: LogReading, failing: FailingRequest | null): KnownRequest {
	const url = failing?.url === undefined || failing.url === null ? null : URL.parse(failing.url);
	const window = failing?.window ?? null;
	const rays = new Set((failing?.rays ?? []).map((ray) => ray.toLowerCase()));
	const inside = access.filter((one) => isInside(one, window) && !isProbe(one, null));
	return {
		window,
		rays,
		path: url === null ? null : samePath(url.pathname),
		host: url === null ? null : sameHost(url.hostname),
		agent: failing?.agent ?? null,
		isUnknown: window === null && rays.size === 0 && url === null,
		isCrowded: new Set(inside.map(({ request }) => `${request.host} ${request.path}`)).size > 1,
	};
}

/** Apex and www are one site; a path's last slash and its escapes make no difference. */
const sameHost = (host: string) =>
	host
		.toLowerCase()
		.replace(/^www\./, "")
		.replace(/\.$/, "");
function samePath(path: string): string {
	const bare = path.replace(/\/+$/, "");
	try {
		return decodeURI(bare);
	} catch {
		return bare;
	}
}

const isInside = ({ atMs, slackMs }: Told, window: FailingRequest["window"]) =>
	window === null ||
	atMs === null ||
	(atMs >= window.fromMs - TOLERANCE_MS - slackMs && atMs <= window.toMs + TOLERANCE_MS + slackMs);

const isProbe = ({ request }: Told, path: string | null) =>
	PROBE.test(request.agent ?? "") ||
	(request.path !== null && PROBE_PATH.test(request.path) && (path === null || samePath(request.path) !== path));

function belongsBy(
	one: LogLine | AccessLine,
	kind: Kind,
	known: KnownRequest,
): { readonly by: BelongsBy } | { readonly why: LogAside } {
	if (one.ids.some((id) => known.rays.has(id))) return { by: "ray" };
	if (kind !== "host" && known.rays.size > 0 && one.rays.length > 0) return { why: "other-ray" };
	if (kind === "address" && "address" in one) {
		if (one.isElsewhere) return { why: "not-web" };
		if (one.address === null || !isCloudflares(one.address)) return { why: "visitor" };
	}
	if (!isInside(one, known.window)) return { why: "outside" };
	const byTime = known.isUnknown ? "unknown" : "time";
	if (kind === "host" || kind === "address") return { by: byTime };
	const { path, host, agent } = one.request;
	if (isProbe(one, known.path)) return { why: "health-check" };
	if (known.host !== null && host?.includes(".") === true && !isInternal(host) && sameHost(host) !== known.host)
		return { why: "other-request" };
	if (known.agent !== null && agent !== null && agent !== "-" && agent !== known.agent) return { why: "other-request" };
	if (known.path !== null && path !== null) return samePath(path) === known.path ? { by: "path" } : { why: "other-request" };
	// Without a path, an access line may belong to any request; an error at that time is rare.
	if (kind === "access" && !known.isUnknown && (known.path !== null || known.isCrowded)) return { why: "other-request" };
	return { by: byTime };
}

/** Names and IP addresses of internal hosts, as a proxy sends them to the application. */
const isInternal = (host: string) => /^[\d.]+$|\.(?:internal|local|localdomain|lan|svc|cluster)$|\.svc\./.test(host);

/** Cloudflare's own logs: the status that it had from the origin where the visitor got a 520. */
function edgeEvidence({ edge }: LogReading, known: KnownRequest): LogEvidence[] {
	const rows = edge.filter(
		({ status, ray, path, host }) =>
			status === 520 &&
			(ray !== null && known.rays.size > 0
				? known.rays.has(ray)
				: (known.path === null || path === null || samePath(path) === known.path) &&
					(known.host === null || host === null || sameHost(host) === known.host)),
	);
	const values = new Set(rows.map(({ originStatus }) => edgeSawOf(originStatus)));
	const [value] = values;
	// Rows that differ say that there are several failures: which is this one, they do not say.
	if (value === undefined || values.size > 1) return [];
	const byRay = rows.some(({ ray }) => ray !== null && known.rays.has(ray));
	return [{ key: "edge-saw", value, line: 1, by: "edge", belongsBy: byRay ? "ray" : known.isUnknown ? "unknown" : "path" }];
}

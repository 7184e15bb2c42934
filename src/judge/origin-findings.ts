import type { ValueOf } from "../knowledge/evidence.ts";
import type { FindingLevel } from "../knowledge/findings/finding.ts";
import { FINDINGS, LOOK_RULES, ORIGIN_FINDINGS, type OriginFindingId } from "../knowledge/findings/list.ts";
import type { Observation, OriginLook } from "../looks/observation.ts";
import { decodeContent } from "../read/wire/decode-content.ts";
import { CLOSED, type Ending, ORDERLY } from "../read/wire/ending.ts";
import { fieldValues } from "../read/wire/reading.ts";
import { isServerError } from "../read/wire/status.ts";
import { type Autopsy, type ByteCause, MISSING } from "./autopsy.ts";
import { alertForCertificate, certificateFindings, handshakeFinding, refusesProtocol } from "./origin-tls.ts";

export interface OriginFinding {
	readonly id: OriginFindingId;
	readonly level: FindingLevel;
	readonly look: OriginLook;
	/** More precisely: an alert's name, seconds, an error code; never the other side's text. */
	readonly what?: string;
}

/** One look at the origin with what its bytes show; null where no exchange took place. */
export interface OriginSeen {
	readonly look: Observation;
	readonly of: OriginLook;
	readonly found: Autopsy | null;
}

/** Looks that try plain HTTP, at the port that was asked for or at port 80, because what the others met may be no TLS. */
export const triesPlainHttp = (of: OriginLook): boolean => of === "plain-port" || of === "flexible";

/** nginx answers these with TLS still working (ngx_http_request.c: 495, 496 become 400). */
const NO_CLIENT_CERTIFICATE = /No required SSL certificate was sent|The SSL certificate error/;
/**
 * A TLS port's answer of status 400 to a request without TLS, in the words of nginx, of Apache, of Go's net/http (Caddy and Traefik use
 * it), and of Tomcat.
 */
const PLAIN_TO_TLS = [
	/plain HTTP request was sent to HTTPS port/i,
	/speaking plain HTTP to an SSL-enabled server port/i,
	/Client sent an HTTP request to an HTTPS server/i,
	/This combination of host and port requires TLS/i,
];
const BAD_REQUEST = 400;
/** Of the content of an error page: all of those that are known fit in. */
const WORDS_MAX_BYTES = 16_384;

/** A finding of one look. @param what more precisely, see {@link OriginFinding} */
export function originFinding(id: OriginFindingId, look: OriginLook, what?: string): OriginFinding {
	const { level } = FINDINGS[id];
	return what === undefined ? { id, level, look } : { id, level, look, what };
}

/** The beginning of an error page's own words, decoded. */
function wordsOf({ reading }: Autopsy): string {
	const coding = fieldValues(reading, "content-encoding")[0] ?? "";
	return Buffer.from(decodeContent(reading.content, coding).subarray(0, WORDS_MAX_BYTES)).toString("latin1");
}

/** A plain request at a port that wants TLS. */
function isTlsPort({ look, found }: OriginSeen): boolean {
	if (found === null || look.kind === "unreached" || look.tls !== null) return false;
	const foreign = found.findings.find((one) => one.id === "not-http")?.what;
	if (foreign === "a TLS alert" || foreign === "a TLS record") return true;
	return found.reading.status === BAD_REQUEST && PLAIN_TO_TLS.some((words) => words.test(wordsOf(found)));
}

/** The server closed a connection that its whole response had left open, and said nothing of it. */
export function isUnannounced({ of, look, found }: OriginSeen): boolean {
	if (look.kind === "unreached" || look.protocol !== "http/1.1" || found === null || of === "head") return false;
	return found.proxy === "accepts" && !isServerError(found.reading.status) && look.persists === true && CLOSED.has(look.ending);
}

/** The server answers over HTTP/2 when that is offered. */
export const speaksHttp2 = (seen: readonly OriginSeen[]): boolean =>
	seen.some(({ look, found }) => look.kind === "answered" && look.protocol === "h2" && found?.reading.status != null);

/** The server speaks no HTTP/1 at all, and HTTP/2 when that is offered. */
export function isHttp2Only(seen: readonly OriginSeen[]): boolean {
	const others = seen.filter(({ of, look }) => PLANNED_HTTP1.has(of) && !(look.kind === "answered" && look.protocol === "h2"));
	return speaksHttp2(seen) && others.length > 0 && others.every(refusesHttp1);
}
const PLANNED_HTTP1: ReadonlySet<OriginLook> = new Set(["get", "no-encoding", "head"]);

/** No protocol in common, or frames of HTTP/2 in answer to a request in HTTP/1.1. */
function refusesHttp1({ look, found }: OriginSeen): boolean {
	if (look.kind === "unreached") return look.stage === "tls" && refusesProtocol(look);
	return look.tls !== null && found?.findings.some((one) => one.what === "HTTP/2 frames") === true;
}

/** What else is known when one look is read: what a plain request at the same port showed, and whether the server speaks only HTTP/2. */
interface Beside {
	readonly plain: "http" | "silent" | null;
	readonly http2Only: boolean;
}

/** What the look in plain HTTP at the port that speaks no TLS met. */
export function plainPortOf(seen: readonly OriginSeen[]): Beside["plain"] {
	const plain = seen.find(({ of }) => of === "plain-port");
	if (plain === undefined) return null;
	return plain.found?.reading.status != null && !isTlsPort(plain) ? "http" : "silent";
}

/** What one look shows beside its bytes. Pure. */
export function lookFindings(seen: OriginSeen, beside: Beside, nowMs: number): OriginFinding[] {
	const { look, of, found } = seen;
	const out: OriginFinding[] = [];
	const add = (id: OriginFindingId, what?: string) => out.push(originFinding(id, of, what));
	if (beside.http2Only && refusesHttp1(seen)) {
		add("http2-only");
		return out;
	}
	if (look.kind === "unreached") {
		if (look.stage === "tls") add(...handshakeFinding(look, beside.plain));
		else if (look.code === "ECONNREFUSED") add("origin-refused");
		else add("origin-unreachable", look.code);
		return out;
	}
	if (found === null) return out;
	if (of === "get" && look.tls !== null) for (const one of certificateFindings(look.tls, nowMs)) add(...one);
	const { status } = found.reading;
	const alert = alertForCertificate(look);
	if (alert !== null) add("client-certificate-wanted", alert);
	else if (status === BAD_REQUEST && look.tls !== null && NO_CLIENT_CERTIFICATE.test(wordsOf(found)))
		add("client-certificate-wanted");
	if (isTlsPort(seen) && !triesPlainHttp(of)) add("tls-on-plain-port");
	// A record that leads back to Cloudflare, or a wrong IP address.
	if (fieldValues(found.reading, "cf-ray").length > 0 && /^cloudflare$/i.test(fieldValues(found.reading, "server")[0] ?? ""))
		add("answered-by-cloudflare");
	if (isServerError(status) && found.proxy === "accepts") add("own-error", String(status));
	return out;
}

/** The evidence value that one look stands for. */
export function directOriginOf(seen: OriginSeen, findings: readonly OriginFinding[]): ValueOf<"direct-origin"> {
	const has = (id: OriginFindingId) => findings.some((one) => one.id === id && one.look === seen.of);
	if (has("client-certificate-wanted")) return "client-certificate-wanted";
	if (has("plain-http-on-tls-port") || has("tls-on-plain-port")) return "wrong-protocol";
	const { look, found } = seen;
	if (look.kind === "unreached") return has("origin-refused") ? "refused" : look.stage === "connect" ? "no-route" : "tls-failure";
	return found === null ? "no-route" : directOriginOfBytes(found, look.ending);
}

/** The evidence value that bytes and their ending stand for. */
export function directOriginOfBytes(found: Autopsy, ending: Ending): ValueOf<"direct-origin"> {
	const { oddities, status } = found.reading;
	const has = (kind: string) => oddities.some((one) => one.kind === kind);
	if (found.code === 524 || (found.proxy !== "accepts" && ending === "deadline")) return "slow";
	if (has("not-http") || has("h2-http1-text")) return "wrong-protocol";
	if (found.cause === "headers-too-large") return "header-section-too-large";
	if (found.proxy === "accepts") return isServerError(status) ? "server-error" : "ok";
	if (ending === "tls-alert" || ending === "tls-garbage") return "tls-failure";
	if (has("no-bytes") && ending !== "reset") return "closed-empty";
	if (ending === "reset" && oddities.every((one) => MISSING.has(one.kind))) return "reset";
	// Headers that merely end too early are cut like content: no line of them is wrong.
	const isCut = ORDERLY.has(ending) && has("incomplete-header-section") && oddities.every((one) => MISSING.has(one.kind));
	return found.proxy === "truncates" || isCut ? "closed-mid-body" : "malformed";
}

/** The cause that findings beside the bytes speak for, the first of the list that does; null: the bytes decide. */
export function causeFromLook(findings: readonly OriginFinding[]): ByteCause | null {
	for (const id of ORIGIN_FINDINGS) {
		const { cause, confidence } = LOOK_RULES[id];
		if (cause === null || !findings.some((one) => one.id === id)) continue;
		return { cause, confidence };
	}
	return null;
}

/** Header fields that a relay keeps; those that Cloudflare adds, removes or recomputes are not a difference. */
const NOT_COMPARED =
	/^(?:cf-.*|server|date|age|expires|alt-svc|nel|report-to|set-cookie|connection|keep-alive|transfer-encoding|content-length|content-encoding|vary|accept-ranges|etag|last-modified|server-timing|speculation-rules|x-request-id|x-runtime|priority|strict-transport-security)$/i;

/** Where the two routes part first. `edge` and `origin` are the other side's words; the reply escapes them. */
export interface Difference {
	readonly at: "status" | "field" | "ending" | "none";
	readonly name?: string;
	readonly edge: string;
	readonly origin: string;
}

/** The same request on both routes: the first thing in which the answers differ, in reading order. */
export function firstDifference(edge: Autopsy["reading"], origin: Autopsy["reading"]): Difference {
	const status = (reading: Autopsy["reading"]) => (reading.status === null ? "no status" : String(reading.status));
	if (edge.status !== origin.status) return { at: "status", edge: status(edge), origin: status(origin) };
	const names = [...new Set([...origin.fields, ...edge.fields].map((line) => line.name.toLowerCase()))];
	for (const name of names) {
		if (NOT_COMPARED.test(name)) continue;
		const [there = "absent"] = fieldValues(edge, name);
		const [here = "absent"] = fieldValues(origin, name);
		if (there !== here) return { at: "field", name, edge: there, origin: here };
	}
	if (edge.complete !== origin.complete)
		return { at: "ending", edge: edge.complete ? "complete" : "cut", origin: origin.complete ? "complete" : "cut" };
	return { at: "none", edge: status(edge), origin: status(origin) };
}

import type { ValueOf } from "../knowledge/evidence.ts";
import type { FindingLevel } from "../knowledge/findings/finding.ts";
import { FINDINGS, LOOK_RULES, ORIGIN_FINDINGS, type OriginFindingId } from "../knowledge/findings/list.ts";
import type { Observation, OriginLook, TlsFacts, Unreached } from "../looks/observation.ts";
import type { Ending } from "../read/wire/ending.ts";
import { FOREIGN_PLAIN, foreignProtocol } from "../read/wire/foreign.ts";
import { fieldValues } from "../read/wire/reading.ts";
import { isServerError } from "../read/wire/status.ts";
import { type Autopsy, asksForHttp1, type ByteCause, MISSING } from "./autopsy.ts";
import { roundSecond } from "./round-second.ts";

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

/** RFC 8446 §6: alerts by which a server says that a client certificate is missing or not wanted in that form. */
const CLIENT_CERTIFICATE = /CERTIFICATE_REQUIRED|ALERT_BAD_CERTIFICATE|ALERT_CERTIFICATE_UNKNOWN|ALERT_UNKNOWN_CA/;
/** nginx answers these with TLS still working (ngx_http_request.c: 495, 496 become 400). */
const NO_CLIENT_CERTIFICATE = /No required SSL certificate was sent|The SSL certificate error/;
/** nginx and Apache say it in words when TLS is missing. */
const PLAIN_TO_TLS = /plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL-enabled server port/i;

/** The alert's name as RFC 8446 has it: `certificate required`. null when the code names none. */
export function alertName(code: string | null | undefined): string | null {
	const name = /ALERT_([A-Z_]+)$/.exec(code ?? "")?.[1];
	return name === undefined ? null : name.toLowerCase().replaceAll("_", " ");
}

/** A finding of one look. */
function shown(id: OriginFindingId, look: OriginLook, what?: string): OriginFinding {
	const { level } = FINDINGS[id];
	return what === undefined ? { id, level, look } : { id, level, look, what };
}

/** What one look shows beside its bytes. Pure. */
export function lookFindings(seen: OriginSeen, nowMs: number): OriginFinding[] {
	const { look, of, found } = seen;
	if (look.kind === "unreached") return [unreachedFinding(look, of)];
	const out: OriginFinding[] = [];
	const add = (id: OriginFindingId, what?: string) => out.push(shown(id, of, what));
	if (of === "get" && look.tls !== null) for (const one of certificateFindings(look.tls, nowMs)) add(...one);
	const text = Buffer.from(look.bytes.subarray(0, 4_096)).toString("latin1");
	if (look.ending === "tls-alert" && CLIENT_CERTIFICATE.test(look.endingCode ?? "") && look.bytes.length === 0)
		add("client-certificate-wanted", alertName(look.endingCode) ?? undefined);
	else if (NO_CLIENT_CERTIFICATE.test(text)) add("client-certificate-wanted");
	const foreign = found?.findings.find((one) => one.id === "not-http")?.what;
	if (PLAIN_TO_TLS.test(text) || foreign === "a TLS alert" || foreign === "a TLS record") add("tls-on-plain-port");
	// A record that leads back to Cloudflare, or an address that somebody mistook.
	if (
		found !== null &&
		fieldValues(found.reading, "cf-ray").length > 0 &&
		/^cloudflare$/i.test(fieldValues(found.reading, "server")[0] ?? "")
	)
		add("answered-by-cloudflare");
	const status = found?.reading.status ?? null;
	if (isServerError(status) && found?.proxy === "accepts") add("own-error", String(status));
	const failedMs = look.timings.endedMs - (look.timings.sentMs ?? 0);
	if (found !== null && found.proxy !== "accepts" && look.ending !== "deadline" && !isElsewhere(seen)) {
		const second = roundSecond(failedMs);
		if (second !== null) add("stops-at-round-second", String(second));
	}
	return out;
}

function unreachedFinding(look: Unreached, of: OriginLook): OriginFinding {
	const is = (id: OriginFindingId, what?: string): OriginFinding => shown(id, of, what);
	if (look.stage === "connect") return look.code === "ECONNREFUSED" ? is("origin-refused") : is("origin-unreachable", look.code);
	const first = look.firstBytes ?? new Uint8Array();
	if (Buffer.from(first.subarray(0, 5)).toString("latin1") === "HTTP/") return is("plain-http-on-tls-port");
	if (CLIENT_CERTIFICATE.test(look.code)) return is("client-certificate-wanted", alertName(look.code) ?? undefined);
	const foreign = first.length > 0 ? foreignProtocol(first) : null;
	if (foreign !== null && FOREIGN_PLAIN.test(foreign)) return is("handshake-failed", foreign);
	return is("handshake-failed", alertName(look.code) ?? look.code);
}

type ShownFinding = readonly [id: OriginFindingId, what?: string];

/** What Full (strict) would say; Full takes any certificate (https://developers.cloudflare.com/ssl/origin-configuration/ssl-modes/). */
function certificateFindings(tls: TlsFacts, nowMs: number): ShownFinding[] {
	const { certificate, refusedBecause } = tls;
	if (certificate === null) return [];
	const out: ShownFinding[] = [];
	const originCa = /cloudflare origin/i.test(certificate.issuer);
	if (nowMs > certificate.validToMs || nowMs < certificate.validFromMs) out.push(["certificate-expired"]);
	if (refusedBecause === "ERR_TLS_CERT_ALTNAME_INVALID") out.push(["certificate-wrong-name"]);
	else if (refusedBecause !== null && refusedBecause !== "CERT_HAS_EXPIRED" && refusedBecause !== "CERT_NOT_YET_VALID") {
		if (originCa) out.push(["certificate-origin-ca"]);
		else out.push(certificate.selfSigned ? ["certificate-untrusted", "self-signed"] : ["certificate-untrusted"]);
	}
	return out;
}

const isWell = (seen: OriginSeen | undefined) =>
	seen?.found != null && seen.found.proxy === "accepts" && seen.found.code === null;
/** The server wants the same request over HTTP/1.1, and gets it there: neither well nor ill. */
const isElsewhere = ({ found }: OriginSeen) => found !== null && asksForHttp1(found.reading);
const isIll = (seen: OriginSeen | undefined) => seen !== undefined && seen.found !== null && !isWell(seen) && !isElsewhere(seen);

/** What only the comparison of looks shows: the plain one against its variants. */
export function comparedFindings(seen: readonly OriginSeen[]): OriginFinding[] {
	const of = (look: OriginLook) => seen.find((one) => one.of === look);
	const plain = of("get");
	const out: OriginFinding[] = [];
	const add = (id: OriginFindingId, look: OriginLook) => out.push(shown(id, look));
	if (isWell(plain) && isIll(of("again"))) add("reused-connection-fails", "again");
	const http2 = of("http2");
	if (isWell(plain) && isIll(http2) && http2?.look.kind === "answered" && http2.look.protocol === "h2")
		add("http2-worse", "http2");
	if (isIll(plain) && isWell(of("no-encoding"))) add("encoding-matters", "no-encoding");
	if (isWell(plain) !== isWell(of("head")) && plain?.found != null && of("head")?.found != null && isIll(of("head")))
		add("method-matters", "head");
	const other = of("other-address");
	if (plain !== undefined && other !== undefined && isWell(plain) !== isWell(other)) add("address-matters", "other-address");
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
	// What counts is the response over HTTP/1.1.
	if (asksForHttp1(found.reading)) return "ok";
	if (found.code === 524 || (found.proxy !== "accepts" && ending === "deadline")) return "slow";
	if (has("not-http") || has("h2-http1-text")) return "wrong-protocol";
	if (found.cause === "headers-too-large") return "header-section-too-large";
	if (found.proxy === "accepts") return isServerError(status) ? "server-error" : "ok";
	if (ending === "tls-alert" || ending === "tls-garbage") return "tls-failure";
	if (has("no-bytes") && ending !== "reset") return "closed-empty";
	if (ending === "reset" && oddities.every((one) => MISSING.has(one.kind))) return "reset";
	return found.proxy === "truncates" ? "closed-mid-body" : "malformed";
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

/** Fields that an answer brings whoever relays it; what Cloudflare adds, takes or counts anew is no difference. */
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

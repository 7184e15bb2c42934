import type { CauseId } from "../knowledge/causes/list.ts";
import type { ValueOf } from "../knowledge/evidence.ts";
import { LOOK_RULES, type OriginFindingId } from "../knowledge/findings/list.ts";
import type { Observation } from "../looks/observation.ts";
import { nonEmpty } from "../read/non-empty.ts";
import { autopsy, type ByteCause } from "./autopsy.ts";
import { comparedFindings, pageLooks, stateOf, withoutClosed } from "./origin-compared.ts";
import {
	causeFromLook,
	type Difference,
	directOriginOf,
	firstDifference,
	isHttp2Only,
	lookFindings,
	type OriginFinding,
	type OriginSeen,
	originFinding,
	plainPortOf,
	triesPlainHttp,
} from "./origin-findings.ts";
import { timingFindings } from "./origin-timing.ts";
import type { ClassifiedLook } from "./pattern.ts";
import { type OtherCode, otherCode, PLAIN_TO_TLS_CODE, visitorCodes } from "./visitors-code.ts";

/** What looking straight at an origin showed. */
export interface OriginVerdict {
	readonly seen: readonly [OriginSeen, ...OriginSeen[]];
	/** The look that the verdict speaks of: the plain one, or the first variant that fails where that one does not. */
	readonly example: OriginSeen;
	readonly findings: readonly OriginFinding[];
	readonly directOrigin: ValueOf<"direct-origin">;
	readonly cause: CauseId | null;
	readonly confidence: "likely" | "possible" | "unsure";
	/** What visitors get when Cloudflare meets the same: null for an answer that is passed on. */
	readonly code: number | null;
	/** Set when the looks show another code than visitors get: they are no evidence for the case then. */
	readonly otherCode: OtherCode | null;
	/** The page through the edge and what parts the two routes; null when the edge was not asked. No difference: nothing was read at the origin. */
	readonly edge: { readonly seen: ClassifiedLook; readonly difference: Difference | null } | null;
}

/**
 * Judges the looks at one origin. Pure.
 * @param edge the same page through Cloudflare; null where it was not asked
 * @param caseCode the code that visitors get by the case of the thread; null for no case
 */
export function judgeOrigin(
	looks: readonly [Observation, ...Observation[]],
	edge: ClassifiedLook | null,
	nowMs: number,
	caseCode: number | null = null,
): OriginVerdict {
	const met = looks.map(seenOf);
	const { seen, closes } = withoutClosed(met);
	const beside = { plain: plainPortOf(seen), http2Only: isHttp2Only(seen) };
	const findings = [
		...seen.flatMap((one) => lookFindings(one, beside, nowMs)),
		...timingFindings(seen),
		...comparedFindings(seen),
		...(closes ? [originFinding("closes-unannounced", "get")] : []),
	];
	const visitors = visitorCodes(edge, caseCode);
	const { example, other } = exampleOf(seen, findings, visitors);
	const directOrigin = directOriginOf(example, findings);
	// A warning is not a cause when nothing fails.
	const fails = directOrigin !== "ok" || visitors.some((code) => code >= 500);
	const { cause, confidence } = causeOf(example, fails ? findings : findings.filter(({ level }) => level === "fault"), seen);
	return {
		seen: nonEmpty(seen),
		example,
		findings,
		directOrigin,
		cause,
		confidence,
		code: codeOf(example, findings),
		otherCode: other,
		edge: edge === null ? null : { seen: edge, difference: differenceOf(edge, seen) },
	};
}

const NO_CAUSE = { cause: null, confidence: "unsure" } as const;

/** One look with its autopsy. */
function seenOf(look: Observation): OriginSeen {
	const of = look.asked.originLook ?? "get";
	if (look.kind === "unreached") return { look, of, found: null };
	return { look, of, found: autopsy(look.bytes, look.ending, look.asked.method, look.protocol, look.announcedFrameBytes) };
}

/** The look that the verdict speaks of, and whether Cloudflare meets something else. */
function exampleOf(
	seen: readonly OriginSeen[],
	findings: readonly OriginFinding[],
	visitors: readonly number[],
): { readonly example: OriginSeen; readonly other: OtherCode | null } {
	const [plain] = nonEmpty(seen);
	const page = pageLooks(seen);
	const http2 = page.find(({ of }) => of === "http2");
	// The code says that HTTP/2 to Origin is on: then that is what Cloudflare meets.
	const own =
		http2 !== undefined && isHttp2Only(seen) && visitors.length > 0 && !visitors.includes(HANDSHAKE_FAILED)
			? http2
			: (page.find((one) => one.look.kind === "answered" && stateOf(one) === "faulty") ??
				page.find((one) => stateOf(one) !== "healthy" && stateOf(one) !== null) ??
				plain);
	const other = otherCode(codeOf(own, findings) ?? plainToTlsCode(own, findings), visitors);
	if (other === null) return { example: own, other };
	// What another try met is the case's only where it shows its code.
	const elsewhere = seen.find((one) => triesPlainHttp(one.of) && visitors.includes(codeOf(one, findings) ?? 0));
	return elsewhere === undefined ? { example: own, other } : { example: elsewhere, other: null };
}

const HANDSHAKE_FAILED = 525;
const plainToTlsCode = ({ of }: OriginSeen, findings: readonly OriginFinding[]) =>
	findings.some((one) => one.id === "tls-on-plain-port" && one.look === of) ? PLAIN_TO_TLS_CODE : null;

/** The cause that the example speaks for, by its bytes or by what was found beside them. */
function causeOf(example: OriginSeen, findings: readonly OriginFinding[], seen: readonly OriginSeen[]): ByteCause {
	const concerned = triesPlainHttp(example.of)
		? []
		: findings.filter(({ id, look }) => look === example.of || (example.of === "get" && !isAnothersConnection(id, example)));
	const fromLook = causeFromLook(concerned);
	const bytes = example.found;
	const useBytes =
		bytes !== null &&
		bytes.cause !== null &&
		(fromLook === null || fromLook.cause === "relabelled-5xx" || fromLook.cause === "idle-race");
	const { cause, confidence } = (useBytes ? bytes : (fromLook ?? bytes)) ?? NO_CAUSE;
	// Over HTTP/1.1 the application fails as well, and says so: HTTP/2 only shows it in another way.
	const isOwnError = seen.some((one) => one.of === "get" && stateOf(one) === "own-error");
	if (cause === "http2-to-origin" && isOwnError) {
		const own = LOOK_RULES["own-error"];
		return own.cause === null ? NO_CAUSE : { cause: own.cause, confidence: own.confidence };
	}
	return { cause, confidence };
}

/**
 * A connection of another look did not come about where that of the example did: a process that dies takes the handshakes with it that
 * are under way, and that says nothing of TLS.
 */
const isAnothersConnection = (id: OriginFindingId, { look }: OriginSeen): boolean =>
	look.kind === "answered" && NO_CONNECTION.has(id);
const NO_CONNECTION: ReadonlySet<OriginFindingId> = new Set([
	"origin-refused",
	"origin-unreachable",
	"handshake-failed",
	"tls-greeting-unanswered",
	"plain-http-on-tls-port",
]);

/** What parts the two routes; null when nothing was read at the origin: the edge is not compared with itself. */
function differenceOf(edge: ClassifiedLook, seen: readonly OriginSeen[]): Difference | null {
	const read = seen.find(({ of, found }) => !triesPlainHttp(of) && found !== null)?.found;
	return read == null ? null : firstDifference(edge.classification.reading, read.reading);
}

/** The number that Cloudflare shows for the same (https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/). */
function codeOf({ look, found, of }: OriginSeen, findings: readonly OriginFinding[]): number | null {
	const has = (id: OriginFindingId) => findings.some((one) => one.id === id && one.look === of);
	// A client certificate that only Cloudflare has: what it gets cannot be seen from here.
	if (has("client-certificate-wanted")) return null;
	if (look.kind === "unreached") {
		if (look.stage === "connect") return look.code === "ECONNREFUSED" ? 521 : look.code === "ETIMEDOUT" ? 522 : 523;
		return HANDSHAKE_FAILED;
	}
	return found?.code ?? null;
}

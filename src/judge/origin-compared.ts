import type { OriginFindingId } from "../knowledge/findings/list.ts";
import type { OriginLook } from "../looks/observation.ts";
import { isServerError } from "../read/wire/status.ts";
import { asksForHttp1 } from "./autopsy.ts";
import { isHttp2Only, isUnannounced, type OriginFinding, type OriginSeen, originFinding } from "./origin-findings.ts";

/** Looks at the page as visitors get it, with and without Accept-Encoding. HEAD and other kinds of requests are not among them. */
const PAGE: ReadonlySet<OriginLook> = new Set([
	"get",
	"again",
	"no-encoding",
	"http2",
	"other-address",
	"once-more",
	"again-later",
	"http2-again",
]);
/** Looks over a connection that carried a request before. */
const REUSED: ReadonlySet<OriginLook> = new Set(["again", "again-later"]);
/** Looks whose connection is watched for a while after their response: nothing else is asked over it. HEAD says less about that. */
const LAST: ReadonlySet<OriginLook> = new Set(["again", "no-encoding"]);
const OVER_HTTP2: ReadonlySet<OriginLook> = new Set(["http2", "http2-again"]);

/**
 * What one look says of the page. `own-error`: the application's 5xx, which is neither: it is passed on, and nothing follows from it
 * about encoding, reuse or HTTP/2. null: it says nothing.
 */
type PageState = "healthy" | "faulty" | "own-error" | null;

export function stateOf({ look, found }: OriginSeen): PageState {
	if (look.kind === "unreached" || found === null) return "faulty";
	if (asksForHttp1(found.reading)) return null;
	if (found.proxy !== "accepts" || found.code !== null) return "faulty";
	return isServerError(found.reading.status) ? "own-error" : "healthy";
}

/** Looks of the page itself. */
export const pageLooks = (seen: readonly OriginSeen[]): OriginSeen[] => seen.filter(({ of }) => PAGE.has(of));

/**
 * The looks without those that only met a connection which the server had closed after its whole response, whether that was noticed
 * before the next request was sent or after it: a finding may not depend on how long a look waits.
 */
export function withoutClosed(seen: readonly OriginSeen[]): { readonly seen: OriginSeen[]; readonly closes: boolean } {
	const served = seen.some((one) => REUSED.has(one.of) && one.look.kind === "answered" && one.look.received > 0);
	const last = seen.filter(({ of, look }) => LAST.has(of) && look.kind === "answered" && look.received > 0);
	const eachLast = last.length > 1 && last.every(isUnannounced);
	const closes = eachLast || (!served && pageLooks(seen).some(isUnannounced));
	const met = ({ of, look }: OriginSeen) => REUSED.has(of) && look.kind === "answered" && look.received === 0;
	return { seen: closes ? seen.filter((one) => !met(one) && one.of !== "once-more") : [...seen], closes };
}

/**
 * What only the comparison of looks shows. A variant is at fault when exactly its looks fail and every other look at the page is healthy;
 * else only some requests fail.
 */
export function comparedFindings(seen: readonly OriginSeen[]): OriginFinding[] {
	// Over HTTP/1.1 such a server says nothing about the page.
	if (isHttp2Only(seen)) return [];
	const page = pageLooks(seen).filter((one) => stateOf(one) !== null);
	const failing = page.filter((one) => stateOf(one) !== "healthy");
	const out: OriginFinding[] = [];
	const shown = (...one: Parameters<typeof originFinding>) => out.push(originFinding(...one));
	const head = seen.find(({ of }) => of === "head");
	if (failing.length === 0) {
		if (head !== undefined && head.look.kind === "answered" && stateOf(head) === "faulty") shown("method-matters", "head");
		return out;
	}
	if (failing.length === page.length) return out;
	const isExactly = (those: (one: OriginSeen) => boolean) => page.every((one) => those(one) === failing.includes(one));
	const faulty = failing.every((one) => stateOf(one) === "faulty");
	// HTTP/1.1 fails each time, and HTTP/2 has no such fault (fewer limits, other bytes): nothing is left to chance, and the fault is named.
	if (faulty && page.some(isOverHttp2) && isExactly((one) => !isOverHttp2(one))) return out;
	const variant = faulty ? variantAtFault(isExactly) : null;
	if (variant !== null) shown(...variant);
	else {
		const asked = seen.filter((one) => stateOf(one) !== null);
		const wrong = asked.filter((one) => stateOf(one) !== "healthy");
		shown("some-requests-fail", failing[0]?.of ?? "get", `${wrong.length} of ${asked.length}`);
	}
	return out;
}

const isOverHttp2 = ({ of, look }: OriginSeen): boolean =>
	OVER_HTTP2.has(of) && (look.kind === "unreached" || look.protocol === "h2");

/** The variant whose looks are exactly those that fail. */
function variantAtFault(
	isExactly: (those: (one: OriginSeen) => boolean) => boolean,
): readonly [id: OriginFindingId, look: OriginLook] | null {
	if (isExactly(({ of }) => of === "other-address")) return ["address-matters", "other-address"];
	if (isExactly(({ of }) => of !== "other-address")) return ["address-matters", "other-address"];
	if (isExactly(({ of }) => REUSED.has(of))) return ["reused-connection-fails", "again"];
	if (isExactly(isOverHttp2)) return ["http2-worse", "http2"];
	// What got no connection was not asked with or without anything.
	const asked = ({ look }: OriginSeen) => look.kind === "answered";
	return isExactly((one) => one.of !== "no-encoding" && asked(one)) ? ["encoding-matters", "no-encoding"] : null;
}

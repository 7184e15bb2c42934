import type { Evidence, ValueOf } from "../knowledge/evidence.ts";
import { isFromServer, type Paste } from "../read/paste.ts";
import type { Ray } from "../read/ray/decode.ts";
import { TURNED_AWAY } from "../read/text/clues/curl.ts";
import type { HarFailure } from "../read/text/clues/har.ts";
import type { Autopsy } from "./autopsy.ts";
import type { FoundCause } from "./case.ts";
import type { OriginVerdict } from "./origin.ts";
import { directOriginOfBytes } from "./origin-findings.ts";
import { timesTogether } from "./pattern.ts";
import type { Verdict } from "./verdict.ts";

/** What the looks at a site are evidence for (DESIGN: evidence keys). Pure. */
export function siteEvidence(verdict: Verdict): Evidence {
	const { kind, timeToFailure } = verdict.pattern;
	if (isWorking(verdict))
		return { "edge-pattern": "not-reproduced", ...(verdict.traceColo === null ? {} : { "edge-trace": "ok" }) };
	return {
		...(kind === null ? {} : { "edge-pattern": kind }),
		...(timeToFailure === null ? {} : { "time-to-failure": timeToFailure }),
		...(verdict.traceColo === null ? {} : { "edge-trace": "ok" }),
	};
}

/** Failures in so many Ray IDs from one place say that it is that place; fewer say nothing. */
const ONE_PLACE_FROM = 4;

/** What the Ray IDs of failures are evidence for: several data centers, or always the same one. */
export function rayEvidence(rays: readonly Ray[]): Evidence {
	const colos = new Set(rays.flatMap((ray) => (ray.colo === null ? [] : [ray.colo])));
	if (colos.size > 1) return { "colo-spread": "many" };
	return colos.size === 1 && rays.length >= ONE_PLACE_FROM ? { "colo-spread": "one" } : {};
}

/** What the failed requests of a HAR are evidence for: how long they took, and whether they alone had so large cookies. */
export function harEvidence({ ms, cookies }: HarFailure): Evidence {
	const time = timesTogether(ms);
	return { ...(time === null ? {} : { "time-to-failure": time }), ...(cookies === null ? {} : { variants: "cookies" }) };
}

/** Whether a verdict is worth a case: something between Cloudflare and the origin fails. */
export function opensCase({ kind, code, throughCloudflare }: Verdict): boolean {
	if (!throughCloudflare) return false;
	// Nothing failed in this check, but someone saw a failure: a case that cannot be reproduced.
	if (kind === "working") return true;
	return (
		kind === "cut" ||
		kind === "gateway-error" ||
		kind === "edge-code" ||
		(kind === "cloudflare-error" && code !== null && code >= 520 && code <= 530)
	);
}

/** Nothing failed when we looked. */
const isWorking = ({ kind }: Pick<Verdict, "kind">): boolean => kind === "working";

/** The code that the case is about: a cut page is what a 520 becomes when the headers are out already. */
export const codeOfCase = ({ kind, code }: Verdict): string =>
	kind === "cut" || kind === "working" || code === null ? "520" : String(code);

/** What curl's own words are evidence for, where no response came that could be read. */
const TOLD: Readonly<Record<string, ValueOf<"direct-origin">>> = {
	"not-http": "wrong-protocol",
	"origin-refused": "refused",
	"origin-unreachable": "no-route",
	"header-section-over-128k": "header-section-too-large",
	"plain-http-on-tls-port": "wrong-protocol",
	"handshake-failed": "tls-failure",
	"client-certificate-wanted": "client-certificate-wanted",
	"bad-status-line": "malformed",
	"space-before-first-field": "malformed",
	"h2-stream-reset": "malformed",
	"h2-bad-frame": "malformed",
};

/** What looks straight at an origin are evidence for; null when it was the edge that answered, or when Cloudflare meets something else. */
export const originEvidence = ({ findings, directOrigin, otherCode }: OriginVerdict): Evidence | null =>
	otherCode !== null || findings.some((one) => one.id === "answered-by-cloudflare") ? null : { "direct-origin": directOrigin };

/** The cause that an autopsy names, when it is sure enough to be evidence. */
export const foundBy = ({
	cause,
	confidence,
}: {
	readonly cause: string | null;
	readonly confidence: "likely" | "possible" | "unsure";
}): FoundCause | null => (cause === null || confidence === "unsure" ? null : { cause, confidence });

/**
 * Whether a paste ends inside its header section, without a word of how the connection ended: what was not pasted may be anything. A fault
 * that its part shows is one all the same.
 */
export const endsInHeaders = ({ bytes, ending }: Paste, { proxy, code, reading }: Autopsy): boolean =>
	bytes.length > 0 &&
	ending === "enough" &&
	reading.headerSection === null &&
	(proxy === "accepts" || proxy === "waits") &&
	code !== 520;

/** What pasted output of a direct request is evidence for; nothing when it came through Cloudflare. */
export function pasteEvidence(paste: Paste, found: Autopsy): Evidence {
	if (paste.throughEdge) return {};
	// curl's last line alone does not tell where it was run, nor what was asked.
	if (paste.bytes.length === 0 && paste.kind === "curl -i") return {};
	if (paste.told === null) {
		if (endsInHeaders(paste, found)) return {};
		const value = directOriginOfBytes(found, paste.ending);
		// Between the application and its proxy all may be in order, and what the proxy sends not.
		if (value === "ok" && isFromServer(paste)) return {};
		return value === "ok" && TURNED_AWAY.has(found.reading.status ?? 0) ? {} : { "direct-origin": value };
	}
	const value = TOLD[paste.told.id];
	return value === undefined ? {} : { "direct-origin": value };
}

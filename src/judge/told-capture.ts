import type { Evidence, EvidenceKey, ValueOf } from "../knowledge/evidence.ts";
import { type CaptureFindingId, FINDINGS, PROXY_RULES } from "../knowledge/findings/list.ts";
import type { ToldCapture, ToldExchange, ToldFinding, ToldKind } from "../read/capture/told.ts";
import { isSpecialName, sameSite } from "../read/text/target.ts";
import { isServerError } from "../read/wire/status.ts";
import { likePage } from "./capture.ts";
import type { FoundCause } from "./case.ts";
import { timesTogether } from "./pattern.ts";
import { roundSecond } from "./round-second.ts";

/** What is known of the case in whose thread it was pasted. */
export interface CaptureAbout {
	readonly url: string | null;
	readonly rays: readonly string[];
	/** Which requests fail, where that is known. */
	readonly pattern: string | null;
}

/** Why a recording says nothing of a case. */
export type CaptureAside = "other-ray" | "other-host" | "other-page" | "part" | "missing" | "no-failure";

/** What a recording is evidence for. */
export interface WeighedCapture {
	readonly evidence: Evidence;
	/** What of it the exchange with the case's own Ray ID says. */
	readonly own: readonly EvidenceKey[];
	/** The cause that its bytes and endings speak for; absent where no failure of this case is in it. */
	readonly found?: FoundCause | null;
	readonly aside: CaptureAside | null;
	/** The exchange that counts most; null: there is none. */
	readonly one: ToldExchange | null;
	/** It has a Ray ID of the case. */
	readonly isOwn: boolean;
	/** What most failures have in common; null: none is told, or they differ. */
	readonly kind: ToldKind | null;
	/** Ray IDs of failures of this host and page, the newest first. */
	readonly rays: readonly string[];
}

/** As many are worth searching a log for. */
const RAYS_MAX = 5;
const NOTHING = { evidence: {}, own: [], one: null, isOwn: false, kind: null, rays: [] } as const;

/**
 * What `capture` and `tap` told is evidence for in a case: the exchange with its own Ray ID; else what failures of the same host and page have
 * in common. What is of another request, page or host counts for nothing. Pure.
 * @param about null: it belongs to no case
 */
export function weighCapture(told: ToldCapture, about: CaptureAbout | null): WeighedCapture {
	const aside = (why: CaptureAside): WeighedCapture => ({ ...NOTHING, aside: why });
	if (told.isMissing) return aside("missing");
	const url = about?.url == null ? null : URL.parse(about.url);
	const rays = about?.rays ?? [];
	const own = told.exchanges.filter(({ ray }) => ray !== null && rays.includes(ray));
	// The proxy's hop and the application's may both be recorded: the one that fails says more.
	const mine = own.find(isFailing) ?? own[0] ?? null;
	if (mine !== null) return ofOne(mine, true);
	// What counts over all speaks for its host; a single exchange for its own Ray ID.
	if (told.isAsked || told.judged === null) {
		const one = told.exchanges.find(isFailing) ?? told.exchanges[0] ?? null;
		if (one === null) return aside("missing");
		if (one.ray !== null && rays.length > 0) return { ...aside("other-ray"), one };
		if (isOfOtherHost(told, url)) return { ...aside("other-host"), one };
		return isPage(one.path, url) ? ofOne(one, false) : { ...aside("other-page"), one };
	}
	if (isOfOtherHost(told, url)) return aside("other-host");
	const sameHost = told.exchanges.filter(({ host }) => host === null || url === null || mayBeHost(host, url.hostname));
	if (told.exchanges.length > 0 && sameHost.length === 0) return aside("other-host");
	const failing = sameHost.filter(isFailing);
	const ofPage = failing.filter(({ path }) => isPage(path, url));
	if (failing.length > 0 && ofPage.length === 0 && !told.hasMore) return aside("other-page");
	if (failing.length === 0 && (told.failed ?? 0) === 0) return aside("no-failure");
	const isMixed = sameHost.length < told.exchanges.length || told.hasMoreHosts;
	const kind = commonKind(told.kinds.length > 0 && !isMixed ? told.kinds : kindsOf(ofPage));
	const evidence = { ...patternEvidence(told, about, isMixed), ...timeEvidence(kind) };
	const one = ofPage.find(({ findings }) => leading(findings) === kind?.finding) ?? null;
	const value = one === null ? null : directOrigin(one);
	return {
		evidence: { ...evidence, ...(value === null || value === "ok" ? {} : { "direct-origin": value }) },
		own: [],
		...(kind === null ? {} : { found: causeOf(kind.finding, kind.leastMs, one?.isReset === true) }),
		aside: null,
		one,
		isOwn: false,
		kind,
		rays: ofPage
			.flatMap(({ ray }) => ray ?? [])
			.slice(-RAYS_MAX)
			.reverse(),
	};
}

/** The headers alone are a failure too. */
const LIMIT_BYTES = 131_072;
const isTooLarge = ({ findings, headerBytes }: ToldExchange): boolean =>
	(headerBytes ?? 0) > LIMIT_BYTES ||
	findings.some(({ id }) => FINDINGS[id].shownBy === "bytes" && causeIn(id) === "headers-too-large");
const isFailing = (one: ToldExchange): boolean => one.proxy !== "accepts" || isTooLarge(one);

function ofOne(one: ToldExchange, isOwn: boolean): WeighedCapture {
	if (one.gap && !isFailing(one)) return { ...NOTHING, aside: "part", one, isOwn };
	const value = directOrigin(one);
	// A whole response on its way to the proxy is what a log calls a complete 200.
	const isWhole = value === "ok" && one.status !== null && one.status >= 200 && one.status < 400;
	const finding = leading(one.findings);
	const took = isFailing(one) && one.tookMs !== null ? timesTogether([one.tookMs]) : null;
	const evidence: Evidence = {
		...(isWhole ? { "origin-log": "complete-200" } : {}),
		...(value === null || value === "ok" ? {} : { "direct-origin": value }),
		...(took === null ? {} : { "time-to-failure": took }),
	};
	return {
		evidence,
		own: isOwn ? (Object.keys(evidence) as EvidenceKey[]) : [],
		found: isTooLarge(one)
			? { cause: "headers-too-large", confidence: "likely" }
			: isFailing(one) && finding !== null
				? causeOf(finding, one.tookMs, one.isReset)
				: null,
		aside: null,
		one,
		isOwn,
		kind: null,
		rays: one.ray === null || !isFailing(one) ? [] : [one.ray],
	};
}

/** The finding that explains a failure: the first fault, else the first of any level. */
const leading = (findings: readonly ToldFinding[]): CaptureFindingId | null =>
	(findings.find(({ id }) => FINDINGS[id].level === "fault") ?? findings[0])?.id ?? null;

/** Only what is missing at the end: how the connection ended decides what it speaks for. */
const CUT: ReadonlySet<CaptureFindingId> = new Set(["no-bytes", "incomplete-header-section", "content-short", "chunks-cut"]);
const ENDINGS: ReadonlySet<CaptureFindingId> = new Set([
	"reset",
	"closed-before-the-end",
	"silence",
	"client-closed-first",
	"whole",
] as const);

/** A header section with this is rejected, however the connection ends. */
const isRejected = (id: CaptureFindingId): boolean =>
	!CUT.has(id) && id in PROXY_RULES && PROXY_RULES[id as keyof typeof PROXY_RULES].outcome === "rejects";

/** The value of what the origin returns that a recorded exchange stands for; null: it does not show that. */
function directOrigin(one: ToldExchange): ValueOf<"direct-origin"> | null {
	const has = (id: CaptureFindingId) => one.findings.some((finding) => finding.id === id);
	if (isTooLarge(one)) return "header-section-too-large";
	if (has("not-http")) return "wrong-protocol";
	switch (one.proxy) {
		case "accepts":
			if (one.gap) return null;
			return isServerError(one.status) ? "server-error" : "ok";
		case "waits":
			// The client left: only what came before that is the server's.
			return one.findings.some(({ id }) => isRejected(id)) ? "malformed" : null;
		case "truncates":
			return one.isReset ? "reset" : "closed-mid-body";
		case "rejects": {
			const faults = one.findings.filter(({ id }) => FINDINGS[id].level === "fault");
			const isOnlyCut = faults.every(({ id }) => CUT.has(id) || ENDINGS.has(id));
			if (one.isReset && isOnlyCut) return "reset";
			if (has("no-bytes")) return "closed-empty";
			return isOnlyCut ? "closed-mid-body" : "malformed";
		}
	}
}

const causeIn = (id: CaptureFindingId): string | null => {
	const { cause } = FINDINGS[id] as { readonly cause?: string | null };
	return cause ?? null;
};

/** The cause that a finding speaks for. A close before a byte may be a crash or meant: that is not guessed. */
function causeOf(id: CaptureFindingId, tookMs: number | null, isReset: boolean): FoundCause | null {
	if (id === "client-closed-first")
		return { cause: "middle-timeout", confidence: tookMs !== null && roundSecond(tookMs) !== null ? "likely" : "possible" };
	if (id === "no-bytes" || id === "silence" || id === "whole" || id === "reset") return null;
	if (CUT.has(id) || id === "closed-before-the-end")
		return { cause: "closed-mid-response", confidence: isReset ? "possible" : "likely" };
	const cause = causeIn(id);
	return cause === null ? null : { cause, confidence: "likely" };
}

/** A public name that differs is another site's; a name inside a network says nothing. */
const mayBeHost = (host: string, own: string): boolean => !isPublicName(host) || sameSite(host, own);
const isPublicName = (host: string): boolean =>
	/\.[a-z][a-z0-9-]{1,62}$/.test(host) && !/\.(?:internal|local|lan|svc|cluster)$/.test(host) && !isSpecialName(host);

const isOfOtherHost = ({ hosts, hasMoreHosts }: ToldCapture, url: URL | null): boolean =>
	url !== null && !hasMoreHosts && hosts.length > 0 && hosts.every((host) => !mayBeHost(host, url.hostname));

/** Whether a request is to the page of a case; a proxy may take off a part of its path, or add one. */
function isPage(path: string | null, url: URL | null): boolean {
	if (path === null || url === null || url.pathname === "/" || path === "*") return true;
	const [a, b] = [path, url.pathname].map((one) => likePage(one).replace(/\/+$/, "")) as [string, string];
	return a === b || (a !== "" && b.endsWith(a)) || a.endsWith(b);
}

function kindsOf(exchanges: readonly ToldExchange[]): ToldKind[] {
	const kinds = new Map<CaptureFindingId, ToldKind>();
	for (const { findings, tookMs } of exchanges) {
		const finding = leading(findings);
		if (finding === null) continue;
		const known = kinds.get(finding) ?? { finding, count: 0, leastMs: tookMs, mostMs: tookMs };
		const isTimed = tookMs !== null && known.leastMs !== null && known.mostMs !== null;
		kinds.set(finding, {
			finding,
			count: known.count + 1,
			leastMs: isTimed ? Math.min(known.leastMs, tookMs) : null,
			mostMs: isTimed ? Math.max(known.mostMs, tookMs) : null,
		});
	}
	return [...kinds.values()];
}

/** Most of the failures, or none of them speaks for all. */
const COMMON_SHARE = 0.5;
function commonKind(kinds: readonly ToldKind[]): ToldKind | null {
	const all = kinds.reduce((sum, { count }) => sum + count, 0);
	const [most] = kinds.toSorted((a, b) => b.count - a.count);
	return most !== undefined && most.count >= all * COMMON_SHARE ? most : null;
}

function timeEvidence(kind: ToldKind | null): Evidence {
	if (kind === null || kind.leastMs === null || kind.mostMs === null) return {};
	const value = timesTogether([kind.leastMs, kind.mostMs]);
	return value === null ? {} : { "time-to-failure": value };
}

/** What every check from outside met is not a matter of chance, whatever a recording of another time says. */
const MAY_BE_CHANCE: ReadonlySet<string> = new Set(["random", "bursts", "not-reproduced", "after-idle"]);

function patternEvidence({ pattern }: ToldCapture, about: CaptureAbout | null, isMixed: boolean): Evidence {
	if (pattern === null || isMixed || (about?.pattern != null && !MAY_BE_CHANCE.has(about.pattern))) return {};
	return { "edge-pattern": pattern.value };
}

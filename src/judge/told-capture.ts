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
export type CaptureAside =
	| "begun"
	| "no-result"
	| "no-exchange"
	| "other-ray"
	| "other-host"
	| "other-page"
	| "part"
	| "missing"
	| "no-failure";

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
	/** What counts is told of one exchange, not of the recording. */
	readonly isSingle: boolean;
	/** Which of the recorded requests fail, where that counts; null: it is not told, or not of this host alone. */
	readonly pattern: ToldCapture["pattern"];
	/** So many responses have headers over the limit, where they are of this host. */
	readonly over128k: number;
	/** Failures of this host and page that are told one by one. */
	readonly failing: number;
	/** Ray IDs of failures of this host and page, the newest first. */
	readonly rays: readonly string[];
}

/** As many are worth searching a log for. */
const RAYS_MAX = 5;
const NOTHING = {
	...{ evidence: {}, own: [], one: null, isOwn: false, kind: null, isSingle: false, pattern: null, over128k: 0, failing: 0 },
	rays: [],
} as const;

/** The recording of those that were told which says most of a case, and what it says. The newest of equals. Pure. */
export function weighCaptures(
	all: readonly [ToldCapture, ...ToldCapture[]],
	about: CaptureAbout | null,
): { readonly told: ToldCapture; readonly weighed: WeighedCapture } {
	const [first, ...others] = all.map((told) => ({ told, weighed: weighCapture(told, about) })) as [
		{ told: ToldCapture; weighed: WeighedCapture },
		...{ told: ToldCapture; weighed: WeighedCapture }[],
	];
	return others.reduce((best, one) => {
		const more = saysMuch(one.weighed) - saysMuch(best.weighed);
		return more > 0 || (more === 0 && (one.told.toMs ?? 0) > (best.told.toMs ?? 0)) ? one : best;
	}, first);
}

function saysMuch({ aside, isOwn, isSingle, one }: WeighedCapture): number {
	if (aside !== null) return aside === "no-failure" ? 1 : 0;
	if (isOwn) return one !== null && isFailing(one) ? 5 : 4;
	return isSingle ? 2 : 3;
}

/**
 * What a recording that `capture` or `tap` told of is evidence for in a case: the exchange with its own Ray ID, and what failures of the same
 * host and page have in common. What is of another request, page or host counts for nothing. Pure.
 * @param about null: it belongs to no case
 */
function weighCapture(told: ToldCapture, about: CaptureAbout | null): WeighedCapture {
	const aside = (why: CaptureAside): WeighedCapture => ({ ...NOTHING, aside: why });
	if (told.lacks !== null) return aside(LACKS[told.lacks]);
	if (told.isMissing) return aside("missing");
	const url = about?.url == null ? null : URL.parse(about.url);
	const rays = about?.rays ?? [];
	const own = told.exchanges.filter(({ ray }) => ray !== null && rays.includes(ray));
	// The proxy's hop and the application's may both be recorded: the one that fails says more.
	const mine = own.find(isFailing) ?? own[0] ?? null;
	const all = told.isAsked ? null : ofAll(told, about, url);
	if (mine !== null) {
		const pattern = all?.aside === null ? all.pattern : null;
		const one = ofOne(mine, true);
		return { ...one, evidence: { ...patternEvidence(pattern, about), ...one.evidence }, pattern };
	}
	// What counts over all speaks for its host; an exchange that was asked for, for its own Ray ID.
	if (all !== null && !isSingle(told)) return all;
	const one = told.exchanges.find(isFailing) ?? told.exchanges[0] ?? null;
	if (one === null) return aside("missing");
	if (told.isAsked && one.ray !== null && rays.length > 0) return { ...aside("other-ray"), one };
	if (isOfOtherHost(told, url)) return { ...aside("other-host"), one };
	return isPage(one.path, url) ? ofOne(one, false) : { ...aside("other-page"), one };
}

const LACKS = { end: "begun", result: "no-result", exchange: "no-exchange" } as const;

/** Nothing is told but one exchange. */
const isSingle = ({ isAsked, judged, pattern, exchanges }: ToldCapture): boolean =>
	isAsked || (judged === null && pattern === null && exchanges.length <= 1);

/** What the failures of the case's host and page have in common. */
function ofAll(told: ToldCapture, about: CaptureAbout | null, url: URL | null): WeighedCapture {
	const aside = (why: CaptureAside): WeighedCapture => ({ ...NOTHING, aside: why });
	if (isOfOtherHost(told, url)) return aside("other-host");
	const isOurs = (host: string | null) => host === null || url === null || mayBeHost(host, url.hostname);
	const sameHost = told.exchanges.filter(({ host }) => isOurs(host));
	if (told.exchanges.length > 0 && sameHost.length === 0) return aside("other-host");
	const failing = sameHost.filter(isFailing);
	const ofPage = failing.filter(({ path }) => isPage(path, url));
	if (failing.length > 0 && ofPage.length === 0 && !told.hasMore) return aside("other-page");
	const hasOthers = told.hasMoreHosts || !told.hosts.every(isOurs);
	// Where it counts requests of several hosts, those that fail are all of this one, or it does not count here.
	const isMixed = sameHost.length < told.exchanges.length || (hasOthers && (told.hasMore || failing.length === 0));
	const over128k = hasOthers ? 0 : told.over128k;
	if (failing.length === 0 && (told.failed ?? 0) === 0)
		return over128k === 0
			? aside("no-failure")
			: {
					...{ ...NOTHING, aside: null, over128k },
					evidence: { "direct-origin": "header-section-too-large" },
					found: { cause: "headers-too-large", confidence: "likely" },
				};
	const kind = commonKind(told.kinds.length > 0 && !isMixed ? told.kinds : kindsOf(ofPage));
	const pattern = isMixed ? null : told.pattern;
	const evidence = { ...patternEvidence(pattern, about), ...timeEvidence(kind) };
	const one = ofPage.find(({ findings }) => leading(findings) === kind?.finding) ?? null;
	const value = one === null ? null : directOrigin(one);
	return {
		evidence: { ...evidence, ...(value === null || value === "ok" ? {} : { "direct-origin": value }) },
		own: [],
		...(kind === null ? {} : { found: causeOf(kind.finding, kind.leastMs, one?.isReset === true) }),
		aside: null,
		...{ one, isOwn: false, kind, isSingle: false, pattern, over128k, failing: ofPage.length },
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
	if (one.gap && !isFailing(one)) return { ...NOTHING, aside: "part", one, isOwn, isSingle: true };
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
		...NOTHING,
		evidence,
		own: isOwn ? (Object.keys(evidence) as EvidenceKey[]) : [],
		found: isTooLarge(one)
			? { cause: "headers-too-large", confidence: "likely" }
			: isFailing(one) && finding !== null
				? causeOf(finding, one.tookMs, one.isReset)
				: null,
		aside: null,
		...{ one, isOwn, isSingle: true },
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
			// A part of what was said of it.
			if (one.findings.length === 0) return null;
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

function patternEvidence(pattern: ToldCapture["pattern"], about: CaptureAbout | null): Evidence {
	if (pattern === null || (about?.pattern != null && !MAY_BE_CHANCE.has(about.pattern))) return {};
	return { "edge-pattern": pattern.value };
}

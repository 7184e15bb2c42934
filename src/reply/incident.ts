import type { Case, Fact } from "../judge/case.ts";
import { isMeasured } from "../judge/case.ts";
import { CAUSES, isCause } from "../knowledge/causes/list.ts";
import { codeWordsOf } from "../knowledge/codes/words.ts";
import { findColo } from "../knowledge/colos/colos.ts";
import { EVIDENCE, type EvidenceKey } from "../knowledge/evidence.ts";
import { maskedValue } from "../message/masking.ts";
import { utc } from "../message/text.ts";
import { decodeRay } from "../read/ray/decode.ts";
import { type LogWindow, logWindow } from "../read/ray/log-window.ts";
import { standingOf } from "./case-words.ts";
import { factSentences } from "./fact-sentences.ts";

/** What leaves a chat of a case, in statements and in the report: nothing private, each time in UTC. */

/** A failing request by its Ray ID. */
export interface FailingRay {
	readonly id: string;
	/** Three letters; null where nothing named it. */
	readonly colo: string | null;
	readonly atMs: number;
}

const RAY = /^[0-9a-f]{15,16}$/i;

/** The case's Ray IDs with their times, newest first; ids that are none are left out. */
export function raysOf(one: Case, nowMs: number): readonly FailingRay[] {
	return one.rays
		.filter((id) => RAY.test(id))
		.flatMap((id) => {
			const ray = decodeRay(id, null, nowMs);
			return "why" in ray ? [] : [{ id, colo: one.colos[id] ?? null, atMs: ray.receivedAtMs }];
		})
		.sort((a, b) => b.atMs - a.atMs);
}

/** Signs of the failure this long before the case belong to it; an older Ray ID may be of another incident. */
const SAME_INCIDENT_MS = 86_400_000;

/** When the failure was first and last seen, Unix milliseconds. */
export function seenBetween(one: Case, nowMs: number): { readonly startMs: number; readonly endMs: number } {
	const times = [
		one.openedAtMs,
		...raysOf(one, nowMs).map(({ atMs }) => atMs),
		...one.codes.filter(({ code }) => code === one.code).map(({ atMs }) => atMs),
	].filter((atMs) => atMs >= one.openedAtMs - SAME_INCIDENT_MS && atMs <= nowMs);
	return {
		startMs: times.reduce((a, b) => Math.min(a, b), one.openedAtMs),
		endMs: times.reduce((a, b) => Math.max(a, b), one.openedAtMs),
	};
}

/** Where to read the origin's log: from the first known failing moment to the newest failing request. */
export function windowFor(one: Case, nowMs: number): LogWindow {
	const [newest] = raysOf(one, nowMs);
	const { startMs, endMs } = seenBetween(one, nowMs);
	const firstMs = Math.min(startMs, one.beganAtMs ?? startMs);
	if (newest === undefined) return logWindow(firstMs, endMs);
	// What fails at once is logged at once.
	const isInstant = one.facts.some(({ key, value }) => key === "time-to-failure" && value === "instant");
	return logWindow(Math.min(firstMs, newest.atMs), newest.atMs, isInstant ? 0 : undefined);
}

export const hostOf = (one: Case): string => new URL(one.url).hostname;

/** The URL without its query, in which secrets are; what looks like one in the path is masked. */
export function urlOf(one: Case): string {
	const { origin, pathname } = new URL(one.url);
	return maskedValue("location", `${origin}${pathname}`);
}

/** `Dallas (DFW)`; the three letters alone where they are in no table. */
export function cityOf(colo: string): string {
	const city = findColo(colo)?.city;
	return city === undefined ? colo : `${city} (${colo})`;
}

/** `Cloudflare error 520`; `error 503` for a number that is not Cloudflare's own. */
export const errorOf = ({ code }: Case): string => `${/^(?:52\d|530|1\d{3})$/.test(code) ? "Cloudflare error" : "error"} ${code}`;

/** The newest check met nothing. */
export function worksForUs({ counted, facts }: Case): boolean {
	if (counted !== null) return counted.failed === 0;
	return facts.some(({ key, value, by }) => isMeasured(by) && key === "edge-pattern" && value === "not-reproduced");
}

/** What a person answers only about a failure that somebody met. */
const OF_A_FAILURE: ReadonlySet<EvidenceKey> = new Set<EvidenceKey>([
	"edge-pattern",
	"who-is-hit",
	"time-to-failure",
	"variants",
	"origin-log",
]);
const NO_FAILURE: ReadonlySet<string> = new Set(["not-reproduced", "none", "nothing", "no-access"]);
const saysFailing = ({ key, value, by }: Fact): boolean =>
	!NO_FAILURE.has(String(value)) && (by === "paste" || (by === "person" && OF_A_FAILURE.has(key)));

/** Who met the failure of a page that works in the newest check: people, some request, other places or analytics; null: nobody. */
export function metBy(one: Case): "people" | "requests" | "places" | "analytics" | null {
	const { facts, failedAtMs, places, rays, codes } = one;
	const isMet = rays.length > 0 || codes.some(({ code }) => code === one.code);
	if (facts.some(saysFailing)) return "people";
	if (failedAtMs !== null) return "requests";
	if (places !== null && places.failing > 0) return "places";
	// Nobody else has met it: somebody has pasted it.
	if (isMet) return places === null ? "people" : "requests";
	if (one.beganAtMs !== null || facts.some(({ by, value }) => by === "analytics" && value !== "not-reproduced"))
		return "analytics";
	return null;
}

/** The failure as whoever met it knows it; "" where nobody did. */
export function metWords(one: Case, nowMs: number): string {
	switch (metBy(one)) {
		case "people":
			return `Visitors report ${errorOf(one)} on ${urlOf(one)}`;
		case "requests":
			return `${urlOf(one)} returned ${errorOf(one)} at ${utc(one.failedAtMs ?? seenBetween(one, nowMs).endMs)}`;
		case "places":
			return `Requests from other places to ${urlOf(one)} get ${errorOf(one)}`;
		case "analytics":
			return `Cloudflare Analytics shows ${errorOf(one)} on ${hostOf(one)}`;
		case null:
			return "";
	}
}

/** `all of our requests`, `2 of 5 requests`, `requests` without a count; where others work, ours are those from one place. */
export function requestsOf({ counted, facts, places }: Case): string {
	const known = facts.find(({ key }) => key === "edge-pattern");
	const pattern = known?.value;
	const othersWork = (places?.fine ?? 0) > 0 || (known?.by === "analytics" && pattern !== "all");
	const ours = othersWork ? "all of our requests from one place" : "all of our requests";
	if (counted !== null && counted.failed > 0)
		return counted.failed === counted.of ? ours : `${counted.failed} of ${counted.of} requests`;
	if (pattern === "all" || pattern === "some-urls") return known?.by === "look" || othersWork ? ours : "all requests";
	return pattern === undefined ? "requests" : "some requests";
}

/** A cause as it may be named outside: with one certainty word (from 60% likely, from 40% possible), or confirmed by people. */
interface NamedCause {
	readonly title: string;
	readonly certainty: "confirmed" | "likely" | "possible";
	/** What to do, common first. */
	readonly fixes: readonly string[];
}

/** null: no cause is likely enough. A person's own words are not passed on, because they may contain anything. */
export function namedCause(one: Case): NamedCause | null {
	const { solved } = one;
	if (solved !== null)
		return isCause(solved.cause)
			? { title: CAUSES[solved.cause].title, certainty: "confirmed", fixes: CAUSES[solved.cause].fixes }
			: null;
	const standing = standingOf(one);
	if (standing.kind !== "named" || !isCause(standing.first.cause)) return null;
	const { title, fixes } = CAUSES[standing.first.cause];
	return { title, certainty: standing.certainty, fixes };
}

/** What the code itself means; "" where no table says it. */
export const codeMeans = ({ code }: Case): string => codeWordsOf(code).means;

/** The strongest evidence comes first. */
const BY_WEIGHT: readonly EvidenceKey[] = [
	"direct-origin",
	"origin-log",
	"edge-saw",
	"variants",
	"host-health",
	"edge-pattern",
	"what-changed",
	"who-is-hit",
	"other-codes",
	"time-to-failure",
	"cloudflare-features",
	"colo-spread",
	"waits-for",
	"edge-trace",
];

const tells = ({ key, value }: Fact): boolean =>
	[value].flat().every((one) => EVIDENCE[key].values[one]?.says === undefined && one !== "not-reproduced");

/** What is known, as sentences with their source, strongest first. Negative evidence is left out. */
export const sentencesOf = (facts: readonly Fact[], without: readonly EvidenceKey[] = []): readonly string[] =>
	BY_WEIGHT.filter((key) => !without.includes(key))
		.flatMap((key) => facts.filter((fact) => fact.key === key && tells(fact)))
		.flatMap(factSentences);

/** `2026-11-22 13:56:05`: where the sentence says UTC itself. */
export const utcTime = (ms: number): string => utc(ms).slice(0, -4);

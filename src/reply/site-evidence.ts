import type { Basis, Classification } from "../judge/classify.ts";
import type { ClassifiedLook } from "../judge/pattern.ts";
import type { RuledOut, Verdict } from "../judge/verdict.ts";
import { maskedUrl } from "../message/masking.ts";
import { grid, list, type Message, message, title } from "../message/message.ts";
import { show } from "../message/show.ts";
import { clock, code, join, type Text, text } from "../message/text.ts";
import type { Target } from "../read/text/target.ts";
import { SPEED } from "./site-words.ts";
import { dataCenter, grouped, percent, requests, ruledOutWords, seconds } from "./words.ts";

const BASIS_WORDS: Record<Basis, Text | null> = {
	structured: text`Confirmed by Cloudflare's machine-readable error.`,
	"cf-error-type": text`Confirmed by the ${code("cf-error-type")} header, which only Cloudflare sets.`,
	"page-ray-equal": text`Cloudflare's error page, with the Ray ID from the header.`,
	"plain-body": text`Cloudflare's plain error: "error code" and the number.`,
	"names-cloudflare": text`The page names Cloudflare.`,
	branded: text`Cloudflare's own page.`,
	"cf-mitigated": text`Confirmed by the ${code("cf-mitigated")} header: a challenge.`,
	"status-only": text`I found neither a machine-readable error nor a Cloudflare page with a matching Ray ID.`,
	"no-marks": null,
};

/** What Cloudflare took until 2025-10-16; other proxies still take less. */
const LARGE_HEADERS_BYTES = 32 * 1024;

/** What was seen, one sentence each, with its source. */
export function evidence(verdict: Verdict, target: Target, nowMs: number): Text[] {
	const { classification, look } = verdict.example;
	const refused = look.kind === "answered" ? (look.tls?.refusedBecause ?? null) : null;
	return [
		// Each time once: the Ray ID's is the more exact one.
		text`Requested ${code(maskedUrl(target.url), 100)}${classification.ray === null ? text` at ${clock(look.asked.startedAtMs, nowMs)}` : text``}.`,
		...some(patternWords(verdict, target)),
		...some(basisWords(verdict)),
		...some(verdict.structured === null ? null : structuredWords(verdict.structured)),
		...some(rayWords(verdict, nowMs)),
		...some(placesWords(verdict)),
		...some(
			verdict.traceColo === null || verdict.ruledOut.includes("edge-down")
				? null
				: text`${code("/cdn-cgi/trace")} works, so the host is behind Cloudflare and the edge works.`,
		),
		...some(classification.cached ? text`This response came from Cloudflare's cache.` : null),
		...some(
			look.kind === "answered" && look.ending === "deadline" && classification.status !== null
				? text`The response was not complete after ${seconds(look.timings.endedMs)}, so I stopped.`
				: null,
		),
		...some(refused === null ? null : text`Browsers reject the certificate (${code(refused)}). I continued anyway.`),
		...some(headersWords(classification)),
	];
}

const some = (one: Text | null): Text[] => (one === null ? [] : [one]);

/** How often it fails, how fast, and what that says of all requests. */
function patternWords({ pattern }: Verdict, target: Target): Text | null {
	const { share, kind, timeToFailure } = pattern;
	const path = code(maskedUrl(target.path), 40);
	if (share === null) return text`No response to ${path} shows what the origin does.`;
	if (share.hits === 0)
		return text`${allOf(share.of)} to ${path} worked; up to ${percent(share.high)} of requests could still fail (95% interval).`;
	const speed = timeToFailure === null ? "" : SPEED[timeToFailure];
	const range = `So ${percent(share.low)} to ${percent(share.high)} of requests from one place fail (95% interval).`;
	if (share.hits < share.of)
		return text`Intermittent: ${share.hits} of ${requests(share.of)} to ${path} failed${speed}. ${range}`;
	const other = kind === null || kind === "random" ? "" : OTHER_URL[kind];
	return text`${allOf(share.of)} to ${path} failed${speed}${other}. ${range}`;
}

const OTHER_URL = {
	all: "; another URL on this host fails too",
	"some-urls": "; another URL on this host works",
	"not-reproduced": "",
} as const;

const allOf = (n: number): string => (n === 1 ? "The request" : `All ${n} requests`);

function basisWords({ kind, basis }: Verdict): Text | null {
	return kind === "gateway-error" && basis !== "no-marks" && basis !== "names-cloudflare"
		? text`Cloudflare's page, but this code does not show who failed.`
		: BASIS_WORDS[basis];
}

function structuredWords({
	name,
	retryable,
	retryAfter,
	ownerActionRequired,
}: NonNullable<Classification["structured"]>): Text | null {
	const parts: Text[] = [
		...some(name === null ? null : text`${code(name, 40)}`),
		...some(retryWords(retryable, retryAfter)),
		...some(ownerActionRequired === true ? text`the site owner must fix it` : null),
	];
	return parts.length === 0 ? null : text`Cloudflare says: ${join(parts, "; ")}.`;
}

function retryWords(retryable: boolean | null, retryAfter: number | null): Text | null {
	if (retryable === null) return null;
	if (!retryable) return text`a retry does not help`;
	return retryAfter === null ? text`retry later` : text`retry after ${retryAfter} s`;
}

function rayWords({ kind, code: number, fails, example }: Verdict, nowMs: number): Text | null {
	const { ray, waitMs } = example.classification;
	if (ray === null) return null;
	const received = text`Ray ID ${code(ray.id)}: received at ${clock(ray.receivedAtMs, nowMs)} (± 1 s).`;
	if (!fails || kind === "origin-error" || waitMs === null) return received;
	const gaveUp = kind === "cloudflare-error" && number !== null && number >= 520 && number <= 524;
	const ended = gaveUp ? "Cloudflare gave up" : "The response came";
	return text`${received} ${ended} ${waitMs < 1_000 ? "within 1 s" : `after ${seconds(waitMs)}`}.`;
}

const PLACES_MAX = 3;

function placesWords({ pattern: { colos } }: Verdict): Text | null {
	if (colos.length < 2) return null;
	const more = colos.length > PLACES_MAX ? ` and ${colos.length - PLACES_MAX} more` : "";
	return text`Several data centers responded: ${join(
		colos.slice(0, PLACES_MAX).map((one) => text`${dataCenter(one.colo)} ${one.looks} times`),
		", ",
	)}${more}.`;
}

function headersWords({ kind, headerBytes }: Classification): Text | null {
	return headerBytes !== null && kind === "passed-on" && headerBytes > LARGE_HEADERS_BYTES
		? text`The response headers have ${grouped(headerBytes)} bytes; Cloudflare accepts up to 131,072.`
		: null;
}

const REQUEST_NAMES = {
	page: "page",
	structured: "as JSON",
	"other-url": "other URL",
	trace: "edge trace",
	origin: "origin",
} as const;

const CONNECT_RESULTS: Readonly<Record<string, string>> = {
	ECONNREFUSED: "refused",
	ETIMEDOUT: "timed out",
	ECONNRESET: "reset",
	ENETUNREACH: "no route",
	EHOSTUNREACH: "no route",
};

function resultOf({ look, classification }: ClassifiedLook): string {
	if (look.kind === "unreached") {
		if (look.stage === "certificate") return "certificate";
		return look.stage === "tls" ? "TLS failed" : (CONNECT_RESULTS[look.code] ?? "failed");
	}
	const { status, kind } = classification;
	if (status === null) return kind === "silent" ? "silence" : "not HTTP";
	return kind === "cut" ? `${status} cut` : String(status);
}

const ROWS_MAX = 6;
const RESULT_MAX_CHARS = 11;

/** Equal requests share a row: which, what they met, how many, and the time of the slowest. */
function requestRows(seen: readonly ClassifiedLook[]): string[][] {
	const groups = new Map<string, ClassifiedLook[]>();
	for (const one of seen) {
		const key = `${REQUEST_NAMES[one.look.asked.purpose]}|${resultOf(one)}`;
		groups.set(key, [...(groups.get(key) ?? []), one]);
	}
	const rows = [...groups].map(([key, all]) => {
		const [request = "", result = ""] = key.split("|");
		const slowest = Math.max(...all.map(({ look }) => look.timings.endedMs));
		return [request, show(result, RESULT_MAX_CHARS), String(all.length), seconds(slowest)];
	});
	if (rows.length <= ROWS_MAX) return rows;
	const rest = [...groups.values()].slice(ROWS_MAX - 1).flat();
	return [
		...rows.slice(0, ROWS_MAX - 1),
		["others", "mixed", String(rest.length), seconds(Math.max(...rest.map(({ look }) => look.timings.endedMs)))],
	];
}

/** What people suspect, the usual suspects first. */
const SUSPECTED: readonly RuledOut[] = ["edge-down", "slowness", "connection-failure", "whole-host", "dns-at-cloudflare", "dns"];
const RULED_OUT_MAX = 3;

/** What stayed unknown. */
function unknowns({ kind, code: number, pattern, throughCloudflare, traceColo }: Verdict): Text[] {
	return [
		...some(kind === "cloudflare-error" && number === 520 ? text`the cause. The origin's response or log will show it.` : null),
		...some(pattern.kind === null && pattern.share !== null ? text`whether other URLs of this host fail.` : null),
		...some(throughCloudflare && traceColo === null ? text`whether the edge works: /cdn-cgi/trace named no data center.` : null),
	].map((one) => text`Still unknown: ${one}`);
}

/** How the line begins that other places make untrue. */
export const FROM_ONE_PLACE = "I tested from one location";

/** One place says nothing of the others; null where Cloudflare was not met at all. */
function onePlace({ kind, pattern: { colos } }: Verdict): Text | null {
	if (kind === "not-cloudflare" || kind === "unreached") return null;
	const [place] = colos;
	return text`${FROM_ONE_PLACE} only${place === undefined ? "" : ` (${place.colo})`}.`;
}

/**
 * What a check saw, on demand: sentences with their sources, one row for equal requests, what is ruled out, and what is still unknown. Pure.
 * @param seen every look
 */
export function siteEvidence(target: Target, verdict: Verdict, seen: readonly ClassifiedLook[], nowMs: number): Message {
	const ruledOut = SUSPECTED.filter((one) => verdict.ruledOut.includes(one)).slice(0, RULED_OUT_MAX);
	return message(
		"neutral",
		title(text`Evidence`),
		list(evidence(verdict, target, nowMs)),
		grid(["Request", "Result", "Count", "Slowest"], requestRows(seen)),
		list([...ruledOut.map((one) => text`Ruled out: ${ruledOutWords(one)}`), ...unknowns(verdict), ...some(onePlace(verdict))]),
	);
}

import { asksForHttp1, type Finding } from "../judge/autopsy.ts";
import type { OriginVerdict } from "../judge/origin.ts";
import { type OriginFinding, type OriginSeen, triesPlainHttp } from "../judge/origin-findings.ts";
import { CAUSES, isCause } from "../knowledge/causes/list.ts";
import type { ValueOf } from "../knowledge/evidence.ts";
import { FINDINGS, PROXY_RULES } from "../knowledge/findings/list.ts";
import { bold, ours, plainText, type Text, text } from "../message/text.ts";
import { findingSentence } from "./findings.ts";
import { otherCodeDelta } from "./other-code.ts";

/** What requests to an origin showed, in sentences. */

/** Each request, for a table of at most 40 columns. */
export const LOOK_WORDS = {
	get: "GET",
	again: "GET again",
	"no-encoding": "uncompressed",
	head: "HEAD",
	http2: "HTTP/2",
	"other-address": "other IP address",
	"once-more": "new connection",
	"again-later": "GET again later",
	"http2-again": "HTTP/2 again",
	"plain-port": "plain HTTP",
	flexible: "HTTP, port 80",
} as const;

/** What is different about it, after "Only with". */
const VARIANT_WORDS: Readonly<Record<keyof typeof LOOK_WORDS, string>> = {
	...LOOK_WORDS,
	again: "the second request on a connection",
	"no-encoding": "no compression",
	"other-address": "another IP address",
	"once-more": "a new connection",
	"again-later": "a second request after a pause",
	"http2-again": "a second HTTP/2 connection",
};

const STATE: Readonly<Record<ValueOf<"direct-origin">, string>> = {
	ok: "works: every response was complete and valid.",
	"closed-empty": "accepts the request and closes the connection without a response.",
	"closed-mid-body": "starts its response and stops midway.",
	malformed: "sends a response that Cloudflare rejects.",
	"header-section-too-large": "sends more response headers than Cloudflare accepts.",
	reset: "resets the connection.",
	"tls-failure": "ends the TLS connection with an error.",
	"client-certificate-wanted": "requires Cloudflare's client certificate. That is not a fault.",
	"wrong-protocol": "speaks a different protocol on that port.",
	"server-error": "returns its own server error.",
	slow: "accepts the request but sends nothing.",
	refused: "rejects the connection.",
	"no-route": "cannot be reached from here. An origin open only to Cloudflare does the same.",
};

const ENDLESS = "keeps sending and never completes its response.";

/** What came was repeated without end, so that the look stopped. */
export const isEndless = (found: OriginSeen["found"]): boolean =>
	(found?.reading.oddities ?? []).some(
		({ kind }) => PROXY_RULES[kind].outcome === "stalls" || kind === "h2-endless-header-block",
	);

/** The look went through Cloudflare after all. */
export const isEdge = (findings: OriginVerdict["findings"]) => findings.some((one) => one.id === "answered-by-cloudflare");

/** Without HTTP/2 there is no response at all. */
export const isHttp2Only = ({ findings, example }: OriginVerdict): boolean =>
	example.look.kind === "unreached" && findings.some((one) => one.id === "http2-only");

/** What is wrong, or that nothing is, in one or two sentences about `origin`. */
export function originState(origin: Text, verdict: OriginVerdict): Text {
	const { directOrigin, example, findings, seen } = verdict;
	if (isEdge(findings)) return text`That is a Cloudflare IP address. The origin's is on Cloudflare's DNS page.`;
	if (directOrigin === "ok" && seen.some(({ found }) => found !== null && asksForHttp1(found.reading)))
		return text`${origin} works over HTTP/1.1, and asks for that over HTTP/2.`;
	if (isHttp2Only(verdict)) return text`${origin} speaks only HTTP/2.`;
	const state = text`${origin} ${ours(isEndless(example.found) ? ENDLESS : STATE[directOrigin])}`;
	if (directOrigin === "ok") return state;
	const some = findings.find((one) => one.id === "some-requests-fail")?.what;
	if (some !== undefined) return text`${state} That happened in ${some} requests.`;
	if (triesPlainHttp(example.of)) return text`${state} This is plain HTTP, so Cloudflare's SSL/TLS mode is probably Flexible.`;
	return example.of === "get" ? state : text`${state} Only with ${VARIANT_WORDS[example.of]}; a plain GET works.`;
}

/** `Points to: Malformed response headers (likely).`; null where nothing is named. */
export function pointsTo({ cause, confidence, directOrigin }: OriginVerdict): Text | null {
	// A demanded client certificate is not a fault of the origin.
	if (cause === null || !isCause(cause) || directOrigin === "ok" || directOrigin === "client-certificate-wanted") return null;
	return text`Points to: ${bold(CAUSES[cause].title)} (${confidence}).`;
}

/** A finding in words, of the request that shows it. */
export interface WordedFinding {
	readonly id: Finding["id"] | OriginFinding["id"];
	readonly level: Finding["level"];
	readonly look: OriginSeen["of"];
	readonly span?: Finding["span"];
	readonly say: string;
}

const LEVELS = ["fault", "warn", "note", "good"] as const;

/** The findings of all looks, each kind once, by weight. */
export function allFindings({ seen, findings, example }: OriginVerdict): WordedFinding[] {
	const out = new Map<string, WordedFinding>();
	const put = (one: Finding | OriginFinding, look: OriginSeen["of"]) => {
		if (one.id === "whole" || out.has(one.id)) return;
		const span = "span" in one ? one.span : undefined;
		out.set(one.id, { id: one.id, level: one.level, look, ...(span === undefined ? {} : { span }), say: findingSentence(one) });
	};
	for (const one of findings) put(one, one.look);
	// What another port sends is nothing of this one's, unless the verdict speaks of it.
	const own = seen.filter(({ of }) => !triesPlainHttp(of));
	for (const one of [example, ...own]) for (const finding of one.found?.findings ?? []) put(finding, one.of);
	return [...out.values()].sort((a, b) => LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level));
}

/** Findings that say what the first sentence about an origin says: only their fix is new. */
const IN_THE_STATE: ReadonlySet<WordedFinding["id"]> = new Set([
	"answered-by-cloudflare",
	"client-certificate-wanted",
	"http2-only",
	"http2-worse",
	"no-bytes",
	"origin-refused",
	"origin-unreachable",
	"own-error",
	"silence",
	"some-requests-fail",
]);
export const isNews = ({ id }: WordedFinding): boolean => !IN_THE_STATE.has(id);

const DELTA_WORDS_MAX = 30;
const wordsIn = (one: Text): number => plainText(one).split(/\s+/).length;

/**
 * What a direct request showed and what it means, in at most 30 words, for the thread of a case.
 * @param origin what the origin is called
 */
export function originDelta(verdict: OriginVerdict): Text {
	if (verdict.otherCode !== null) return otherCodeDelta(verdict, verdict.otherCode);
	const state = originState(text`Requested directly, the origin`, verdict);
	if (verdict.directOrigin === "client-certificate-wanted" || isEdge(verdict.findings)) return state;
	const fault = allFindings(verdict).find((one) => one.level === "fault" && one.look === verdict.example.of && isNews(one));
	// What it points to is what the case says of it next, with everything else that is known.
	const full = fault === undefined ? state : text`${state} ${ours(fault.say)}`;
	return wordsIn(full) <= DELTA_WORDS_MAX ? full : state;
}

/** What to do about a finding; null where nothing is to be done. */
export const fixOf = ({ id, level }: WordedFinding): string | null =>
	level === "note" || level === "good" ? null : FINDINGS[id].fix;

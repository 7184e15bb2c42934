import type { CauseId } from "../knowledge/causes/list.ts";
import type { FindingLevel } from "../knowledge/findings/finding.ts";
import { type ByteFindingId, FINDINGS, ODDITIES, type OddityKind, PROXY_RULES } from "../knowledge/findings/list.ts";
import { type Ending, ORDERLY } from "../read/wire/ending.ts";
import { readH2 } from "../read/wire/h2.ts";
import { readResponse } from "../read/wire/read.ts";
import type { Reading, Span } from "../read/wire/reading.ts";
import { judgeProxy, type ProxyVerdict } from "./proxy.ts";

/** A named fact about recorded bytes: an oddity of the reading, or how the connection ended. */
export interface Finding {
	readonly id: ByteFindingId;
	readonly level: FindingLevel;
	/** The bytes that show it; absent when no byte does. */
	readonly span?: Span;
	/** More precisely, see `Oddity`. */
	readonly what?: string;
}

/** The cause that bytes, or findings beside them, speak for (DESIGN: causes). */
export interface ByteCause {
	/** null: a look-alike that bytes cannot tell apart; the origin's log can. */
	readonly cause: CauseId | null;
	readonly confidence: "likely" | "possible" | "unsure";
}

export interface Autopsy extends ProxyVerdict, ByteCause {
	readonly reading: Reading;
	readonly findings: readonly Finding[];
	/** What visitors get: 520, 524, or null for an answer that is passed on, whole or cut. */
	readonly code: 520 | 524 | null;
}

/**
 * What one recording of an origin's response shows. For HTTP/2 the bytes are the server's frames. Pure and total.
 * @param announcedFrameBytes the largest HTTP/2 frame that the client's SETTINGS allowed; left away where they are not known
 */
export function autopsy(
	bytes: Uint8Array,
	ending: Ending,
	method: "GET" | "HEAD",
	protocol: "http/1.1" | "h2" = "http/1.1",
	announcedFrameBytes?: number | undefined,
): Autopsy {
	const read =
		protocol === "h2"
			? readH2(bytes, { method, announcedFrameBytes })
			: readResponse(bytes, { method, closed: ORDERLY.has(ending) });
	return autopsyOf(read, ending, bytes.length);
}

/**
 * The same of a response that was read already.
 * @param length how many bytes of it there were
 */
export function autopsyOf(read: Reading, ending: Ending, length: number): Autopsy {
	// We stopped reading: what is missing at the end says nothing about the other side.
	const reading = ending === "enough" ? { ...read, oddities: read.oddities.filter((one) => !ENDED.has(one.kind)) } : read;
	const verdict = judgeProxy(reading, ending);
	// With the time up, nothing says that the connection would have carried nothing.
	const oddities = ending === "deadline" ? reading.oddities.filter((one) => one.kind !== "no-bytes") : reading.oddities;
	const findings: Finding[] = oddities.map(({ kind, span, what }) => ({
		id: kind,
		level: PROXY_RULES[kind].level,
		span,
		...(what === undefined ? {} : { what }),
	}));
	const atTheEnd = endingFinding(reading, verdict, ending, length);
	if (atTheEnd !== null) findings.push(atTheEnd);
	if (verdict.proxy === "accepts" && findings.every((one) => one.level === "note"))
		findings.push({ id: "whole", level: FINDINGS.whole.level });
	const tooLarge = reading.oddities.some((one) => one.kind === "header-section-over-128k");
	const code =
		(verdict.proxy === "rejects" && !asksForHttp1(reading)) || (verdict.proxy === "accepts" && tooLarge)
			? 520
			: verdict.proxy === "waits"
				? 524
				: null;
	return { ...verdict, ...causeOf(reading, verdict, ending), reading, findings, code };
}

/** The server gave this stream up only to get the same request over HTTP/1.1, which Cloudflare sends: visitors get its response to that. */
export const asksForHttp1 = (reading: Reading): boolean =>
	reading.oddities.some((one) => one.kind === "h2-asks-for-http1") &&
	reading.oddities.every((one) => PROXY_RULES[one.kind].level !== "fault");

/** Oddities that only say that something is missing: how the connection ended decides what they speak for. */
export const MISSING: ReadonlySet<OddityKind> = new Set(["no-bytes", "incomplete-header-section", "content-short", "chunks-cut"]);
/** What a response shows as well that merely was not read to its end. */
export const ENDED: ReadonlySet<OddityKind> = new Set([...MISSING, "only-interim"]);

/** A finding at the place where the bytes ended. */
const ended = (id: ByteFindingId, length: number): Finding => ({
	id,
	level: FINDINGS[id].level,
	span: { start: length, end: length },
});

/** How the connection ended, where that is a fault of its own. */
function endingFinding(reading: Reading, { proxy }: ProxyVerdict, ending: Ending, length: number): Finding | null {
	if (reading.oddities.some(({ kind }) => PROXY_RULES[kind].outcome === "stalls")) return null;
	if (proxy === "waits") return ended("silence", length);
	const early = reading.headerSection === null || proxy === "truncates";
	// A message that is malformed anyway has its fault; how the connection ended after that says nothing.
	if (!early || !reading.oddities.every((one) => PROXY_RULES[one.kind].outcome === "accepts" || ENDED.has(one.kind))) return null;
	switch (ending) {
		case "reset":
		case "tls-alert":
		case "tls-garbage":
			return ended(ending, length);
		case "deadline":
			return ended("silence", length);
		case "fin":
		case "tls-eof":
			return reading.oddities.every((one) => PROXY_RULES[one.kind].outcome === "accepts")
				? ended("closed-before-the-end", length)
				: null;
		case "enough":
			return null;
	}
}

/** Oddities that speak for a cause by themselves, in the order of the list. */
const SPEAKING = ODDITIES.filter((kind) => PROXY_RULES[kind].cause !== null && !MISSING.has(kind));
/** Those of the header section, and those of content, whose header section was passed on before. */
const IN_HEADERS = SPEAKING.filter((kind) => PROXY_RULES[kind].outcome !== "truncates");
const IN_CONTENT = SPEAKING.filter((kind) => PROXY_RULES[kind].outcome === "truncates" || PROXY_RULES[kind].outcome === "stalls");

/** The cause that the first of these kinds speaks for; null when the reading shows none of them. */
function spokenFor(reading: Reading, kinds: readonly OddityKind[]): CauseId | null {
	const first = kinds.find((kind) => reading.oddities.some((one) => one.kind === kind));
	return first === undefined ? null : PROXY_RULES[first].cause;
}

const NOT_GUESSED: ByteCause = { cause: null, confidence: "unsure" };

/** The cause that the bytes speak for. A close before a byte may be a crash or meant: that is not guessed. */
function causeOf(reading: Reading, { proxy }: ProxyVerdict, ending: Ending): ByteCause {
	if (reading.version === "HTTP/2") return causeOfH2(reading, proxy, ending);
	const inHeaders = spokenFor(reading, IN_HEADERS);
	if (inHeaders !== null) return { cause: inHeaders, confidence: "likely" };
	if (proxy === "waits") return NOT_GUESSED;
	if (reading.headerSection === null) {
		if (ending === "tls-alert" || ending === "tls-garbage") return { cause: "tls-broken", confidence: "likely" };
		const began = reading.oddities.every((one) => one.kind !== "no-bytes");
		return began && ending !== "reset" && ending !== "enough"
			? { cause: "closed-mid-response", confidence: "likely" }
			: NOT_GUESSED;
	}
	if (proxy === "truncates") {
		// Another protocol took the connection over: what follows is not HTTP content.
		if (reading.status === 101) return { cause: "upgrade-or-1xx", confidence: "likely" };
		const inContent = spokenFor(reading, IN_CONTENT);
		if (inContent !== null) return { cause: inContent, confidence: "likely" };
		if (ending === "tls-alert" || ending === "tls-garbage") return { cause: "tls-broken", confidence: "possible" };
		// A reset says nothing of TLS: an application that dies, or gives up, with something unread sends one.
		if (ending === "reset") return { cause: "closed-mid-response", confidence: "possible" };
		return ending === "deadline" ? NOT_GUESSED : { cause: "closed-mid-response", confidence: "likely" };
	}
	return NOT_GUESSED;
}

/** HTTP/2 to the origin can be switched off at Cloudflare, so that any HTTP/2 failure is that cause first. */
function causeOfH2(reading: Reading, proxy: ProxyVerdict["proxy"], ending: Ending): ByteCause {
	const shows = (test: (kind: OddityKind) => boolean) => reading.oddities.some(({ kind }) => test(kind));
	const cause = "http2-to-origin";
	if (proxy === "waits") {
		const cause = spokenFor(reading, SPEAKING);
		return cause === null ? NOT_GUESSED : { cause, confidence: "likely" };
	}
	// The limit is the same in both versions.
	if (shows((kind) => PROXY_RULES[kind].cause === "headers-too-large"))
		return { cause: "headers-too-large", confidence: "likely" };
	if (proxy === "accepts") return NOT_GUESSED;
	if (proxy === "truncates") return { cause, confidence: "possible" };
	if (shows((kind) => kind === "no-bytes") || asksForHttp1(reading)) return NOT_GUESSED;
	// Settings may only be missing because the connection was torn.
	const shown = shows((kind) => PROXY_RULES[kind].cause === cause && kind !== "h2-settings-missing");
	return { cause, confidence: shown || ORDERLY.has(ending) ? "likely" : "possible" };
}

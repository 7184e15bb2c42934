import type { CauseId } from "../knowledge/causes/list.ts";
import type { FindingLevel } from "../knowledge/findings/finding.ts";
import { type ByteFindingId, FINDINGS, ODDITIES, type OddityKind, PROXY_RULES } from "../knowledge/findings/list.ts";
import type { Ending } from "../read/wire/ending.ts";
import { readH2 } from "../read/wire/h2.ts";
import { readResponse } from "../read/wire/read.ts";
import type { Reading, Span } from "../read/wire/reading.ts";
import { judgeProxy, ORDERLY, type ProxyVerdict } from "./proxy.ts";

/** A named fact about recorded bytes: an oddity of the reading, or how the connection ended. */
export interface Finding {
	readonly id: ByteFindingId;
	readonly level: FindingLevel;
	/** The bytes that show it; absent for what is no byte. */
	readonly span?: Span;
	/** More precisely, see `Oddity`. */
	readonly what?: string;
}

/** Causes that bytes can show (DESIGN: causes), with the number of the article's cause that each is a kind of. */
export interface ByteCause {
	/** null: a look-alike that bytes cannot tell apart; the origin's log can. */
	readonly cause: CauseId | null;
	readonly articleCause: 1 | 2 | 4 | 5 | null;
	readonly confidence: "likely" | "possible" | "unsure";
}

export interface Autopsy extends ProxyVerdict, ByteCause {
	readonly reading: Reading;
	readonly findings: readonly Finding[];
	/** What visitors get: 520, 524, or null for an answer that is passed on, whole or cut. */
	readonly code: 520 | 524 | null;
}

/** What one recording of an origin's response shows. For HTTP/2 the bytes are the server's frames. Pure and total. */
export function autopsy(
	bytes: Uint8Array,
	ending: Ending,
	method: "GET" | "HEAD",
	protocol: "http/1.1" | "h2" = "http/1.1",
): Autopsy {
	const read = protocol === "h2" ? readH2(bytes, { method }) : readResponse(bytes, { method, closed: ORDERLY.has(ending) });
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
	const atTheEnd = endingFinding(reading, verdict, ending, bytes.length);
	if (atTheEnd !== null) findings.push(atTheEnd);
	if (findings.every((one) => one.level === "note")) findings.push({ id: "whole", level: FINDINGS.whole.level });
	const tooLarge = reading.oddities.some((one) => one.kind === "header-section-over-128k");
	const code =
		verdict.proxy === "rejects" || (verdict.proxy === "accepts" && tooLarge) ? 520 : verdict.proxy === "waits" ? 524 : null;
	return { ...verdict, ...causeOf(reading, verdict, ending), reading, findings, code };
}

/** Oddities that only say that something is missing. */
const ENDED: ReadonlySet<OddityKind> = new Set([
	"no-bytes",
	"incomplete-header-section",
	"only-interim",
	"content-short",
	"chunks-cut",
]);

/** A finding at the place where the bytes ended. */
const ended = (id: ByteFindingId, length: number): Finding => ({
	id,
	level: FINDINGS[id].level,
	span: { start: length, end: length },
});

/** How the connection ended, where that is a fault of its own. */
function endingFinding(reading: Reading, { proxy }: ProxyVerdict, ending: Ending, length: number): Finding | null {
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
			return reading.oddities.length === 0 ? ended("closed-before-the-end", length) : null;
		case "enough":
			return null;
	}
}

/** The oddities that speak for a cause. */
const speakingFor = (cause: CauseId): ReadonlySet<OddityKind> =>
	new Set(ODDITIES.filter((kind) => PROXY_RULES[kind].cause === cause));
const PROTOCOL = speakingFor("protocol-mismatch");
const MALFORMED = speakingFor("headers-malformed");
const TOO_LARGE = speakingFor("headers-too-large");
const FRAMING: ReadonlySet<OddityKind> = new Set(
	[...speakingFor("framing-conflict")].filter((kind) => PROXY_RULES[kind].outcome === "rejects"),
);
const CHUNKS: ReadonlySet<OddityKind> = new Set(
	[...speakingFor("framing-conflict")].filter((kind) => PROXY_RULES[kind].outcome === "truncates"),
);

/** The cause that the bytes speak for. A close before a byte may be a crash or meant: that is not guessed. */
function causeOf(reading: Reading, { proxy }: ProxyVerdict, ending: Ending): ByteCause {
	const has = (kinds: ReadonlySet<OddityKind>) => reading.oddities.some((one) => kinds.has(one.kind));
	const is = (kind: OddityKind) => reading.oddities.some((one) => one.kind === kind);
	if (reading.version === "HTTP/2") return causeOfH2(reading, proxy, ending);
	const torn = ending === "reset" || ending === "tls-alert" || ending === "tls-garbage";
	if (has(PROTOCOL)) return { cause: "protocol-mismatch", articleCause: 4, confidence: "likely" };
	if (has(MALFORMED)) return { cause: "headers-malformed", articleCause: 4, confidence: "likely" };
	if (has(TOO_LARGE)) return { cause: "headers-too-large", articleCause: 4, confidence: "likely" };
	if (has(FRAMING)) return { cause: "framing-conflict", articleCause: 4, confidence: "likely" };
	if (is("only-interim")) return { cause: "upgrade-or-1xx", articleCause: 2, confidence: "likely" };
	if (proxy === "waits") return { cause: null, articleCause: null, confidence: "unsure" };
	if (reading.headerSection === null) {
		if (ending === "tls-alert" || ending === "tls-garbage") return { cause: "tls-broken", articleCause: 5, confidence: "likely" };
		if (ending === "reset") return { cause: null, articleCause: 5, confidence: "unsure" };
		return is("no-bytes")
			? { cause: null, articleCause: 2, confidence: "unsure" }
			: { cause: "closed-mid-response", articleCause: 2, confidence: "possible" };
	}
	if (proxy === "truncates") {
		if (reading.status === 101) return { cause: "upgrade-or-1xx", articleCause: 1, confidence: "likely" };
		if (has(CHUNKS)) return { cause: "framing-conflict", articleCause: 1, confidence: "likely" };
		if (torn) return { cause: "tls-broken", articleCause: 5, confidence: "possible" };
		return {
			cause: ending === "deadline" ? null : "closed-mid-response",
			articleCause: 1,
			confidence: ending === "deadline" ? "unsure" : "likely",
		};
	}
	return { cause: null, articleCause: null, confidence: "unsure" };
}

/** HTTP/2 to the origin can be switched off at Cloudflare, so that whatever goes wrong in it is that cause first. */
function causeOfH2(reading: Reading, proxy: ProxyVerdict["proxy"], ending: Ending): ByteCause {
	const is = (...kinds: OddityKind[]) => reading.oddities.some((one) => kinds.includes(one.kind));
	const cause = "http2-to-origin";
	if (proxy === "waits") return { cause: null, articleCause: null, confidence: "unsure" };
	if (is("header-section-over-128k", "header-section-endless"))
		return { cause: "headers-too-large", articleCause: 4, confidence: "likely" };
	if (proxy === "accepts") return { cause: null, articleCause: null, confidence: "unsure" };
	if (proxy === "truncates")
		return {
			cause,
			articleCause: ending === "fin" || ending === "deadline" || is("h2-stream-reset", "h2-goaway") ? 1 : 5,
			confidence: "possible",
		};
	if (
		is(
			"h2-http1-text",
			"h2-bad-settings",
			"h2-bad-frame",
			"h2-bad-header-block",
			"h2-bad-field",
			"h2-bad-status",
			"h2-content-length-mismatch",
		)
	)
		return { cause, articleCause: 4, confidence: "likely" };
	if (is("no-bytes")) return { cause: null, articleCause: ORDERLY.has(ending) ? 2 : 5, confidence: "unsure" };
	if (is("h2-goaway", "h2-stream-reset") || ORDERLY.has(ending)) return { cause, articleCause: 2, confidence: "likely" };
	return { cause, articleCause: 5, confidence: "possible" };
}

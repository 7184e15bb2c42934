import type { CauseId } from "../knowledge/causes/list.ts";
import { findCode } from "../knowledge/codes/codes.ts";
import type { Owner } from "../knowledge/codes/table.ts";
import type { Structured } from "../read/edge/structured.ts";
import { decodeContent } from "../read/wire/decode-content.ts";
import { fieldValues } from "../read/wire/reading.ts";
import type { Basis, Classification } from "./classify.ts";
import { type ClassifiedLook, isFailure, type Pattern, patternOf } from "./pattern.ts";

/** What a question about a site ends in. */
const VERDICT_KINDS = [
	"cloudflare-error", // one of Cloudflare's codes, written by Cloudflare
	"edge-code", // one of Cloudflare's codes, author unproven: the origin may have sent the number itself, or a custom page hides it
	"gateway-error", // 502 or 504
	"cut", // an answer that stops before its promised end
	"origin-error", // another 5xx, passed on from the origin
	"challenge",
	"block",
	"working", // every look at the page got an ordinary answer
	"silent", // connected, asked, no answer within our limit
	"broken", // an answer that is no usable HTTP, not through Cloudflare
	"not-cloudflare",
	"unreached", // no connection to the edge
] as const;
type VerdictKind = (typeof VERDICT_KINDS)[number];

export type Confidence = "certain" | "likely" | "possible" | "unsure";

/** What has been ruled out by what was seen. Words are in `reply`. */
export type RuledOut = "dns" | "connection-failure" | "slowness" | "edge-down" | "whole-host" | "dns-at-cloudflare";

export interface Verdict {
	readonly kind: VerdictKind;
	readonly code: number | null;
	readonly owner: Owner | "unknown";
	readonly confidence: Confidence;
	readonly basis: Basis;
	/** The cause, where the looks at the edge alone show it (DESIGN: causes). */
	readonly cause: CauseId | null;
	/** The example is a failure of the site. */
	readonly fails: boolean;
	/** Some look came through Cloudflare's edge. */
	readonly throughCloudflare: boolean;
	readonly pattern: Pattern;
	readonly ruledOut: readonly RuledOut[];
	/** The structured answer behind the verdict, where one came. */
	readonly structured: Structured | null;
	/** The look that shows it best: a failing one where there is one. */
	readonly example: ClassifiedLook;
	/** `/cdn-cgi/trace` answered with a colo: the edge is fine for this caller. null: not looked at. */
	readonly traceColo: string | null;
}

/** Which kind of failing answer decides when looks differ: proven before unproven, Cloudflare's before the origin's. */
const RANK: readonly Classification["kind"][] = [
	"cloudflare-error",
	"edge-code",
	"gateway-error",
	"cut",
	"passed-on",
	"not-cloudflare",
	"broken",
	"silent",
	"unreached",
	"challenge",
	"block",
];

/** Codes that each say: name resolved, connected, and what came back was the trouble. */
const CONNECTED: ReadonlySet<number> = new Set([520, 524, 502, 504]);

/**
 * Judges all looks of one question. Pure.
 * @param seen at least one look at the page
 */
export function judgeSite(seen: readonly [ClassifiedLook, ...ClassifiedLook[]]): Verdict {
	const pattern = patternOf(seen);
	const page = seen.filter(({ look }) => look.asked.purpose === "page" || look.asked.purpose === "structured");
	const failing = page.filter(({ classification }) => isFailure(classification));
	const pool = failing.length > 0 ? failing : page.length > 0 ? page : seen;
	const example = [...pool].sort((a, b) => weight(a, pool) - weight(b, pool))[0] ?? seen[0];
	const { classification } = example;
	const proof = pool.find(
		(one) =>
			one.classification.kind === "cloudflare-error" &&
			one.classification.code === classification.code &&
			one.classification.structured !== null,
	);
	const trace = seen.find(({ look }) => look.asked.purpose === "trace");
	const traceColo = trace === undefined ? null : coloOfTrace(trace);
	const throughCloudflare = seen.some((one) => one.classification.ray !== null) || traceColo !== null;

	const kind = verdictKind(classification);
	const code = kind === "working" ? classification.status : classification.code;
	return {
		kind,
		code,
		owner: ownerOf(kind, classification),
		confidence: confidenceOf(kind, classification, pattern, example.look.kind === "answered" && example.look.cloudflareAddress),
		basis: classification.basis,
		// The header section went out, then the content stopped: RFC 9112 §8.
		cause: kind === "cut" ? "closed-mid-response" : null,
		fails: isFailure(classification) === true,
		throughCloudflare,
		pattern,
		ruledOut: ruledOut(kind, code, pattern, traceColo, classification.maker),
		structured: (proof ?? example).classification.structured,
		example: proof ?? example,
		traceColo,
	};
}

/** Lower is better: kind first, then the code that more of the looks show. */
function weight(one: ClassifiedLook, pool: readonly ClassifiedLook[]): number {
	const same = pool.filter(({ classification }) => classification.code === one.classification.code).length;
	// For 502 and 504 only the page tells who failed; for the other codes the structured answer is the best proof.
	const gateway = one.classification.kind === "gateway-error";
	const telling = gateway ? one.classification.maker !== "unclear" : one.classification.structured !== null;
	return RANK.indexOf(one.classification.kind) * 1_000 - same * 10 - (telling ? 1 : 0);
}

function verdictKind(answer: Classification): VerdictKind {
	switch (answer.kind) {
		case "passed-on":
			return isFailure(answer) ? "origin-error" : "working";
		default:
			return answer.kind;
	}
}

function ownerOf(kind: VerdictKind, answer: Classification): Verdict["owner"] {
	switch (kind) {
		case "cloudflare-error":
		case "edge-code":
			// The table's row is the origin's own 500 or 503; with Cloudflare's name in it, it is Cloudflare's (its pages on errors 500 and 503).
			if (answer.code === 500 || answer.code === 503) return "cloudflare";
			return (answer.code === null ? undefined : findCode(answer.code)?.owner) ?? "unknown";
		case "gateway-error":
			return answer.maker === "cloudflare" ? "unknown" : "origin";
		case "origin-error":
		case "cut":
		case "broken":
			return "origin";
		case "challenge":
		case "block":
			return "site-owner";
		case "not-cloudflare":
			return isFailure(answer) ? "origin" : "unknown";
		case "working":
		case "silent":
		case "unreached":
			return "unknown";
	}
}

function confidenceOf(kind: VerdictKind, answer: Classification, pattern: Pattern, viaCloudflare: boolean): Confidence {
	switch (kind) {
		case "cloudflare-error":
			return answer.basis === "structured" || answer.basis === "cf-error-type" ? "certain" : "likely";
		case "edge-code":
			return "possible";
		case "gateway-error":
			return answer.maker === "unclear" ? "possible" : "likely";
		case "origin-error":
		case "cut":
			return "likely";
		case "challenge":
			return answer.basis === "cf-mitigated" ? "certain" : "likely";
		case "block":
			return answer.basis === "structured" ? "certain" : "likely";
		case "working":
			return (pattern.share?.of ?? 0) === 0 ? "unsure" : "possible";
		case "silent":
			return "unsure";
		case "broken":
			return "likely";
		case "not-cloudflare":
			return viaCloudflare ? "possible" : "certain";
		case "unreached":
			return "certain";
	}
}

function ruledOut(
	kind: VerdictKind,
	code: number | null,
	pattern: Pattern,
	traceColo: string | null,
	maker: Classification["maker"],
): RuledOut[] {
	const out: RuledOut[] = [];
	if (kind === "cloudflare-error" && code !== null && CONNECTED.has(code)) out.push("connection-failure");
	if (kind === "cloudflare-error" && code === 520 && pattern.timeToFailure !== "two-minutes") out.push("slowness");
	if (
		traceColo !== null &&
		(kind === "cloudflare-error" ||
			kind === "edge-code" ||
			(kind === "gateway-error" && maker !== "cloudflare") ||
			kind === "origin-error")
	)
		out.push("edge-down");
	if (pattern.kind === "some-urls") out.push("whole-host");
	if (kind === "cloudflare-error" && code !== null && code >= 520 && code <= 526) out.push("dns-at-cloudflare");
	return out;
}

/** `colo=` of a `/cdn-cgi/trace` answer. Its `ip=` is the asker's own address and is never read. */
function coloOfTrace({ classification }: ClassifiedLook): string | null {
	if (classification.status !== 200) return null;
	const text = Buffer.from(
		decodeContent(classification.reading.content, fieldValues(classification.reading, "content-encoding")[0] ?? "").subarray(
			0,
			4096,
		),
	).toString("latin1");
	return /^colo=([A-Z]{3})$/m.exec(text)?.[1] ?? null;
}

import type { ValueOf } from "../knowledge/evidence.ts";
import type { ClassifiedLook } from "./pattern.ts";

/** Codes that say how far Cloudflare's connection to the origin came; they are the same for every request. */
const OF_THE_CONNECTION: ReadonlySet<number> = new Set([521, 522, 523, 525]);
/** Cloudflare's codes that say what came of its request to the origin. */
const isOfTheOrigin = (code: number) => code >= 520 && code <= 526;

/** A direct look that shows another code than visitors get: whatever it met, Cloudflare does not meet it. */
export interface OtherCode {
	/** What visitors get: one of Cloudflare's codes, or the status that was passed on. */
	readonly visitors: number;
	/** What they would get if Cloudflare met the same. */
	readonly here: number;
}

/** What the page through Cloudflare says of how the origin answers it; null where that cannot be told: a cached page, a challenge, a block. */
function codeThroughEdge({ classification }: ClassifiedLook): number | null {
	const { kind, code, status, cached } = classification;
	switch (kind) {
		case "cloudflare-error":
		case "edge-code":
			return code !== null && isOfTheOrigin(code) ? code : null;
		case "gateway-error":
		case "cut":
			return status;
		case "passed-on":
			return cached ? null : status;
		default:
			return null;
	}
}

/**
 * The codes that visitors get: what the page shows just now, and what its case is about. Intermittent failures show either.
 * @param caseCode as the case has it, null for no case
 */
export function visitorCodes(edge: ClassifiedLook | null, caseCode: number | null): number[] {
	const now = edge === null ? null : codeThroughEdge(edge);
	const codes = [caseCode, now].filter((code) => code !== null);
	return [...new Set(codes)];
}

/** @param here what visitors would get by the direct look; null for what is passed on */
export function otherCode(here: number | null, visitors: readonly number[]): OtherCode | null {
	const [first] = visitors;
	if (here === null || first === undefined || visitors.includes(here)) return null;
	return OF_THE_CONNECTION.has(here) || here === PLAIN_TO_TLS_CODE ? { visitors: first, here } : null;
}

/** A TLS port's own answer to plain HTTP is passed on. */
export const PLAIN_TO_TLS_CODE = 400;

/** What a direct request to the origin met, as a person reports it, and the code that Cloudflare would have shown for it. */
const CODE_OF_TOLD: Partial<Record<ValueOf<"direct-origin">, number>> = {
	refused: 521,
	"no-route": 522,
	"tls-failure": 525,
	"wrong-protocol": 525,
};

/**
 * The same for what a person ran and told. It counts as told, because the command that was run is unknown, and it says little while
 * visitors get another code: a wrong address or port is likelier then.
 * @param caseCode as the case has it
 */
export function toldOtherCode(caseCode: string, value: string): OtherCode | null {
	const here = CODE_OF_TOLD[value as ValueOf<"direct-origin">];
	return here === undefined ? null : otherCode(here, [Number(caseCode)]);
}

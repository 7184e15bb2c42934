import type { FineValueOf } from "../knowledge/evidence.ts";
import { type Case, type Fact, type SeenCode, withFact, withoutFact } from "./case.ts";
import { type ClassifiedLook, isFailure } from "./pattern.ts";
import type { Watch } from "./watch.ts";

type CodeSays = FineValueOf<"other-codes">;

/** What a code beside the one of a case says (the contract's evidence keys); others say nothing more. */
const SAYS: ReadonlyMap<string, CodeSays> = new Map<string, CodeSays>([
	["522", "timeouts"],
	["524", "timeouts"],
	["521", "refused-or-tls"],
	["525", "refused-or-tls"],
	...["500", "501", "502", "503", "504"].map((code): [string, CodeSays] => [code, "origin-5xx"]),
]);
/** The order in which they are told. */
const ORDER: readonly CodeSays[] = ["timeouts", "refused-or-tls", "origin-5xx"];
/** Codes that are further apart are not of one incident. */
export const CODES_WITHIN_MS = 3_600_000;
/** Codes that a case holds at most; the newest are kept. */
const CODES_MAX = 10;

/** The codes of looks at a page that failed. A 500 to 504 counts only if it is the origin's own. */
export const codesOfLooks = (seen: readonly ClassifiedLook[]): readonly SeenCode[] =>
	seen.flatMap(({ look, classification }) => {
		const { maker, kind } = classification;
		const code = String(classification.code ?? classification.status);
		const isOwn = SAYS.get(code) !== "origin-5xx" || maker !== "cloudflare";
		return isFailure(classification) === true && kind !== "cut" && isOwn ? [{ code, atMs: look.asked.startedAtMs }] : [];
	});

/** The codes that a watch met. A watch does not keep who made a response, so that a 500 to 504 is left out. */
export const codesOfWatch = ({ recent }: Pick<Watch, "recent">): readonly SeenCode[] =>
	recent.flatMap(({ what, atMs }) =>
		what !== null && SAYS.has(what) && SAYS.get(what) !== "origin-5xx" ? [{ code: what, atMs }] : [],
	);

/** Where codes are from; a look of ours or a watch, where nothing else is said. */
type From = Pick<Fact, "by" | "who">;
const OUR_LOOK: From = { by: "look", who: null };

/**
 * A case whose host also gave these codes, at `atMs` (Unix milliseconds). What they say beside the code of the case is evidence; what
 * people told of others stays beside it.
 */
export function withCodes(one: Case, codes: readonly SeenCode[], atMs: number, from: From = OUR_LOOK): Case {
	const newest = new Map<string, number>();
	for (const seen of [...one.codes, ...codes]) newest.set(seen.code, Math.max(seen.atMs, newest.get(seen.code) ?? seen.atMs));
	const kept = [...newest]
		.map(([code, atMs]): SeenCode => ({ code, atMs }))
		.sort((a, b) => b.atMs - a.atMs)
		.slice(0, CODES_MAX);
	return withOtherCodes({ ...one, codes: kept }, atMs, from);
}

function withOtherCodes(one: Case, atMs: number, from: From): Case {
	const lastMs = Math.max(...one.codes.map((seen) => seen.atMs));
	const beside = one.codes.filter((seen) => seen.code !== one.code && lastMs - seen.atMs <= CODES_WITHIN_MS);
	const said = new Set(beside.map(({ code }) => SAYS.get(code)));
	const known = one.facts.find(({ key }) => key === "other-codes");
	const told = known === undefined || known.by === "look" ? [] : [known.value].flat();
	const value = ORDER.filter((each) => said.has(each) || told.includes(each));
	if (said.size === 0 || value.length === 0)
		return known?.by === "look" ? { ...withoutFact(one, "other-codes", one.lastAtMs), unknown: one.unknown } : one;
	if (known !== undefined && String(known.value) === String(value)) return one;
	return withFact(one, { key: "other-codes", value, ...from, atMs });
}

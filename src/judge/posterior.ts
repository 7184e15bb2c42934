import { SAYS_AGAIN } from "../knowledge/again.ts";
import { SETTING_BRINGS, type SettingName } from "../knowledge/analytics.ts";
import { CAUSES, isCause } from "../knowledge/causes/list.ts";
import { BEHIND_OTHER_CODES } from "../knowledge/codes/behind.ts";
import { EVIDENCE_KEYS, type Evidence, type EvidenceKey, toldOf } from "../knowledge/evidence.ts";
import { NEVER } from "../knowledge/levels.ts";
import { type Distribution, MODEL, type Model, scaled } from "./model.ts";

/** A setting of the zone that was changed before the failures began. */
export interface ChangeBefore {
	readonly setting: SettingName;
	readonly beforeMs: number;
}

/** What is known beside the evidence. */
export interface RankOptions {
	/** The cause that the autopsy of the origin's own answer names, and how sure. */
	readonly found?: { readonly cause: string; readonly confidence: "likely" | "possible" } | null;
	/** An answer that counts for little: see `rankCase`. */
	readonly faint?: EvidenceKey | null;
	/** Settings that were changed just before, as the account tells: what a person says of changes is evidence instead. */
	readonly changes?: readonly ChangeBefore[];
	/** Another model than that of everything counted (for measuring). */
	readonly model?: Model;
}

/**
 * What a measured change weighs, in answers of a person who connects it with the failure: nobody has, and settings change for many reasons.
 * Within the hour half of one, as what only says another answer again; up to a day before as little as any faint answer.
 */
const CHANGE_WEIGHT = 0.5;
const CHANGED_LATELY_MS = 3_600_000;
/** What an answer that counts for little weighs. */
const FAINT_WEIGHT = 0.25;
/**
 * What all answers together weigh that only say another one again ({@link SAYS_AGAIN}), in answers: the exponent of their likelihoods. Half
 * of one, however many they are: a second look at the same thing can correct a mistaken first one, and tells nothing else (none where the
 * first holds the other wholly). Held-out figures hardly move between 0.3 and 1; with full weight for each, fewer of those told with 80 %
 * or more are right.
 */
const SAID_AGAIN = 0.5;
/** In one case of a hundred, all that was told belongs to another failure: no cause is ever certain. */
export const OF_ANOTHER_FAILURE = 0.01;
/**
 * How much more likely a cause is when the bytes themselves show it. A fault in the bytes is certain; that it is this one that people meet,
 * is nearly: one look in twenty may have met something else. Of a possible reading, one in four.
 */
const FOUND_FACTOR = { likely: 20, possible: 4 } as const;
/** 522 and 524 come after Cloudflare's own time: there it says nothing about the origin. */
const OWN_TIMER: ReadonlySet<string> = new Set(["522", "524"]);
/** 520 itself, and names that people give to what is shown as one (`499/520-like`). */
export const is520 = (code: string): boolean => /(?:^|\D)520(?:\D|$)/.test(code);

/** What is expected behind a code before anything is known. */
export function prior(code: string, { model = MODEL }: RankOptions): Distribution {
	const other = Object.hasOwn(BEHIND_OTHER_CODES, code) ? BEHIND_OTHER_CODES[code] : undefined;
	if (other !== undefined) return scaled(new Map(Object.entries(other).map(([cause, { weight }]) => [cause, weight])));
	return is520(code) ? scaled(model.prior) : new Map([[code, 1]]);
}

/** A piece of evidence: what is known of one key. Things that are so, each the fine values that it can be, and how much they count. */
export interface Piece {
	readonly key: EvidenceKey;
	readonly told: readonly string[];
	readonly things: readonly (readonly string[])[];
	readonly weight: number;
	/** People say that no Cloudflare feature is involved. */
	readonly isDenial: boolean;
}

const namesOf = (evidence: Evidence, key: EvidenceKey): readonly string[] => {
	const value = evidence[key];
	return value === undefined ? [] : typeof value === "string" ? [value] : value;
};

/** What is known of some keys, of all when none are named, and says something: a code's own timer says nothing. */
export function piecesOf(
	evidence: Evidence,
	code: string,
	{ faint = null }: Pick<RankOptions, "faint">,
	keys: readonly EvidenceKey[] = EVIDENCE_KEYS,
): readonly Piece[] {
	const again = saidAgain(evidence);
	return keys.flatMap((key) => {
		const weight = (again.get(key) ?? 1) * (faint === key ? FAINT_WEIGHT : 1);
		if (weight === 0 || (key === "time-to-failure" && OWN_TIMER.has(code))) return [];
		const things = toldOf(evidence, key).filter(({ length }) => length > 0);
		const isDenial = key === "cloudflare-features" && things.every((values) => values.every((value) => value === "none"));
		return things.length === 0 ? [] : [{ key, told: namesOf(evidence, key), things, weight, isDenial }];
	});
}

/** What each key weighs of which all that is told only says again what is told of another: none has a share where the other holds it wholly. */
function saidAgain(evidence: Evidence): ReadonlyMap<EvidenceKey, number> {
	const held = new Set<EvidenceKey>();
	// By observation: the keys that tell of it, and those of them that only say it again.
	const observations: { told: Set<EvidenceKey>; again: Set<EvidenceKey> }[] = [];
	for (const { key, says, againIn, values, wholly } of SAYS_AGAIN) {
		const told = namesOf(evidence, againIn);
		if (told.length === 0 || !told.every((value) => values.includes(value))) continue;
		if (!namesOf(evidence, key).some((value) => says.includes(value))) continue;
		if (wholly) {
			held.add(againIn);
			continue;
		}
		const same = observations.filter((one) => one.told.has(key) || one.told.has(againIn));
		const joined = {
			told: new Set([key, againIn, ...same.flatMap((one) => [...one.told])]),
			again: new Set([againIn, ...same.flatMap((one) => [...one.again])]),
		};
		observations.splice(0, observations.length, ...observations.filter((one) => !same.includes(one)), joined);
	}
	const shares = observations.flatMap(({ again }) => {
		const rest = [...again].filter((key) => !held.has(key));
		return rest.map((key) => [key, SAID_AGAIN / rest.length] as const);
	});
	return new Map([...shares, ...[...held].map((key) => [key, 0] as const)]);
}

/**
 * P(evidence | cause) of one key, by its weight. The values of a coarse answer exclude each other: they add up. Of several things that are so
 * at once, one is this failure's and the others stand beside it, and nothing says which: they count as their mean.
 */
export function factor(cause: string, piece: Piece, evidence: Evidence, code: string, { model = MODEL }: RankOptions): number {
	const { key, things, weight } = piece;
	// Without the noise of the row: the cause needs what is denied, and people know what they use.
	if (isDenied(cause, piece, evidence)) return NEVER * model.likelihood(null, key, "none");
	const likelihood = (values: readonly string[]) =>
		values.reduce((sum, value) => sum + model.likelihood(cause, key, value, code), 0);
	return (things.reduce((sum, values) => sum + likelihood(values), 0) / things.length) ** weight;
}

/** Whether people deny every feature that the cause needs, and nothing shows the cause itself. */
export function isDenied(cause: string, { isDenial }: Piece, evidence: Evidence): boolean {
	const needs = isDenial && isCause(cause) ? CAUSES[cause].needs : undefined;
	if (needs === undefined) return false;
	const shows = ([key, values]: readonly [string, readonly string[]]) =>
		toldOf(evidence, key as EvidenceKey).some((told) => told.length > 0 && told.every((value) => values.includes(value)));
	return !Object.entries(needs.unless ?? {}).some(shows);
}

/** How much more likely changes of settings make a cause: never less, as other causes need no change. */
function changeFactor(cause: string, code: string, { changes = [], model = MODEL }: RankOptions): number {
	return changes.reduce((product, { setting, beforeMs }) => {
		const brings: readonly string[] = SETTING_BRINGS[setting];
		if (!brings.includes(cause)) return product;
		const of = (one: string | null) => model.likelihood(one, "what-changed", "tls-dns-or-cloudflare", code);
		return product * Math.max(1, of(cause) / of(null)) ** (beforeMs <= CHANGED_LATELY_MS ? CHANGE_WEIGHT : FAINT_WEIGHT);
	}, 1);
}

/** How likely each cause is once all that is known has been counted. */
export function posterior(code: string, evidence: Evidence, options: RankOptions): Distribution {
	const pieces = piecesOf(evidence, code, options);
	const expected = prior(code, options);
	const weights = new Map<string, number>();
	for (const [cause, before] of expected)
		weights.set(
			cause,
			pieces.reduce(
				(product, one) => product * factor(cause, one, evidence, code, options),
				before * changeFactor(cause, code, options),
			),
		);
	const { found } = options;
	const before = found == null ? undefined : weights.get(found.cause);
	if (found != null && before !== undefined) weights.set(found.cause, before * FOUND_FACTOR[found.confidence]);
	return new Map(
		[...scaled(weights)].map(([cause, p]) => [
			cause,
			(1 - OF_ANOTHER_FAILURE) * p + OF_ANOTHER_FAILURE * (expected.get(cause) ?? 0),
		]),
	);
}

/** How open a distribution leaves it, in bits. */
export const entropy = (distribution: Distribution): number =>
	-[...distribution.values()].reduce((sum, p) => (p > 0 ? sum + p * Math.log2(p) : sum), 0);

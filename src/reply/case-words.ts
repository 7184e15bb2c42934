import { type Case, type CasePlaces, type Fact, rankCase, type Source } from "../judge/case.ts";
import type { Ranked, RankedFamily } from "../judge/rank.ts";
import { CAUSES, isCause } from "../knowledge/causes/list.ts";
import { codeWordsOf } from "../knowledge/codes/words.ts";
import { answers, EVIDENCE, type EvidenceKey, labelOf } from "../knowledge/evidence.ts";
import { FAMILIES } from "../knowledge/families.ts";
import { ours, type Text, text } from "../message/text.ts";
import { readTarget } from "../read/text/target.ts";
import { originLabels } from "./next-step.ts";
import { lowered, pageWords } from "./words.ts";

/** What is known of a cause, as it may be said: a named one, a code that says it itself, or nothing that can be named. */
export type Standing =
	| { readonly kind: "named"; readonly first: Ranked; readonly certainty: "likely" | "possible" }
	| { readonly kind: "code"; readonly code: string }
	| { readonly kind: "open"; readonly family: RankedFamily | null };

/** From here on a cause or family is likely and shown with its percentage. */
const LIKELY_FROM = 0.6;
/** From here on a cause is possible; a less likely one is not named. */
const POSSIBLE_FROM = 0.4;

/** What may be named of a case, without the causes that were ruled out by [Not it]. */
export function standingOf(one: Case): Standing {
	const { ranked, families, abstains } = rankCase(one);
	const left = ranked.filter(({ cause }) => !one.denied.includes(cause));
	const rest = left.reduce((sum, { probability }) => sum + probability, 0);
	const [first] = left.map((each) => (rest > 0 ? { ...each, probability: each.probability / rest } : each));
	const mayName = !abstains || left.length < ranked.length;
	if (mayName && first !== undefined && isCause(first.cause) && first.probability >= POSSIBLE_FROM)
		return { kind: "named", first, certainty: first.probability >= LIKELY_FROM ? "likely" : "possible" };
	// A code of Cloudflare's other than 520 says what is wrong: it is named without a percentage.
	if (first !== undefined && !isCause(first.cause)) return { kind: "code", code: first.cause };
	if (one.code !== "520") return { kind: "code", code: one.code };
	const [family] = families;
	return { kind: "open", family: family === undefined || family.probability < POSSIBLE_FROM ? null : family };
}

/** Whose side it is by a cause that is likely or confirmed, where that is not the origin's as the code says; null: nothing says so. */
export function sideByCause(one: Case): string | null {
	const standing = standingOf(one);
	const likely = standing.kind === "named" && standing.certainty === "likely" ? standing.first.cause : null;
	const cause = one.solved?.cause ?? likely;
	return cause !== null && isCause(cause) ? (CAUSES[cause].side ?? null) : null;
}

/** `Points to a rule that rejects the request (likely).` */
export const familyWords = ({ family, probability }: RankedFamily): Text =>
	text`Points to ${ours(FAMILIES[family])} (${probability >= LIKELY_FROM ? "likely" : "possible"}).`;

/** A cause, or a code that is its own, as people read it. */
export const titleOf = (cause: string): string => (isCause(cause) ? CAUSES[cause].title : codeWordsOf(cause).title);

/** The confirmed cause: one of ours, or the person's own words. */
export const solvedWords = (cause: string): Text => (isCause(cause) ? ours(lowered(CAUSES[cause].title)) : text`${cause}`);

/** What an answer is called under a code that has its own names for it; undefined for none, and for what we saw ourselves. */
const codeLabel = (key: EvidenceKey, value: string, by: Fact["by"] | undefined, code: string | undefined): string | undefined =>
	key === "direct-origin" && by !== "look" && code !== undefined ? originLabels(code)[value] : undefined;

/**
 * The answers of a fact, as their buttons say them.
 * @param code of the case: some codes have names of their own for what a command shows
 */
export function valueWords({ key, value, by }: Pick<Fact, "key" | "value"> & Partial<Pick<Fact, "by">>, code?: string): Text {
	const values = typeof value === "string" ? [value] : value;
	return ours(values.map((one) => codeLabel(key, one, by, code) ?? labelOf(key, one)).join(", "));
}

/** What an answer means: `a crash or a deliberate close`; null where what it is called under the case's code says it all. */
export function meaningOf({ key, value, by }: Pick<Fact, "key" | "value" | "by">, code: string): string | null {
	const last = typeof value === "string" ? value : value.at(-1);
	const means = answers(key).find((one) => one.value === last)?.means ?? null;
	const own = codeLabel(key, last ?? "", by, code);
	// Under the 1xxx codes the answers are about DNS, a tunnel or a Worker.
	return own !== undefined && (code.length > 3 || own.toLowerCase() === means) ? null : means;
}

/** The one person at a terminal. */
export const YOU = "you";

/** A person as the chat shows them; "someone" without a name. */
export const personWords = (who: string | null | undefined): string => (who == null || who === "" ? "someone" : who);

/** The same where a sentence begins with it. */
export const firstWords = (who: string | null | undefined): string => {
	const name = personWords(who);
	return name === YOU || name === personWords(null) ? `${name.charAt(0).toUpperCase()}${name.slice(1)}` : name;
};

/** Who does not know, as a sentence. */
export const unknownWords = (who: string): Text => text`${firstWords(who)} ${who === YOU ? "do" : "does"} not know.`;

/** The question of a key, with its question mark. */
export const askedWords = (key: EvidenceKey): Text => ours(EVIDENCE[key].ask);

/** The page of a case: `shop.example/checkout`. */
export function casePage(one: Case): Text {
	const target = readTarget(one.url);
	return "why" in target ? text`${new URL(one.url).hostname}` : pageWords(target);
}

/** The host of a case, for a button's label. */
export const caseHost = (one: Case): string => new URL(one.url).hostname;

/** `18 min`, `2 h`, `3 days`; what is shorter than a minute is one. */
export function lasting(ms: number): string {
	const minutes = Math.max(1, Math.round(ms / 60_000));
	if (minutes < 120) return `${minutes} min`;
	const hours = Math.round(minutes / 60);
	return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** What other places told, by their numbers: `3 of 8 get the 520, 5 work`. */
export function placesCounted({ of, failing, fine, silent, code }: CasePlaces): string {
	const others = of - failing - fine - silent;
	const groups = [
		failing === 0
			? null
			: ([failing, `${failing === 1 ? "gets" : "get"} ${code === null ? "an error" : `the ${code}`}`] as const),
		fine === 0 ? null : ([fine, fine === 1 ? "works" : "work"] as const),
		silent === 0 ? null : ([silent, `${silent === 1 ? "gets" : "get"} no response`] as const),
		others === 0 ? null : ([others, `cannot tell`] as const),
	].filter((group) => group !== null);
	return groups.map(([count, what], nth) => `${count}${nth === 0 ? ` of ${of}` : ""} ${what}`).join(", ");
}

/** Who says what no person told, before a colon. */
export function sourceName(by: Source): string {
	switch (by) {
		case "places":
			return "other places";
		case "analytics":
			return "Cloudflare Analytics";
		default:
			return "cf520";
	}
}

import type { Confidence, RuledOut, Verdict } from "../judge/verdict.ts";
import { findCode } from "../knowledge/codes/codes.ts";
import type { CodeEntry } from "../knowledge/codes/table.ts";
import { type Colo, countryName, findColo } from "../knowledge/colos/colos.ts";
import { COLO_TABLE_DATE } from "../knowledge/colos/table.ts";
import { maskedUrl } from "../message/masking.ts";
import { show } from "../message/show.ts";
import { bold, code, ours, type Text, text } from "../message/text.ts";
import type { Target } from "../read/text/target.ts";

/** First words that are names: products of Cloudflare, and every field name with a hyphen. */
const NAME = /^(?:\w+-[A-Z]|(?:Cloudflare|Scrape Shield|Security Events|Snippets|Transform Rules|Worker routes|Workers usage)\b)/;

/** In the middle of a sentence: with a small letter, but for an abbreviation or a name. */
export const lowered = (sentence: string): string =>
	/^(?:A |[A-Z][a-z])/.test(sentence) && !NAME.test(sentence)
		? `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`
		: sentence;

/** `Dallas, US` with the region where it is needed to tell towns apart. */
export function placeOf(colo: Colo): string {
	return [colo.city, colo.region, countryName(colo.country)].filter((part) => part !== "").join(", ");
}

/** A data center as people read it: `Dallas (DFW)`; an unlisted code is an answer too, never a guess. */
export function dataCenter(coloCode: string | null): Text {
	if (coloCode === null) return text`an unknown data center`;
	const colo = findColo(coloCode);
	if (colo === undefined) return text`${bold(coloCode)} (not in my list of ${COLO_TABLE_DATE})`;
	if (colo.lastSeen === undefined) return text`${bold(colo.city)} (${colo.code})`;
	const until = colo.lastSeen === "?" ? text`` : text`, last seen ${colo.lastSeen}`;
	return text`${bold(colo.city)} (${colo.code}, no longer listed${until})`;
}

/** The same in the fewest words, without weight. */
export function shortPlace(coloCode: string): string {
	const colo = findColo(coloCode);
	return colo === undefined ? coloCode : `${colo.city} (${colo.code})`;
}

const OWNER_WORDS: Record<Verdict["owner"], string> = {
	origin: "the origin",
	"site-owner": "the site's Cloudflare settings",
	visitor: "the visitor's request",
	cloudflare: "Cloudflare",
	depends: "depends on the request",
	unknown: "unknown so far",
};

/** The beginning of a sentence about whose fault it is. */
export const FAULT = "At fault:";

/** Who has to act, as it fits after {@link FAULT}. */
export const ownerWords = (owner: Verdict["owner"]): string => OWNER_WORDS[owner];

/** Whose side a code of our table points at. */
export const codeSide = ({ side, owner }: Pick<CodeEntry, "side" | "owner">): string => side ?? ownerWords(owner);

/** Whose side a verdict points at; without Cloudflare in front there is no "behind Cloudflare". */
export function sideOf({ owner, throughCloudflare, code }: Pick<Verdict, "owner" | "throughCloudflare" | "code">): string {
	if (owner === "origin" && !throughCloudflare) return "the server that responded";
	const entry = code === null ? undefined : findCode(code);
	return entry?.owner === owner ? codeSide(entry) : ownerWords(owner);
}

const CONFIDENCE_WORDS: Record<Confidence, string> = {
	certain: "certain",
	likely: "likely",
	possible: "possible",
	unsure: "unknown",
};

export const confidenceWords = (confidence: Confidence): string => CONFIDENCE_WORDS[confidence];

/** `520 (Web server is returning an unknown error)`. */
export function codeWords(number: number): Text {
	const name = findCode(number)?.name;
	return name === undefined ? text`${bold(String(number))}` : text`${bold(String(number))} (${name})`;
}

const RULED_OUT_WORDS: Record<RuledOut, string> = {
	dns: "DNS, because the name resolves.",
	"connection-failure": "Connection failure (would be 521, 522 or 523).",
	slowness: "Slow origin (would be 524).",
	"edge-down": "Cloudflare's edge, because /cdn-cgi/trace works on this host.",
	"whole-host": "Failure of the whole host (another URL works).",
	"dns-at-cloudflare": "Unresolvable origin name (would be 1016).",
};

export const ruledOutWords = (ruledOut: RuledOut): string => RULED_OUT_WORDS[ruledOut];

/** The host as a person reads it; an internationalized name also in its ASCII form. */
export function hostWords(target: Target): Text {
	return target.unicodeHost === null ? text`${code(target.host)}` : text`${code(target.unicodeHost)} (${code(target.host)})`;
}

const PAGE_MAX_CHARS = 60;

/** The page in a title: host, port where it is unusual, path with masked values; an internationalized name also in its ASCII form. */
export function pageWords(target: Target): Text {
	const { host, port } = new URL(target.url);
	const where = target.unicodeHost === null ? host : `${target.unicodeHost}${port === "" ? "" : `:${port}`}`;
	const page = show(`${where}${target.path === "/" ? "" : maskedUrl(target.path)}`, PAGE_MAX_CHARS);
	return target.unicodeHost === null ? ours(page) : text`${ours(page)} (${target.host})`;
}

/** `1 request`, `5 requests`. */
export const requests = (n: number): string => `${n} ${n === 1 ? "request" : "requests"}`;

/** `5 of 5 requests`; one of one is `1 request`. */
export const requestShare = ({ hits, of }: { readonly hits: number; readonly of: number }): string =>
	of === 1 && hits === 1 ? requests(1) : `${hits} of ${requests(of)}`;

export function percent(share: number): string {
	return `${Math.round(share * 100)}%`;
}

/** `0.24 s`, `12 s`. */
export function seconds(ms: number): string {
	const s = ms / 1000;
	return s < 10 ? `${s.toFixed(s < 1 ? 2 : 1)} s` : `${Math.round(s)} s`;
}

/** `6 s`, `4 min`, `3 h`, `12 days`, `2 years`: one unit, cut. */
export function ageWords(ms: number): string {
	const units: readonly [number, string, string][] = [
		[365.25 * 86_400_000, "year", "years"],
		[86_400_000, "day", "days"],
		[3_600_000, "h", "h"],
		[60_000, "min", "min"],
		[1_000, "s", "s"],
	];
	for (const [size, one, many] of units) {
		const n = Math.floor(ms / size);
		if (n >= 1) return `${n} ${n === 1 ? one : many}`;
	}
	return "under 1 s";
}

/** `1 line`, `2 lines`, `1,234 bytes`. */
export const counted = (n: number, word: string): string => `${grouped(n)} ${word}${n === 1 ? "" : "s"}`;

/** 1234 -> `1,234`. */
export function grouped(n: number): string {
	return n.toLocaleString("en-US");
}

/** Ends the title of a check whose page was cut off; a case keeps that title, and its code is that of a 520. */
export const CUT_OFF = "but cut off midway";

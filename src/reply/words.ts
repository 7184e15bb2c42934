import type { Confidence, RuledOut, Verdict } from "../judge/verdict.ts";
import { findCode } from "../knowledge/codes/codes.ts";
import { type Colo, countryName, findColo } from "../knowledge/colos/colos.ts";
import { COLO_TABLE_DATE } from "../knowledge/colos/table.ts";
import { bold, code, type Text, text } from "../message/text.ts";
import type { Target } from "../read/text/target.ts";

/** `Dallas, US` with the region where it is needed to tell towns apart. */
export function placeOf(colo: Colo): string {
	return [colo.city, colo.region, countryName(colo.country)].filter((part) => part !== "").join(", ");
}

/** A data center as told to people; an unlisted code is an answer too, never a guess. */
export function dataCenter(coloCode: string | null): Text {
	if (coloCode === null) return text`unknown (no suffix on this Ray ID)`;
	const colo = findColo(coloCode);
	if (colo === undefined) {
		return text`${bold(coloCode)} (not in our table of ${COLO_TABLE_DATE}; Cloudflare names its locations after a nearby airport)`;
	}
	if (colo.lastSeen === undefined) return text`${bold(coloCode)} (${placeOf(colo)})`;
	const until = colo.lastSeen === "?" ? text`` : text`, last seen ${colo.lastSeen}`;
	return text`${bold(coloCode)} (${placeOf(colo)}; no longer listed by Cloudflare${until})`;
}

const OWNER_WORDS: Record<Verdict["owner"], string> = {
	origin: "the origin's (the server behind Cloudflare)",
	"site-owner": "the site owner's settings at Cloudflare",
	visitor: "the visitor's (the request)",
	cloudflare: "Cloudflare's",
	depends: "depends on the request",
	unknown: "not known yet",
};

export const ownerWords = (owner: Verdict["owner"]): string => OWNER_WORDS[owner];

/** Whose side a verdict points at; without Cloudflare in front there is no "behind Cloudflare". */
export const sideOf = (verdict: Pick<Verdict, "owner" | "throughCloudflare">): string =>
	verdict.owner === "origin" && !verdict.throughCloudflare
		? "the server's that answered; Cloudflare is not seen in front of it"
		: ownerWords(verdict.owner);

const CONFIDENCE_WORDS: Record<Confidence, string> = {
	certain: "certain",
	likely: "likely",
	possible: "possible",
	unsure: "unsure",
};

export const confidenceWords = (confidence: Confidence): string => CONFIDENCE_WORDS[confidence];

/** `520 (Web server is returning an unknown error)`. */
export function codeWords(number: number): Text {
	const name = findCode(number)?.name;
	return name === undefined ? text`${bold(String(number))}` : text`${bold(String(number))} (${name})`;
}

const RULED_OUT_WORDS: Record<RuledOut, string> = {
	dns: "DNS: the name resolves.",
	"connection-failure": "A refused or timed-out connection to the origin: that would be 521, 522 or 523.",
	slowness: "A slow origin that Cloudflare gave up on: that would be 524 after 125 s of silence.",
	"edge-down": "Cloudflare's edge as seen from here: /cdn-cgi/trace on the same host answers.",
	"whole-host": "A fault of the whole host: another URL of it answers.",
	"dns-at-cloudflare":
		"An origin name that does not resolve: that would be 530 with error 1016. (A record with a wrong or old address is not ruled out.)",
};

export const ruledOutWords = (ruledOut: RuledOut): string => RULED_OUT_WORDS[ruledOut];

/** The host as a person reads it; an internationalised name also in its ASCII form. */
export function hostWords(target: Target): Text {
	return target.unicodeHost === null ? text`${code(target.host)}` : text`${code(target.unicodeHost)} (${code(target.host)})`;
}

export function percent(share: number): string {
	return `${Math.round(share * 100)} %`;
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

/** 1234 -> `1,234`. */
export function grouped(n: number): string {
	return n.toLocaleString("en-US");
}

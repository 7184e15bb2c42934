import { findColo } from "../../knowledge/colos/colos.ts";
import { COLO_ROWS } from "../../knowledge/colos/table.ts";
import { foldedPlace } from "../../knowledge/places.ts";
import { bareWord } from "./words.ts";

/** What the status of is asked: a data center by its three capitals, or all of Cloudflare. */
export interface StatusOf {
	readonly colo: string | null;
	/** Data centers that were named behind it; absent: none. */
	readonly others?: readonly string[];
}

const MAX_CHARS = 60;

/**
 * What stands behind `status`: `FRA`, `of FRA`, `Frankfurt`, `Frankfurt (FRA)`, `of Cloudflare`. Pure; total.
 * @returns null: none of these
 */
export function statusOf(behind: string): StatusOf | null {
	if (behind.length > MAX_CHARS) return null;
	const said = behind.trim().replace(/^(?:cloudflare(?:'s)?\s+)?(?:page|of|for|in|at)?\s+|^cloudflare(?:'s)?\s+(?!status)/i, "");
	if (/^(?:page|cloudflare(?:'s)?(?: status ?page)?)?[\s.!?]*$/i.test(said)) return { colo: null };
	const [, town = said, bracketed = null] = /^(.*?)\s*\(([A-Z]{3})\)[\s.!?]*$/i.exec(said) ?? [];
	const only = coloOf(said, town, bracketed);
	if (only !== null) return { colo: only };
	const each = said
		.replace(/[\s.!?]+$/, "")
		.split(/\s*[,;/&+]\s*|\s+(?:and|or)\s+/i)
		.flatMap((one) => (coloOf(one, one, null) === null ? one.split(/\s+/) : [one]))
		.filter((one) => one !== "");
	const codes = each.map((one) => coloOf(one, one, null));
	const [colo, ...others] = [...new Set(codes.flatMap((code) => code ?? []))];
	return colo === undefined || codes.includes(null) ? null : { colo, ...(others.length === 0 ? {} : { others }) };
}

/** The code of a data center: `FRA`, `fra`, `Frankfurt`, or what is in brackets. */
function coloOf(said: string, town: string, bracketed: string | null): string | null {
	const word = bareWord(bracketed ?? said);
	// One that is new is in capitals; in small letters it may be any word.
	if (/^[A-Z]{3}$/.test(word) || (/^[a-z]{3}$/i.test(word) && findColo(word.toUpperCase()) !== undefined))
		return word.toUpperCase();
	const name = foldedPlace(town.replace(/[\s.,!?]+$/, ""));
	const known = COLO_ROWS.filter(([, city]) => foldedPlace(city) === name);
	// Those that are no longer listed have a last day.
	const [code = null] = known.find((row) => row[4] === undefined) ?? known[0] ?? [];
	return code;
}

/** `cloudflare status FRA`, `is cloudflare down?`, `cf outage?`, `the status page`: the same without the verb in front. null: neither. */
export function statusAsked(text: string): StatusOf | null {
	const said = text.slice(0, MAX_CHARS * 2).trim();
	if (/^(?:the )?status ?page[\s.!?]*$/i.test(said)) return { colo: null };
	const behind =
		/^(?:any )?(?:cloudflare|cf) (?:down|outages?|issues?|problems?|incidents?)\b((?: (?:in|at) [^\n]*)?[\s?!.]*)$/i.exec(
			said,
		)?.[1] ??
		/^cloudflare(?:'s)? status(?: ?page)?\b([^\n]*)$/i.exec(said)?.[1] ??
		/^(?:is|are) (?:cloudflare|cf) (?:itself )?(?:down|up|ok(?:ay)?|broken|working|having (?:an? )?(?:issues?|problems?|outage|incident|trouble))\b([^\n]*)$/i.exec(
			said,
		)?.[1];
	return behind === undefined ? null : statusOf(behind.replace(/\b(?:right )?now\b|\btoday\b/i, ""));
}

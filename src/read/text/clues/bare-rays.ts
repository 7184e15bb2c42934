import { decodeRay, type Ray } from "../../ray/decode.ts";
import { isCalledOther } from "../../ray/other-ids.ts";

/** A bare id, and whether its surroundings make it one of something else. */
export interface BareRay {
	readonly ray: Ray;
	readonly at: number;
}

const BARE = /(?<![0-9A-Za-z_./:=+&?%#-]|\b0x)[0-9A-Fa-f]{16}(?![0-9A-Za-z_/:=+%-]|\.[0-9A-Za-z])/g;
const REACH = 40;
const SEEN_MAX = 5_000;

/**
 * Ids without a label and without a data center, that hold a letter: 16 digits alone are a card or an order. Linear.
 * @param nowMs those of the future are none
 */
export function findBareRays(text: string, nowMs: number): BareRay[] {
	const out: BareRay[] = [];
	let seen = 0;
	for (const match of text.matchAll(BARE)) {
		seen += 1;
		if (seen > SEEN_MAX || out.length >= 200) break;
		const [digits] = match;
		if (!/[a-f]/i.test(digits) || !/\d/.test(digits)) continue;
		if (isCalledOther(text.slice(Math.max(0, match.index - REACH), match.index))) continue;
		const ray = decodeRay(digits, null, nowMs);
		if (!("why" in ray)) out.push({ ray, at: match.index });
	}
	return out;
}

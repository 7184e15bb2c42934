import type { ValueOf } from "../knowledge/evidence.ts";
import type { Observation } from "../looks/observation.ts";
import { isServerError } from "../read/wire/status.ts";
import type { Classification } from "./classify.ts";
import { idledOut, ROUND_WITHIN_MS, roundSecond } from "./round-second.ts";
import { type Share, shareOf } from "./share.ts";

/** One look with what it met. */
export interface ClassifiedLook {
	readonly look: Observation;
	readonly classification: Classification;
}

/** What looks from one place can tell of the evidence key `edge-pattern`. */
type EdgePattern = Extract<ValueOf<"edge-pattern">, "all" | "some-urls" | "random" | "not-reproduced">;

export interface Pattern {
	/** null: too little was seen to tell. */
	readonly kind: EdgePattern | null;
	/** Failing looks at the page itself among those that say anything about it, with the structured one where it alone failed; null: none. */
	readonly share: Share | null;
	/** Whether the other URL of the same host failed; null when it was not looked at or says nothing. */
	readonly otherUrlFails: boolean | null;
	readonly timeToFailure: ValueOf<"time-to-failure"> | null;
	/** Codes of the data centers that answered, with how many looks each. One caller normally sees one. */
	readonly colos: readonly { readonly colo: string; readonly looks: number }[];
}

/** Whether an answer is a failure of the site, a success, or says nothing about it (null: challenge, block, our own trouble). */
export function isFailure(answer: Classification): boolean | null {
	// From the cache: says nothing about the origin.
	if (answer.cached && (answer.status ?? 0) < 500) return null;
	switch (answer.kind) {
		case "challenge":
		case "block":
			return null;
		case "unreached":
		case "silent":
		case "broken":
		case "cloudflare-error":
		case "edge-code":
		case "gateway-error":
		case "cut":
			return true;
		case "not-cloudflare":
		case "passed-on":
			return isServerError(answer.status);
	}
}

/** One class for all failing looks; a round number only where they agree on it. */
export function timesTogether(times: readonly number[]): ValueOf<"time-to-failure"> | null {
	const classes = new Set(times.map(timeToFailure));
	const [only] = classes;
	if (only === undefined) return null;
	const spread = Math.max(...times) - Math.min(...times);
	return classes.size > 1 || (only === "round-number" && spread > 2 * ROUND_WITHIN_MS) ? "seconds" : only;
}

function timeToFailure(ms: number): ValueOf<"time-to-failure"> {
	if (ms < 1_000) return "instant";
	if (ms >= 119_000 && ms <= 127_000) return "two-minutes";
	return roundSecond(ms) === null ? "seconds" : "round-number";
}

/** How long a failing look took at the server's side: from the request sent to the first byte, or to the end when none came. */
export function failureMs({ look, classification }: ClassifiedLook): number | null {
	if (look.kind === "unreached" || look.timings.sentMs === null) return null;
	if (classification.kind === "silent") return null;
	// The server's patience, not its work.
	if (classification.kind === "cut" && idledOut(look.timings)) return null;
	const ended = classification.kind === "cut" ? look.timings.endedMs : (look.timings.firstByteMs ?? look.timings.endedMs);
	return ended - look.timings.sentMs;
}

/** Which requests fail: so many of the looks at the page, and whether another URL of the host fails; null where that cannot be told. */
function kindOf(looks: number, failures: number, otherFails: boolean | null): EdgePattern | null {
	if (looks === 0) return null;
	if (failures === 0) return "not-reproduced";
	if (failures < looks) return "random";
	if (otherFails === null) return null;
	return otherFails ? "all" : "some-urls";
}

/** @param seen every look of one question, in any order */
export function patternOf(seen: readonly ClassifiedLook[]): Pattern {
	const of = (...purposes: string[]) => seen.filter(({ look }) => purposes.includes(look.asked.purpose));
	// The structured look is another request (a variant by Accept), asked for another reason: it is told apart and not counted, but where it
	// alone failed. One such request does not show whether all of them fail.
	const page = of("page")
		.map(({ classification }) => isFailure(classification))
		.filter((fails) => fails !== null);
	const other =
		of("other-url")
			.map(({ classification }) => isFailure(classification))
			.find((fails) => fails !== null) ?? null;
	const failures = page.filter(Boolean).length;
	const structuredFails = of("structured").some(({ classification }) => isFailure(classification) === true);
	const isAlone = failures === 0 && structuredFails;
	const looks = page.length + (isAlone ? 1 : 0);
	const share = looks === 0 ? null : shareOf(isAlone ? 1 : failures, looks);
	const times = of("page")
		.filter((one) => isFailure(one.classification))
		.map(failureMs)
		.filter((ms) => ms !== null);
	const colos = new Map<string, number>();
	for (const { classification } of seen)
		if (classification.ray?.colo != null) colos.set(classification.ray.colo, (colos.get(classification.ray.colo) ?? 0) + 1);
	return {
		kind: isAlone ? null : kindOf(page.length, failures, other),
		share,
		otherUrlFails: other,
		timeToFailure: timesTogether(times),
		colos: [...colos].map(([colo, looks]) => ({ colo, looks })).sort((a, b) => b.looks - a.looks),
	};
}

import type { ValueOf } from "../knowledge/evidence.ts";
import type { Observation } from "../looks/observation.ts";
import type { Variant, VariantSeen } from "../looks/variants.ts";
import { classify } from "./classify.ts";
import { isFailure } from "./pattern.ts";

/** What the variants of a look are evidence for: a value of the key `variants`; null when they say nothing. */
export interface VariantVerdict {
	readonly value: ValueOf<"variants"> | null;
	/** The variant that changed the result; null for none. */
	readonly by: Variant | null;
	/** The plain look failed. */
	readonly plainFails: boolean;
}

const VALUE: Readonly<Record<Variant, VariantVerdict["value"]>> = {
	plain: null,
	// The same request with another result: it happens now and then, and no variant can tell.
	again: null,
	head: "method",
	"no-encoding": "encoding",
	"other-agent": "user-agent",
	http2: "http-version",
	ipv6: "ip-version",
	"other-scheme": "scheme",
	"cookies-4k": "cookies",
	"cookies-16k": "cookies",
	"cookies-32k": "cookies",
	"cookies-64k": "cookies",
	"cookies-100k": "cookies",
};

/** Whether one look failed and the other did not; unknown results are not a difference. Pure. */
export function differs(plain: Observation, other: Observation, variant: Variant, nowMs: number): boolean {
	const answer = classify(other, nowMs);
	const [a, b] = [isFailure(classify(plain, nowMs)), isFailure(answer)];
	// A redirect or refusal of this variant alone comes from a rule, mostly not at the origin: it says nothing.
	if (answer.status !== null && answer.status >= 300 && answer.status < 500) return false;
	// More cookies mend nothing: another answer to them is the edge's own limit.
	if (variant.startsWith("cookies-") && a !== false) return false;
	return a !== null && b !== null && a !== b;
}

/** Judges looks in variants; the last one is the one that changed the result, if any did. Pure. */
export function judgeVariants(seen: readonly VariantSeen[], nowMs: number): VariantVerdict {
	const plain = seen[0]?.look ?? null;
	const last = seen.at(-1);
	const plainFails = plain !== null && isFailure(classify(plain, nowMs)) === true;
	if (plain === null || last === undefined || last.variant === "plain") return { value: null, by: null, plainFails };
	if (last.look !== null && differs(plain, last.look, last.variant, nowMs))
		return { value: VALUE[last.variant], by: last.variant, plainFails };
	// Where nothing fails, nothing that stays the same says anything.
	return { value: plainFails ? "same" : null, by: null, plainFails };
}

import type { CauseId } from "../knowledge/causes/list.ts";
import type { ValueOf } from "../knowledge/evidence.ts";
import type { Observation } from "../looks/observation.ts";
import { nonEmpty } from "../read/non-empty.ts";
import { autopsy } from "./autopsy.ts";
import {
	causeFromLook,
	comparedFindings,
	type Difference,
	directOriginOf,
	firstDifference,
	lookFindings,
	type OriginFinding,
	type OriginSeen,
} from "./origin-findings.ts";
import type { ClassifiedLook } from "./pattern.ts";

/** What looking straight at an origin showed. */
export interface OriginVerdict {
	readonly seen: readonly [OriginSeen, ...OriginSeen[]];
	/** The look that the verdict speaks of: the plain one, or the first variant that fails where that one does not. */
	readonly example: OriginSeen;
	readonly findings: readonly OriginFinding[];
	readonly directOrigin: ValueOf<"direct-origin">;
	readonly cause: CauseId | null;
	readonly confidence: "likely" | "possible" | "unsure";
	/** What visitors get when Cloudflare meets the same: null for an answer that is passed on. */
	readonly code: number | null;
	/** The page through the edge and what parts the two routes; null when the edge was not asked. */
	readonly edge: { readonly seen: ClassifiedLook; readonly difference: Difference } | null;
}

const OF_VISITORS: ReadonlySet<string> = new Set(["again", "http2", "other-address"]);

/** Judges the looks at one origin. Pure. `edge`: the same page through Cloudflare. */
export function judgeOrigin(
	looks: readonly [Observation, ...Observation[]],
	edge: ClassifiedLook | null,
	nowMs: number,
): OriginVerdict {
	const seen = nonEmpty(
		looks.map(
			(look): OriginSeen => ({
				look,
				of: look.asked.originLook ?? "get",
				found:
					look.kind === "unreached"
						? null
						: autopsy(look.bytes, look.ending, look.asked.method, look.protocol, look.announcedFrameBytes),
			}),
		),
	);
	const findings = [...seen.flatMap((one) => lookFindings(one, nowMs)), ...comparedFindings(seen)];
	const [plain] = seen;
	const isFaulty = (one: OriginSeen) => directOriginOf(one, findings) !== "ok";
	// Visitors send GET with Accept-Encoding: what only HEAD or a plain GET shows is no verdict.
	const example = isFaulty(plain) ? plain : (seen.find((one) => OF_VISITORS.has(one.of) && isFaulty(one)) ?? plain);
	const fromLook = causeFromLook(findings.filter((one) => one.look === example.of || example === plain));
	const bytes = example.found;
	const useBytes =
		bytes !== null &&
		bytes.cause !== null &&
		(fromLook === null || fromLook.cause === "relabelled-5xx" || fromLook.cause === "idle-race");
	const picked = useBytes ? bytes : (fromLook ?? bytes);
	return {
		seen,
		example,
		findings,
		directOrigin: directOriginOf(example, findings),
		cause: picked?.cause ?? null,
		confidence: picked?.confidence ?? "unsure",
		code: codeOf(example, findings),
		edge:
			edge === null
				? null
				: {
						seen: edge,
						difference: firstDifference(edge.classification.reading, plain.found?.reading ?? edge.classification.reading),
					},
	};
}

/** The number that Cloudflare shows for the same (https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/). */
function codeOf({ look, found }: OriginSeen, findings: readonly OriginFinding[]): number | null {
	if (look.kind === "unreached") {
		if (look.stage === "connect") return look.code === "ECONNREFUSED" ? 521 : look.code === "ETIMEDOUT" ? 522 : 523;
		return 525;
	}
	// A client certificate that only Cloudflare has: what it gets cannot be seen from here.
	if (findings.some((one) => one.id === "client-certificate-wanted")) return null;
	return found?.code ?? null;
}

import { type OriginFindingId, PROXY_RULES } from "../knowledge/findings/list.ts";
import { ENDED } from "./autopsy.ts";
import { stateOf } from "./origin-compared.ts";
import { type OriginFinding, type OriginSeen, originFinding } from "./origin-findings.ts";
import { idledOut, roundSecond } from "./round-second.ts";

/** What the moment tells at which looks failed. */
export function timingFindings(seen: readonly OriginSeen[]): OriginFinding[] {
	const out: OriginFinding[] = [];
	const shown = (id: OriginFindingId, { of }: OriginSeen, what: string) => out.push(originFinding(id, of, what));
	const timed = seen.filter((one) => !isMalformed(one));
	const short = promisedTooMuch(timed);
	for (const one of timed) {
		const { look, found } = one;
		if (look.kind === "unreached" || found === null || found.proxy === "accepts" || stateOf(one) !== "faulty") continue;
		const { framing, contentBytes } = found.reading;
		if (short.includes(one)) {
			if (framing?.kind === "length") shown("length-too-long", one, `${contentBytes} of ${framing.declared} bytes`);
			continue;
		}
		const second = look.ending === "deadline" ? null : roundSecond(look.timings.endedMs - (look.timings.sentMs ?? 0));
		if (second !== null) shown("stops-at-round-second", one, String(second));
	}
	return out;
}

/** A byte decided it, whenever the connection ended after that: a proxy does not wait for more. */
function isMalformed({ found }: OriginSeen): boolean {
	return found?.reading.oddities.some(({ kind }) => MALFORMS.has(PROXY_RULES[kind].outcome) && !ENDED.has(kind)) === true;
}
const MALFORMS: ReadonlySet<string> = new Set(["rejects", "truncates"]);

/**
 * The looks that got less content than the response promised because the promise is wrong: all of it came at once, every look that was
 * promised as much stops at the same byte, and the server closed the connection only when it was tired of waiting. HTTP/2, where the
 * server itself says that the response is complete, proves it at once.
 */
function promisedTooMuch(seen: readonly OriginSeen[]): readonly OriginSeen[] {
	const has = ({ found }: OriginSeen, kind: string) => found?.reading.oddities.some((one) => one.kind === kind) === true;
	const short = seen.filter((one) => has(one, "content-short"));
	const counts = new Map<number, Set<number>>();
	for (const { found } of short) {
		const { framing, contentBytes } = found?.reading ?? {};
		if (framing?.kind !== "length" || contentBytes === undefined) continue;
		counts.set(framing.declared, (counts.get(framing.declared) ?? new Set()).add(contentBytes));
	}
	if ([...counts.values()].some((different) => different.size > 1)) return [];
	const proven = seen.some((one) => has(one, "h2-content-length-mismatch"));
	return proven || short.every(({ look }) => look.kind === "answered" && idledOut(look.timings)) ? short : [];
}

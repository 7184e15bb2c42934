import type { Case, Fact } from "../judge/case.ts";
import type { OriginVerdict } from "../judge/origin.ts";
import { type OriginSeen, triesPlainHttp } from "../judge/origin-findings.ts";
import { type OtherCode, toldOtherCode } from "../judge/visitors-code.ts";
import { bold, type Text, text } from "../message/text.ts";
import type { Target } from "../read/text/target.ts";
import { hostWords } from "./words.ts";

/** A direct look that shows another code than visitors get: it is not what Cloudflare meets, so the words ask what that is. */

/** What the looks met, by the code that it would be. */
function metWords({ directOrigin, otherCode }: OriginVerdict): string {
	switch (otherCode?.here) {
		case 521:
			return "rejects connections";
		case 522:
			return "does not respond";
		case 523:
			return "cannot be reached";
		case 525:
			return directOrigin === "wrong-protocol" ? "does not speak TLS on this port" : "fails the TLS handshake";
		default:
			return "expects TLS on this port";
	}
}

/** The head's sentences. */
export function otherCodeWords(verdict: OriginVerdict, { visitors, here }: OtherCode): Text[] {
	const only = here === 522 || here === 523 ? "Either it accepts connections from Cloudflare only, or it is" : "It is probably";
	return [
		text`Visitors get ${bold(String(visitors))}. This IP address ${metWords(verdict)}, which would be a ${bold(String(here))}.`,
		text`${only} not the IP address or port that Cloudflare uses, so it does not count as evidence.`,
		...verdict.seen.flatMap(plainWords),
	];
}

/** The same in at most 30 words, for the thread of a case. */
export const otherCodeDelta = (verdict: OriginVerdict, { visitors, here }: OtherCode): Text =>
	text`This IP address ${metWords(verdict)} (${String(here)}), but visitors get ${String(visitors)}. Cloudflare probably uses another: which IP address, port and SSL/TLS mode?`;

/** What the looks in plain HTTP met, in one sentence each. */
function plainWords({ of, look, found }: OriginSeen): Text[] {
	if (!triesPlainHttp(of)) return [];
	const where =
		of === "flexible" ? "In plain HTTP on port 80, as in the SSL/TLS mode Flexible," : "In plain HTTP on the same port,";
	if (look.kind === "unreached") return [text`${where} I could not connect.`];
	const status = found?.reading.status ?? null;
	return [status === null ? text`${where} there is no HTTP response.` : text`${where} the response is ${String(status)}.`];
}

export const otherCodeTitle = (target: Target): Text => text`This is probably not what Cloudflare meets at ${hostWords(target)}.`;

/** What to ask: the question of the next step, in `--json` too. */
export const OTHER_CODE_ASK = "Which IP address, port and SSL/TLS mode does Cloudflare use for this site?";

/** What to ask when a person reports a direct request with another code than visitors get; null otherwise. */
export function toldOtherCodeWords({ code }: Case, { key, value, by }: Fact): Text | null {
	const other = key === "direct-origin" && by !== "look" ? toldOtherCode(code, String(value)) : null;
	if (other === null) return null;
	return text` Visitors get ${String(other.visitors)}, and that would be a ${String(other.here)}. Which IP address and port was it? Cloudflare may use another.`;
}

import { FINDINGS, type FindingId } from "../knowledge/findings/list.ts";
import { ours, type Text, text } from "../message/text.ts";

/** A finding's words, with what it was more precisely at the end of the first sentence: `… not an HTTP/1 response (an SSH server's greeting).` Our own words only. */
export function findingSentence({ id, what }: { readonly id: FindingId; readonly what?: string }): string {
	const { say } = FINDINGS[id];
	return what === undefined ? say : say.replace(/\.(?= [A-Z]|$)/, () => ` (${what}).`);
}

const OURS = "Pingora";

/** `a, b and c`. */
function enumerated(names: readonly string[]): Text {
	const last = names.at(-1) ?? "";
	return ours(names.length < 2 ? last : `${names.slice(0, -1).join(", ")} and ${last}`);
}

/** Where the parsers of the world disagree about a finding; null where they do not, or were not asked. */
export function disagreement(id: FindingId): Text | null {
	const { accept, reject } = FINDINGS[id];
	const others = (names: readonly string[]) => names.filter((name) => name !== OURS);
	const plural = (names: readonly string[], verb: string) => text`${enumerated(names)} ${verb}${names.length === 1 ? "s" : ""}`;
	if (reject.includes(OURS) && others(accept).length > 0)
		return text`${plural(others(accept), "accept")} this; Cloudflare's open-source parser rejects it${others(accept).includes("curl") ? text`, so it works with curl` : text``}.`;
	if (accept.includes(OURS) && others(reject).length > 0)
		return text`Cloudflare's open-source parser accepts this; ${plural(others(reject), "reject")} it.`;
	return null;
}

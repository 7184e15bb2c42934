import { type OddityKind, PROXY_RULES } from "../knowledge/findings/list.ts";
import { type Ending, ORDERLY } from "../read/wire/ending.ts";
import type { Reading } from "../read/wire/reading.ts";

/**
 * What an HTTP/1 proxy with Cloudflare's open-source parser settings does with a response: `accepts` the whole of it; `rejects` it before
 * it has a header section to pass on (a 520); `truncates` what it already passes on (a cut page); `waits` for a header section (a 524).
 */
export type ProxyDoes = "accepts" | "rejects" | "truncates" | "waits";

export interface ProxyVerdict {
	readonly proxy: ProxyDoes;
	/** `medium`: Cloudflare's own build, or its Workers runtime, may be more or less lenient here; or only a limit decides. */
	readonly certainty: "high" | "medium";
}

/** Missing only because of how the connection ended. */
const ENDS_EARLY: ReadonlySet<OddityKind> = new Set([
	"no-bytes",
	"incomplete-header-section",
	"only-interim",
	"h2-settings-missing",
]);

/** The verdict on a response over HTTP/1, or over HTTP/2 by what happens on that one connection (Cloudflare may try again over HTTP/1). Pure. */
export function judgeProxy(reading: Reading, ending: Ending): ProxyVerdict {
	const ends = reading.headerSection === null ? "rejects" : "truncates";
	const stalls = reading.headerSection === null ? "waits" : "truncates";
	const weighed = reading.oddities.map(({ kind }) => {
		const { outcome, certainty } = PROXY_RULES[kind];
		return { kind, certainty, outcome: outcome === "ends" ? ends : outcome === "stalls" ? stalls : outcome };
	});
	// A malformed header section is refused whatever the ending.
	const malformed = weighed.filter((one) => one.outcome === "rejects" && !ENDS_EARLY.has(one.kind));
	if (malformed.length > 0) {
		// A more lenient parser would still miss the end of the header section; without content the lengths matter less.
		const cutToo = reading.oddities.some((one) => one.kind === "incomplete-header-section") && ending !== "deadline";
		const sure = malformed.some(
			(one) => one.certainty === "high" && !(one.kind === "content-length-differs" && reading.framing?.kind === "none"),
		);
		return { proxy: "rejects", certainty: sure || cutToo ? "high" : "medium" };
	}
	if (ending === "enough" && malformed.length === 0 && weighed.every((one) => one.outcome === "accepts"))
		return { proxy: "accepts", certainty: reading.headerSection === null ? "medium" : certaintyOf(weighed) };
	const open = ending === "deadline" || ending === "enough";
	if (open && weighed.some((one) => one.outcome === "waits")) return { proxy: "waits", certainty: certaintyOf(weighed) };
	if (reading.headerSection === null) return { proxy: ending === "deadline" ? "waits" : "rejects", certainty: "high" };
	const certainty = certaintyOf(weighed);
	const cut = weighed.filter((one) => one.outcome === "truncates");
	if (cut.length > 0) return { proxy: "truncates", certainty: cut.some((one) => one.certainty === "high") ? "high" : "medium" };
	if (reading.complete || ending === "enough") return { proxy: "accepts", certainty };
	// HTTP/2 says where a message ends: whatever closed the connection before that cut it.
	if (reading.version === "HTTP/2") return { proxy: "truncates", certainty: "high" };
	// An until-close message that was not closed in order: reset, alert, or still open.
	return { proxy: ORDERLY.has(ending) ? "accepts" : "truncates", certainty: reading.status === 101 ? "medium" : certainty };
}

const certaintyOf = (weighed: readonly { readonly certainty: "high" | "medium" }[]) =>
	weighed.some((one) => one.certainty === "medium") ? "medium" : "high";

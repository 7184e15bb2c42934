import type { Ending } from "../read/wire/ending.ts";
import type { OddityKind, Reading } from "../read/wire/reading.ts";

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

/** What each oddity does to the message, and how sure that is of Cloudflare's own build (three parsers compared, 2026-11). */
export const WEIGHTS: Readonly<
	Record<
		OddityKind,
		{
			/** `ends`: the response ends there, whether its header section was passed on already or not. */
			readonly does: "rejects" | "truncates" | "ends" | "accepts";
			readonly sure: "high" | "medium";
			readonly level: "fault" | "warn" | "note";
		}
	>
> = {
	"no-bytes": { does: "rejects", sure: "high", level: "fault" },
	"leading-empty-lines": { does: "accepts", sure: "high", level: "warn" },
	"not-http": { does: "rejects", sure: "high", level: "fault" },
	"wrong-version": { does: "rejects", sure: "high", level: "fault" },
	"bad-status-line": { does: "rejects", sure: "high", level: "fault" },
	"bad-status-code": { does: "rejects", sure: "high", level: "fault" },
	"status-below-100": { does: "rejects", sure: "high", level: "fault" },
	"control-in-reason": { does: "rejects", sure: "high", level: "fault" },
	"bare-lf": { does: "accepts", sure: "high", level: "warn" },
	"bare-cr": { does: "rejects", sure: "high", level: "fault" },
	"space-before-first-field": { does: "rejects", sure: "medium", level: "fault" },
	"space-before-colon": { does: "accepts", sure: "medium", level: "warn" },
	"empty-field-name": { does: "rejects", sure: "medium", level: "fault" },
	"missing-colon": { does: "rejects", sure: "medium", level: "fault" },
	"bad-field-name": { does: "rejects", sure: "medium", level: "fault" },
	"field-name-too-long": { does: "rejects", sure: "high", level: "fault" },
	"nul-byte": { does: "rejects", sure: "high", level: "fault" },
	"control-in-value": { does: "rejects", sure: "medium", level: "fault" },
	"folded-line": { does: "accepts", sure: "medium", level: "warn" },
	"too-many-fields": { does: "rejects", sure: "medium", level: "fault" },
	"header-section-endless": { does: "rejects", sure: "medium", level: "fault" },
	"header-section-over-128k": { does: "accepts", sure: "medium", level: "fault" },
	"header-section-large": { does: "accepts", sure: "high", level: "warn" },
	"incomplete-header-section": { does: "rejects", sure: "high", level: "fault" },
	"content-length-repeated": { does: "rejects", sure: "medium", level: "fault" },
	"content-length-differs": { does: "rejects", sure: "high", level: "fault" },
	"content-length-list": { does: "rejects", sure: "medium", level: "fault" },
	"content-length-invalid": { does: "rejects", sure: "high", level: "fault" },
	"content-length-sign": { does: "accepts", sure: "medium", level: "warn" },
	"length-and-transfer-encoding": { does: "accepts", sure: "high", level: "warn" },
	"transfer-encoding-not-chunked": { does: "accepts", sure: "high", level: "warn" },
	"chunked-in-http-1.0": { does: "accepts", sure: "medium", level: "warn" },
	"single-field-repeated": { does: "accepts", sure: "high", level: "warn" },
	"upgrade-unasked": { does: "accepts", sure: "high", level: "warn" },
	"only-interim": { does: "rejects", sure: "high", level: "fault" },
	"content-short": { does: "truncates", sure: "high", level: "fault" },
	"chunk-size-bad": { does: "truncates", sure: "high", level: "fault" },
	"chunk-size-empty": { does: "accepts", sure: "medium", level: "warn" },
	"chunk-line-too-long": { does: "truncates", sure: "high", level: "fault" },
	"chunk-end-missing": { does: "truncates", sure: "high", level: "fault" },
	"chunks-cut": { does: "truncates", sure: "high", level: "fault" },
	"trailer-line-end-bad": { does: "truncates", sure: "high", level: "fault" },
	"trailer-without-colon": { does: "accepts", sure: "medium", level: "warn" },
	"trailers-too-large": { does: "truncates", sure: "high", level: "fault" },
	"bytes-after-the-end": { does: "accepts", sure: "high", level: "warn" },
	"bytes-after-no-content": { does: "accepts", sure: "high", level: "note" },
	"content-coding-broken": { does: "accepts", sure: "medium", level: "warn" },
	"h2-http1-text": { does: "rejects", sure: "high", level: "fault" },
	"h2-settings-missing": { does: "ends", sure: "high", level: "fault" },
	"h2-bad-settings": { does: "ends", sure: "high", level: "fault" },
	"h2-bad-frame": { does: "ends", sure: "high", level: "fault" },
	"h2-frame-large": { does: "accepts", sure: "high", level: "warn" },
	"h2-goaway": { does: "ends", sure: "high", level: "fault" },
	"h2-stream-reset": { does: "ends", sure: "high", level: "fault" },
	"h2-bad-header-block": { does: "ends", sure: "high", level: "fault" },
	"h2-bad-field": { does: "ends", sure: "high", level: "fault" },
	"h2-bad-status": { does: "rejects", sure: "high", level: "fault" },
	"h2-status-missing": { does: "accepts", sure: "medium", level: "warn" },
	"h2-content-length-repeated": { does: "accepts", sure: "high", level: "warn" },
	"h2-content-length-mismatch": { does: "ends", sure: "high", level: "fault" },
};

/** Endings in which the other side ended the connection in order. TLS without close_notify reads as an ordinary end (BoringSSL). */
export const ORDERLY: ReadonlySet<Ending> = new Set(["fin", "tls-eof"]);
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
	const weighed = reading.oddities.map(({ kind }) => {
		const { does, sure } = WEIGHTS[kind];
		return { kind, sure, does: does === "ends" ? ends : does };
	});
	// A malformed header section is refused whatever the ending.
	const malformed = weighed.filter((one) => one.does === "rejects" && !ENDS_EARLY.has(one.kind));
	if (malformed.length > 0) {
		// A more lenient parser would still miss the end of the header section; without content the lengths matter less.
		const cutToo = reading.oddities.some((one) => one.kind === "incomplete-header-section") && ending !== "deadline";
		const sure = malformed.some(
			(one) => one.sure === "high" && !(one.kind === "content-length-differs" && reading.framing?.kind === "none"),
		);
		return { proxy: "rejects", certainty: sure || cutToo ? "high" : "medium" };
	}
	if (ending === "enough" && malformed.length === 0 && weighed.every((one) => one.does === "accepts"))
		return { proxy: "accepts", certainty: reading.headerSection === null ? "medium" : certaintyOf(weighed) };
	if (reading.headerSection === null) return { proxy: ending === "deadline" ? "waits" : "rejects", certainty: "high" };
	const certainty = certaintyOf(weighed);
	const cut = weighed.filter((one) => one.does === "truncates");
	if (cut.length > 0) return { proxy: "truncates", certainty: cut.some((one) => one.sure === "high") ? "high" : "medium" };
	if (reading.complete || ending === "enough") return { proxy: "accepts", certainty };
	// HTTP/2 says where a message ends: whatever closed the connection before that cut it.
	if (reading.version === "HTTP/2") return { proxy: "truncates", certainty: "high" };
	// An until-close message that was not closed in order: reset, alert, or still open.
	return { proxy: ORDERLY.has(ending) ? "accepts" : "truncates", certainty: reading.status === 101 ? "medium" : certainty };
}

const certaintyOf = (weighed: readonly { readonly sure: "high" | "medium" }[]) =>
	weighed.some((one) => one.sure === "medium") ? "medium" : "high";

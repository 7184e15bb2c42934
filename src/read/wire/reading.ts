/** Half-open range of bytes in the input. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

/** One field line. Name and value as Latin-1 text; the value without the white space around it, folds kept as they came. */
export interface FieldLine {
	readonly name: string;
	readonly value: string;
	/** The whole line with its line end. */
	readonly span: Span;
}

/** How the end of the content is told (RFC 9112 §6.3). */
export type Framing =
	| { readonly kind: "none" }
	| { readonly kind: "length"; readonly declared: number }
	| { readonly kind: "chunked" }
	| { readonly kind: "until-close" };

/** Every deviation from RFC 9110 and 9112 that the reader names. What a proxy makes of each: `judge/proxy`. */
export const ODDITIES = [
	// before and in the status line
	"no-bytes",
	"leading-empty-lines",
	"not-http",
	"wrong-version",
	"bad-status-line",
	"bad-status-code",
	"status-below-100",
	"control-in-reason",
	// in the header section
	"bare-lf",
	"bare-cr",
	"space-before-first-field",
	"space-before-colon",
	"empty-field-name",
	"missing-colon",
	"bad-field-name",
	"field-name-too-long",
	"nul-byte",
	"control-in-value",
	"folded-line",
	"too-many-fields",
	"header-section-endless",
	"header-section-over-128k",
	"header-section-large",
	"incomplete-header-section",
	// framing
	"content-length-repeated",
	"content-length-differs",
	"content-length-list",
	"content-length-invalid",
	"content-length-sign",
	"length-and-transfer-encoding",
	"transfer-encoding-not-chunked",
	"chunked-in-http-1.0",
	"single-field-repeated",
	"upgrade-unasked",
	"only-interim",
	// content
	"content-short",
	"chunk-size-bad",
	"chunk-size-empty",
	"chunk-line-too-long",
	"chunk-end-missing",
	"chunks-cut",
	"trailer-line-end-bad",
	"trailer-without-colon",
	"trailers-too-large",
	"bytes-after-the-end",
	"bytes-after-no-content",
	"content-coding-broken",
	// HTTP/2
	"h2-http1-text",
	"h2-settings-missing",
	"h2-bad-settings",
	"h2-bad-frame",
	"h2-frame-large",
	"h2-goaway",
	"h2-stream-reset",
	"h2-bad-header-block",
	"h2-bad-field",
	"h2-bad-status",
	"h2-status-missing",
	"h2-content-length-repeated",
	"h2-content-length-mismatch",
] as const;
export type OddityKind = (typeof ODDITIES)[number];

/** A deviation, with the bytes that show it. Each kind is told once, at its first place. */
export interface Oddity {
	readonly kind: OddityKind;
	readonly span: Span;
	/** More precisely: the protocol that it looks like, the name of an HTTP/2 error code, the part that is wrong. Never the origin's own text. */
	readonly what?: string;
}

/** What the bytes say as HTTP. Whatever could be read is here; what is wrong is in `oddities`, in order of place. */
export interface Reading {
	readonly version: string | null;
	readonly status: number | null;
	readonly reason: string;
	readonly fields: readonly FieldLine[];
	/** Status line to empty line, of the final response; null while that is not complete. */
	readonly headerSection: Span | null;
	/** Statuses of the 1xx responses before the final one, the first {@link INTERIM_KEPT}. */
	readonly interim: readonly number[];
	readonly framing: Framing | null;
	/** The beginning of the content with the chunked framing taken off; content codings stay on. */
	readonly content: Uint8Array;
	/** Bytes of content that came, also beyond what is kept. */
	readonly contentBytes: number;
	/** The message is whole by its own framing (an until-close message: the connection was closed in order). */
	readonly complete: boolean;
	readonly oddities: readonly Oddity[];
}

export const INTERIM_KEPT = 64;

/** The values of every field line called `name` (any case), in order. */
export function fieldValues(reading: Pick<Reading, "fields">, name: string): string[] {
	const wanted = name.toLowerCase();
	return reading.fields.filter((line) => line.name.toLowerCase() === wanted).map((line) => line.value);
}

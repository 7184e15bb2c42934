/** Half-open range of bytes in the input. */
export interface Span {
	readonly start: number;
	readonly end: number;
}

/** One field line. Name and value as Latin-1 text, value without the white space around it. */
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

/** A deviation from RFC 9112, with the bytes that show it. */
export interface Oddity {
	readonly kind:
		| "no-bytes"
		| "not-http"
		| "bad-status-line"
		| "bad-field-line"
		| "incomplete-header-section"
		| "bad-content-length"
		| "bad-chunk"
		| "incomplete-content";
	readonly span: Span;
}

/** What the bytes say as HTTP. Whatever could be read is here; what is wrong is in `oddities`. */
export interface Reading {
	readonly version: string | null;
	readonly status: number | null;
	readonly reason: string;
	readonly fields: readonly FieldLine[];
	/** Status line to empty line, of the final response; null while that is not complete. */
	readonly headerSection: Span | null;
	/** Statuses of the 1xx responses before the final one. */
	readonly interim: readonly number[];
	readonly framing: Framing | null;
	/** Content with the chunked framing taken off; content codings stay on. */
	readonly content: Uint8Array;
	/** The message is whole by its own framing (an until-close message: the connection was closed). */
	readonly complete: boolean;
	readonly oddities: readonly Oddity[];
}

/** The values of every field line called `name` (any case), in order. */
export function fieldValues(reading: Pick<Reading, "fields">, name: string): string[] {
	const wanted = name.toLowerCase();
	return reading.fields.filter((line) => line.name.toLowerCase() === wanted).map((line) => line.value);
}

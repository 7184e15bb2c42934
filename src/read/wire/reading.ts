import type { OddityKind } from "../../knowledge/findings/list.ts";

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

/** A deviation that the reader names, with the bytes that show it. Each kind is told once, at its first place. */
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

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
	/** The first {@link FIELDS_KEPT}, and of the rest those that are read by name. */
	readonly fields: readonly FieldLine[];
	/** How many field lines there are, also beyond those that are kept. */
	readonly fieldCount: number;
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
/** As many interim responses as a look waits through, in number and in bytes: what sends more never sends the final one. */
export const INTERIM_MAX = 64;
export const INTERIM_MAX_BYTES = 64 * 1024;
/** Field lines that are kept as objects: one more than Cloudflare's open-source proxy takes (pingora-core/src/protocols/http/v1/common.rs:27). */
export const FIELDS_KEPT = 257;
const LATE_KEPT = 64;
/** What decides who made a response, and how it ends, counts at any place: Cloudflare adds its own fields last. */
const LATE_NAMES: ReadonlySet<string> = new Set([
	"age",
	"cf-cache-status",
	"cf-error-type",
	"cf-mitigated",
	"cf-ray",
	"connection",
	"content-encoding",
	"content-length",
	"content-type",
	"date",
	"location",
	"retry-after",
	"server",
	"transfer-encoding",
]);
/** Names that are looked at: no longer than the longest of these. */
const LATE_NAME_CHARS = 17;

/** How the late names begin, and how long they are, as one number each. */
const LATE_BEGINNINGS: ReadonlySet<number> = new Set([...LATE_NAMES].map((name) => beginning(name.length, name.charCodeAt(0))));

function beginning(length: number, first: number): number {
	return length * 256 + first;
}

/**
 * Whether a name can be one that counts at any place: asked of each of half a million lines, before its name becomes a string.
 * @param first its first byte, in any case
 */
export function mayBeLate(length: number, first: number): boolean {
	return length <= LATE_NAME_CHARS && LATE_BEGINNINGS.has(beginning(length, first | LOWER));
}
const LOWER = 0x20;

/** Whether a field line is kept, when `kept` of them are: the first ones, and after those a few by name. */
export function keepsField(kept: number, name: string): boolean {
	if (kept < FIELDS_KEPT) return true;
	return kept < FIELDS_KEPT + LATE_KEPT && name.length <= LATE_NAME_CHARS && LATE_NAMES.has(name.toLowerCase());
}

/** The values of every field line called `name` (any case), in order. */
export function fieldValues(reading: Pick<Reading, "fields">, name: string): string[] {
	const wanted = name.toLowerCase();
	return reading.fields.filter((line) => line.name.toLowerCase() === wanted).map((line) => line.value);
}

import type { NoAnswer } from "../../reply/doctor.ts";

/** What came of one read. */
export type Asked =
	| {
			readonly kind: "answered";
			readonly status: number;
			/** By lower-case name. */
			readonly headers: Readonly<Record<string, string>>;
			/** Unchecked, whatever JSON may hold; undefined: none. */
			readonly json: unknown;
			/** How far the clock there is ahead of ours; null: not told. */
			readonly aheadMs: number | null;
	  }
	| { readonly kind: "failed"; readonly why: "unreachable"; readonly code: string | null; readonly aheadMs: null }
	| { readonly kind: "failed"; readonly why: "deadline" | "too-large" | "redirected"; readonly aheadMs: number | null };

/** null: it answered with JSON of status 200. */
export function noAnswer(asked: Asked): NoAnswer | null {
	if (asked.kind === "failed") return asked;
	if (asked.status !== 200) return { why: "status", status: asked.status };
	return asked.json === undefined ? { why: "not-json" } : null;
}

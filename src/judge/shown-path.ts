import { maskedPath } from "../message/masking.ts";
import { looksSecret } from "../services/public-part.ts";

/** Longer paths are cut before they are read: nobody is shown so much of one. */
const PATH_MAX_CHARS = 2_000;

/** Digits in three places between letters of both cases: a random name, however short; a product has its digits in one or two. */
const RUN = /[0-9a-z]{12,}/gi;
const isRandom = (run: string): boolean => /[a-z]/.test(run) && /[A-Z]/.test(run) && (run.match(/\d+/g) ?? []).length >= 3;
const isHidden = (segment: string, before: string): boolean =>
	looksSecret(segment, before) || (segment.match(RUN) ?? []).some(isRandom);

/**
 * A path of an account's numbers as it may be shown and counted: without its query, ids and what looks like a secret as `…`. Paths that
 * differ by these alone are one page. Pure; linear.
 */
export const shownPath = (path: string): string =>
	maskedPath(
		(path.split(/[?#]/, 1)[0] ?? "")
			.slice(0, PATH_MAX_CHARS)
			.split("/")
			.map((segment, nth, all) => (isHidden(segment, all[nth - 1] ?? "") ? "…" : segment))
			.join("/"),
	);

import { readLogs } from "../logs/read.ts";
import { looksPasted, readPaste } from "../paste.ts";
import { findRays } from "../ray/find.ts";
import type { Question, Unread } from "./kinds.ts";
import { raysOr, raysQuestion } from "./rays.ts";
import { aboutSite, orCloudflares, readSite, targetsIn } from "./site.ts";
import { isVerb, readVerb, type Verb } from "./verbs.ts";
import { bareWord, looksLikeTarget, plain } from "./words.ts";

export type { Question };

/** Why a text is not a question. Words are in `reply`. */
export type Misread = Unread | { readonly kind: "misread"; readonly why: "needs"; readonly verb: Verb };

/** Words that work in the terminal with files only: said so, instead of doing something else with the rest. */
const OFFLINE: ReadonlySet<string> = new Set(["judge", "capture"]);

/** The longest text that is read as a question; a paste with Ray IDs may be as long as this. */
export const QUESTION_MAX_CHARS = 1_000_000;

/** "Please watch …": what is said politely is the same verb; any other sentence stays as it is. */
const withoutPlease = (clean: string): string =>
	clean.replace(/^(?:(?:please|pls|plz)[ ,]+|(?:can|could|would|will) you (?:please )?)(?=(?:watch|unwatch|numbers) )/i, "");

/**
 * Reads a text as a question. Total; never throws.
 * @param text already free of a chat's own markup (the adapter's part)
 * @param nowMs Unix milliseconds
 */
export function readQuestion(text: string, nowMs: number): Question | Misread {
	if (text.length > QUESTION_MAX_CHARS) return { kind: "misread", why: "too-long", chars: text.length };
	const clean = withoutPlease(plain(text).trim());
	if (clean === "") return { kind: "misread", why: "empty" };
	if (/^\?+$/.test(clean)) return { kind: "help" };
	const [first = "", ...others] = clean.split(/\s+/, 2_000);
	const verb = bareWord(first).toLowerCase().replace(/:$/, "");
	const rest = clean.slice(first.length).trim();
	if (isVerb(verb)) {
		const asked = readVerb(verb, { text, clean, rest, words: others, nowMs });
		if (asked === "needs") return { kind: "misread", why: "needs", verb };
		if (asked !== null) return asked;
	}
	if (OFFLINE.has(verb) && !clean.includes("\n") && (others.length === 0 || looksLikeTarget(bareWord(others[0] ?? "")))) {
		return { kind: "misread", why: "offline", verb };
	}
	if (others.length === 0) {
		const upper = /^[`"'<(]*([0-9a-f]{15,16})-([a-z]{3})[`"'>).,;]*$/i.exec(first);
		if (upper)
			return raysOr(`${upper[1]}-${upper[2]?.toUpperCase()}`, nowMs, false, {
				kind: "misread",
				why: "not-a-ray",
				found: findRays(first, nowMs),
			});
		if (/^[0-9a-f]{15,16}$/i.test(bareWord(first)))
			return { kind: "misread", why: "bare-hex", id: bareWord(first).toLowerCase() };
	}
	const found = findRays(clean, nowMs);
	if (found.rays.length > 0) return raysQuestion(clean, found);
	// What curl printed of an answer that did not come through Cloudflare: there is more in it than a host name.
	const paste = looksPasted(clean) ? readPaste(clean) : null;
	if (paste !== null) return { kind: "autopsy", paste };
	const logs = others.length > 3 ? readLogs(clean) : null;
	if (logs !== null && logs.recognised.length + logs.access.length > 0) return { kind: "logs", text: clean };
	if (others.length === 0) {
		if (found.notRays.length > 0) return { kind: "misread", why: "not-a-ray", found };
		const word = bareWord(first);
		if (/^\d{3,4}$/.test(word)) return { kind: "explain", topic: word, tellsCode: true };
		return looksLikeTarget(word) ? aboutSite("site", readSite(word)) : { kind: "misread", why: "unknown", text: first };
	}
	const targets = targetsIn(clean);
	const hosts = [...new Set(targets.map((target) => target.host))];
	const [target] = targets;
	if (target !== undefined && hosts.length === 1) return aboutSite("site", orCloudflares(target));
	if (hosts.length > 1)
		return {
			kind: "misread",
			why: "several",
			sites: hosts.slice(0, 3).flatMap((host) => targets.find((target) => target.host === host) ?? []),
		};
	if (found.notRays.length > 0) return { kind: "misread", why: "not-a-ray", found };
	return { kind: "misread", why: "unknown", text: clean };
}

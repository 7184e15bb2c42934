import { nonEmpty } from "../non-empty.ts";
import { type Paste, readPaste } from "../paste.ts";
import type { FoundRays } from "../ray/find.ts";
import { holdsToken, maskTokens, plainConnect } from "../tokens.ts";
import type { Question } from "./kinds.ts";
import { unaskedPlaces } from "./places.ts";
import { type Misread, QUESTION_MAX_CHARS, readQuestion } from "./question.ts";
import { readText, type TextRead } from "./read.ts";
import { aboutSite, orCloudflares } from "./site.ts";
import { statusAsked } from "./status-of.ts";
import { isSpecialName, readTarget, type Target } from "./target.ts";
import type { Thread } from "./understood.ts";
import { isVerb } from "./verbs.ts";
import { bareWord } from "./words.ts";

/** Refusals that a full reading of the text may resolve; not those for a verb's form, a rejected URL or a size. */
const MAY_BE_MORE: ReadonlySet<string> = new Set([
	"unknown",
	"several",
	"not-a-ray",
	"bare-hex",
	"needs",
	"target",
	"not-a-paste",
]);
/** Questions that a text may be taken for without a verb. */
const WITHOUT_VERB: ReadonlySet<string> = new Set(["site", "rays", "autopsy", "logs"]);
const SITES_MAX = 3;

/**
 * What a text asks: by its verb; else by everything that is found in it. What only a thread can decide (an answer in plain words, "check
 * again") is not asked here. Total; never throws.
 * @param text already free of a chat's own markup
 * @param nowMs Unix milliseconds
 * @param thread what the thread already knows
 */
export function hear(text: string, nowMs: number, thread: Thread = {}): Question | Misread {
	const connect = plainConnect(text);
	if (connect !== null) return readQuestion(connect, nowMs);
	if (text.length > QUESTION_MAX_CHARS) return readQuestion(text, nowMs);
	const asked = withUnasked(heard(maskTokens(text), nowMs, thread), text);
	const isLost = asked.kind === "misread" && !ASKS_BACK.has(asked.why);
	return isLost && holdsToken(text) ? { kind: "misread", why: "token" } : asked;
}

/** A question about a site with the words about places that it asks none by. */
function withUnasked(asked: Question | Misread, text: string): Question | Misread {
	if ((asked.kind !== "site" && asked.kind !== "headers") || ("places" in asked && asked.places !== undefined)) return asked;
	const unasked = unaskedPlaces(text);
	return unasked === null ? asked : { ...asked, unasked };
}

/** Questions back that name nothing but sites: a token beside them is told by itself. */
const ASKS_BACK: ReadonlySet<string> = new Set(["several", "which-site"]);

function heard(text: string, nowMs: number, thread: Thread): Question | Misread {
	const first = bareWord(/^\s*(\S{0,40})/.exec(text)?.[1] ?? "")
		.toLowerCase()
		.replace(/:$/, "");
	// Long pastes without a verb are read once.
	if (!isVerb(first) && text.length > 4_000) return heardIn(readText(text, thread, nowMs), thread) ?? readQuestion(text, nowMs);
	const asked = readQuestion(text, nowMs);
	// Cloudflare's own pages prove nothing about the site.
	if (asked.kind === "misread" && asked.why === "target" && asked.refusal.why === "cloudflares-own") return asked;
	const mayBeMore = asked.kind === "misread" ? MAY_BE_MORE.has(asked.why) : WITHOUT_VERB.has(asked.kind) || isVerb(first);
	if (!mayBeMore || !/\s|EdgeResponseStatus/i.test(text.trim())) return heardWord(asked, text, nowMs, thread);
	const read = readText(text, thread, nowMs);
	const { verb } = read.clues;
	// A verb whose form is right stays what it is.
	if (asked.kind === "explain" && read.understood.intent !== "site") return asked;
	if (asked.kind !== "misread" && isVerb(first) && (verb !== null || !WITHOUT_VERB.has(read.understood.intent))) return asked;
	return heardIn(read, thread) ?? aboutCloudflare(asked, text) ?? withoutNames(asked, text);
}

/** "cloudflare status", "is cloudflare down?": its status page. */
function aboutCloudflare(asked: Question | Misread, text: string): Question | null {
	const of = asked.kind === "misread" && asked.why === "unknown" ? statusAsked(text) : null;
	return of === null ? null : { kind: "status", ...of, ray: null };
}

/** What the grammar took for hosts are names of programs and files, when reading found no site; special names may be laboratories. */
function withoutNames(asked: Question | Misread, text: string): Question | Misread {
	const sites = asked.kind === "site" ? [asked.target] : asked.kind === "misread" && asked.why === "several" ? asked.sites : [];
	return sites.length === 0 || sites.some(({ host }) => isSpecialName(host)) ? asked : { kind: "misread", why: "unknown", text };
}

/** One word: what the grammar makes of it, but for slips that a colon or a comma shows. */
function heardWord(asked: Question | Misread, text: string, nowMs: number, thread: Thread): Question | Misread {
	if (asked.kind === "misread" && asked.why === "bare-hex") return heardIn(readText(text, thread, nowMs), thread) ?? asked;
	if (asked.kind !== "misread" || (asked.why !== "unknown" && asked.why !== "target")) return asked;
	if (!/^[\w-]+,[a-z]{2,}|^[hpst]{3,6}[:;]?\/|^\S+:(?:5[23]\d|10\d\d)\W*$|^[[{].{20}|[^\0-\x7f]/is.test(text.trim()))
		return asked;
	return heardIn(readText(text, thread, nowMs), thread) ?? asked;
}

/** The question that everything in a text amounts to; null where the grammar has to say what is missing. */
function heardIn(read: TextRead, thread: Thread): Question | Misread | null {
	const { understood, clues } = read;
	const target = targetOf(understood.target);
	switch (understood.intent) {
		case "logs":
			return { kind: "logs", text: clues.text.trim() };
		case "autopsy": {
			if (clues.captures.length > 0) return { kind: "capture", told: nonEmpty(clues.captures) };
			const paste = pasteOf(read);
			return paste === null ? null : { kind: "autopsy", paste };
		}
		case "rays":
			return understood.askedRay ? maybeRay(read) : raysIn(read, target);
		case "site": {
			if (understood.rays.length > 0 && understood.candidates.length === 0) return raysIn(read, target);
			if (target !== null) return withEdgeSaw(aboutSite("site", orCloudflares(target)), read);
			const sites = understood.candidates.flatMap((url) => targetOf(url) ?? []);
			const [only] = sites;
			if (only !== undefined && sites.length === 1) return aboutSite("site", only);
			if (sites.length > 1) return { kind: "misread", why: "several", sites: sites.slice(0, SITES_MAX) };
			return understood.asks === "address" ? { kind: "misread", why: "which-site" } : null;
		}
		case "places": {
			const places = clues.verb?.places ?? null;
			if (places === null) return null;
			// "from germany", said in the thread of a case.
			const site = target ?? targetOf(thread.url ?? null);
			if (site === null) return { kind: "misread", why: "which-site" };
			const asked = aboutSite("site", orCloudflares(site));
			return asked.kind === "site" ? { ...asked, places } : asked;
		}
		case "code":
			return understood.code === null ? null : { kind: "explain", topic: understood.code, tellsCode: true };
		case "explain":
			return understood.code === null ? null : { kind: "explain", topic: understood.code };
		default:
			return null;
	}
}

function maybeRay({ clues: { bareRays } }: TextRead): Misread | null {
	const [one] = bareRays;
	return one === undefined ? null : { kind: "misread", why: "may-be-ray", id: one.ray.id, receivedAtMs: one.ray.receivedAtMs };
}

function targetOf(url: string | null): Target | null {
	const target = url === null ? null : readTarget(url);
	return target === null || "why" in target ? null : target;
}

/** The response in a text; else what curl's number alone tells. */
function pasteOf({ clues: { response, curl, text } }: TextRead): Paste | null {
	if (response !== null) return response.paste;
	const whole = readPaste(text);
	if (whole !== null || curl === null || curl.exit === null) return whole;
	return readPaste(`curl: (${curl.exit})${curl.direct === "refused" ? " Connection refused" : ""}`);
}

/** Ray IDs with the site, the code and the time that stand beside them; null for none. */
function raysIn(read: TextRead, target: Target | null): Question | null {
	const { understood, clues } = read;
	const bare = clues.bareRays.map(({ ray }) => ray);
	const rays = understood.rays.flatMap(({ id, colo }) => {
		const ray = clues.rays.find((one) => one.id === id) ?? bare.find((one) => one.id === id);
		return ray === undefined ? [] : [{ ...ray, colo }];
	});
	if (rays.length === 0) return null;
	const found: FoundRays = { rays, notRays: [], leftOut: clues.raysLeftOut };
	const code = /^5[23]\d$/.test(understood.code ?? "") ? understood.code : null;
	const pageAtMs = rays.length === 1 && understood.errorTime !== null ? Date.parse(understood.errorTime) : null;
	return withEdgeSaw({ kind: "rays", found, target, code, pageAtMs }, read);
}

/** A question with what a record of Cloudflare in its text says of the origin, and what a HAR tells of its failed requests. */
function withEdgeSaw<Q extends Question | Misread>(question: Q, { understood, clues: { record, har } }: TextRead): Q {
	if (question.kind !== "site" && question.kind !== "rays") return question;
	const timed = har === null ? question : { ...question, har };
	const value = record?.saw ?? null;
	if (value === null || record?.code == null) return timed;
	return understood.evidence["edge-saw"] === value ? { ...timed, edgeSaw: { code: record.code, value } } : timed;
}

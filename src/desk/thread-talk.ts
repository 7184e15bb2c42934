import { type Case, nextQuestion, rankCase, withFact } from "../judge/case.ts";
import { placesAt } from "../judge/places.ts";
import { understand } from "../judge/understand.ts";
import { type CauseId, isCause } from "../knowledge/causes/list.ts";
import { isEvidenceKey, isValue } from "../knowledge/evidence.ts";
import { NAMED_CAUSES } from "../knowledge/talk/named-causes.ts";
import { ASKS_NUMBERS, ASKS_SINCE, FIXED, NOT_KNOWN, ONLY_ME, OTHERS_SEE } from "../knowledge/talk/talk.ts";
import { agoMs } from "../read/text/ago.ts";
import { hear } from "../read/text/hear.ts";
import { placesInThread, type UnaskedPlaces, unaskedPlaces } from "../read/text/places.ts";
import { readTarget, type Target } from "../read/text/target.ts";
import type { Thread, Understood } from "../read/text/understood.ts";
import { windowOf } from "./case-threads.ts";
import type { Request, Talk } from "./request.ts";

/** What is known in the thread of a case, for reading its messages. */
export function threadOf(one: Case): Thread {
	const window = windowOf(one);
	return {
		url: one.url,
		code: one.code,
		rays: one.rays,
		fromMs: window?.fromMs ?? null,
		toMs: window?.toMs ?? null,
		asks: nextQuestion(one)?.key ?? null,
	};
}

/** Refusals that a case's thread may resolve. A verb in a wrong form has an answer of its own. */
const MAY_BE_TALK: ReadonlySet<string> = new Set([
	"unknown",
	"which-site",
	"needs",
	"several",
	"bare-hex",
	"may-be-ray",
	"not-a-ray",
]);

/** Whether a text that was read without a case may mean something else in the thread of one. */
export const mayBeTalk = (read: Request, text: string): boolean =>
	read.kind === "misread"
		? MAY_BE_TALK.has(read.why)
		: (read.kind === "explain" && !/^\s*explain\b/i.test(text)) || isLastWords(read) || isBareStatus(read);

/** Words about places in the thread of a case that ask none of them, and the page that they are about. */
export interface UnaskedHere {
	readonly target: Target;
	readonly unasked: UnaskedPlaces;
}

/**
 * Words about places in what is said in the thread of a case, where the answer is another check that says nothing of them. Pure.
 * @param request as it was read with the case
 */
export function unaskedHere(request: Request, text: string, one: Case): UnaskedHere | null {
	// A question that names the page itself has them with it.
	if (request.kind !== "site" || request.places !== undefined || request.unasked !== undefined) return null;
	const unasked = unaskedPlaces(text);
	const target = readTarget(one.url);
	return unasked === null || "why" in target ? null : { target, unasked };
}

/** Places in a question that would get where the case stands: they are asked, and what is no place is told. What tells something is none. */
function placesOr(request: Request, text: string, one: Case): Request {
	const isState = request.kind === "talk" && request.talk.means === "status";
	if (!isState || !/[?\uff1f]\s*$|^\W*(?:from|check|recheck|try)\b/i.test(text)) return request;
	const unasked = unaskedPlaces(text);
	const target = readTarget(one.url);
	if (unasked === null || "why" in target) return request;
	return unasked.places === null
		? { kind: "talk", case: one.id, talk: { means: "no-place", target, unasked } }
		: { kind: "site", target, places: unasked.places };
}

/** In the thread of a case it asks where that stands; elsewhere what Cloudflare's status page says. */
const isBareStatus = (read: Request): boolean => read.kind === "status" && read.colo === null && read.ray === null;

/** What curl said last, and no byte of a response: it means something only where the question was what curl meets. */
const isLastWords = (read: Request): boolean =>
	read.kind === "autopsy" && read.paste.bytes.length === 0 && read.paste.kind === "curl -i";

/**
 * What a text asks in the thread of a case: everyday talk is understood there, and no sentence is a mistake. Pure.
 * @param read as it was read without the case
 * @param nowMs Unix milliseconds
 */
export const inThread = (read: Request, text: string, one: Case, nowMs: number): Request =>
	placesOr(meantInThread(read, text, one, nowMs), text, one);

function meantInThread(read: Request, text: string, one: Case, nowMs: number): Request {
	const places = placesInThread(text);
	const target = places === null ? null : readTarget(one.url);
	if (places !== null && target !== null && "url" in target) return { kind: "site", target, places };
	const verb = verbOfCase(text, one) ?? watchOfCase(text, one, nowMs) ?? numbersOfCase(text, one, nowMs);
	if (verb !== null) return verb;
	// "solved crash": what it was is asked with the titles to choose from.
	if (read.kind === "misread" && read.why === "no-such-cause") return verbOfCase("solved", one) ?? read;
	if (!mayBeTalk(read, text)) return read;
	const talk = (means: Talk): Request => ({ kind: "talk", case: one.id, talk: means });
	const areKnown = one.solved === null && placesAt(one, nowMs) !== null;
	if (OTHERS_SEE.test(asSpoken(text))) return talk({ means: areKnown ? "others" : "who-else" });
	// One place cannot tell: other places that were asked can, else the newest check offers them.
	if (ONLY_ME.test(asSpoken(text))) return areKnown ? talk({ means: "others" }) : (checkAgain(one) ?? read);
	const understood = understand(text, threadOf(one), nowMs);
	switch (understood.intent) {
		case "recheck":
			return checkAgain(one) ?? read;
		case "thanks":
			return talk({ means: "thanks" });
		case "solved":
			if (one.solved !== null) return talk({ means: "status" });
			// "It works" starts a check; naming the cause closes the case.
			if (FIXED.test(asSpoken(text))) return checkAgain(one) ?? read;
			return saidCause(text, understood, one) ?? { kind: "action", action: { do: "solved", case: one.id } };
		case "report":
			return { kind: "report", audience: null };
		case "unwatch":
			return { kind: "unwatch", target: null };
		case "undo":
			return takeBack(one) ?? talk({ means: "nothing-to-undo" });
		case "answer":
			return saidAnswer(understood, one, atMsOf(text, nowMs)) ?? talk({ means: "status" });
		case "evidence":
			return shown("edge-saw", understood, one) ?? { kind: "action", action: { do: "evidence", case: one.id } };
		case "status":
			if (WHOSE_SIDE.test(asSpoken(text))) return talk({ means: "side" });
			return shown("edge-saw", understood, one) ?? talk({ means: "status" });
		case "code": {
			const saw = shown("edge-saw", understood, one);
			if (saw !== null) return saw;
			// Its own code again: the page about it says nothing new.
			if (understood.code === one.code) return talk({ means: "status" });
			return otherwise(read, text, one, nowMs);
		}
		case "autopsy":
			return shown("direct-origin", understood, one) ?? (read.kind === "misread" ? talk({ means: "status" }) : read);
		default:
			return otherwise(read, text, one, nowMs);
	}
}

/** What the thread knows may make a question of it: a bare Ray ID, say. No sentence is a mistake. */
function otherwise(read: Request, text: string, one: Case, nowMs: number): Request {
	if (read.kind !== "misread") return read;
	const open = nextQuestion(one)?.key;
	if (open !== undefined && NOT_KNOWN.test(asSpoken(text)))
		return { kind: "action", action: { do: "answer", case: one.id, key: open, value: null } };
	const heard = hear(text, nowMs, threadOf(one));
	if (heard.kind !== "misread" || heard.why === "may-be-ray" || heard.why === "several") return heard;
	return { kind: "talk", case: one.id, talk: { means: "status" } };
}

/** Words that replace buttons. */
function verbOfCase(text: string, one: Case): Request | null {
	const action = (act: "evidence" | "record" | "reopen" | "follow" | "unfollow" | "status" | "solved"): Request => ({
		kind: "action",
		action: { do: act, case: one.id },
	});
	switch (asSpoken(text).replace(/[.!]+$/, "")) {
		case "evidence":
			return action("evidence");
		case "record":
		case "record it":
			return action("record");
		case "reopen":
			return action("reopen");
		case "follow":
			return action("follow");
		case "unfollow":
		case "stop following":
			return action("unfollow");
		case "solved":
			return one.solved === null ? action("solved") : action("status");
		default:
			return null;
	}
}

/** `watch`, `watch it for 2h`: the page of the case. */
function watchOfCase(text: string, { url }: Case, nowMs: number): Request | null {
	const [, times] =
		/^(?:(?:please|pls|plz),? )?watch(?: (?:it|this|that))?((?: (?:for|every)(?: (?:a|an|half|one|couple|of|few|\d{1,6}|[a-z]{3,6})){0,3} ?\w{1,8}| privately)*)$/.exec(
			asSpoken(text),
		) ?? [];
	if (times === undefined) return null;
	const heard = hear(`watch ${url}${times}`, nowMs);
	return heard.kind === "watch" || heard.kind === "misread" ? heard : null;
}

/** `numbers`, `numbers since 3h`: of the host of the case. */
function numbersOfCase(text: string, one: Case, nowMs: number): Request | null {
	const { url } = one;
	const spoken = asSpoken(text);
	const asks = ASKS_NUMBERS.exec(spoken);
	const isKnownSince = one.facts.some(({ by }) => by === "analytics");
	if (asks !== null || (isKnownSince && ASKS_SINCE.test(spoken))) {
		const host = `numbers ${new URL(one.url).hostname}`;
		const timed = hear(`${host}${(asks?.groups?.time ?? "").replace(/^ (?:in|over)\b/, " for")}`, nowMs);
		const heard = timed.kind === "numbers" ? timed : hear(host, nowMs);
		return heard.kind === "numbers" ? heard : null;
	}
	const [, rest] = /^numbers\b[:,]?((?: \S{1,20}){0,6})$/.exec(asSpoken(text).replace(/[.!?]+$/, "")) ?? [];
	if (rest === undefined || hear(`numbers${rest}`, nowMs).kind === "numbers") return null;
	const heard = hear(`numbers ${new URL(url).hostname}${rest}`, nowMs);
	return heard.kind === "numbers" || (heard.kind === "misread" && heard.why === "numbers-time") ? heard : null;
}

/** Words that ask whose side it is. */
const WHOSE_SIDE =
	/\b(?:us|our (?:side|end|fault|server|origin)|we|whose|wir|uns|nous|nosotros)\b.*\b(?:cloudflare|cf|fault|side)\b|\bcloudflare(?:'s)? (?:or|oder|ou|o) (?:us|we|our|wir|uns|nous|nosotros)\b|\bwhose (?:side|fault)\b|\bis it (?:me|my (?:side|end|fault|browser|connection|network|isp|computer))\b/;

/** The cause that a sentence names, by its name or by the answer that it gives. */
function saidCause(text: string, { answer }: Understood, one: Case): Request | null {
	const spoken = asSpoken(text);
	const named: CauseId | undefined = NAMED_CAUSES.find(([, says]) => says.test(spoken))?.[0];
	if (named !== undefined) return { kind: "talk", case: one.id, talk: { means: "solved", cause: named } };
	if (answer === null || !isEvidenceKey(answer.key) || !isValue(answer.key, answer.value)) return null;
	const told: Case = withFact(one, { key: answer.key, value: answer.value, by: "person", who: null, atMs: one.lastAtMs });
	const [first] = rankCase(told).ranked;
	return first === undefined || !isCause(first.cause)
		? null
		: { kind: "talk", case: one.id, talk: { means: "solved", cause: first.cause } };
}

/** Talk about a case; also outside threads, when only one case can be meant. */
const OF_A_CASE: ReadonlySet<string> = new Set(["thanks", "solved", "answer", "undo", "status"]);

/**
 * A question outside any thread, which may be about an open case of the channel. Pure.
 * @param only the channel's one open case; null for none or several
 */
export function ofChannel(read: Request, text: string, only: Case | null, nowMs: number): Request {
	if (read.kind !== "misread" || !mayBeTalk(read, text)) return read;
	const { intent } = understand(text, {}, nowMs);
	if (only !== null && !FIXED.test(asSpoken(text)) && OF_A_CASE.has(understand(text, threadOf(only), nowMs).intent))
		return inThread(read, text, only, nowMs);
	if (intent === "recheck" || (intent === "solved" && FIXED.test(asSpoken(text))))
		return { kind: "of-channel", said: "recheck", otherwise: read };
	return intent === "status" ? { kind: "of-channel", said: "status", otherwise: read } : read;
}

/** In small letters, without accents, as the patterns of talk meet a sentence. */
const asSpoken = (text: string): string => text.trim().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("’", "'").toLowerCase();

/** The page of the case, checked once more. */
function checkAgain(one: Case): Request | null {
	const target = readTarget(one.url);
	return "why" in target ? null : { kind: "site", target };
}

/** The newest answer that a person gave. */
function takeBack(one: Case): Request | null {
	const told = one.facts.filter(({ who }) => who !== null).sort((a, b) => b.atMs - a.atMs)[0];
	return told === undefined ? null : { kind: "action", action: { do: "take-back", case: one.id, key: told.key } };
}

/** What a text shows is an answer: the printed command's of the origin, Cloudflare's own record of what it had from there. */
function shown(key: "direct-origin" | "edge-saw", { evidence }: Understood, one: Case): Request | null {
	const value = evidence[key];
	return typeof value !== "string" || !isValue(key, value)
		? null
		: { kind: "action", action: { do: "answer", case: one.id, key, value } };
}

/** When a sentence says that it was, Unix milliseconds; null where it does not. */
function atMsOf(text: string, nowMs: number): number | null {
	const ago = agoMs(asSpoken(text));
	return ago === null ? null : nowMs - ago;
}

/** What was said answers a question: asked back where it is only a sentence that may. */
function saidAnswer({ answer, asks }: Understood, one: Case, atMs: number | null): Request | null {
	if (answer === null || !isEvidenceKey(answer.key) || !isValue(answer.key, answer.value)) return null;
	const { key, value } = answer;
	return asks === "answer"
		? { kind: "talk", case: one.id, talk: { means: "answer", key, value, atMs } }
		: { kind: "action", action: { do: "answer", case: one.id, key, value } };
}

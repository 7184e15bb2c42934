import type { Evidence } from "../../knowledge/evidence.ts";
import { wentElsewhere } from "../asked-hosts.ts";
import { isLog } from "../logs/read.ts";
import { isFromServer } from "../paste.ts";
import { answerTold, saidAnswer } from "./answers.ts";
import type { Clues } from "./clues.ts";
import { edgeSawTold, evidenceOfLogs, failingRequest } from "./evidence.ts";
import { codeTold, errorTimeTold, isOfThread, raysTold, type SitesTold, siteTold, timeBeside } from "./told.ts";
import type { Intent, Thread, Understood } from "./understood.ts";

/** What a text tells, before it is decided what it wants. */
interface Told extends SitesTold {
	readonly code: string | null;
	readonly rays: Understood["rays"];
	/** A bare id may be a Ray ID. */
	readonly asked: boolean;
	readonly logs: readonly string[];
	readonly hasLogs: boolean;
}

/**
 * What a text wants, by everything that was found in it and what the thread knows. Pure; total.
 * @param nowMs Unix milliseconds
 */
export function intentOf(clues: Clues, thread: Thread, nowMs: number): Understood {
	const logs = [...new Set(clues.logs.reading.recognised.map(({ signature }) => signature.id))];
	const told: Told = {
		...siteTold(clues),
		code: codeTold(clues),
		...raysTold(clues, thread, nowMs),
		logs,
		hasLogs: isLogs(clues, thread),
	};
	const intent = decided(clues, thread, told);
	const errorTime = errorTimeTold(clues, told.code, told.hasLogs, nowMs);
	const answer = intent === "answer" ? answerTold(clues, thread) : null;
	const evidence = evidenceOf(clues, thread, intent, told);
	return {
		intent,
		target: told.target?.url ?? null,
		candidates: told.candidates,
		code: told.code,
		rays: told.rays,
		askedRay: told.asked && intent === "rays",
		errorTime: errorTime === null ? null : new Date(errorTime).toISOString(),
		curlExit: clues.curl?.exit ?? null,
		response: responseOf(clues),
		logs,
		evidence: answer?.isEntered === true ? { ...evidence, [answer.key]: answer.value } : evidence,
		answer: answer === null ? null : { key: answer.key, value: answer.value },
		places: intent === "places" ? (clues.verb?.places?.words ?? []) : [],
		since: intent === "connect" ? (clues.verb?.since ?? null) : null,
		asks: asksOf(thread, intent, told, answer !== null && !answer.isEntered),
	};
}

/** Whether the text is one of log lines: known ones, or several that are shaped like it. */
function isLogs({ logs: { reading }, response, record }: Clues, thread: Thread): boolean {
	// Cloudflare's own records are no log of the origin.
	if (record !== null) return false;
	const how = isLog(reading);
	// A debug log holds the response line by line, and says nothing else.
	if (response !== null && isFromServer(response.paste) && reading.recognised.length === 0) return false;
	if (how === "certain") return true;
	return response === null && (how === "likely" || (thread.asks === "origin-log" && reading.weak > 0));
}

const inThread = (thread: Thread): boolean => thread.url != null;

/** A 520 without server headers is a quotation, not what an origin sent. */
const isQuoted = ({ response, text }: Clues): boolean =>
	response !== null && !response.throughEdge && /^5[23]\d$/.test(String(response.status)) && !/^(?:< )?server:/im.test(text);

/** The response in a text; what a proxy makes of it is judged elsewhere. */
function responseOf(clues: Clues): Understood["response"] {
	const { response } = clues;
	if (response === null || isQuoted(clues)) return null;
	return { status: response.status, throughEdge: response.throughEdge, proxy: null };
}

/** What the reply leads with: log lines or a response before Ray IDs, these before a bare code; a URL with a code or an error is a site. */
function decided(clues: Clues, thread: Thread, told: Told): Intent {
	const spoken = verbIntent(clues, thread, told);
	if (spoken !== null) return spoken;
	// What a recording shows holds times, paths and Ray IDs, which are its own.
	if (clues.captures.length > 0) return "autopsy";
	if (told.hasLogs) return "logs";
	const { response, curl, talk } = clues;
	if (response !== null && !response.throughEdge && !isQuoted(clues)) return "autopsy";
	const isNamed = told.target !== null || told.candidates.length > 0;
	if (isOfShell(clues, thread)) return shellIntent(clues);
	const leads = curl?.leads === true && (told.code === null || curl.exit !== null);
	if (leads && (!isNamed || curl.isOutput || thread.asks === "direct-origin")) return "autopsy";
	const isOwn = isOfThread(told.target, thread);
	const said = talkIntent(clues, thread, told.code !== null && told.code !== thread.code);
	if (isNamed && (told.code !== null || !isOwn)) return "site";
	if (told.rays.length > 0) return "rays";
	if (said !== null) return said;
	if (told.code !== null) return "code";
	if (isNamed) return "site";
	if (told.asked) return "rays";
	if (response !== null || curl !== null) return "autopsy";
	if (talk.siteDown) return inThread(thread) ? "recheck" : "site";
	return clues.record === null ? "unclear" : "status";
}

/** The output of a command, without a response or a client's last words. */
const isOfShell = ({ shell, curl, response }: Clues, thread: Thread): boolean =>
	inThread(thread) && (shell !== null ? response === null && curl?.exit == null && curl?.direct == null : curl?.asksBack != null);

const shellIntent = ({ shell, curl }: Clues): Intent =>
	(shell?.answer ?? curl?.asksBack ?? null) === null ? "status" : "answer";

/** A text that begins with a verb and has its form; its other content can contradict that. */
function verbIntent(clues: Clues, thread: Thread, { logs, hasLogs, target, code }: Told): Intent | null {
	const { verb, response, curl } = clues;
	if (verb === null) return null;
	switch (verb.intent) {
		case "logs":
			return hasLogs || (target === null && code === null) ? "logs" : null;
		case "autopsy":
			return response !== null || curl !== null || clues.captures.length > 0 ? "autopsy" : null;
		case "answer":
			// "Answer me please, is anyone there?"
			return answerTold(clues, thread) === null && clues.text.trim().split(/\s+/, 5).length > 4 ? null : "answer";
		case "solved":
		case "report":
		case "status":
			return logs.length > 0 || response !== null ? null : verb.intent;
		default:
			return verb.intent;
	}
}

/** What a sentence wants; a new code in it wins over everything that it says. */
function talkIntent(clues: Clues, thread: Thread, hasNewCode: boolean): Intent | null {
	const { talk, codes, text } = clues;
	if (hasNewCode || (codes.length > 0 && !inThread(thread))) return null;
	const isAsked = /[?？]\s*$/.test(text.trim());
	if (talk.thanks && !talk.recheck && !talk.solved) return "thanks";
	if (talk.solved && inThread(thread) && !isAsked && !(talk.recheck && /[?？]/.test(text))) return "solved";
	if (talk.recheck) return "recheck";
	if (talk.thanks) return "thanks";
	if (inThread(thread) && !isAsked && saidAnswer(clues, thread) !== null) return "answer";
	if (talk.status) return "status";
	return talk.thanksLast && inThread(thread) && !isAsked ? "thanks" : null;
}

/** What the text shows is of the thread's site, and the origin's, asked past Cloudflare: by its command, or because that is the open question. */
export const isOfOrigin = ({ went, asked }: Clues, { asks, url }: Thread): boolean =>
	(went === "past" || (asks === "direct-origin" && went !== "public")) &&
	!wentElsewhere(asked, url == null ? null : (URL.parse(url)?.hostname ?? null));

/** What enters the case of the thread. */
function evidenceOf(clues: Clues, thread: Thread, intent: Intent, told: Told): Evidence {
	if (intent === "explain" || intent === "help") return {};
	const { curl, shell } = clues;
	const url = told.isBeside ? (told.target?.url ?? null) : null;
	const isDirect = curl !== null && isOfOrigin(clues, thread) && (told.code === null || curl.exit !== null);
	return {
		...(told.hasLogs ? evidenceOfLogs(clues, failingRequest(clues, thread, url, timeBeside(clues))) : {}),
		...edgeSawTold(clues, thread),
		...(shell?.answer != null && shell.isShown ? { [shell.answer.key]: shell.answer.value } : {}),
		...(isDirect && curl.direct !== null ? { "direct-origin": curl.direct } : {}),
	};
}

/** Intents for which a site is needed. */
const NEEDS_SITE: ReadonlySet<Intent> = new Set(["code", "places", "site"]);

/** What the reply has to ask back. */
function asksOf(thread: Thread, intent: Intent, told: Told, isSaid: boolean): Understood["asks"] {
	if (intent === "answer") return isSaid ? "answer" : null;
	if (told.candidates.length > 0 && (intent === "rays" || NEEDS_SITE.has(intent))) return "which-site";
	if (intent === "rays") return told.asked ? "ray" : null;
	const needs = NEEDS_SITE.has(intent) || (intent === "autopsy" && told.code !== null);
	return needs && told.target === null && told.candidates.length === 0 && !inThread(thread) ? "address" : null;
}

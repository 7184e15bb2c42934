import { isCause, SOMETHING_ELSE } from "../knowledge/causes/list.ts";
import { type EvidenceKey, isEvidenceKey, isValue } from "../knowledge/evidence.ts";
import { hostIn } from "./text/admin.ts";

/** What a button does. Kept in the button itself, so that it still works after a restart. */
export type Action =
	/** Opens the private form for the address of this site's origin. */
	| { readonly do: "origin-form"; readonly url: string }
	/** Opens the private form for pasting into a case: log lines, what curl printed, headers. */
	| { readonly do: "paste-form"; readonly case: string }
	/** Answers a question of a case; null: "I do not know". */
	| {
			readonly do: "answer";
			readonly case: string;
			readonly key: EvidenceKey;
			readonly value: string | null;
			/** Says yes to what a sentence in the case's thread was taken for. */
			readonly askedBack?: true;
	  }
	| { readonly do: "take-back"; readonly case: string; readonly key: EvidenceKey }
	/** Has the page looked at in variants: what changes the result? */
	| { readonly do: "variants"; readonly case: string }
	/** Asks what it was, to close the case. */
	| { readonly do: "solved"; readonly case: string }
	/** `cause`: one of ours, or what somebody wrote in its place. */
	| { readonly do: "it-was"; readonly case: string; readonly cause: string }
	/** Asks for the reader of a statement. */
	| { readonly do: "report"; readonly case: string }
	/** The statement for one of them. */
	| { readonly do: "statement"; readonly case: string; readonly audience: Audience }
	/** Opens the form that asks what it was, with the titles and a line of one's own. */
	| { readonly do: "solved-form"; readonly case: string }
	/** Posts what the newest check saw. */
	| { readonly do: "evidence"; readonly case: string }
	/** Posts how the next failure is recorded at the origin. */
	| { readonly do: "record"; readonly case: string }
	| { readonly do: "recheck"; readonly case: string }
	/** Tells where a case stands. */
	| { readonly do: "status"; readonly case: string }
	| { readonly do: "reopen"; readonly case: string }
	/** Is called when the case recovers or fails again. */
	| { readonly do: "follow"; readonly case: string }
	| { readonly do: "unfollow"; readonly case: string }
	/** Rules a cause out, against the evidence. */
	| { readonly do: "not-it"; readonly case: string; readonly cause: string }
	/** Whether the people of the thread can reach the server, asked after "I cannot run this". */
	| { readonly do: "access"; readonly case: string; readonly key: EvidenceKey; readonly has: boolean }
	/** Checks a page and opens a new case, though there is one. */
	| { readonly do: "fresh"; readonly url: string }
	/** Requests a page from other places, as `from world` does. */
	| { readonly do: "places"; readonly url: string }
	/** The same for the page of a case, whose URL may be longer than a button holds. */
	| { readonly do: "case-places"; readonly case: string }
	/** Opens the form for a URL. */
	| { readonly do: "url-form" }
	/** Opens the private form for a token that reads this host's zone. */
	| { readonly do: "token-form"; readonly host: string }
	/** Opens the form for a text: an error, log lines, what curl printed. */
	| { readonly do: "text-form" }
	/** Has a page looked at until it recovers. */
	| { readonly do: "watch"; readonly url: string }
	| { readonly do: "unwatch"; readonly watch: string }
	/** Posts what failed while a page was watched. */
	| { readonly do: "watch-evidence"; readonly watch: string }
	/** Asks what a button offers, as if the person had typed it. */
	| { readonly do: "ask"; readonly text: string }
	/** Says no to what a sentence was taken for. */
	| { readonly do: "leave" }
	/** For admins: allows everyone here to check this host's origin. */
	| { readonly do: "allow-origin"; readonly host: string };

/** The reader of a statement. */
export const AUDIENCES = ["host", "developer", "cloudflare", "status"] as const;
export type Audience = (typeof AUDIENCES)[number];

/** Discord: characters of a custom_id; the smallest room that a chat gives a button. */
export const ACTION_MAX_CHARS = 100;

/** As short text for a button. null when it does not fit in `max` characters: the button is left out then. */
export function actionText(action: Action, max: number): string | null {
	const text = written(action);
	return text.length <= max ? text : null;
}

function written(action: Action): string {
	switch (action.do) {
		case "origin-form":
			return `o:${action.url}`;
		case "answer":
			return `${action.askedBack === true ? "y" : "a"}:${action.case}:${action.key}:${action.value ?? "?"}`;
		case "take-back":
			return `b:${action.case}:${action.key}`;
		case "paste-form":
			return `p:${action.case}`;
		case "variants":
			return `v:${action.case}`;
		case "solved":
			return `s:${action.case}`;
		case "it-was":
			return `w:${action.case}:${isNamed(action.cause) ? action.cause : `=${encodeURIComponent(action.cause.toWellFormed())}`}`;
		case "report":
			return `r:${action.case}`;
		case "statement":
			return `t:${action.case}:${action.audience}`;
		case "solved-form":
			return `d:${action.case}`;
		case "evidence":
			return `e:${action.case}`;
		case "record":
			return `C:${action.case}`;
		case "recheck":
			return `c:${action.case}`;
		case "status":
			return `S:${action.case}`;
		case "reopen":
			return `x:${action.case}`;
		case "follow":
			return `l:${action.case}`;
		case "unfollow":
			return `m:${action.case}`;
		case "access":
			return `z:${action.case}:${action.key}:${action.has ? "own" : "none"}`;
		case "not-it":
			return `g:${action.case}:${action.cause}`;
		case "fresh":
			return `f:${action.url}`;
		case "places":
			return `P:${action.url}`;
		case "case-places":
			return `O:${action.case}`;
		case "url-form":
			return "i:";
		case "text-form":
			return "j:";
		case "token-form":
			return `T:${action.host}`;
		case "watch":
			return `k:${action.url}`;
		case "unwatch":
			return `u:${action.watch}`;
		case "watch-evidence":
			return `G:${action.watch}`;
		case "allow-origin":
			return `h:${action.host}`;
		case "ask":
			return `q:${action.text}`;
		case "leave":
			return "n:";
	}
}

/** The actions that open a form; the others go to the desk, or become a question first. */
type FormPress = Extract<Action, { do: "origin-form" | "paste-form" | "solved-form" | "url-form" | "text-form" | "token-form" }>;
export type AskAction = Extract<Action, { do: "ask" }>;
export type DeskAction = Exclude<Action, FormPress | AskAction>;
export type WatchAction = Extract<Action, { do: "watch" | "unwatch" | "watch-evidence" }>;
/** Actions that change a public case: posted publicly although the question was private. */
const IN_PUBLIC: ReadonlySet<Action["do"]> = new Set<Action["do"]>([
	"take-back",
	"it-was",
	"solved-form",
	"not-it",
	"reopen",
	"recheck",
	"fresh",
]);

/**
 * Whether the effect of a button on a private message stays private. Choosing the site repeats what was said publicly, and a confirmation
 * in a case's thread changes the case for everyone.
 * @param inThread the message is in a thread, so that a case that it belongs to is told there
 */
export const staysPrivate = (action: Action, inThread: boolean): boolean =>
	action.do !== "ask" && !(inThread && (IN_PUBLIC.has(action.do) || (action.do === "answer" && action.askedBack === true)));
/** The actions that belong to a case. */
export type CaseAction = Exclude<DeskAction, WatchAction | AdminAction | { readonly do: "leave" | "fresh" | "places" }>;
export type AdminAction = Extract<Action, { do: "allow-origin" }>;

export const isOfCase = (action: DeskAction): action is CaseAction => "case" in action;

const WORD = /^[\w-]{1,60}$/;
/** What is kept of a cause in somebody's own words. */
export const CAUSE_MAX_CHARS = 120;

/** Reads what came back from a button: hostile like everything that comes from outside. null for anything else. */
export function readAction(text: string): Action | null {
	if (text.length > 2_100) return null;
	if (text.startsWith("o:")) return { do: "origin-form", url: text.slice(2) };
	if (text === "n:") return { do: "leave" };
	if (text === "i:") return { do: "url-form" };
	if (text === "j:") return { do: "text-form" };
	if (text.startsWith("f:")) return { do: "fresh", url: text.slice(2) };
	if (text.startsWith("P:")) return { do: "places", url: text.slice(2) };
	if (text.startsWith("q:")) return text.length === 2 ? null : { do: "ask", text: text.slice(2) };
	if (text.startsWith("k:")) return { do: "watch", url: text.slice(2) };
	if (text.startsWith("h:") || text.startsWith("T:")) {
		const host = hostIn(text.slice(2));
		if (host === null || host !== text.slice(2)) return null;
		return text.startsWith("h:") ? { do: "allow-origin", host } : { do: "token-form", host };
	}
	const [what, id = "", third = "", fourth = "", ...more] = text.split(":");
	if (!WORD.test(id) || more.length > 0) return null;
	switch (what) {
		case "a":
			if (!isEvidenceKey(third) || (fourth !== "?" && !isValue(third, fourth))) return null;
			return { do: "answer", case: id, key: third, value: fourth === "?" ? null : fourth };
		case "y":
			if (!isEvidenceKey(third) || !isValue(third, fourth)) return null;
			return { do: "answer", case: id, key: third, value: fourth, askedBack: true };
		case "b":
			return isEvidenceKey(third) ? { do: "take-back", case: id, key: third } : null;
		case "p":
			return { do: "paste-form", case: id };
		case "v":
			return { do: "variants", case: id };
		case "s":
			return { do: "solved", case: id };
		case "w":
			return itWas(id, third);
		case "g":
			return isCause(third) ? { do: "not-it", case: id, cause: third } : null;
		case "r":
			return { do: "report", case: id };
		case "t": {
			const audience = AUDIENCES.find((one) => one === third);
			return audience === undefined ? null : { do: "statement", case: id, audience };
		}
		case "d":
			return { do: "solved-form", case: id };
		case "e":
			return { do: "evidence", case: id };
		case "C":
			return { do: "record", case: id };
		case "c":
			return { do: "recheck", case: id };
		case "S":
			return { do: "status", case: id };
		case "O":
			return { do: "case-places", case: id };
		case "x":
			return { do: "reopen", case: id };
		case "l":
			return { do: "follow", case: id };
		case "m":
			return { do: "unfollow", case: id };
		case "z":
			if (!isEvidenceKey(third) || (fourth !== "own" && fourth !== "none")) return null;
			return { do: "access", case: id, key: third, has: fourth === "own" };
		case "u":
			return { do: "unwatch", watch: id };
		case "G":
			return { do: "watch-evidence", watch: id };
		default:
			return null;
	}
}

const isNamed = (cause: string): boolean => isCause(cause) || cause === SOMETHING_ELSE;

function itWas(id: string, carried: string): Action | null {
	if (isNamed(carried)) return { do: "it-was", case: id, cause: carried };
	if (!carried.startsWith("=")) return null;
	try {
		const cause = decodeURIComponent(carried.slice(1));
		return cause.trim() === "" || cause.length > CAUSE_MAX_CHARS ? null : { do: "it-was", case: id, cause };
	} catch {
		return null;
	}
}

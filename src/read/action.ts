import { isCause, SOMETHING_ELSE } from "../knowledge/causes/list.ts";
import { type EvidenceKey, isEvidenceKey, isValue } from "../knowledge/evidence.ts";
import { hostIn } from "./text/admin.ts";

/** What a button does. Kept in the button itself, so that it still works after a restart. */
export type Action =
	/** Opens the private form for the address of this site's origin. */
	| { readonly do: "origin-form"; readonly url: string }
	/** Opens the private form for pasting into a case: log lines, what curl printed, headers. */
	| { readonly do: "paste-form"; readonly case: string }
	/** Answers a question of a case; null: nobody knows. */
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
	| { readonly do: "it-was"; readonly case: string; readonly cause: string }
	| { readonly do: "report"; readonly case: string }
	/** Has a page looked at until it recovers. */
	| { readonly do: "watch"; readonly url: string }
	| { readonly do: "unwatch"; readonly watch: string }
	/** Asks what a button offers, as if the person had typed it. */
	| { readonly do: "ask"; readonly text: string }
	/** Says no to what a sentence was taken for. */
	| { readonly do: "leave" }
	/** For admins: anybody here may have the origin of this host looked at. */
	| { readonly do: "allow-origin"; readonly host: string };

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
			return `w:${action.case}:${action.cause}`;
		case "report":
			return `r:${action.case}`;
		case "watch":
			return `k:${action.url}`;
		case "unwatch":
			return `u:${action.watch}`;
		case "allow-origin":
			return `h:${action.host}`;
		case "ask":
			return `q:${action.text}`;
		case "leave":
			return "n:";
	}
}

/** The actions that open a form; the others go to the desk, or become a question first. */
type FormPress = Extract<Action, { do: "origin-form" | "paste-form" }>;
export type AskAction = Extract<Action, { do: "ask" }>;
export type DeskAction = Exclude<Action, FormPress | AskAction>;
export type WatchAction = Extract<Action, { do: "watch" | "unwatch" }>;
/**
 * Whether what a button on a message for one person alone does is told to that person alone. Which site was meant, and yes to what a
 * sentence was taken for, only say again what was said to everybody.
 */
export const staysPrivate = (action: Action): boolean =>
	action.do !== "ask" && !(action.do === "answer" && action.askedBack === true);
/** The actions that belong to a case. */
export type CaseAction = Exclude<DeskAction, WatchAction | AdminAction | { readonly do: "leave" }>;
export type AdminAction = Extract<Action, { do: "allow-origin" }>;

export const isOfCase = (action: DeskAction): action is CaseAction => "case" in action;

const WORD = /^[\w-]{1,60}$/;

/** Reads what came back from a button: hostile like everything that comes from outside. null for what is none of ours. */
export function readAction(text: string): Action | null {
	if (text.length > 2_100) return null;
	if (text.startsWith("o:")) return { do: "origin-form", url: text.slice(2) };
	if (text === "n:") return { do: "leave" };
	if (text.startsWith("q:")) return text.length === 2 ? null : { do: "ask", text: text.slice(2) };
	if (text.startsWith("k:")) return { do: "watch", url: text.slice(2) };
	if (text.startsWith("h:")) {
		const host = hostIn(text.slice(2));
		return host === null || host !== text.slice(2) ? null : { do: "allow-origin", host };
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
			return isCause(third) || third === SOMETHING_ELSE ? { do: "it-was", case: id, cause: third } : null;
		case "r":
			return { do: "report", case: id };
		case "u":
			return { do: "unwatch", watch: id };

		default:
			return null;
	}
}

import { isCause } from "../knowledge/causes/list.ts";
import { buttons, type Message, message, say } from "../message/message.ts";
import { ours, text } from "../message/text.ts";
import { type Action, type AskAction, actionText, CAUSE_MAX_CHARS, type DeskAction } from "../read/action.ts";
import { readQuestion } from "../read/text/question.ts";
import { TOKEN_FORM } from "../reply/account.ts";
import { PASTE_FORM, SOLVED_FORM } from "../reply/case.ts";
import { TEXT_FORM, URL_FORM } from "../reply/misread.ts";
import { ADDRESS_FORM } from "../reply/origin-address.ts";

/** The actions that open a form. */
export type FormAction = Exclude<Action, DeskAction | AskAction>;

/** A private form with one input. */
interface Form {
	readonly title: string;
	readonly submit: string;
	readonly label: string;
	readonly hint: string;
	/** The input's name in what comes back. */
	readonly input: "address" | "paste" | "cause" | "url" | "text" | "token";
	readonly multiline: boolean;
	/** What is read of it; a chat's own limit may be lower. */
	readonly maxChars: number;
}

/** Two IPv6 addresses with their ports. */
const ADDRESS_MAX_CHARS = 120;

const URL_MAX_CHARS = 2_000;

/** Longer than every token of Cloudflare's. */
const TOKEN_MAX_CHARS = 300;

/** A press that no chat carries: it goes from a form to the desk. */
const PRESS_MAX_CHARS = 2_000;

/** The forms, by the action that opens them. */
export const FORMS: Readonly<Record<FormAction["do"], Form>> = {
	"origin-form": { ...ADDRESS_FORM, input: "address", multiline: false, maxChars: ADDRESS_MAX_CHARS },
	// The chat's limit for a form.
	"paste-form": { ...PASTE_FORM, input: "paste", multiline: true, maxChars: Number.POSITIVE_INFINITY },
	"text-form": { ...TEXT_FORM, input: "text", multiline: true, maxChars: Number.POSITIVE_INFINITY },
	"url-form": { ...URL_FORM, input: "url", multiline: false, maxChars: URL_MAX_CHARS },
	"token-form": { ...TOKEN_FORM, input: "token", multiline: false, maxChars: TOKEN_MAX_CHARS },
	"solved-form": { ...SOLVED_FORM, input: "cause", multiline: false, maxChars: CAUSE_MAX_CHARS },
};

/** Words of the form that closes a case, beside those of its field: a choice of titles, and a line of one's own. */
export const CAUSE_LINE = {
	choose: "Choose a cause",
	label: "Something else",
	neither: "Choose a cause, or write one below.",
} as const;

/**
 * What was written into a form as the question that it asks: the one grammar reads it, like every other.
 * @param url the site that the form was opened for; undefined for none
 * @returns null: it asks nothing
 */
export function formQuestion(kind: FormAction["do"], written: string, url: string | undefined): string | null {
	switch (kind) {
		case "origin-form":
			return url === undefined ? null : `origin ${url} ${written}`;
		case "solved-form":
		// A token is never a question: it would be kept as one.
		case "token-form":
			return null;
		case "paste-form":
		case "text-form":
		case "url-form":
			return written;
	}
}

/**
 * What was chosen or written in the form that closes a case, as a button of that case would say it: the form may have been opened where
 * another case would be meant. A line of one's own says more than a choice; with neither it is asked once more.
 * @returns null for what is none of ours
 */
export function solvedAction(id: string, chosen: string, line: string): DeskAction | null {
	const said = line.trim() === "" ? null : readQuestion(`solved : ${line}`, 0);
	const cause = said?.kind === "solved" ? said.cause : chosen;
	if (cause === "") return { do: "solved", case: id };
	return said === null && !isCause(cause) ? null : { do: "it-was", case: id, cause };
}

/** The same as a button would carry it. */
export function solvedPress(id: string, chosen: string, line: string): string | null {
	const action = solvedAction(id, chosen, line);
	return action === null ? null : actionText(action, PRESS_MAX_CHARS);
}

/** Why an address cannot be taken, with the button that opens the form again. */
export const wrongAddress = (problem: string, action: Extract<FormAction, { do: "origin-form" }>): Message =>
	message("neutral", say(ours(problem)), buttons(text``, { label: ADDRESS_FORM.button, action }));

import type { Action, AskAction, DeskAction } from "../read/action.ts";
import { PASTE_FORM } from "../reply/case.ts";
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
	readonly input: "address" | "paste";
	readonly multiline: boolean;
	/** What is read of it; a chat's own limit may be lower. */
	readonly maxChars: number;
}

/** Two IPv6 addresses with their ports. */
const ADDRESS_MAX_CHARS = 120;

/** The forms, by the action that opens them. */
export const FORMS: Readonly<Record<FormAction["do"], Form>> = {
	"origin-form": { ...ADDRESS_FORM, input: "address", multiline: false, maxChars: ADDRESS_MAX_CHARS },
	// As much as the chat lets anybody write into a form.
	"paste-form": { ...PASTE_FORM, input: "paste", multiline: true, maxChars: Number.POSITIVE_INFINITY },
};

/** The question that was written into the form for an origin's address: the one grammar reads it, like every other. */
export const originQuestion = (url: string, address: string): string => `origin ${url} ${address}`;

import type { KnownBlock, View } from "@slack/types";
import { z } from "zod";
import { CAUSES, type CauseId } from "../../knowledge/causes/list.ts";
import { CAUSE_LINE, FORMS, type FormAction, formQuestion, solvedPress } from "../form.ts";
import { parseJson } from "../lines.ts";
import { SLACK_MAX } from "./limits.ts";
import { plainElement } from "./spans.ts";

type FormKind = FormAction["do"];

/** The views' names, by the action that opens them. */
export const VIEWS: Readonly<Record<FormKind, string>> = {
	"origin-form": "cf520_address",
	"paste-form": "cf520_paste",
	"solved-form": "cf520_solved",
	"url-form": "cf520_url",
	"text-form": "cf520_text",
	"token-form": "cf520_token",
};

/** Where a form was opened, and for which site or case: comes back with what was written. */
const Meta = z.object({
	url: z.string().max(2_100).optional(),
	case: z.string().max(60).optional(),
	host: z.string().max(260).optional(),
	channel: z.string().max(40),
	threadTs: z.string().max(40).nullable(),
	isNewThread: z.boolean().default(false),
	open: z.boolean().default(false),
	/** It belongs to a private message. */
	alone: z.boolean().default(false),
});
type FormPlace = Omit<z.infer<typeof Meta>, "url" | "case" | "host">;

/** The select of causes in the form that closes a case. */
const CAUSE_SELECT = "choice";

/**
 * The private form that an action opens.
 * @param causes to choose from in the form that closes a case, the likeliest first
 */
export function formView(action: FormAction, place: FormPlace, causes: readonly CauseId[] = []): View {
	const { title, submit } = FORMS[action.do];
	return {
		type: "modal",
		callback_id: VIEWS[action.do],
		private_metadata: metadata(action, place),
		title: plainElement(title, SLACK_MAX.viewTitle),
		submit: plainElement(submit, SLACK_MAX.viewTitle),
		blocks: action.do === "solved-form" ? solvedInputs(causes) : [textInput(action.do)],
	};
}

function aboutOf(action: FormAction): Pick<z.infer<typeof Meta>, "url" | "case" | "host"> {
	switch (action.do) {
		case "origin-form":
			return { url: action.url };
		case "solved-form":
			return { case: action.case };
		case "token-form":
			return { host: action.host };
		default:
			return {};
	}
}

/** A URL that is too long for it is cut to its start page. */
function metadata(action: FormAction, place: FormPlace): string {
	const about = aboutOf(action);
	const text = JSON.stringify({ ...about, ...place });
	return text.length <= SLACK_MAX.viewMetadata || about.url === undefined
		? text
		: JSON.stringify({ url: new URL("/", about.url).href, ...place });
}

function textInput(kind: FormKind): KnownBlock {
	const { label, hint, input, multiline, maxChars } = FORMS[kind];
	return {
		type: "input",
		block_id: input,
		label: plainElement(label, SLACK_MAX.inputText),
		hint: plainElement(hint, SLACK_MAX.inputText),
		element: {
			type: "plain_text_input",
			action_id: input,
			...(multiline ? { multiline } : {}),
			max_length: Math.min(maxChars, SLACK_MAX.inputText),
		},
	};
}

/** What it was: one of the causes, or a line of one's own. */
function solvedInputs(causes: readonly CauseId[]): KnownBlock[] {
	const { label, hint, input, maxChars } = FORMS["solved-form"];
	const options = causes
		.slice(0, SLACK_MAX.selectOptions)
		.map((cause) => ({ text: plainElement(CAUSES[cause].title, SLACK_MAX.optionText), value: cause }));
	return [
		{
			type: "input",
			block_id: CAUSE_SELECT,
			optional: true,
			label: plainElement(label, SLACK_MAX.inputText),
			element: {
				type: "static_select",
				action_id: CAUSE_SELECT,
				placeholder: plainElement(CAUSE_LINE.choose, SLACK_MAX.placeholder),
				options,
			},
		},
		{
			type: "input",
			block_id: input,
			optional: true,
			label: plainElement(CAUSE_LINE.label, SLACK_MAX.inputText),
			hint: plainElement(hint, SLACK_MAX.inputText),
			element: { type: "plain_text_input", action_id: input, max_length: maxChars },
		},
	];
}

/** What a form asks: a question, what a button would do, or nothing yet, with what is wrong with which field. */
type FormWanted =
	| { readonly question: string }
	| { readonly press: string }
	/** For the desk alone: kept nowhere. */
	| { readonly token: string; readonly host: string }
	| { readonly errors: Readonly<Record<string, string>> };

const Submitted = z.object({
	private_metadata: z.string().max(SLACK_MAX.viewMetadata),
	state: z.object({
		values: z.record(
			z.string(),
			z.record(
				z.string(),
				z.object({
					value: z.string().nullish(),
					selected_option: z.object({ value: z.string().max(SLACK_MAX.optionValue) }).nullish(),
				}),
			),
		),
	}),
});

/** What came back from a form; null for anything else. */
export function readFormView(kind: FormKind, view: unknown): (FormPlace & { readonly wants: FormWanted }) | null {
	const { input, maxChars } = FORMS[kind];
	const read = Submitted.safeParse(view);
	const meta = read.success ? Meta.safeParse(parseJson(read.data.private_metadata)) : null;
	if (!read.success || meta === null || !meta.success) return null;
	const { url, case: caseId, host, ...place } = meta.data;
	const { values } = read.data.state;
	const written = values[input]?.[input]?.value ?? "";
	if (written.length > Math.min(maxChars, SLACK_MAX.inputText)) return null;
	if (kind === "token-form") return host === undefined ? null : { ...place, wants: { token: written, host } };
	const wants =
		kind === "solved-form"
			? solvedWants(caseId, values[CAUSE_SELECT]?.[CAUSE_SELECT]?.selected_option?.value ?? "", written)
			: questionOf(formQuestion(kind, written, url));
	return wants === null ? null : { ...place, wants };
}

const questionOf = (question: string | null): FormWanted | null => (question === null ? null : { question });

function solvedWants(caseId: string | undefined, cause: string, line: string): FormWanted | null {
	if (cause === "" && line.trim() === "") return { errors: { [CAUSE_SELECT]: CAUSE_LINE.neither } };
	const press = caseId === undefined ? null : solvedPress(caseId, cause, line);
	return press === null ? null : { press };
}

/** The form's own words about what it cannot take, by field. */
export const formErrors = (errors: Readonly<Record<string, string>>) =>
	({ response_action: "errors", errors: { ...errors } }) as const;

/** The form's own word about an address that it cannot take. */
export const addressProblem = (problem: string) => formErrors({ [FORMS["origin-form"].input]: problem });

import type { View } from "@slack/types";
import { z } from "zod";
import { FORMS, type FormAction, formQuestion } from "../form.ts";
import { parseJson } from "../lines.ts";

type FormKind = FormAction["do"];

/** The views' names, by the action that opens them. */
export const VIEWS: Readonly<Record<FormKind, string>> = {
	"origin-form": "cf520_address",
	"paste-form": "cf520_paste",
	"solved-form": "cf520_solved",
	"url-form": "cf520_url",
	"text-form": "cf520_text",
};
/** Slack: characters of a plain text input. */
const INPUT_MAX_CHARS = 3_000;

/** Where a form was opened, and for which site: comes back with what was written. */
const Meta = z.object({
	url: z.string().max(2_100).optional(),
	channel: z.string().max(40),
	threadTs: z.string().max(40).nullable(),
	isNewThread: z.boolean().default(false),
	open: z.boolean().default(false),
});
type FormPlace = Omit<z.infer<typeof Meta>, "url">;

/** The private form that an action opens. */
export function formView(action: FormAction, place: FormPlace): View {
	const { title, submit, label, hint, input, multiline, maxChars } = FORMS[action.do];
	const meta: z.infer<typeof Meta> = action.do === "origin-form" ? { url: action.url, ...place } : place;
	return {
		type: "modal",
		callback_id: VIEWS[action.do],
		private_metadata: JSON.stringify(meta),
		title: { type: "plain_text", text: title },
		submit: { type: "plain_text", text: submit },
		blocks: [
			{
				type: "input",
				block_id: input,
				label: { type: "plain_text", text: label },
				hint: { type: "plain_text", text: hint },
				element: {
					type: "plain_text_input",
					action_id: input,
					...(multiline ? { multiline } : {}),
					max_length: Math.min(maxChars, INPUT_MAX_CHARS),
				},
			},
		],
	};
}

/** What came back from a form, as a question; null for what is none of ours. */
export function readFormView(kind: FormKind, view: unknown): (FormPlace & { readonly question: string }) | null {
	const { input, maxChars } = FORMS[kind];
	const written = z.string().max(Math.min(maxChars, INPUT_MAX_CHARS)).nullable().catch(null);
	const Values = z.object({ [input]: z.object({ [input]: z.object({ value: written }) }) });
	const read = z.object({ private_metadata: z.string().max(3_000), state: z.object({ values: Values }) }).safeParse(view);
	if (!read.success) return null;
	const meta = Meta.safeParse(parseJson(read.data.private_metadata));
	if (!meta.success) return null;
	const { url, ...place } = meta.data;
	const value = read.data.state.values[input]?.[input]?.value ?? "";
	const question = formQuestion(kind, value, url);
	return question === null ? null : { ...place, question };
}

/** The form's own word about an address that it cannot take. */
export const addressProblem = (problem: string) =>
	({ response_action: "errors", errors: { [FORMS["origin-form"].input]: problem } }) as const;

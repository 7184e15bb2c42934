import { ComponentType, type ModalSubmitInteraction, TextInputStyle } from "discord.js";
import { ACTION_MAX_CHARS, actionText, readAction } from "../../read/action.ts";
import { FORMS, type FormAction, formQuestion } from "../form.ts";
import { opensForm } from "../intake.ts";

/** Discord: characters of an input's label, of its placeholder, of a text input. */
const LABEL_MAX_CHARS = 45;
const PLACEHOLDER_MAX_CHARS = 100;
const INPUT_MAX_CHARS = 4_000;

/** The private form that an action opens; null where the action does not fit into its id. */
export function modal(action: FormAction) {
	const id = modalId(action);
	if (id === null) return null;
	const { title, label, hint, input, multiline, maxChars } = FORMS[action.do];
	return {
		custom_id: id,
		title,
		components: [
			{
				type: ComponentType.ActionRow as const,
				components: [
					{
						type: ComponentType.TextInput as const,
						custom_id: input,
						style: multiline ? (TextInputStyle.Paragraph as const) : (TextInputStyle.Short as const),
						label: label.slice(0, LABEL_MAX_CHARS),
						placeholder: hint.slice(0, PLACEHOLDER_MAX_CHARS),
						max_length: Math.min(maxChars, INPUT_MAX_CHARS),
						required: true,
					},
				],
			},
		],
	};
}

/** The action itself, which comes back with what was written. A URL that is too long for that is cut to its start page. */
function modalId(action: FormAction): string | null {
	const id = actionText(action, ACTION_MAX_CHARS);
	if (id !== null || action.do !== "origin-form") return id;
	return actionText({ do: "origin-form", url: new URL("/", action.url).href }, ACTION_MAX_CHARS);
}

/** What came back from either form as a question; null for what is none of ours. */
export function readModal({ customId, fields }: ModalSubmitInteraction): string | null {
	const action = readAction(customId);
	if (action === null || !opensForm(action)) return null;
	const { input, maxChars } = FORMS[action.do];
	if (!fields.fields.has(input)) return null;
	const value = fields.getTextInputValue(input).slice(0, Math.min(maxChars, INPUT_MAX_CHARS));
	return formQuestion(action.do, value, action.do === "origin-form" ? action.url : undefined);
}

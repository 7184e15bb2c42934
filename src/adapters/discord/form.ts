import {
	type APILabelComponent,
	type APIModalInteractionResponseCallbackData,
	ComponentType,
	type ModalSubmitInteraction,
	TextInputStyle,
} from "discord.js";
import { CAUSE_IDS, CAUSES, type CauseId } from "../../knowledge/causes/list.ts";
import { ACTION_MAX_CHARS, actionText, readAction } from "../../read/action.ts";
import { FORMS, type FormAction, formQuestion, solvedPress } from "../form.ts";
import { opensForm } from "../intake.ts";
import { OPTION_MAX_CHARS, OPTIONS_MAX } from "./controls.ts";

/** Discord: characters of a label, of its description, of a text input (https://docs.discord.com/developers/components/reference, "Label"). */
const LABEL_MAX_CHARS = 45;
const DESCRIPTION_MAX_CHARS = 100;
const INPUT_MAX_CHARS = 4_000;
/** The select's name in what comes back. */
const TITLES = "titles";
const OWN_WORDS = "Something else";

/**
 * The private form that an action opens; null where the action does not fit into its id.
 * @param causes what it may have been, the likeliest first
 */
export function modal(
	action: FormAction,
	causes: readonly CauseId[] = CAUSE_IDS,
): APIModalInteractionResponseCallbackData | null {
	const id = modalId(action);
	if (id === null) return null;
	const { title, label, hint, input, multiline, maxChars } = FORMS[action.do];
	const isChoice = action.do === "solved-form";
	const written: APILabelComponent = {
		type: ComponentType.Label,
		label: isChoice ? OWN_WORDS : fitted(label, LABEL_MAX_CHARS),
		description: fitted(hint, DESCRIPTION_MAX_CHARS),
		component: {
			type: ComponentType.TextInput,
			custom_id: input,
			style: multiline ? TextInputStyle.Paragraph : TextInputStyle.Short,
			max_length: Math.min(maxChars, INPUT_MAX_CHARS),
			required: !isChoice,
		},
	};
	const titles: APILabelComponent = {
		type: ComponentType.Label,
		label: fitted(label, LABEL_MAX_CHARS),
		component: {
			type: ComponentType.StringSelect,
			custom_id: TITLES,
			min_values: 0,
			required: false,
			options: causes
				.slice(0, OPTIONS_MAX)
				.map((cause) => ({ label: fitted(CAUSES[cause].title, OPTION_MAX_CHARS), value: cause })),
		},
	};
	return { custom_id: id, title, components: isChoice ? [titles, written] : [written] };
}

/** The action itself, which comes back with what was written. A URL that is too long for that is cut to its start page. */
function modalId(action: FormAction): string | null {
	const id = actionText(action, ACTION_MAX_CHARS);
	if (id !== null || action.do !== "origin-form") return id;
	return actionText({ do: "origin-form", url: new URL("/", action.url).href }, ACTION_MAX_CHARS);
}

/** A text in the room that there is: without its last clauses where those do not fit, and never within a word. */
export function fitted(text: string, max: number): string {
	if (text.length <= max) return text;
	const ends = [...text.slice(0, max + 1).matchAll(/[,;.:](?=\s)/g)];
	const clause = ends.at(-1)?.index;
	if (clause !== undefined) return text.slice(0, clause);
	return `${text.slice(0, max - 1).replace(/\s+\S*$/, "")}…`;
}

/** What came back from a form. `press`: as a button carries it. */
export type Submitted =
	| { readonly action: FormAction; readonly question: string }
	| { readonly action: FormAction; readonly press: string };

/** Reads what came back from a form; null for anything else. */
export function readModal({
	customId,
	fields: { fields },
}: Pick<ModalSubmitInteraction, "customId" | "fields">): Submitted | null {
	const action = readAction(customId);
	if (action === null || !opensForm(action)) return null;
	const { input, maxChars } = FORMS[action.do];
	const field = fields.get(input);
	const written = field !== undefined && "value" in field && typeof field.value === "string" ? field.value : null;
	if (written === null) return null;
	const value = written.slice(0, Math.min(maxChars, INPUT_MAX_CHARS));
	if (action.do === "solved-form") {
		const chosen = fields.get(TITLES);
		const [cause = ""] = chosen !== undefined && "values" in chosen ? chosen.values : [];
		const press = solvedPress(action.case, cause, value);
		return press === null ? null : { action, press };
	}
	const question = formQuestion(action.do, value, action.do === "origin-form" ? action.url : undefined);
	return question === null ? null : { action, question };
}

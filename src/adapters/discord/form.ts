import { ComponentType, type ModalSubmitInteraction, TextInputStyle } from "discord.js";
import { PRESS_MAX_CHARS, type Press, pressText, readPress } from "../../read/action.ts";
import { PASTE_FORM } from "../../reply/case.ts";
import { ADDRESS_FORM } from "../../reply/origin.ts";

const INPUT = "address";
const ADDRESS_MAX_CHARS = 120;
/** Discord: characters of a modal's title and of an input's label and placeholder. */
const LABEL_MAX_CHARS = 45;
const PLACEHOLDER_MAX_CHARS = 100;

/** The private form for an origin's address; the site stands in its id, cut to its start page where it is too long for that. */
export function addressModal(url: string) {
	const press = (of: string): Press => ({ do: "origin-form", url: of });
	const id = pressText(press(url), PRESS_MAX_CHARS) ?? pressText(press(new URL("/", url).href), PRESS_MAX_CHARS);
	if (id === null) return null;
	return {
		custom_id: id,
		title: ADDRESS_FORM.title,
		components: [
			{
				type: ComponentType.ActionRow as const,
				components: [
					{
						type: ComponentType.TextInput as const,
						custom_id: INPUT,
						style: TextInputStyle.Short as const,
						label: ADDRESS_FORM.label.slice(0, LABEL_MAX_CHARS),
						placeholder: ADDRESS_FORM.hint.slice(0, PLACEHOLDER_MAX_CHARS),
						max_length: ADDRESS_MAX_CHARS,
						required: true,
					},
				],
			},
		],
	};
}

/** What came back from either form as a question; null for what is none of ours. */
export function readModal(interaction: ModalSubmitInteraction): string | null {
	const press = readPress(interaction.customId);
	if (press?.do === "paste-form") return interaction.fields.getTextInputValue(PASTE_INPUT).slice(0, PASTE_MAX_CHARS);
	if (press?.do !== "origin-form") return null;
	const address = interaction.fields.getTextInputValue(INPUT).slice(0, ADDRESS_MAX_CHARS);
	return `origin ${press.url} ${address}`;
}

const PASTE_INPUT = "paste";
/** Discord: characters of a text input. */
const PASTE_MAX_CHARS = 4_000;

/** The private form for pasting into a case. */
export function pasteModal(caseId: string) {
	const id = pressText({ do: "paste-form", case: caseId }, PRESS_MAX_CHARS);
	return {
		custom_id: id ?? "p:none",
		title: PASTE_FORM.title,
		components: [
			{
				type: ComponentType.ActionRow as const,
				components: [
					{
						type: ComponentType.TextInput as const,
						custom_id: PASTE_INPUT,
						style: TextInputStyle.Paragraph as const,
						label: PASTE_FORM.label.slice(0, LABEL_MAX_CHARS),
						placeholder: PASTE_FORM.hint.slice(0, PLACEHOLDER_MAX_CHARS),
						max_length: PASTE_MAX_CHARS,
						required: true,
					},
				],
			},
		],
	};
}

import type { ActionsBlock, ActionsBlockElement, Button as SlackButton } from "@slack/types";
import type { Block, Button, Menu } from "../../message/message.ts";
import { actionText } from "../../read/action.ts";
import { SLACK_MAX } from "./limits.ts";
import { plainElement } from "./spans.ts";
import { spokenLabel } from "./spoken.ts";

type Row = Extract<Block, { kind: "buttons" }>;

/** The prefix of every control's action_id; a number makes it unique within its message, as Slack requires. */
export const ACTION_ID = "cf520_press";
/** Rarer choices. */
const MORE = "⋯";
/** How that is called where Slack wants a word. */
const MORE_WORD = "More…";

/** Numbers the controls of one message. */
export type Numbering = () => number;
export function numbering(): Numbering {
	let next = 0;
	return () => next++;
}

/**
 * A row of controls; null where none of them can be shown.
 * @param isPrimary whether one of its buttons may be primary: at most one per message
 */
export function actionsBlock({ buttons, menus = [] }: Row, next: Numbering, isPrimary: boolean): ActionsBlock | null {
	let primary = isPrimary;
	const elements: ActionsBlockElement[] = [];
	for (const one of buttons) {
		const shown = buttonElement(one, next, primary);
		if (shown === null) continue;
		if (shown.style !== undefined) primary = false;
		elements.push(shown);
	}
	for (const menu of menus) elements.push(...menuElement(menu, next));
	return elements.length === 0 ? null : { type: "actions", elements };
}

function buttonElement(button: Button, next: Numbering, isPrimary: boolean): SlackButton | null {
	const { label, action, primary } = button;
	const value = actionText(action, SLACK_MAX.buttonValue);
	if (value === null) return null;
	const spoken = spokenLabel(button);
	return {
		type: "button",
		action_id: `${ACTION_ID}_${next()}`,
		text: plainElement(label, SLACK_MAX.buttonLabel),
		value,
		...(isPrimary && primary === true ? { style: "primary" as const } : {}),
		...(spoken === null ? {} : { accessibility_label: spoken }),
	};
}

/** Rarer choices behind one control; none where no option fits. */
function menuElement({ label, options: all }: Menu, next: Numbering): ActionsBlockElement[] {
	const options = all
		.flatMap(({ label: text, action }) => {
			const value = actionText(action, SLACK_MAX.optionValue);
			return value === null ? [] : [{ text: plainElement(text, SLACK_MAX.optionText), value }];
		})
		.slice(0, SLACK_MAX.selectOptions);
	if (options.length === 0) return [];
	const action_id = `${ACTION_ID}_${next()}`;
	// Slack's overflow menu has neither a name nor room for more.
	if (label === MORE && options.length > 1 && options.length <= SLACK_MAX.overflowOptions)
		return [{ type: "overflow", action_id, options }];
	const placeholder = plainElement(label === MORE ? MORE_WORD : label, SLACK_MAX.placeholder);
	return [{ type: "static_select", action_id, placeholder, options }];
}

/** The rows of a message with at most `max` controls together: what is too many goes behind one menu, the last ones first. */
export function withFewer(rows: readonly Row[], max: number): readonly Row[] {
	const count = rows.reduce((sum, { buttons, menus = [] }) => sum + buttons.length + menus.length, 0);
	if (count <= max) return rows;
	const withMore = rows.findIndex(({ menus = [] }) => menus.some(({ label }) => label === MORE));
	let excess = count - max + (withMore < 0 ? 1 : 0);
	const moved: Button[] = [];
	const kept = rows.toReversed().map((row) => {
		const buttons = row.buttons.toReversed().filter((one) => {
			if (excess === 0 || one.primary === true || actionText(one.action, SLACK_MAX.optionValue) === null) return true;
			excess -= 1;
			moved.unshift(one);
			return false;
		});
		return { ...row, buttons: buttons.toReversed() };
	});
	const shown = kept.toReversed();
	// Next to the remaining buttons, because a menu alone in a row looks lost.
	const at =
		withMore < 0
			? Math.max(
					0,
					shown.findLastIndex(({ buttons }) => buttons.length > 0),
				)
			: withMore;
	return shown.map((row, nth) => (nth === at ? withMoved(row, moved) : row));
}

function withMoved(row: Row, moved: readonly Button[]): Row {
	const menus = row.menus ?? [];
	const more = menus.find(({ label }) => label === MORE) ?? { label: MORE, options: [] };
	return { ...row, menus: [...menus.filter((one) => one !== more), { ...more, options: [...moved, ...more.options] }] };
}

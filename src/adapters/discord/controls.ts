import {
	type APIActionRowComponent,
	type APIButtonComponentWithCustomId,
	type APIStringSelectComponent,
	ButtonStyle,
	ComponentType,
} from "discord.js";
import type { Block, Button } from "../../message/message.ts";
import { ACTION_MAX_CHARS, actionText } from "../../read/action.ts";

type ButtonsBlock = Extract<Block, { kind: "buttons" }>;
/** A row of a message: buttons side by side, or one select. */
export type Row = APIActionRowComponent<APIButtonComponentWithCustomId | APIStringSelectComponent>;

/** Controls of a message: more are not read. */
const CONTROLS_MAX = 5;
/** Discord: characters of a button's label, of an option's label, of a placeholder; options of a select (https://discord.com/developers/docs/components/reference). */
const BUTTON_MAX_CHARS = 80;
export const OPTION_MAX_CHARS = 100;
const PLACEHOLDER_MAX_CHARS = 150;
export const OPTIONS_MAX = 25;
/** The menu of rarer choices; in words too, because a screen reader cannot say the sign. */
const RARER = "⋯";
const RARER_WORD = "More";

/** A button with what it carries. */
interface Fitting extends Button {
	readonly id: string;
}

interface FittingMenu {
	readonly label: string;
	readonly options: readonly Fitting[];
}

/** The controls of one block. */
interface Controls {
	readonly buttons: readonly Fitting[];
	readonly menus: readonly FittingMenu[];
}

/**
 * The rows of each block with buttons, in the order of the blocks: at most five controls in all, buttons that are too many behind "More".
 * Each action stands once in a message, because Discord refuses two components with one custom_id; what does not fit into a custom_id
 * is left out. Pure.
 */
export function controlRows(blocks: readonly ButtonsBlock[]): Row[][] {
	const seen = new Set<string>();
	const fitting = blocks.map(({ buttons, menus = [] }): Controls => {
		const fit = (all: readonly Button[]) =>
			all.flatMap((button): Fitting[] => {
				const id = actionText(button.action, ACTION_MAX_CHARS);
				if (id === null || seen.has(id)) return [];
				seen.add(id);
				return [{ ...button, id }];
			});
		return {
			buttons: fit(buttons),
			menus: menus.map(({ label, options }) => ({ label, options: fit(options) })).filter(({ options }) => options.length > 0),
		};
	});
	let nth = 0;
	return atMostFive(fitting).map(({ buttons, menus }) => [
		...(buttons.length === 0 ? [] : [buttonRow(buttons)]),
		...menus.map((menu) => menuRow(menu, nth++)),
	]);
}

const isRarer = ({ label }: FittingMenu): boolean => label === RARER;
const menusOf = (blocks: readonly Controls[]): number => blocks.reduce((sum, { menus }) => sum + menus.length, 0);
const buttonsOf = (blocks: readonly Controls[]): number => blocks.reduce((sum, { buttons }) => sum + buttons.length, 0);

/** Moves surplus buttons, the last first, to the menu of rarer choices, which is added if missing. */
function atMostFive(blocks: readonly Controls[]): readonly Controls[] {
	if (menusOf(blocks) + buttonsOf(blocks) <= CONTROLS_MAX) return blocks;
	const at = blocks.findLastIndex(({ menus }) => menus.some(isRarer));
	const all = at < 0 ? blocks.map((one, index) => (index < blocks.length - 1 ? one : withRarer(one))) : blocks;
	let left = Math.max(0, CONTROLS_MAX - menusOf(all));
	const over: Fitting[] = [];
	const kept = all.map(({ buttons, menus }) => {
		const some = buttons.slice(0, left);
		left -= some.length;
		over.push(...buttons.slice(some.length));
		return { buttons: some, menus };
	});
	return kept.map(({ buttons, menus }) => ({
		buttons,
		// Taken at once, so that a second such menu has only its own.
		menus: menus.map((menu) => (isRarer(menu) ? { ...menu, options: [...over.splice(0), ...menu.options] } : menu)),
	}));
}

const withRarer = ({ buttons, menus }: Controls): Controls => ({ buttons, menus: [...menus, { label: RARER, options: [] }] });

const buttonRow = (buttons: readonly Fitting[]): Row => ({
	type: ComponentType.ActionRow,
	components: buttons.map(({ label, id, primary }) => ({
		type: ComponentType.Button,
		style: primary === true ? ButtonStyle.Primary : ButtonStyle.Secondary,
		label: label.slice(0, BUTTON_MAX_CHARS),
		custom_id: id,
	})),
});

/** The select's own custom_id is not an action; the chosen option is. */
const menuRow = ({ label, options }: FittingMenu, nth: number): Row => ({
	type: ComponentType.ActionRow,
	components: [
		{
			type: ComponentType.StringSelect,
			custom_id: `menu:${nth}`,
			placeholder: (label === RARER ? RARER_WORD : label).slice(0, PLACEHOLDER_MAX_CHARS),
			options: options.slice(0, OPTIONS_MAX).map((one) => ({ label: one.label.slice(0, OPTION_MAX_CHARS), value: one.id })),
		},
	],
});

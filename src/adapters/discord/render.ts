import {
	type APIComponentInContainer,
	type APIContainerComponent,
	type APITextDisplayComponent,
	ComponentType,
	SeparatorSpacingSize,
} from "discord.js";
import { type Block, type Message, type Mood, SIGN } from "../../message/message.ts";
import { controlRows, type Row } from "./controls.ts";
import { blockTexts, pieces, spans } from "./markup.ts";

/** Discord: characters of a message's content (https://discord.com/developers/docs/resources/message). */
const CONTENT_MAX_CHARS = 2_000;
/** Discord: components of a message, the nested ones counted too, and characters of all its texts (https://discord.com/developers/docs/components/reference). */
const COMPONENTS_MAX = 40;
const TEXTS_MAX_CHARS = 4_000;
/** Characters reserved for mentions before the first text. */
const CALLS_MAX_CHARS = 700;

/**
 * The color beside a state: red against blue can be told apart with every color blindness, red against green cannot. The sign and the
 * words say the same.
 */
const ACCENT: Readonly<Record<Mood, number | null>> = {
	bad: 0xb42318,
	likely: 0xe69f00,
	good: 0x0b6bcb,
	solved: 0x0b6bcb,
	unclear: 0x6b7280,
	neutral: null,
};

/** The items of a message, top to bottom. `section`: the next item begins a new section. */
type Item = { readonly text: string } | { readonly row: Row } | { readonly section: true };

/** The blocks of a message as Discord shows them; the first text begins with the mentions and the state's sign. */
function itemsOf(message: Message, calls: readonly string[]): Item[] {
	const rows = controlRows(message.blocks.filter((block): block is ButtonsBlock => block.kind === "buttons"));
	const items = message.blocks.flatMap((block, index): Item[] => {
		if (block.kind !== "buttons") {
			const texts = blockTexts(block).map((text) => ({ text }));
			return block.kind === "title" && index > 0 ? [{ section: true }, ...texts] : texts;
		}
		const own = rows.shift() ?? [];
		// In words only what has no control.
		return own.length === 0 ? [{ text: spans(block.else, false) }] : own.map((row) => ({ row }));
	});
	const sign = SIGN[message.mood];
	const before = [...calls.map((id) => `<@${id}> `), sign === null ? "" : `${sign} `].join("");
	const first = items.findIndex((item) => "text" in item);
	if (before === "") return items;
	if (first < 0) return [{ text: before.trim() }, ...items];
	return items.map((item, index) => (index === first && "text" in item ? { text: before + item.text } : item));
}

type ButtonsBlock = Extract<Block, { kind: "buttons" }>;

/**
 * A message as containers of Components V2, each for a message of its own within Discord's limits. The first text summarizes the message:
 * screen readers begin with it.
 * @param calls IDs of the people to mention
 */
export function containersOf(
	message: Message,
	calls: readonly string[] = [],
): [APIContainerComponent, ...APIContainerComponent[]] {
	const all: Filling[] = [];
	let filling = new Filling();
	const put = (component: APIComponentInContainer, mayMerge: boolean) => {
		if (filling.add(component, mayMerge)) return;
		all.push(filling);
		filling = new Filling();
		filling.add(component, false);
	};
	let texts = 0;
	for (const item of itemsOf(message, calls)) {
		if ("row" in item) put(item.row, false);
		else if ("section" in item) filling.section();
		else
			for (const content of pieces(item.text, TEXTS_MAX_CHARS - CALLS_MAX_CHARS)) {
				put({ type: ComponentType.TextDisplay, content }, texts > 1);
				texts += 1;
			}
	}
	const accent = ACCENT[message.mood];
	const container = ({ components }: Filling): APIContainerComponent => ({
		type: ComponentType.Container,
		...(accent === null ? {} : { accent_color: accent }),
		components: components.length === 0 ? [NOTHING] : components,
	});
	const [first = filling, ...others] = [...all, filling];
	return [container(first), ...others.map(container)];
}

/** Discord takes no empty message. */
const NOTHING: APITextDisplayComponent = { type: ComponentType.TextDisplay, content: "…" };

/** One container while it is filled. */
class Filling {
	readonly components: APIComponentInContainer[] = [];
	/** The container itself is one. */
	#count = 1;
	#chars = 0;
	#section = false;

	/** Begins a new section: a separator, unless it is the first. */
	section(): void {
		this.#section = this.components.length > 0;
	}

	/**
	 * @param mayMerge the text may be appended to the previous one
	 * @returns false when it does not fit
	 */
	add(component: APIComponentInContainer, mayMerge: boolean): boolean {
		const chars = component.type === ComponentType.TextDisplay ? component.content.length + 1 : 0;
		const count = "components" in component ? component.components.length + 1 : 1;
		const line = this.#section ? 1 : 0;
		if (this.#chars + chars > TEXTS_MAX_CHARS || this.#count + line + count > COMPONENTS_MAX) return false;
		this.#chars += chars;
		const last = this.components.at(-1);
		if (!this.#section && mayMerge && isText(component) && isText(last)) {
			this.components[this.components.length - 1] = { ...last, content: `${last.content}\n${component.content}` };
			return true;
		}
		if (line > 0) this.components.push({ type: ComponentType.Separator, divider: true, spacing: SeparatorSpacingSize.Small });
		this.#section = false;
		this.components.push(component);
		this.#count += line + count;
		return true;
	}
}

const isText = (component: APIComponentInContainer | undefined): component is APITextDisplayComponent =>
	component?.type === ComponentType.TextDisplay;

/** A message as contents with rows below, for servers that take no Components V2: each within Discord's limits. Parameters as of `containersOf`. */
export function contentsOf(
	message: Message,
	calls: readonly string[] = [],
): [{ content: string; components: Row[] }, ...{ content: string; components: Row[] }[]] {
	const items = itemsOf(message, calls);
	const contents: string[] = [];
	for (const text of items.flatMap((item) => ("text" in item ? pieces(item.text, CONTENT_MAX_CHARS) : []))) {
		const last = contents.at(-1);
		if (last !== undefined && last.length + 1 + text.length <= CONTENT_MAX_CHARS)
			contents[contents.length - 1] = `${last}\n${text}`;
		else contents.push(text);
	}
	const [first = "…", ...others] = contents;
	const rows = items.flatMap((item) => ("row" in item ? [item.row] : []));
	const all = [first, ...others];
	const of = (content: string, index: number) => ({ content, components: index === all.length - 1 ? rows : [] });
	return [of(first, 0), ...others.map((content, index) => of(content, index + 1))];
}

import { wordsInBlock, wordsInText } from "../message/count-words.ts";
import { type Block, buttons, list, type Message, message, say, title } from "../message/message.ts";
import { ask, bold, type Text, text } from "../message/text.ts";

/** Words of one page of `explain` and `privacy` (CONVERSATION: budgets). */
const PAGE_MAX_WORDS = 140;
/** What fits in so many words is one page; the rest of anything longer stands behind a button. */
const WHOLE_MAX_WORDS = 110;

/** A part of a page: a block, or a list under its label, which may go on at the next page. */
export type Part = Block | { readonly kind: "labeled"; readonly label: string; readonly items: readonly Text[] };

/** A list under a label; nothing for an empty one. */
export const labeled = (label: string, items: readonly Text[]): Part[] =>
	items.length === 0 ? [] : [{ kind: "labeled", label, items }];

/** A topic: what is said first, and the rest. */
export interface Paged {
	readonly title: Text;
	readonly first: readonly Part[];
	readonly rest: readonly Part[];
	/** What to ask for the next page, without its number: `explain 520 more`. */
	readonly more: string;
}

/**
 * The pages of a topic, each of at most {@link PAGE_MAX_WORDS} words where no single item is longer. All but the last end with a button to the next one. Pure.
 */
export function pages({ title: head, first, rest, more }: Paged): Message[] {
	const headWords = wordsInText(head) + 3;
	const start = packed(first, PAGE_MAX_WORDS - headWords);
	// On a page of its own the documentation comes last.
	const whole = [...first, ...rest].toSorted((a, b) => Number(a.kind === "note") - Number(b.kind === "note"));
	const bodies =
		headWords + wordsInParts(whole) <= WHOLE_MAX_WORDS
			? packed(whole, PAGE_MAX_WORDS)
			: [...start, ...packed(rest, PAGE_MAX_WORDS - headWords)];
	return bodies.map((body, at) => {
		const next = at === 0 ? more : `${more} ${at + 1}`;
		return message(
			"neutral",
			title(at === 0 ? head : text`${head} (${at + 1} of ${bodies.length})`),
			...body,
			at === bodies.length - 1
				? null
				: buttons(text`For more: ${ask(next)}`, { label: "More", action: { do: "ask", text: next } }),
		);
	});
}

const wordsInParts = (parts: readonly Part[]): number =>
	parts.reduce(
		(sum, part) =>
			sum +
			(part.kind === "labeled"
				? wordsInText(text`${bold(part.label)}`) + part.items.reduce((all, item) => all + wordsInText(item), 0)
				: wordsInBlock(part)),
		0,
	);

/** Parts on as many pages as they need, in their order; a list goes on under its label. */
function packed(parts: readonly Part[], max: number): Block[][] {
	const out: Block[][] = [[]];
	let room = max;
	const put = (words: number, ...blocks: readonly Block[]): void => {
		room -= words;
		out.at(-1)?.push(...blocks);
	};
	const turnFor = (words: number): void => {
		if (words <= room || out.at(-1)?.length === 0) return;
		out.push([]);
		room = max;
	};
	for (const part of parts) {
		if (part.kind !== "labeled") {
			turnFor(wordsInBlock(part));
			put(wordsInBlock(part), part);
			continue;
		}
		const label = say(text`${bold(part.label)}`);
		let items: Text[] = [];
		const close = (): void => {
			const block = list(items);
			if (block !== null) put(0, label, block);
			items = [];
		};
		for (const item of part.items) {
			const words = wordsInText(item) + (items.length === 0 ? wordsInBlock(label) : 0);
			if (words > room && items.length > 0) close();
			if (items.length === 0) turnFor(wordsInText(item) + wordsInBlock(label));
			room -= wordsInText(item) + (items.length === 0 ? wordsInBlock(label) : 0);
			items = [...items, item];
		}
		close();
	}
	return out.filter((blocks) => blocks.length > 0);
}

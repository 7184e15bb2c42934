import type { Beside } from "../judge/case.ts";
import { CAUSES } from "../knowledge/causes/list.ts";
import { wordsInMessage, wordsInText } from "../message/count-words.ts";
import { maskedUrl } from "../message/masking.ts";
import { type Block, buttons, type Message, note } from "../message/message.ts";
import { ask, join, plainText, type Text, text } from "../message/text.ts";

/** Words of a head, with what services say; of a page that works, fewer. */
const HEAD_MAX_WORDS = 60;
const HEALTHY_MAX_WORDS = 45;

/** How many words a service may add to a head. */
export const roomIn = (head: Message): number =>
	(head.mood === "good" ? HEALTHY_MAX_WORDS : HEAD_MAX_WORDS) - wordsInMessage(head);

/** What a service says. */
export interface Saying {
	readonly service: Beside["service"];
	/** In so many words at most, as far as that can be: what it says with none is the least of it. */
	readonly says: (maxWords: number) => Text;
	/** What to ask again in a few minutes. */
	readonly again?: string | undefined;
}

/** `likely: broken HTTP/2 to the origin (88%)`: what the first line of a case's head may become, at its longest. */
const LIKELY_WORDS = 2 + Math.max(...Object.values(CAUSES).map(({ title }) => title.split(" ").length));

/** By how much the first line of a case's head may grow. */
function growthOf({ mood, blocks: [first] }: Message): number {
	if (mood === "good" || first?.kind !== "title") return 0;
	return Math.max(0, LIKELY_WORDS - (first.aside === undefined ? 0 : wordsInText(first.aside)));
}

/**
 * What they say, in the words that a head has room for; each says the least all the same, and where even that is too much for the longest
 * heads, the last of them alone: numbers of the site itself say more than what else is named.
 * @param isCase the head is a case's: its first line may come to name a cause
 */
export function fittedBeside(head: Message, all: readonly Saying[], isCase: boolean): readonly Beside[] {
	let room = roomIn(head) - (isCase ? growthOf(head) : 0);
	const least = all.reduce((sum, { says }) => sum + wordsInText(says(0)), 0);
	const told = least > room ? all.slice(-1) : all;
	return told.flatMap(({ service, says, again }, nth) => {
		const others = told.slice(nth + 1).reduce((sum, one) => sum + wordsInText(one.says(0)), 0);
		const said = says(room - others);
		room -= wordsInText(said);
		return plainText(said) === "" ? [] : [{ service, says: said, ...(again === undefined ? {} : { again }) }];
	});
}

/** What services say beside an answer: one line each. */
const besideNotes = (all: readonly Beside[]): readonly Block[] => all.map(({ says }) => note(says));

/** The same as a message of its own. */
export const besideMessage = (all: readonly Beside[]): Message => ({
	mood: "neutral",
	blocks: [...besideNotes(all), ...againOf(all).map(({ otherwise, button }) => buttons(otherwise, button))],
});

/** What may be known in a few minutes is asked for again. */
const againOf = (all: readonly Beside[]) =>
	all.flatMap(({ again }) =>
		again === undefined
			? []
			: [
					{
						otherwise: text`In a few minutes: ${ask(maskedUrl(again))}`,
						button: { label: "Ask again", action: { do: "ask", text: again } } as const,
					},
				],
	);

/** A head with that: under where and when it was seen, or under its first sentence. */
export function withBeside(head: Message, all: readonly Beside[]): Message {
	const [again] = againOf(all);
	const blocks = head.blocks.map((block) =>
		block.kind !== "buttons" || again === undefined
			? block
			: // The first one stays the first; where a chat shows fewer, the last ones are behind the menu.
				{
					...block,
					buttons: [...block.buttons.slice(0, 1), again.button, ...block.buttons.slice(1)],
					else: join([...(plainText(block.else) === "" ? [] : [block.else]), again.otherwise], " · "),
				},
	);
	const place = blocks.findIndex(({ kind }) => kind === "note");
	const at = Math.max(1, 1 + (place >= 0 ? place : blocks.findIndex(({ kind }) => kind === "say")));
	return { ...head, blocks: [...blocks.slice(0, at), ...besideNotes(all), ...blocks.slice(at)] };
}

/** The same for `--json`. */
export const besideData = (all: readonly Beside[]) => all.map(({ service, says }) => ({ service, say: plainText(says) }));

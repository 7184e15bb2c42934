import type { Beside } from "../judge/case.ts";
import { wordsInMessage, wordsInText } from "../message/count-words.ts";
import { type Block, type Message, note } from "../message/message.ts";
import { plainText, type Text } from "../message/text.ts";

/** Words of a head, with what services say; of a page that works, fewer. */
const HEAD_MAX_WORDS = 60;
const HEALTHY_MAX_WORDS = 45;

/** How many words a service may add to a head. */
export const roomIn = (head: Message): number =>
	(head.mood === "good" ? HEALTHY_MAX_WORDS : HEAD_MAX_WORDS) - wordsInMessage(head);

/** What a service says. */
export interface Saying {
	readonly service: Beside["service"];
	/** In so many words at most; an account says how many fail all the same. */
	readonly says: (maxWords: number) => Text;
}

/** An account's first sentence. */
const TOTALS_WORDS = 16;

/** What they say, in the words that a head has room for: an account's first sentence has its own. */
export function fittedBeside(head: Message, all: readonly Saying[]): readonly Beside[] {
	let room = roomIn(head);
	return all.flatMap(({ service, says }, nth) => {
		const others = all.slice(nth + 1).some((one) => one.service === "account") ? TOTALS_WORDS : 0;
		const said = says(room - others);
		room -= wordsInText(said);
		return plainText(said) === "" ? [] : [{ service, says: said }];
	});
}

/** What services say beside an answer: one line each. */
export const besideNotes = (all: readonly Beside[]): readonly Block[] => all.map(({ says }) => note(says));

/** A head with that: under where and when it was seen, or under its first sentence. */
export function withBeside(head: Message, all: readonly Beside[]): Message {
	const { blocks } = head;
	const place = blocks.findIndex(({ kind }) => kind === "note");
	const at = Math.max(1, 1 + (place >= 0 ? place : blocks.findIndex(({ kind }) => kind === "say")));
	return { ...head, blocks: [...blocks.slice(0, at), ...besideNotes(all), ...blocks.slice(at)] };
}

/** The same for `--json`. */
export const besideData = (all: readonly Beside[]) => all.map(({ service, says }) => ({ service, say: plainText(says) }));

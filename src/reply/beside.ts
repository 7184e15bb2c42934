import type { Beside } from "../judge/case.ts";
import { wordsInMessage } from "../message/count-words.ts";
import { type Block, type Message, note } from "../message/message.ts";
import { plainText } from "../message/text.ts";

/** Words of a head, with what services say. */
const HEAD_MAX_WORDS = 60;

/** How many words a service may add to a head. */
export const roomIn = (head: Message): number => HEAD_MAX_WORDS - wordsInMessage(head);

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

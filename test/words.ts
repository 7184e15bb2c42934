import type { Message } from "../src/message/message.ts";
import { wordsInMessage } from "../src/message/count-words.ts";

/** What the budgets of words count: what a person reads, without commands, tables, and the labels of controls. */
export const words = (message: Message): number => wordsInMessage(message);

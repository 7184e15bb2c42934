/** What the budgets of words count: what a person reads, without commands, tables, and the labels of controls. */
export { wordsInMessage as words, wordsInText as wordsIn } from "../src/message/count-words.ts";

import { type Message, message, say } from "../message/message.ts";
import { ask, text } from "../message/text.ts";

/** What stands for a page of ours where everybody would read it: the command that shows it to one person alone. */
export const shownByCommand = (verb: "help" | "privacy"): Message =>
	message("neutral", say(text`${ask(verb)} shows it, only to you.`));

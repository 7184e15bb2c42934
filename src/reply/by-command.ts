import { type Message, message, say } from "../message/message.ts";
import { ask, text } from "../message/text.ts";

/** In public, a page is replaced by the command that shows it privately. */
export const shownByCommand = (verb: "help" | "privacy"): Message =>
	message("neutral", say(text`${ask(verb)} shows it, only to you.`));

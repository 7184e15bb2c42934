import { type Message, message, note, say } from "../message/message.ts";
import { ask, text } from "../message/text.ts";

/** What is said where someone installed the bot for themselves: their workspace has no one else. */

const LAST_ANSWER = text`This was my last message here. To go on, press a button or ask again.`;

/** Said alone, where what it ends does not fit beside it. */
export const lastAnswer: Message = message("neutral", say(LAST_ANSWER));

/** The last message that the chat takes of an answer says how to go on. */
export const withLastAnswer = (one: Message): Message => ({ ...one, blocks: [...one.blocks, note(LAST_ANSWER)] });

/** For `connect`, `disconnect` and `account`. */
export const accountsOfServers: Message = message(
	"neutral",
	say(text`A Cloudflare account is connected to a whole workspace or server. Use ${ask("account")} there.`),
);

/** For a setting about people or channels that one person does not have. */
export const settingOfServers: Message = message(
	"neutral",
	say(text`That setting is for workspaces and servers. ${ask("admin")} shows what you can change here.`),
);

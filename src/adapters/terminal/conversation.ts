import { type Conversation, NotHere } from "../../desk/conversation.ts";
import type { Message } from "../../message/message.ts";
import { renderTerminal, type TerminalStyle } from "./render.ts";

const SIGN_OF_LIFE_MS = 120;

/**
 * A terminal as a conversation: messages one after the other. A terminal cannot take a line back, so the first sign of life and
 * progress go to `aside` (standard error) and only the final head goes out.
 */
export function terminalConversation(
	out: (text: string) => void,
	aside: (text: string) => void,
	style: TerminalStyle,
): Conversation<Message> & { end(): void } {
	let head: Message | null = null;
	let printed = false;
	const write = (message: Message) => out(`${renderTerminal(message, style)}\n\n`);
	let sign: NodeJS.Timeout | undefined;
	const flush = () => {
		clearTimeout(sign);
		if (head !== null && !printed) write(head);
		printed = true;
	};
	return {
		begin: async (message) => {
			head = message;
			// Most answers are there at once; only what takes longer needs a sign of life.
			sign = setTimeout(
				() => aside(`${renderTerminal(message, { ...style, colour: false }).split("\n")[0]} ...\n`),
				SIGN_OF_LIFE_MS,
			);
		},
		progress: async () => {},
		update: async (message) => {
			clearTimeout(sign);
			head = message;
		},
		followUp: async (message) => {
			flush();
			write(message);
			return null;
		},
		replyPrivately: async (message) => write(message),
		resumeAt: () => {},
		deduplicates: false,
		canReplyPrivately: true,
		asker: null,
		channel: null,
		workspace: null,
		platform: "terminal",
		room: { key: null, isOpen: true, hasOutsiders: false },
		isOutsider: false,
		isAdmin: async () => "no",
		isFullMember: async () => "yes",
		// One terminal is one thread.
		isPublic: () => true,
		location: () => ({ messageRef: "terminal", threadKey: "terminal" }),
		resumeRef: () => "terminal",
		edit: async () => {},
		permalink: async () => null,
		renameThread: async () => {},
		attach: async () => {
			throw new NotHere("a terminal takes no files");
		},
		askAddress: async (_url, why) => write(why),
		end: flush,
	};
}

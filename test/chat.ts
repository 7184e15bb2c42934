import type { Conversation } from "../src/desk/conversation.ts";
import type { Message } from "../src/message/message.ts";

/** A conversation without a chat: a test passes in what it wants to record. */
export const chat = (changes: Partial<Conversation<Message>> = {}): Conversation<Message> => ({
	begin: async () => {},
	progress: async () => {},
	update: async () => {},
	followUp: async () => null,
	replyPrivately: async () => {},
	resumeAt: () => {},
	deduplicates: false,
	canReplyPrivately: true,
	isPublic: () => true,
	location: () => ({ messageRef: null, threadKey: null }),
	asker: null,
	channel: null,
	workspace: null,
	platform: "test",
	room: { key: "here", isOpen: true, hasOutsiders: false },
	isOutsider: false,
	isAdmin: async () => "no",
	isFullMember: async () => "yes",
	resumeRef: () => null,
	edit: async () => {},
	permalink: async () => null,
	renameThread: async () => {},
	attach: async () => {},
	askAddress: async () => {},
	...changes,
});

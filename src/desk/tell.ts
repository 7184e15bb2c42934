import type { Message } from "../message/message.ts";
import type { Reply } from "../reply/reply.ts";
import type { ResumableConversation } from "./resumable.ts";

/** Posts a reply, head and thread. */
export async function tell(reply: Reply, conversation: ResumableConversation): Promise<void> {
	if (reply.private) return conversation.replyPrivately(reply.head);
	await conversation.post(reply.head);
	for (const one of reply.thread) await conversation.followUp(one);
}

/** Posts a reply; its head replaces the progress message. */
export async function tellInPlace(reply: Reply, conversation: ResumableConversation): Promise<Reply> {
	await conversation.update(reply.head);
	for (const one of reply.thread) await conversation.followUp(one);
	return reply;
}

/** Tells only the asker why there is no answer. If an earlier process left the head at "Checking", the reason replaces it. */
export async function tellRefused(head: Message, conversation: ResumableConversation): Promise<void> {
	if (!(await conversation.mayStand())) return conversation.replyPrivately(head);
	await conversation.begin(head);
	await conversation.update(head);
}

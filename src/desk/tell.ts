import type { Message } from "../message/message.ts";
import type { Reply } from "../reply/reply.ts";
import type { ResumableConversation } from "./resumable.ts";

/** Tells a reply that nothing was told of yet. */
export async function tell(reply: Reply, conversation: ResumableConversation): Promise<void> {
	if (reply.private) return conversation.replyPrivately(reply.head);
	await conversation.begin(reply.head);
	for (const one of reply.thread) await conversation.followUp(one);
}

/** Tells a reply in the place of the head that said that work goes on. */
export async function tellInPlace(reply: Reply, conversation: ResumableConversation): Promise<Reply> {
	await conversation.update(reply.head);
	for (const one of reply.thread) await conversation.followUp(one);
	return reply;
}

/** Tells to the asker alone why there is no answer; a head that a process before this one began is not left at "looking". */
export async function tellRefused(head: Message, conversation: ResumableConversation): Promise<void> {
	if (!(await conversation.mayStand())) return conversation.replyPrivately(head);
	await conversation.begin(head);
	await conversation.update(head);
}

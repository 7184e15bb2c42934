import type { Question } from "../read/text/question.ts";
import { statusOff, statusReply } from "../reply/status-words.ts";
import type { DeskContext } from "./context.ts";
import { type Ended, ended, endPrivately } from "./outcome.ts";
import type { ResumableConversation } from "./resumable.ts";
import { tell } from "./tell.ts";

/** What Cloudflare's status page says: now, of a data center, or of a Ray ID's at its time. */
export async function answerStatus(
	{ statusPage, now }: Pick<DeskContext, "statusPage" | "now">,
	question: Extract<Question, { kind: "status" }>,
	conversation: ResumableConversation,
): Promise<Ended> {
	if (statusPage === null) return endPrivately(statusOff, conversation, "refused");
	const reply = statusReply(question, await statusPage.read(), now());
	await tell(reply, conversation);
	return ended("answered", reply);
}

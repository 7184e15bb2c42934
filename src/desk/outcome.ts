import type { Verdict } from "../judge/verdict.ts";
import type { Message } from "../message/message.ts";
import type { Target } from "../read/text/target.ts";
import type { Reply } from "../reply/reply.ts";
import type { ResumableConversation } from "./resumable.ts";

/** How a question ended; for exit codes, metrics and the audit line. */
export interface Outcome {
	readonly caseId: string;
	readonly kind: "answered" | "misread" | "refused" | "broke" | "interrupted";
	readonly reply: Reply;
	/** What was concluded, in fixed words; null where nothing was judged. */
	readonly verdict: { readonly kind: string; readonly code: number | null } | null;
}

/** How a question ended, without its id. */
export type Ended = Omit<Outcome, "caseId">;

/** Hears what a page returned, as soon as that is known. */
export type Concluded = (target: Target, verdict: Verdict) => void;

/** The end of a question about which nothing was judged. */
export const ended = (kind: Outcome["kind"], reply: Reply, verdict: Outcome["verdict"] = null): Ended => ({
	kind,
	reply,
	verdict,
});

/** Posts one private message. */
export async function endPrivately(message: Message, conversation: ResumableConversation, kind: Outcome["kind"]): Promise<Ended> {
	await conversation.replyPrivately(message);
	return ended(kind, { private: true, head: message, thread: [], data: {} });
}

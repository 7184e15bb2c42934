import type { Askers, Busy } from "../looks/limits.ts";
import type { Asker } from "../looks/turns.ts";
import { busyReply, interruptedReply } from "../reply/misread.ts";
import type { Reply } from "../reply/reply.ts";
import type { DeskContext } from "./context.ts";
import type { ResumableConversation } from "./resumable.ts";
import { tellRefused } from "./tell.ts";

/** Why nothing was requested, or what a stop cut off. Already posted. */
export interface NotRequested {
	/** `answered`: a process before this one was further, and what it said stands. */
	readonly kind: "refused" | "interrupted" | "answered";
	readonly reply: Reply;
}

/** Posts a refusal, and counts it. */
export async function tellRefusal(
	{ metrics }: Pick<DeskContext, "metrics">,
	reply: Reply,
	conversation: ResumableConversation,
): Promise<NotRequested> {
	metrics.refused(reply.refusal ?? "guard");
	await tellRefused(reply.head, conversation);
	return { kind: "refused", reply };
}

/** Posts that a limit was reached. */
export function tellBusy(
	context: Pick<DeskContext, "metrics" | "log">,
	busy: Busy,
	conversation: ResumableConversation,
): Promise<NotRequested> {
	context.log({ event: "busy", why: busy.why });
	return tellRefusal(context, busyReply(busy), conversation);
}

/** The head says that it was interrupted; where the question goes on after the restart, this is not a message of the answer. */
export async function tellInterrupted(
	{ stores }: Pick<DeskContext, "stores">,
	conversation: ResumableConversation,
): Promise<NotRequested> {
	const reply = interruptedReply(stores.durable);
	await (stores.durable ? conversation.progress(reply.head) : conversation.update(reply.head));
	return { kind: "interrupted", reply };
}

/** For whom a check is made. */
export const askerOf = ({ asker: person, workspace }: Pick<ResumableConversation, "asker" | "workspace">): Asker => ({
	workspace,
	person,
});

/**
 * Who asks, as limits count them. What was resumed may have been counted when it was asked, or not: its process may have ended, or its store
 * gone away, before that.
 * @param what of the question is counted, where that is more than one thing
 */
export async function askersOf(
	{ stores }: Pick<DeskContext, "stores">,
	{ inboxId, asker: person, channel, workspace }: ResumableConversation,
	what: "look" | "text" = "look",
): Promise<Askers> {
	// One person, and a shared channel, may be in two workspaces: what is asked in one takes nothing from the other.
	const here = (key: string | null) => (key === null || workspace === null ? key : `${workspace} ${key}`);
	const max = await stores.policies.of(workspace);
	return { question: `${inboxId} ${what}`, person: here(person), channel: here(channel), workspace, max };
}

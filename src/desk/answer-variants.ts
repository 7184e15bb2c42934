import type { Case } from "../judge/case.ts";
import { variantsMessage } from "../reply/variants.ts";
import type { CaseThreads } from "./case-threads.ts";
import type { DeskContext } from "./context.ts";
import type { Looking } from "./looking.ts";
import type { ResumableConversation } from "./resumable.ts";

/** The page of a case in variants; what changes the result is evidence. */
export async function answerVariants(
	{ now }: Pick<DeskContext, "now">,
	looking: Looking,
	threads: CaseThreads,
	one: Case,
	conversation: ResumableConversation,
): Promise<void> {
	const looked = await looking.variants(one, conversation);
	if (looked === null) return;
	const { seen, verdict } = looked;
	await conversation.followUp(variantsMessage(one, seen, verdict, now()));
	if (verdict.value !== null)
		await threads.advanceCase(one.id, { evidence: { variants: verdict.value }, by: "look", who: null }, conversation);
}

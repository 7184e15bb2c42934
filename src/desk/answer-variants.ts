import type { Case } from "../judge/case.ts";
import { variantsBlocks, variantsDelta } from "../reply/variants.ts";
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
	const evidence = verdict.value === null ? {} : { variants: verdict.value };
	const news = { evidence, by: "look", who: null, says: variantsDelta(verdict) } as const;
	await threads.advanceCase(one.id, news, conversation, { extra: variantsBlocks(seen, now()) });
}

import { judgeSite } from "../judge/verdict.ts";
import { mayAskIn } from "../read/policy.ts";
import type { Target } from "../read/text/target.ts";
import { siteReply } from "../reply/site.ts";
import { stepNotEnabled, stepPrivate } from "../reply/step.ts";
import { answerSite } from "./answer-site.ts";
import type { Answering } from "./answering.ts";
import { type Concluded, type Ended, ended } from "./outcome.ts";
import type { Request } from "./request.ts";
import type { ResumableConversation } from "./resumable.ts";

/** What of a step is known beside its page. */
interface Asked {
	readonly conversation: ResumableConversation;
	readonly caseId: string;
	readonly concluded?: Concluded | undefined;
}

/**
 * A step of a workflow: the page is checked and answered in the channel as if a person had asked there, or only checked. What it returned
 * goes back to the workflow, also where the channel's own case says the rest.
 */
export async function answerStep(
	desk: Answering,
	{ target, posts }: Extract<Request, { kind: "step" }>,
	{ conversation, caseId, concluded }: Asked,
): Promise<Ended> {
	const { stores, metrics } = desk.context;
	const policy = await stores.policies.of(conversation.workspace);
	const refused = !mayAskIn(policy, conversation.channel) ? stepNotEnabled : posts && policy.privately ? stepPrivate : null;
	if (refused !== null) {
		metrics.refused("channel");
		return ended("refused", refused);
	}
	if (!posts) return checkOnly(desk, target, { conversation, caseId, concluded });
	const end = await answerSite(desk, { kind: "site", target }, { conversation, caseId, who: "", concluded });
	const isElsewhere = end.kind === "answered" && end.verdict === null;
	if (!isElsewhere) return end;
	const checked = await checkOnly(desk, target, { conversation, caseId, concluded });
	return checked.kind === "answered" ? { ...checked, reply: { ...checked.reply, head: end.reply.head } } : checked;
}

/** The page is checked, and nobody reads of it but the workflow. */
async function checkOnly(desk: Answering, target: Target, { conversation, concluded }: Asked): Promise<Ended> {
	const { context, looking } = desk;
	const looked = await looking.site({ kind: "site", target }, silent(conversation));
	if ("reply" in looked) return ended(looked.kind, looked.reply);
	const { seen, atMs } = looked;
	const verdict = judgeSite(seen);
	context.metrics.verdict(verdict.kind, verdict.code);
	concluded?.(target, verdict);
	return ended("answered", siteReply(target, verdict, seen, atMs, { who: null, nowMs: atMs }), {
		kind: verdict.kind,
		code: verdict.code,
	});
}

/** The same conversation, in which nothing is said. */
const silent = (conversation: ResumableConversation): ResumableConversation => ({
	...conversation,
	begin: async () => {},
	progress: async () => {},
	update: async () => {},
	followUp: async () => null,
	replyPrivately: async () => {},
	hasBegun: () => false,
	mayStand: async () => false,
});

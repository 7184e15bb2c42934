import { withChange } from "../read/text/admin.ts";
import type { Question } from "../read/text/question.ts";
import { adminByCommand, adminMessage, forgotten, nameChannelsFirst, notAdmin, noWorkspace } from "../reply/admin.ts";
import { auditDecision } from "./audit.ts";
import type { DeskContext } from "./context.ts";
import { type Ended, endPrivately } from "./outcome.ts";
import type { ResumableConversation } from "./resumable.ts";

/** What admins decide for their workspace; told to them alone, and logged for the operator. */
export async function administer(
	context: DeskContext,
	question: Extract<Question, { kind: "admin" | "forget" }>,
	conversation: ResumableConversation,
	caseId: string,
): Promise<Ended> {
	const { workspace } = conversation;
	if (workspace === null) return endPrivately(noWorkspace, conversation, "refused");
	if (!conversation.canReplyPrivately) return endPrivately(adminByCommand, conversation, "refused");
	const admin = await conversation.isAdmin();
	if (admin !== "yes") {
		context.metrics.refused("not-admin");
		return endPrivately(notAdmin(admin === "unknown", conversation.platform), conversation, "refused");
	}
	return question.kind === "forget"
		? forget(context, question.host, workspace, conversation, caseId)
		: decide(context, question.change, workspace, conversation, caseId);
}

function forget(
	context: DeskContext,
	host: string,
	workspace: string,
	conversation: ResumableConversation,
	caseId: string,
): Promise<Ended> {
	const count = context.stores.forget(workspace, host);
	auditDecision(context, conversation, caseId, "forget", { host, ...count });
	return endPrivately(forgotten(host, count), conversation, "answered");
}

/** @param change null: show what is decided */
function decide(
	context: DeskContext,
	change: Extract<Question, { kind: "admin" }>["change"],
	workspace: string,
	conversation: ResumableConversation,
	caseId: string,
): Promise<Ended> {
	const { policies } = context.stores;
	const before = policies.of(workspace);
	const shown = (policy: typeof before, changed: boolean) =>
		endPrivately(adminMessage(policy, changed, conversation.channel), conversation, "answered");
	if (change === null) return shown(before, false);
	if (change.what === "channels" && change.to === "not-here" && before.channels === null)
		return endPrivately(nameChannelsFirst, conversation, "misread");
	const policy = withChange(before, change, conversation.channel);
	policies.put(workspace, policy);
	auditDecision(context, conversation, caseId, change.what, { policy });
	return shown(policy, true);
}

import type { AdminAction } from "../read/action.ts";
import { type Policy, withOriginAllowed } from "../read/policy.ts";
import { withChange } from "../read/text/admin.ts";
import type { Question } from "../read/text/question.ts";
import {
	adminByCommand,
	adminMessage,
	forgotten,
	nameChannelsFirst,
	notAdmin,
	noWorkspace,
	originAllowed,
	personMessage,
} from "../reply/admin.ts";
import { settingOfServers } from "../reply/personal.ts";
import type { Accounts } from "./accounts.ts";
import { auditDecision } from "./audit.ts";
import type { DeskContext } from "./context.ts";
import { type Ended, endPrivately } from "./outcome.ts";
import type { ResumableConversation } from "./resumable.ts";

/** What admins decide for their workspace; answered privately, and logged for the operator. */
export async function administer(
	context: DeskContext,
	question: Extract<Question, { kind: "admin" | "forget" }> | AdminAction,
	conversation: ResumableConversation,
	caseId: string,
	accounts: Accounts,
): Promise<Ended> {
	const { workspace } = conversation;
	if (workspace === null) return endPrivately(noWorkspace, conversation, "refused");
	if (!conversation.canReplyPrivately) return endPrivately(adminByCommand, conversation, "refused");
	const admin = await conversation.isAdmin();
	if (admin !== "yes") {
		context.metrics.refused("not-admin");
		return endPrivately(notAdmin(admin === "unknown", conversation.platform), conversation, "refused");
	}
	if (conversation.isOfPerson === true && !isOfOne(question)) return endPrivately(settingOfServers, conversation, "refused");
	if ("do" in question) return allowOrigin(context, question.host, workspace, conversation, caseId);
	return question.kind === "forget"
		? forget(context, question.host, workspace, conversation, caseId, accounts)
		: decide(context, question.change, workspace, conversation, caseId);
}

/** What one person alone decides: what they have and who sees it, not whom the bot serves. */
const isOfOne = (question: Extract<Question, { kind: "admin" | "forget" }> | AdminAction): boolean =>
	!("do" in question) &&
	(question.kind === "forget" ||
		question.change === null ||
		question.change.what === "privacy" ||
		question.change.what === "retention");

/** By the button under a refusal. */
async function allowOrigin(
	context: DeskContext,
	host: string,
	workspace: string,
	conversation: ResumableConversation,
	caseId: string,
): Promise<Ended> {
	const { after } = await context.stores.policies.change(workspace, (now) => withOriginAllowed(now, host));
	auditDecision(context, conversation, caseId, "origins", { policy: after });
	return endPrivately(originAllowed(host), conversation, "answered");
}

async function forget(
	context: DeskContext,
	host: string,
	workspace: string,
	conversation: ResumableConversation,
	caseId: string,
	accounts: Accounts,
): Promise<Ended> {
	const { done, ...zones } = await accounts.forgetting(host, conversation, () => context.stores.forget(workspace, host));
	auditDecision(context, conversation, caseId, "forget", { host, ...done });
	return endPrivately(forgotten(host, done, zones), conversation, "answered");
}

/** @param change null: show what is decided */
async function decide(
	context: DeskContext,
	change: Extract<Question, { kind: "admin" }>["change"],
	workspace: string,
	conversation: ResumableConversation,
	caseId: string,
): Promise<Ended> {
	const { policies } = context.stores;
	const shown = (policy: Policy, changed: boolean) =>
		endPrivately(
			conversation.isOfPerson === true ? personMessage(policy, changed) : adminMessage(policy, changed, conversation.channel),
			conversation,
			"answered",
		);
	if (change === null) return shown(await policies.of(workspace), false);
	/** All are allowed: without a list, one host cannot be removed. */
	const namesNone = (now: Policy) => change.what === "channels" && change.to === "not-here" && now.channels === null;
	const { before, after } = await policies.change(workspace, (now) =>
		namesNone(now) ? now : withChange(now, change, conversation.channel),
	);
	if (namesNone(before)) return endPrivately(nameChannelsFirst, conversation, "misread");
	auditDecision(context, conversation, caseId, change.what, { policy: after });
	return shown(after, true);
}
